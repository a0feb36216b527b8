internal import PreflightBytes

/// Moves the index of an MP4 before its media data, so that it plays while it arrives. Nothing else changes.
enum FastStart {
  static func splice(_ window: inout ByteWindow) throws(RewriteError) -> Splice {
    let boxes = try FileBox.all(in: &window)
    guard let movie = boxes.first(where: { $0.type == "moov" }),
      let data = boxes.first(where: { $0.type == "mdat" }), data.offset < movie.offset
    else { throw RewriteError("its index isn't behind its media data") }
    let contents = try movie.contents(in: &window)
    let moved = movie.end - movie.offset
    // What lies between the first media data and the index moves back by the index's size; if offsets outgrow 32
    // bits, the tables grow, and the index with them.
    var (index, isLong) = (Array(contents.whole), false)
    var size = moved
    while true {
      let patched = try Self.patched(
        contents, isLong: isLong, shift: size, within: data.offset..<movie.offset, behind: movie.end,
        by: size - moved)
      guard let patched else {
        isLong = true
        size = moved + (try Self.growth(contents))
        continue
      }
      index = patched
      break
    }
    var splice = Splice()
    splice.append(0..<data.offset)
    splice.append(index)
    splice.append(data.offset..<movie.offset)
    splice.append(movie.end..<window.byteCount)
    return splice
  }

  /// How many bytes the tables of chunks grow by if all get 64 bits.
  private static func growth(_ movie: MemoryBox) throws(RewriteError) -> UInt64 {
    var count: UInt64 = 0
    try forEachTable(of: movie) { box throws(RewriteError) in
      guard box.type == "stco" else { return }
      var reader = BoxReader(box.body)
      try reader.skip(4)
      count += UInt64(try reader.u32()) * 4
    }
    return count
  }

  private static func forEachTable(
    of box: MemoryBox, _ body: (MemoryBox) throws(RewriteError) -> Void
  ) throws(RewriteError) {
    for child in try box.children() {
      switch child.type {
      case "trak", "mdia", "minf", "stbl": try forEachTable(of: child, body)
      case "stco", "co64": try body(child)
      case "cmov": throw RewriteError("its index is compressed")
      default: break
      }
    }
  }

  /// The index with moved offsets; nil if one outgrows 32 bits.
  private static func patched(
    _ box: MemoryBox, isLong: Bool, shift: UInt64, within range: Range<UInt64>, behind end: UInt64,
    by growth: UInt64
  ) throws(RewriteError) -> [UInt8]? {
    var writer = BoxWriter()
    var fits = true
    try write(box, isLong: isLong, &writer) { offset in
      let moved = range.contains(offset) ? offset &+ shift : offset >= end ? offset &+ growth : offset
      if !isLong, moved > UInt64(UInt32.max) { fits = false }
      return moved
    }
    return fits ? writer.bytes : nil
  }

  private static func write(
    _ box: MemoryBox, isLong: Bool, _ writer: inout BoxWriter, _ move: (UInt64) -> UInt64
  ) throws(RewriteError) {
    switch box.type {
    case "moov", "trak", "mdia", "minf", "stbl":
      try writer.box(box.type) { writer throws(RewriteError) in
        var reader = BoxReader(box.body)
        while let child = try reader.box() { try write(child, isLong: isLong, &writer, move) }
        // The zeros that end a list of QuickTime's.
        writer.raw(try reader.take(reader.remaining))
      }
    case "stco", "co64":
      var reader = BoxReader(box.body)
      let header = try reader.u32()
      let count = try reader.u32()
      let isWide = box.type == "co64"
      guard UInt64(reader.remaining) >= UInt64(count) * (isWide ? 8 : 4) else { throw .pastEnd }
      try writer.box(isWide || isLong ? "co64" : "stco") { writer throws(RewriteError) in
        writer.u32(header)
        writer.u32(count)
        for _ in 0..<count {
          let moved = move(isWide ? try reader.u64() : UInt64(try reader.u32()))
          if isWide || isLong { writer.u64(moved) } else { writer.u32(UInt32(clamping: moved)) }
        }
      }
    case "cmov": throw RewriteError("its index is compressed")
    default: writer.raw(box.whole)
    }
  }
}

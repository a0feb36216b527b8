internal import PreflightBytes

/// Moves the index of an MP4 before its media data, so that it plays while it arrives. Nothing else changes.
enum FastStart {
  /// The boxes around a table of chunk offsets, from the outside in (ISO/IEC 14496-12, 6.2.3).
  private static let path: [FourCC] = ["moov", "trak", "mdia", "minf", "stbl"]

  static func splice(_ window: inout ByteWindow) throws(RewriteError) -> Splice {
    let boxes = try FileBox.all(in: &window)
    guard let movie = boxes.first(where: { $0.type == "moov" }),
      let data = boxes.first(where: { $0.type == "mdat" }), data.offset < movie.offset
    else { throw RewriteError("its index isn't behind its media data") }
    let contents = try movie.contents(in: &window)
    let moved = movie.end - movie.offset
    // What lies between the first media data and the index moves back by the index's size, which is known once it is
    // written: it grows if offsets outgrow 32 bits.
    var (size, isLong) = (moved, false)
    while true {
      let index = try patched(
        contents, isLong: isLong, shift: size, within: data.offset..<movie.offset, behind: movie.end,
        by: size &- moved)
      guard let index else {
        isLong = true
        continue
      }
      guard UInt64(index.count) == size else {
        size = UInt64(index.count)
        continue
      }
      var splice = Splice()
      splice.append(0..<data.offset)
      splice.append(index)
      splice.append(data.offset..<movie.offset)
      splice.append(movie.end..<window.byteCount)
      return splice
    }
  }

  /// The index with moved offsets; nil if one outgrows 32 bits.
  private static func patched(
    _ box: MemoryBox, isLong: Bool, shift: UInt64, within range: Range<UInt64>, behind end: UInt64,
    by growth: UInt64
  ) throws(RewriteError) -> [UInt8]? {
    var writer = BoxWriter()
    var fits = true
    try write(box, depth: 0, isLong: isLong, &writer) { offset in
      let moved = range.contains(offset) ? offset &+ shift : offset >= end ? offset &+ growth : offset
      if !isLong, moved > UInt64(UInt32.max) { fits = false }
      return moved
    }
    return fits ? writer.bytes : nil
  }

  /// - Parameter depth: How many boxes of the path are around this one.
  private static func write(
    _ box: MemoryBox, depth: Int, isLong: Bool, _ writer: inout BoxWriter, _ move: (UInt64) -> UInt64
  ) throws(RewriteError) {
    switch box.type {
    case let type where depth < path.count && type == path[depth]:
      try writer.box(box.type) { writer throws(RewriteError) in
        var reader = BoxReader(box.body)
        while let child = try reader.box() {
          try write(child, depth: depth + 1, isLong: isLong, &writer, move)
        }
        // The zeros that end a list of QuickTime's.
        writer.raw(try reader.take(reader.remaining))
      }
    case "stco" where depth == path.count, "co64" where depth == path.count:
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
    case "cmov" where depth == 1: throw RewriteError("its index is compressed")
    default: writer.raw(box.whole)
    }
  }
}

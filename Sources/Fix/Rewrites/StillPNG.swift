internal import PreflightBytes

/// Leaves the default image of an animated PNG (PNG, third edition, 11.3.6), which is what programs without support for
/// animations show.
enum StillPNG {
  static func splice(_ window: inout ByteWindow) throws(RewriteError) -> Splice {
    var splice = Splice()
    splice.append(0..<8)
    try PNGChunks.forEach(in: &window) { chunk, _ in
      if !["acTL", "fcTL", "fdAT"].contains(chunk.type) { splice.append(chunk.range) }
    }
    return splice
  }
}

/// The chunks of a PNG (5.3).
enum PNGChunks {
  struct Chunk {
    let type: FourCC
    /// The length, the type, the data and the checksum.
    let range: Range<UInt64>

    var data: Range<UInt64> { range.lowerBound + 8..<range.upperBound - 4 }
  }

  static func forEach(
    in window: inout ByteWindow, _ body: (Chunk, inout ByteWindow) throws(RewriteError) -> Void
  ) throws(RewriteError) {
    var offset: UInt64 = 8
    var count = 0
    while window.byteCount >= offset, window.byteCount - offset >= 12 {
      count += 1
      guard count < Limits.Fix.boxes else { throw .tooMuch }
      var head = BoxReader(try window.bytes(at: offset, count: 8)[...])
      let length = UInt64(try head.u32())
      let type = FourCC(rawValue: try head.u32())
      guard length <= window.byteCount - offset - 12 else { throw .pastEnd }
      let end = offset + 12 + length
      try body(Chunk(type: type, range: offset..<end), &window)
      if type == "IEND" { return }
      offset = end
    }
    throw RewriteError("it has no end")
  }

  /// A chunk with its length and checksum.
  static func bytes(_ type: FourCC, _ data: [UInt8]) -> [UInt8] {
    var writer = BoxWriter()
    writer.u32(UInt32(data.count))
    let body = type.bytes + data
    writer.raw(body)
    var sum = CRC32()
    sum.update(body.span.bytes)
    writer.u32(sum.value)
    return writer.bytes
  }
}

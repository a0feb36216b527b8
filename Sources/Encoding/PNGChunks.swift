/// The chunks of a PNG file (PNG, third edition, 5.3), up to the first that isn't whole.
struct PNGChunks: Sequence, IteratorProtocol {
  struct Chunk {
    let type: String
    /// All of it: length, type, data and checksum.
    let range: Range<Int>

    var data: Range<Int> { range.lowerBound + 8..<range.upperBound - 4 }
  }

  private let bytes: [UInt8]
  private var position: Int

  /// - Parameter start: Where the file begins.
  init(_ bytes: [UInt8], ofFileAt start: Int = 0) {
    self.bytes = bytes
    // The signature comes first.
    position = start + 8
  }

  mutating func next() -> Chunk? {
    guard bytes.count - position >= 12 else { return nil }
    let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - position - 12 else { return nil }
    defer { position += 12 + length }
    return Chunk(
      type: String(decoding: bytes[position + 4..<position + 8], as: UTF8.self),
      range: position..<position + 12 + length)
  }
}

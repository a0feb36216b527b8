// RFC 6386, sections 9 and 19.2.

internal import PreflightFacts

/// A key frame of VP8, as far as it has to be read to know where the data of its macroblocks ends.
///
/// Nothing in the data says that it is damaged: any bytes are some decisions. But decoding them needs as many bytes as there
/// are, give or take what the encoder flushed, only if they are those that were encoded.
struct VP8Frame {
  /// How many bytes more or fewer than needed each partition may have. Of 4,600 frames of strangers' images each had up to
  /// six more, and one fewer.
  private static let tolerance = 16

  private let columns: Int
  private let rows: Int
  /// The modes of the macroblocks.
  private var modes: BoolDecoder
  /// Their tokens, row by row in turn.
  private var tokens: [BoolDecoder]
  private let segmentProbabilities: [UInt8]?
  private let skipProbability: UInt8?
  private let probabilities: [UInt8]

  /// Reads the header of a frame; nil if it is no key frame, or its partitions aren't in the data, which libwebp refuses.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 10, bytes[0] & 1 == 0 else { return nil }
    func number(at index: Int, count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[index + $1]) << (8 * $1) }
    }
    let firstSize = number(at: 0, count: 3) >> 5
    columns = ((number(at: 6, count: 2) & 0x3fff) + 15) / 16
    rows = ((number(at: 8, count: 2) & 0x3fff) + 15) / 16
    guard columns > 0, rows > 0, firstSize <= bytes.count - 10 else { return nil }
    var header = BoolDecoder(bytes, in: 10..<10 + firstSize)
    // The color space, and whether values are clamped.
    _ = header.literal(2)
    segmentProbabilities = Self.segments(&header)
    Self.skipFilter(&header)
    let count = 1 << header.literal(2)
    // The quantization.
    _ = header.literal(7)
    for _ in 0..<5 { header.skipOptional(4) }
    // Whether the probabilities are kept for the next frame.
    _ = header.flag()
    probabilities = zip(VP8Probabilities.tokens, VP8Probabilities.tokenUpdates).map { own, update in
      header.bit(update) ? UInt8(header.literal(8)) : own
    }
    skipProbability = header.flag() ? UInt8(header.literal(8)) : nil
    modes = header
    tokens = []
    var start = 10 + firstSize + 3 * (count - 1)
    for index in 0..<count {
      guard start <= bytes.count else { return nil }
      let size =
        index == count - 1 ? bytes.count - start : number(at: 10 + firstSize + 3 * index, count: 3)
      guard size <= bytes.count - start else { return nil }
      tokens.append(BoolDecoder(bytes, in: start..<start + size))
      start += size
    }
  }

  /// The probabilities of each macroblock's segment; nil if it isn't stated.
  private static func segments(_ header: inout BoolDecoder) -> [UInt8]? {
    guard header.flag() else { return nil }
    let (hasMap, hasData) = (header.flag(), header.flag())
    if hasData {
      _ = header.flag()
      for _ in 0..<4 { header.skipOptional(7) }
      for _ in 0..<4 { header.skipOptional(6) }
    }
    guard hasMap else { return nil }
    return (0..<3).map { _ in header.flag() ? UInt8(header.literal(8)) : 255 }
  }

  private static func skipFilter(_ header: inout BoolDecoder) {
    // Its type, level and sharpness.
    _ = header.literal(10)
    // Whether there are changes to the level, and whether they are here.
    if header.flag(), header.flag() {
      for _ in 0..<8 { header.skipOptional(6) }
    }
  }

  var macroblockCount: Int { columns * rows }

  /// The fault if the data isn't what was encoded.
  ///
  /// - Parameter offset: Where it is.
  mutating func fault(at offset: UInt64) -> Fault? {
    let left = byteCountsLeft()
    guard let wrong = left.first(where: { !(-Self.tolerance...Self.tolerance ~= $0) }) else { return nil }
    return Fault(
      "macroblock-data", clause: "RFC 6386 9.5", at: offset,
      "The image is damaged: its macroblocks need \(wrong > 0 ? "less" : "more") data than there is.",
      expected: "no data left", actual: wrong > 0 ? "\(wrong) bytes left" : "\(-wrong) bytes missing")
  }

  /// Reads all macroblocks, and returns how many bytes of each partition weren't needed.
  private mutating func byteCountsLeft() -> [Int] {
    var macroblocks = VP8Macroblocks(columns: columns, probabilities: probabilities)
    for row in 0..<rows {
      let partition = row % tokens.count
      macroblocks.beginRow()
      for column in 0..<columns {
        if let segments = segmentProbabilities { _ = modes.bit(segments[modes.bit(segments[0]) ? 2 : 1]) }
        let isSkipped = skipProbability.map { modes.bit($0) } ?? false
        macroblocks.readModes(at: column, &modes)
        if isSkipped {
          macroblocks.skipTokens(at: column)
        } else {
          macroblocks.readTokens(at: column, &tokens[partition])
        }
      }
      // What needs far more than there is doesn't get better.
      if tokens[partition].byteCountLeft < -Self.tolerance || modes.byteCountLeft < -Self.tolerance { break }
    }
    return [modes.byteCountLeft] + tokens.map(\.byteCountLeft)
  }
}

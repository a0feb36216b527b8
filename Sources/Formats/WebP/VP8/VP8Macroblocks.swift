// RFC 6386, sections 11 "Key Frame Macroblock Prediction Records" and 13 "DCT Coefficient Decoding".

/// The macroblocks of a key frame, of which only what decides how the next are read is kept.
struct VP8Macroblocks {
  private typealias Probabilities = VP8Probabilities

  /// The modes of subblocks (section 11.2), in the order of the probabilities.
  private enum SubblockMode {
    static let dc: UInt8 = 0
    static let trueMotion: UInt8 = 1
    static let vertical: UInt8 = 2
    static let horizontal: UInt8 = 3
    static let leftDown: UInt8 = 4
    static let rightDown: UInt8 = 5
    static let verticalRight: UInt8 = 6
    static let verticalLeft: UInt8 = 7
    static let horizontalDown: UInt8 = 8
    static let horizontalUp: UInt8 = 9
  }

  /// The types of blocks (section 13.3).
  private enum BlockType {
    static let lumaWithoutDC = 0
    static let lumaDC = 1
    static let chroma = 2
    static let luma = 3
  }

  /// The blocks at an edge of a macroblock: four of Y, two of U, two of V, and that of the DC coefficients.
  private static let edge = 9
  /// The band of each coefficient.
  private static let bands = [0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7]
  /// The probabilities of the extra bits of the four largest categories of values (section 13.2).
  private static let extraBits: [[UInt8]] = [
    [173, 148, 140], [176, 155, 140, 135], [180, 157, 141, 134, 130],
    [254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129],
  ]

  private let probabilities: [UInt8]
  private var modesAbove: [UInt8]
  private var modesLeft: [UInt8] = []
  /// Whether the blocks at the lower edge of the row above have coefficients, column by column.
  private var above: [Bool]
  /// Whether those at the right edge of the macroblock before have.
  private var left: [Bool] = []
  /// Whether the DC coefficients of the current macroblock have a block of their own.
  private var hasDCBlock = false

  init(columns: Int, probabilities: [UInt8]) {
    self.probabilities = probabilities
    modesAbove = [UInt8](repeating: SubblockMode.dc, count: 4 * columns)
    above = [Bool](repeating: false, count: Self.edge * columns)
  }

  mutating func beginRow() {
    modesLeft = [UInt8](repeating: SubblockMode.dc, count: 4)
    left = [Bool](repeating: false, count: Self.edge)
  }

  // MARK: Modes

  mutating func readModes(at column: Int, _ decoder: inout BoolDecoder) {
    hasDCBlock = decoder.bit(145)
    if hasDCBlock {
      let mode =
        decoder.bit(156)
        ? (decoder.bit(128) ? SubblockMode.trueMotion : SubblockMode.horizontal)
        : (decoder.bit(163) ? SubblockMode.vertical : SubblockMode.dc)
      for index in 0..<4 {
        modesAbove[4 * column + index] = mode
        modesLeft[index] = mode
      }
    } else {
      for row in 0..<4 {
        for index in 4 * column..<4 * column + 4 {
          let mode = Self.subblockMode(above: modesAbove[index], left: modesLeft[row], &decoder)
          modesAbove[index] = mode
          modesLeft[row] = mode
        }
      }
    }
    // Chroma.
    if decoder.bit(142), decoder.bit(114) { _ = decoder.bit(183) }
  }

  private static func subblockMode(
    above: UInt8, left: UInt8, _ decoder: inout BoolDecoder
  ) -> UInt8 {
    let place = 9 * (10 * Int(above) + Int(left))
    func bit(_ node: Int) -> Bool { decoder.bit(Probabilities.subblockModes[place + node]) }
    guard bit(0) else { return SubblockMode.dc }
    guard bit(1) else { return SubblockMode.trueMotion }
    guard bit(2) else { return SubblockMode.vertical }
    if !bit(3) {
      guard bit(4) else { return SubblockMode.horizontal }
      return bit(5) ? SubblockMode.verticalRight : SubblockMode.rightDown
    }
    guard bit(6) else { return SubblockMode.leftDown }
    guard bit(7) else { return SubblockMode.verticalLeft }
    return bit(8) ? SubblockMode.horizontalUp : SubblockMode.horizontalDown
  }

  // MARK: Tokens

  /// A macroblock without coefficients. Without a block of its own, that of the DC coefficients stays as it was.
  mutating func skipTokens(at column: Int) {
    for index in 0..<(hasDCBlock ? Self.edge : Self.edge - 1) {
      above[Self.edge * column + index] = false
      left[index] = false
    }
  }

  mutating func readTokens(at column: Int, _ decoder: inout BoolDecoder) {
    let start = Self.edge * column
    var first = 0
    var luma = BlockType.luma
    if hasDCBlock {
      readBlock(BlockType.lumaDC, from: 0, below: start + 8, after: 8, &decoder)
      (first, luma) = (1, BlockType.lumaWithoutDC)
    }
    for row in 0..<4 {
      for index in 0..<4 { readBlock(luma, from: first, below: start + index, after: row, &decoder) }
    }
    for plane in [4, 6] {
      for row in plane..<plane + 2 {
        for index in plane..<plane + 2 {
          readBlock(BlockType.chroma, from: 0, below: start + index, after: row, &decoder)
        }
      }
    }
  }

  /// Reads a block, and sets whether it has coefficients for those below and after it.
  private mutating func readBlock(
    _ type: Int, from first: Int, below up: Int, after back: Int, _ decoder: inout BoolDecoder
  ) {
    let context = (above[up] ? 1 : 0) + (left[back] ? 1 : 0)
    let hasCoefficients = coefficientCount(type, from: first, context, &decoder) > first
    above[up] = hasCoefficients
    left[back] = hasCoefficients
  }

  /// Reads the tokens of a block, and returns before which coefficient they end.
  private func coefficientCount(
    _ type: Int, from first: Int, _ context: Int, _ decoder: inout BoolDecoder
  ) -> Int {
    var (index, place) = (first, place(type, first, context))
    while decoder.bit(probabilities[place]) {
      while !decoder.bit(probabilities[place + 1]) {
        index += 1
        if index == 16 { return 16 }
        place = self.place(type, index, 0)
      }
      let isLarge = decoder.bit(probabilities[place + 2])
      if isLarge { skipLargeValue(place, &decoder) }
      // The sign.
      _ = decoder.flag()
      index += 1
      if index == 16 { return 16 }
      place = self.place(type, index, isLarge ? 2 : 1)
    }
    return index
  }

  /// Where the probabilities of a coefficient are.
  private func place(_ type: Int, _ index: Int, _ context: Int) -> Int {
    11 * (3 * (8 * type + Self.bands[index]) + context)
  }

  /// Skips a value of two or more.
  private func skipLargeValue(_ place: Int, _ decoder: inout BoolDecoder) {
    guard decoder.bit(probabilities[place + 3]) else {
      // Two, three or four.
      if decoder.bit(probabilities[place + 4]) { _ = decoder.bit(probabilities[place + 5]) }
      return
    }
    if decoder.bit(probabilities[place + 6]) {
      let high = decoder.bit(probabilities[place + 8])
      let low = decoder.bit(probabilities[place + (high ? 10 : 9)])
      for probability in Self.extraBits[(high ? 2 : 0) + (low ? 1 : 0)] { _ = decoder.bit(probability) }
    } else if decoder.bit(probabilities[place + 7]) {
      _ = decoder.bit(165)
      _ = decoder.bit(145)
    } else {
      _ = decoder.bit(159)
    }
  }
}

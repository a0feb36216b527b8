internal import PreflightFacts
internal import PreflightBytes

/// A VP8L stream (RFC 9649, section 3), gone through from end to end without a picture being made of it: whether all
/// that it says can be, and whether there is as much of it as it needs.
///
/// Whether a decoder comes to the end hangs on the codes alone, not on the colours that come of them. So neither
/// colours nor transforms are computed, which is two thirds of what libwebp does, and no memory is needed for them.
struct LosslessStream: ~Escapable {
  private var bits: LosslessBits

  /// The image that says which group of codes a block of pixels has may have so many pixels.
  private static let maximumBlocks = 1 << 20

  /// Whether libwebp would decode a stream: true, or false where it is to be asked.
  static func isWhole(_ bytes: RawSpan) -> Bool {
    var stream = LosslessStream(bits: LosslessBits(bytes))
    do {
      try stream.read()
      return true
    } catch {
      return false
    }
  }

  /// The same of the transparency of a lossy frame, whose size stands elsewhere (section 2.7.1.2): the data of the
  /// chunk ALPH.
  static func isWholeAlpha(_ data: RawSpan, width: Int, height: Int) -> Bool {
    guard data.byteCount > 1 else { return false }
    let head = data.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
    // Compressed losslessly; filtered in any of the four ways; reduced in levels or not.
    guard head & 3 == 1, head >> 4 <= 1 else { return false }
    var stream = LosslessStream(bits: LosslessBits(data.extracting(1..<data.byteCount)))
    do {
      try stream.readPicture(width, height)
      return true
    } catch {
      return false
    }
  }

  @_lifetime(copy bits)
  private init(bits: consuming LosslessBits) { self.bits = bits }

  /// The header (section 3.4) and the picture.
  private mutating func read() throws(LosslessDoubt) {
    guard try bits.read(8) == 0x2f else { throw LosslessDoubt() }
    let width = try bits.read(14) + 1
    let height = try bits.read(14) + 1
    _ = try bits.readFlag()  // whether alpha is used: a hint
    guard try bits.read(3) == 0 else { throw LosslessDoubt() }
    try readPicture(width, height)
  }

  private mutating func readPicture(_ width: Int, _ height: Int) throws(LosslessDoubt) {
    let packedWidth = try readTransforms(width, height)
    let cacheBits = try readCacheBits()
    var blocks = LosslessBlocks(width: packedWidth)
    if try bits.readFlag() { blocks = try readBlocks(packedWidth, height) }
    var codes = LosslessCodes()
    let groups = try readGroups(blocks.groupCount, cacheBits, &codes)
    var sink = NoPixels()
    try readPixels(packedWidth, height, groups, codes, blocks, cacheBits, into: &sink)
  }

  // MARK: Transforms

  /// Passes over the transforms (section 4).
  ///
  /// - Returns: The width of the picture as it is coded, in which a pixel may hold several.
  private mutating func readTransforms(_ width: Int, _ height: Int) throws(LosslessDoubt) -> Int {
    var width = width
    var seen = 0
    while try bits.readFlag() {
      let kind = try bits.read(2)
      guard seen >> kind & 1 == 0 else { throw LosslessDoubt() }
      seen |= 1 << kind
      switch kind {
      case 0, 1:  // predictor, color
        let sizeBits = try bits.read(3) + 2
        try skipImage(Self.blocks(width, sizeBits), Self.blocks(height, sizeBits))
      case 3:  // color indexing
        let colorCount = try bits.read(8) + 1
        try skipImage(colorCount, 1)
        width = Self.blocks(width, colorCount > 16 ? 0 : colorCount > 4 ? 1 : colorCount > 2 ? 2 : 3)
      default: break  // subtract green, which has no data
      }
    }
    return width
  }

  /// How many blocks of 2^bits pixels a row or a column has.
  private static func blocks(_ size: Int, _ bits: Int) -> Int { (size + 1 << bits - 1) >> bits }

  // MARK: Images within the picture

  /// Passes over an image that a transform needs (section 5.1).
  private mutating func skipImage(_ width: Int, _ height: Int) throws(LosslessDoubt) {
    var sink = NoPixels()
    try readImage(width, height, into: &sink)
  }

  private mutating func readImage(
    _ width: Int, _ height: Int, into sink: inout some LosslessPixels
  ) throws(LosslessDoubt) {
    let cacheBits = try readCacheBits()
    var codes = LosslessCodes()
    let groups = try readGroups(1, cacheBits, &codes)
    try readPixels(
      width, height, groups, codes, LosslessBlocks(width: width), cacheBits, into: &sink)
  }

  /// The image that gives each block of pixels its group of codes (section 6.2.2).
  private mutating func readBlocks(_ width: Int, _ height: Int) throws(LosslessDoubt) -> LosslessBlocks {
    let sizeBits = try bits.read(3) + 2
    let (columns, rows) = (Self.blocks(width, sizeBits), Self.blocks(height, sizeBits))
    guard columns * rows <= Self.maximumBlocks else { throw LosslessDoubt() }
    var pixels = KeptPixels()
    try readImage(columns, rows, into: &pixels)
    return LosslessBlocks(
      bits: sizeBits, columns: columns, groups: pixels.colors.map { Int($0 >> 8 & 0xffff) })
  }

  /// The bits of the color cache's size (section 5.2.3); nil where there is none.
  private mutating func readCacheBits() throws(LosslessDoubt) -> Int? {
    guard try bits.readFlag() else { return nil }
    let count = try bits.read(4)
    guard 1...11 ~= count else { throw LosslessDoubt() }
    return count
  }

  // MARK: Codes

  /// The codes of a group of pixels (section 6.2): green with lengths and cached colors, red, blue, alpha, distances.
  private struct Group {
    let green, red, blue, alpha, distance: LosslessCodes.Code

    /// Whether the other colors take no bits, as in a picture with a palette.
    var isGreenAlone: Bool { red.isSingle && blue.isSingle && alpha.isSingle }
  }

  private mutating func readGroups(
    _ count: Int, _ cacheBits: Int?, _ codes: inout LosslessCodes
  ) throws(LosslessDoubt) -> [Group] {
    var groups: [Group] = []
    for _ in 0..<count {
      groups.append(
        Group(
          green: try readCode(256 + 24 + (cacheBits.map { 1 << $0 } ?? 0), &codes),
          red: try readCode(256, &codes), blue: try readCode(256, &codes), alpha: try readCode(256, &codes),
          distance: try readCode(40, &codes)))
    }
    return groups
  }

  private mutating func readCode(
    _ symbolCount: Int, _ codes: inout LosslessCodes
  ) throws(LosslessDoubt) -> LosslessCodes.Code {
    if try bits.readFlag() {
      // One or two symbols (section 6.2.1.1).
      let hasTwo = try bits.readFlag()
      let first = try bits.read(bits.readFlag() ? 8 : 1)
      let second = hasTwo ? try bits.read(8) : nil
      guard first < symbolCount, second ?? 0 < symbolCount else { throw LosslessDoubt() }
      return try codes.add(first, second)
    }
    return try codes.add(lengths: try readLengths(symbolCount, &codes))
  }

  private static let lengthOrder = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]

  /// The lengths of the codes, coded themselves (section 6.2.1.2).
  private mutating func readLengths(
    _ symbolCount: Int, _ codes: inout LosslessCodes
  ) throws(LosslessDoubt) -> [UInt8] {
    var ownLengths = [UInt8](repeating: 0, count: Self.lengthOrder.count)
    for index in 0..<(try bits.read(4) + 4) { ownLengths[Self.lengthOrder[index]] = UInt8(try bits.read(3)) }
    let own = try codes.add(lengths: ownLengths)
    defer { codes.removeLast(own) }
    var left = symbolCount
    if try bits.readFlag() {
      left = try 2 + bits.read(2 + 2 * bits.read(3))
      guard left <= symbolCount else { throw LosslessDoubt() }
    }
    var lengths = [UInt8](repeating: 0, count: symbolCount)
    var previous: UInt8 = 8
    var index = 0
    while index < lengths.count, left > 0 {
      left -= 1
      let (length, bitCount) = codes.symbol(own, bits.peek(at: bits.position))
      bits.position += bitCount
      guard length >= 16 else {
        lengths[index] = UInt8(length)
        if length > 0 { previous = UInt8(length) }
        index += 1
        continue
      }
      let repeated =
        switch length {
        case 16: try bits.read(2) + 3
        case 17: try bits.read(3) + 3
        default: try bits.read(7) + 11
        }
      guard repeated <= lengths.count - index else { throw LosslessDoubt() }
      for place in index..<index + repeated { lengths[place] = length == 16 ? previous : 0 }
      index += repeated
    }
    guard bits.position <= bits.count else { throw LosslessDoubt() }
    return lengths
  }

  // MARK: Pixels

  /// Goes through the pixels of an image (section 5.2).
  private mutating func readPixels(
    _ width: Int, _ height: Int, _ groups: [Group], _ codes: LosslessCodes, _ blocks: LosslessBlocks,
    _ cacheBits: Int?, into sink: inout some LosslessPixels
  ) throws(LosslessDoubt) {
    let pixelCount = width * height
    sink.begin(pixelCount, cacheBits)
    var (pixel, column, row) = (0, 0, 0)
    while pixel < pixelCount {
      let start = pixel
      let end = pixel + blocks.runLength(from: column, width: width, left: pixelCount - pixel)
      try readRun(
        until: end, &pixel, width, pixelCount, groups[blocks.group(column, row)], codes, into: &sink)
      column += pixel - start
      if column >= width {
        row += column / width
        column %= width
      }
    }
  }

  /// Goes through the pixels that have one group of codes. A copy can go on beyond them.
  private mutating func readRun(
    until end: Int, _ pixel: inout Int, _ width: Int, _ pixelCount: Int, _ group: Group,
    _ codes: LosslessCodes, into sink: inout some LosslessPixels
  ) throws(LosslessDoubt) {
    let passesOverColors = !sink.keepsColors && group.isGreenAlone
    let firstOfCache = 256 + 24
    var position = bits.position
    while pixel < end {
      // At least 56 bits. No symbol takes more than 15, and no length more than 10 besides.
      var window = bits.peek(at: position)
      let start = position
      let code = next(group.green, codes, &window, &position)
      if code < 256, passesOverColors {
        // Nothing follows. Where not even the code takes a bit, neither does any other pixel of the run: a file of a
        // few bytes can claim 134 million of them.
        pixel = position == start ? end : pixel + 1
      } else if code < 256 {
        let red = next(group.red, codes, &window, &position)
        let blue = next(group.blue, codes, &window, &position)
        window = bits.peek(at: position)
        let alpha = next(group.alpha, codes, &window, &position)
        sink.add(red: red, green: code, blue: blue, alpha: alpha)
        pixel += 1
      } else if code < firstOfCache {
        let length = number(code - 256, &window, &position)
        let symbol = next(group.distance, codes, &window, &position)
        window = bits.peek(at: position)
        let distance = LosslessDistances.distance(number(symbol, &window, &position), width)
        guard distance <= pixel, length <= pixelCount - pixel else { throw LosslessDoubt() }
        sink.copy(length, from: distance)
        pixel += length
      } else {
        sink.addCached(code - firstOfCache)
        pixel += 1
      }
      guard position <= bits.count else { throw LosslessDoubt() }
    }
    bits.position = position
  }

  /// The next symbol, which is taken off the bits.
  @inline(__always)
  private func next(
    _ code: LosslessCodes.Code, _ codes: LosslessCodes, _ window: inout UInt64, _ position: inout Int
  ) -> Int {
    let (symbol, bitCount) = codes.symbol(code, window)
    window &>>= UInt64(bitCount)
    position += bitCount
    return symbol
  }

  /// A length or a distance by its prefix symbol, with the bits that follow (section 5.2.2).
  @inline(__always)
  private func number(_ symbol: Int, _ window: inout UInt64, _ position: inout Int) -> Int {
    guard symbol >= 4 else { return symbol + 1 }
    // A symbol is below 40, so these are at most 18 bits.
    let extraBits = (symbol - 2) >> 1
    let extra = Int(truncatingIfNeeded: window) & (1 &<< extraBits - 1)
    window &>>= UInt64(extraBits)
    position += extraBits
    return (2 + symbol & 1) &<< extraBits + extra + 1
  }
}

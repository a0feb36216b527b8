// The Unicode Standard, 3.9 "Unicode Encoding Forms", table 3-7 "Well-Formed UTF-8 Byte Sequences".

internal import PreflightFacts
internal import PreflightBytes

/// Scans a byte-oriented text once, block by block, and decides whether it is text and in which encoding.
struct TextScan: Sendable {
  enum Encoding: Sendable {
    case ascii
    /// UTF-8; with the offset of the last character if the text ends within it.
    case utf8(brokenCharacter: UInt64?)
    /// Some other extension of ASCII; with whether there are bytes from 0x80 to 0x9F.
    case other(hasC1: Bool)
  }

  /// The control characters in texts, a bit each: BEL, BS, HT, LF, VT, FF, CR and ESC, as libmagic has it.
  static let textControls: UInt32 = 0x0800_3f80

  private var isWellFormed = true
  private var hasCharacters = false
  private var hasHighBytes = false
  private var hasC1 = false
  private var form = UTF8Form()
  private var characterStart: UInt64 = 0

  /// What the bytes so far are.
  var encoding: Encoding {
    if !hasHighBytes { return .ascii }
    if !isWellFormed { return .other(hasC1: hasC1) }
    if form.isComplete { return .utf8(brokenCharacter: nil) }
    // A lone high byte at the very end may just as well be a letter of an 8-bit set: `caf\xE9`.
    return hasCharacters ? .utf8(brokenCharacter: characterStart) : .other(hasC1: hasC1)
  }

  /// Adds the next block; false as soon as a byte isn't valid in text.
  mutating func update(_ span: ByteSpan) -> Bool {
    let bytes = span.bytes
    let count = bytes.byteCount
    var index = 0
    while index < count {
      if form.isComplete {
        // Most of a text is ASCII without line ends: eight bytes at a time, none below 0x20, none above 0x7E.
        while index + 8 <= count {
          let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
          let marks = word | (word &- 0x2020_2020_2020_2020) | (word &+ 0x0101_0101_0101_0101)
          if marks & 0x8080_8080_8080_8080 != 0 { break }
          index += 8
        }
        guard index < count else { break }
      }
      let byte = bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
      if byte < 0x80 {
        if byte < 0x20, Self.textControls >> byte & 1 == 0 { return false }
        if byte == 0x7f { return false }
        if !form.isComplete { breakForm() }
      } else {
        hasHighBytes = true
        if byte < 0xa0 { hasC1 = true }
        if isWellFormed { take(byte, at: span.base + UInt64(index)) }
      }
      index += 1
    }
    return true
  }

  /// How many bytes of the next block precede the first one of a value, and what the text is up to there; nil if it is
  /// none.
  func text(before byte: UInt8, in span: ByteSpan) -> (count: Int, encoding: Encoding)? {
    guard let index = span.firstIndex(of: byte, from: 0) else { return nil }
    var scan = self
    guard scan.update(ByteSpan(span.bytes.extracting(0..<index), at: span.base)) else { return nil }
    return (index, scan.encoding)
  }

  private mutating func breakForm() {
    isWellFormed = false
    form = UTF8Form()
  }

  /// Adds a byte of a UTF-8 sequence.
  private mutating func take(_ byte: UInt8, at offset: UInt64) {
    if form.isComplete { characterStart = offset }
    guard form.take(byte) else { return breakForm() }
    if form.isComplete { hasCharacters = true }
  }
}

/// The UTF-8 sequence of one character.
struct UTF8Form: Sendable {
  /// How many bytes the current character still needs, and the range of the next one.
  private var wanted = 0
  private var next: ClosedRange<UInt8> = 0x80...0xbf

  /// Whether the bytes so far end with a character.
  var isComplete: Bool { wanted == 0 }

  /// Adds a byte, which isn't ASCII unless the sequence is incomplete; false if it can't be there.
  mutating func take(_ byte: UInt8) -> Bool {
    if wanted > 0 {
      guard next.contains(byte) else { return false }
      wanted -= 1
      next = 0x80...0xbf
      return true
    }
    next = 0x80...0xbf
    switch byte {
    case 0xc2...0xdf: wanted = 1
    case 0xe0: (wanted, next) = (2, 0xa0...0xbf)
    case 0xed: (wanted, next) = (2, 0x80...0x9f)
    case 0xe1...0xef: wanted = 2
    case 0xf0: (wanted, next) = (3, 0x90...0xbf)
    case 0xf1...0xf3: wanted = 3
    case 0xf4: (wanted, next) = (3, 0x80...0x8f)
    default: return false
    }
    return true
  }
}

/// Scans a text in UTF-16 or UTF-32 once, block by block.
struct WideTextScan: Sendable {
  let unitSize: Int
  let isBigEndian: Bool

  /// The bytes of an incomplete code unit at the end of the last block.
  private var unit: UInt32 = 0
  private var unitBytes = 0
  private var unitStart: UInt64 = 0
  /// The offset of the first half of an incomplete surrogate pair.
  private var highSurrogate: UInt64?

  init(unitSize: Int, isBigEndian: Bool) {
    self.unitSize = unitSize
    self.isBigEndian = isBigEndian
  }

  /// The offset of the last character if the text ends within it.
  var brokenCharacter: UInt64? { highSurrogate ?? (unitBytes > 0 ? unitStart : nil) }

  /// Adds the next block; false as soon as something isn't valid in text.
  mutating func update(_ span: ByteSpan) -> Bool {
    for index in 0..<span.bytes.byteCount {
      let byte = span.bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
      if unitBytes == 0 { unitStart = span.base + UInt64(index) }
      unit |= UInt32(byte) << UInt32(8 * (isBigEndian ? unitSize - 1 - unitBytes : unitBytes))
      unitBytes += 1
      guard unitBytes == unitSize else { continue }
      guard take(unit) else { return false }
      unit = 0
      unitBytes = 0
    }
    return true
  }

  private mutating func take(_ unit: UInt32) -> Bool {
    let isLowSurrogate = (0xdc00...0xdfff).contains(unit)
    if unitSize == 2, isLowSurrogate == (highSurrogate != nil) {
      highSurrogate = nil
    } else if isLowSurrogate || highSurrogate != nil {
      return false
    }
    switch unit {
    case 0..<0x20: return TextScan.textControls >> unit & 1 == 1
    case 0xd800...0xdbff:
      highSurrogate = unitStart
      return unitSize == 2
    case 0xfffe, 0xffff: return false
    default: return unit <= 0x10_ffff
    }
  }

  /// The characters of a run of bytes, one byte each, those beyond ASCII as 0xFF: enough to detect the type
  /// of a text.
  func narrowed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    stride(from: bytes.startIndex, to: bytes.endIndex - (unitSize - 1), by: unitSize).map { start in
      let unit = bytes[start..<start + unitSize]
      guard let low = isBigEndian ? unit.last : unit.first else { return 0xff }
      return low < 0x80 && unit.reduce(0, { $0 + Int($1) }) == Int(low) ? low : 0xff
    }
  }
}

/// Guesses the 8-bit sets of Western Europe, which texts don't declare.
enum WesternText {
  /// What may be between two letters of a word, of the bytes from 0x80 to 0x9F of Windows-1252: the
  /// apostrophe and the letters Š, Œ, Ž, š, œ, ž and Ÿ. In the DOS code pages most of the others are letters,
  /// too.
  private static let withinWords: Set<UInt8> = [0x92, 0x8a, 0x8c, 0x8e, 0x9a, 0x9c, 0x9e, 0x9f]

  /// Bytes that Windows-1252 leaves undefined.
  private static let undefined: Set<UInt8> = [0x81, 0x8d, 0x8f, 0x90, 0x9d]

  /// `iso-8859-1` or `windows-1252` if the bytes beyond ASCII are distributed as in a Western European
  /// language. nil if there are too many, or they are in unlikely places.
  static func encoding(of head: [UInt8], hasC1: Bool) -> String? {
    var letters = 0
    var highLetters = 0
    for (index, byte) in head.enumerated() {
      if byte.isASCIILetter { letters += 1 }
      guard byte >= 0x80 else { continue }
      guard byte < 0xa0 else {
        // Below 0xC0 there is punctuation.
        if byte >= 0xc0 { highLetters += 1 }
        continue
      }
      if undefined.contains(byte) { return nil }
      let isWithinWord =
        index > 0 && head[index - 1].isASCIILetter && index + 1 < head.count
        && head[index + 1].isASCIILetter
      if isWithinWord, !withinWords.contains(byte) { return nil }
    }
    guard letters > 0, highLetters * 3 <= letters else { return nil }
    return hasC1 ? "windows-1252" : "iso-8859-1"
  }
}

extension UInt8 {
  /// Whether the byte is a letter of ASCII.
  var isASCIILetter: Bool { (0x61...0x7a).contains(self | 0x20) }

  /// Whether the byte is a digit of ASCII.
  var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
}

/// Reads a number (TOML 1.0.0, "Integer" and "Float").
struct TOMLNumber {
  enum Reading {
    case value(TOMLValue)
    /// An integer beyond 64 bits.
    case outOfRange
    case invalid
  }

  private var rest: ArraySlice<UInt8>
  /// What was read, without underscores.
  private var text = ""

  static func read(_ characters: ArraySlice<UInt8>) -> Reading {
    var number = TOMLNumber(rest: characters)
    return number.read()
  }

  private mutating func read() -> Reading {
    if rest.starts(with: "0x".utf8) { return integer(radix: 16) }
    if rest.starts(with: "0o".utf8) { return integer(radix: 8) }
    if rest.starts(with: "0b".utf8) { return integer(radix: 2) }
    readSign()
    if rest.elementsEqual("inf".utf8) { return .value(.float(text == "-" ? -.infinity : .infinity)) }
    if rest.elementsEqual("nan".utf8) { return .value(.float(.nan)) }
    let sign = text.count
    guard readDigits() else { return .invalid }
    let digits = text.dropFirst(sign)
    guard digits.count == 1 || digits.first != "0" else { return .invalid }
    if rest.isEmpty { return Int(text).map { .value(.integer($0)) } ?? .outOfRange }
    if rest.first == UInt8(ascii: ".") {
      text += "."
      rest.removeFirst()
      guard readDigits() else { return .invalid }
    }
    if let first = rest.first, "eE".utf8.contains(first) {
      text += "e"
      rest.removeFirst()
      readSign()
      guard readDigits() else { return .invalid }
    }
    guard rest.isEmpty, let value = Double(text) else { return .invalid }
    return .value(.float(value))
  }

  /// Reads an integer after its prefix.
  private mutating func integer(radix: Int) -> Reading {
    rest.removeFirst(2)
    guard readDigits(radix: radix), rest.isEmpty else { return .invalid }
    return Int(text, radix: radix).map { .value(.integer($0)) } ?? .outOfRange
  }

  private mutating func readSign() {
    guard let first = rest.first, "+-".utf8.contains(first) else { return }
    text.unicodeScalars.append(Unicode.Scalar(first))
    rest.removeFirst()
  }

  /// Reads at least one digit, with single underscores between digits.
  private mutating func readDigits(radix: Int = 10) -> Bool {
    var endsInDigit = false
    while let first = rest.first {
      if first == UInt8(ascii: "_"), endsInDigit {
        endsInDigit = false
      } else if Character(Unicode.Scalar(first)).hexDigitValue.map({ $0 < radix }) == true {
        text.unicodeScalars.append(Unicode.Scalar(first))
        endsInDigit = true
      } else {
        break
      }
      rest.removeFirst()
    }
    return endsInDigit
  }

  /// Whether a byte is one of 0 to 9.
  static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

  /// Whether a word starts like `2000-01` or `10:00`.
  static func looksLikeDateOrTime(_ word: ArraySlice<UInt8>) -> Bool {
    let shape = word.prefix(5).map { isDigit($0) ? UInt8(ascii: "0") : $0 }
    return shape == Array("0000-".utf8) || shape.starts(with: "00:".utf8)
  }
}

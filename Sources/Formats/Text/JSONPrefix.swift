// RFC 8259 "The JavaScript Object Notation (JSON) Data Interchange Format".

internal import PreflightFacts

/// Detects JSON by parsing the start of a text: further than a text that only starts with a bracket gets.
struct JSONPrefix {
  /// Whether a text is JSON: an object or an array, complete or truncated after some content.
  static func isJSON(_ text: TextHead) -> Bool {
    guard text[text.start] == UInt8(ascii: "{") || text[text.start] == UInt8(ascii: "[") else {
      return false
    }
    var parser = JSONPrefix(bytes: text.bytes, position: text.start)
    switch parser.follow() {
    case .broken: return false
    case .ended: return parser.restIsEmpty && parser.values > 0
    // Truncated, or longer than the head: a few members are enough evidence.
    case .unfinished: return parser.values >= 2
    }
  }

  private enum Outcome { case ended, unfinished, broken }

  /// What may come next.
  private enum Expected { case value, valueOrEnd, key, keyOrEnd, colon, commaOrEnd }

  private let bytes: [UInt8]
  private var position: Int
  /// The values and keys passed so far.
  private var values = 0
  /// The brackets open: true for an object.
  private var open: [Bool] = []
  private var expected = Expected.value

  private init(bytes: [UInt8], position: Int) {
    self.bytes = bytes
    self.position = position
  }

  private var restIsEmpty: Bool { bytes[position...].allSatisfy(\.isTextWhitespace) }

  private mutating func follow() -> Outcome {
    repeat {
      while position < bytes.count, bytes[position].isTextWhitespace { position += 1 }
      guard position < bytes.count else { return .unfinished }
      guard let isComplete = token(bytes[position]) else { return .broken }
      if !isComplete { return .unfinished }
    } while !open.isEmpty
    return .ended
  }

  /// Skips a token; false if the text ends within it, nil if it can't be here.
  private mutating func token(_ byte: UInt8) -> Bool? {
    switch (byte, expected) {
    case (UInt8(ascii: "{"), .value), (UInt8(ascii: "{"), .valueOrEnd):
      open.append(true)
      expected = .keyOrEnd
    case (UInt8(ascii: "["), .value), (UInt8(ascii: "["), .valueOrEnd):
      open.append(false)
      expected = .valueOrEnd
    case (UInt8(ascii: "}"), .keyOrEnd), (UInt8(ascii: "}"), .commaOrEnd):
      return close(isObject: true)
    case (UInt8(ascii: "]"), .valueOrEnd), (UInt8(ascii: "]"), .commaOrEnd):
      return close(isObject: false)
    case (UInt8(ascii: ":"), .colon):
      expected = .value
    case (UInt8(ascii: ","), .commaOrEnd):
      expected = open.last == true ? .key : .value
    case (UInt8(ascii: "\""), .key), (UInt8(ascii: "\""), .keyOrEnd):
      expected = .colon
      return string()
    case (_, .value), (_, .valueOrEnd):
      expected = .commaOrEnd
      values += 1
      return byte == UInt8(ascii: "\"") ? string() : word()
    default:
      return nil
    }
    position += 1
    return true
  }

  private mutating func close(isObject: Bool) -> Bool? {
    guard open.popLast() == isObject else { return nil }
    values += 1
    expected = .commaOrEnd
    position += 1
    return true
  }

  private mutating func string() -> Bool {
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return true }
    }
    position = bytes.count
    return false
  }

  /// A number, `true`, `false` or `null`.
  private mutating func word() -> Bool? {
    let start = position
    while position < bytes.count, bytes[position].isWordOfJSON { position += 1 }
    let word = bytes[start..<position]
    guard let first = word.first else { return nil }
    if first.isASCIIDigit || first == UInt8(ascii: "-") {
      return word.allSatisfy(\.isNumberOfJSON) ? position < bytes.count : nil
    }
    for literal in ["true", "false", "null"] {
      if literal.utf8.elementsEqual(word) { return true }
      if position == bytes.count, literal.utf8.starts(with: word) { return false }
    }
    return nil
  }
}

extension UInt8 {
  fileprivate var isNumberOfJSON: Bool {
    isASCIIDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: "+")
      || self == UInt8(ascii: ".") || self | 0x20 == UInt8(ascii: "e")
  }

  fileprivate var isWordOfJSON: Bool { isNumberOfJSON || isASCIILetter }
}

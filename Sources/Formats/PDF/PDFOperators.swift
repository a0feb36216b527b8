// ISO 32000-2:2020, 7.8.2 "Content streams" and annex A "Operator summary".

internal import PreflightBytes

/// Whether the beginning of a page's content can be its content at all.
enum PDFOperators {
  /// All operators (table A.1).
  private static let all = Set(
    (#"" ' B B* BDC BI BMC BT BX CS DP Do EI EMC ET EX F G ID J K M MP Q RG S SC SCN T* TD TJ TL Tc Td Tf Tj Tm Tr "#
      + "Ts Tw Tz W W* b b* c cm cs d d0 d1 f f* g gs h i j k l m n q re rg ri s sc scn sh v w y")
      .split(separator: " ").map(String.init))

  /// Whether nearly no word of a content stream's beginning is an operator: viewers show nothing of it.
  ///
  /// A page's content has no others. A few are passed over, since some writers leave out a space.
  static func areMissing(in bytes: [UInt8], isCut: Bool) -> Bool {
    if isWide(bytes) { return true }
    var (known, unknown) = (0, 0)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "%"): skip { $0 != 0x0a && $0 != 0x0d }
      case UInt8(ascii: "("): skipString()
      case UInt8(ascii: "<") where index + 1 < bytes.count && bytes[index + 1] == byte: index += 2
      case UInt8(ascii: "<"): skip { $0 != UInt8(ascii: ">") }
      case UInt8(ascii: "/"):
        index += 1
        skip(while: \.isPDFRegular)
      case _ where byte.isPDFRegular:
        let start = index
        skip(while: \.isPDFRegular)
        if isHexadecimal(bytes[start..<index]) {
          unknown += 1
          break
        }
        // The last word may go on.
        if index == bytes.count, isCut { break }
        let word = String(decoding: bytes[start..<index], as: UTF8.self)
        if all.contains(word) {
          known += 1
          // An image's data follows.
          if word == "ID" { index = bytes.count }
        } else if !isOperand(word) {
          unknown += 1
        }
      default: index += 1
      }
    }
    return unknown > 8 * known

    func skip(while matches: (UInt8) -> Bool) {
      while index < bytes.count, matches(bytes[index]) { index += 1 }
    }

    func skipString() {
      var depth = 0
      while index < bytes.count {
        switch bytes[index] {
        case UInt8(ascii: "("): depth += 1
        case UInt8(ascii: ")"): depth -= 1
        case UInt8(ascii: "\\"): index += 1
        default: break
        }
        index += 1
        if depth == 0 { return }
      }
    }
  }

  /// Whether every second byte of the beginning is a NUL, as in UTF-16, in which each word has one character.
  private static func isWide(_ bytes: [UInt8]) -> Bool {
    let start = bytes.prefix(wide)
    guard start.count == wide else { return false }
    return (0...1).contains { parity in start.indices.allSatisfy { (start[$0] == 0) == ($0 % 2 == parity) } }
  }

  /// As many bytes as show UTF-16: 32.
  private static let wide = 32

  /// The fewest hexadecimal digits that are no number: 32.
  private static let digits = 32

  /// Whether a word consists of hexadecimal digits, and is longer than numbers are.
  private static func isHexadecimal(_ word: ArraySlice<UInt8>) -> Bool {
    word.count >= digits && word.allSatisfy { $0.hexadecimalDigit != nil }
      && word.contains { $0.isASCIILetter }
  }

  /// Whether a word is a number, however it is written, or another value.
  private static func isOperand(_ word: String) -> Bool {
    guard let first = word.utf8.first else { return true }
    return first.pdfDigit != nil || [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(first)
      || ["true", "false", "null"].contains(word)
  }
}

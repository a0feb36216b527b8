/// The width of text in a terminal.
package enum TextWidth {
  /// The number of columns of text without control characters: zero for combining marks, two for East Asian wide
  /// characters and emoji (Unicode, UAX 11), one for all others.
  package static func columns(of text: some StringProtocol) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
  }

  /// Text of at most so many columns: what is longer ends in an ellipsis.
  ///
  /// - Precondition: There is at least one column.
  package static func cut(_ text: String, to most: Int) -> String {
    guard columns(of: text) > most else { return text }
    var cut = text
    while columns(of: cut) > most - 1 { cut.removeLast() }
    return cut + "…"
  }

  private static func columns(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3,
      0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x20000...0x3fffd:
      return 2
    default: return scalar.properties.isEmojiPresentation ? 2 : 1
    }
  }
}

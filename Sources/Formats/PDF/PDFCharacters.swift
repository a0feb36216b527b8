internal import PreflightFacts

extension UInt8 {
  /// Whether PDF counts the byte as white space (7.2.3, table 1).
  var isPDFWhitespace: Bool { self < 64 && Self.pdfWhitespace >> UInt64(self) & 1 == 1 }

  /// A bit for each byte of white space: NUL, HT, LF, FF, CR and SP.
  private static var pdfWhitespace: UInt64 { 0x1_0000_3601 }

  /// Whether the byte is neither white space nor a delimiter (7.2.3).
  var isPDFRegular: Bool {
    guard self < 128 else { return true }
    let special = self < 64 ? Self.pdfWhitespace | Self.pdfDelimiters.low : Self.pdfDelimiters.high
    return special >> UInt64(self & 63) & 1 == 0
  }

  /// A bit for each delimiter: `( ) < > / %` below 64, `[ ] { }` from there on (7.2.3, table 2).
  private static var pdfDelimiters: (low: UInt64, high: UInt64) {
    (0x5000_8320_0000_0000, 0x2800_0000_2800_0000)
  }

  /// The value of a decimal digit.
  var pdfDigit: UInt8? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) ? self - UInt8(ascii: "0") : nil
  }
}

extension UInt8 {
  /// Whether PDF counts the byte as white space (7.2.3, table 1).
  var isPDFWhitespace: Bool { self < 64 && Self.pdfWhitespace >> UInt64(self) & 1 == 1 }

  /// A bit for each byte of white space: NUL, HT, LF, FF, CR and SP.
  private static var pdfWhitespace: UInt64 { 0x1_0000_3601 }

  /// Whether the byte is neither white space nor a delimiter (7.2.3).
  var isPDFRegular: Bool {
    switch self {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"),
      UInt8(ascii: "/"), UInt8(ascii: "%"):
      false
    default: !isPDFWhitespace
    }
  }

  /// The value of a decimal digit.
  var pdfDigit: UInt8? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) ? self - UInt8(ascii: "0") : nil
  }

  /// The value of a hexadecimal digit.
  var hexadecimalDigit: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

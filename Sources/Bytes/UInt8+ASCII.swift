extension UInt8 {
  /// The byte with an ASCII capital letter in lower case: names within formats are compared this way,
  /// whatever the system's language.
  @inlinable
  package var asciiLowercased: UInt8 { 0x41...0x5a ~= self ? self | 0x20 : self }

  /// Whether the byte is one of a to z, A to Z and 0 to 9.
  package var isASCIILetterOrDigit: Bool {
    0x61...0x7a ~= asciiLowercased || 0x30...0x39 ~= self
  }
}

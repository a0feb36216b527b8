extension UInt8 {
  /// The byte, a capital letter of ASCII as the small one: names within formats are compared so, whatever the
  /// language of the system.
  @inlinable
  package var asciiLowercased: UInt8 { 0x41...0x5a ~= self ? self | 0x20 : self }
}

/// A four-character code: a box type, a chunk type, a sample entry.
///
/// Inlinable, so that a comparison with a literal compares two numbers.
@usableFromInline
package struct FourCC: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  @usableFromInline
  package let rawValue: UInt32

  @inlinable
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// - Precondition: The literal has four characters of ASCII.
  @inlinable
  package init(stringLiteral value: StaticString) {
    precondition(value.utf8CodeUnitCount == 4, "a four-character code has four characters")
    var raw: UInt32 = 0
    for i in 0..<4 { raw = raw << 8 | UInt32(value.utf8Start[i]) }
    rawValue = raw
  }

  /// Reads four bytes in file order.
  @inlinable
  package init(parsing span: inout ByteSpan) throws(ReadError) {
    rawValue = try UInt32(parsingBigEndian: &span)
  }

  /// Whether two codes are the same.
  @inlinable
  package static func == (left: FourCC, right: FourCC) -> Bool { left.rawValue == right.rawValue }

  /// Whether all four are letters of ASCII.
  package var isLetters: Bool {
    var rest = rawValue
    for _ in 0..<4 {
      guard 0x61...0x7a ~= rest & 0xff | 0x20 else { return false }
      rest >>= 8
    }
    return true
  }

  /// The four bytes in file order.
  package var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: rawValue >> (24 - 8 * $0)) } }

  /// Printable ASCII as it is, any other byte as `\xNN`, so that a hostile code can't break a report.
  @usableFromInline
  package var description: String {
    bytes.map { byte in
      (0x20..<0x7f).contains(byte) ? String(Unicode.Scalar(byte)) : EscapedText.escaped(byte)
    }.joined()
  }
}

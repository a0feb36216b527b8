/// A four-character code: a box type, a chunk type, a sample entry.
package struct FourCC: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// - Precondition: The literal has four Latin-1 characters.
  package init(stringLiteral value: StaticString) {
    precondition(value.utf8CodeUnitCount == 4, "a four-character code has four characters")
    var raw: UInt32 = 0
    for i in 0..<4 { raw = raw << 8 | UInt32(value.utf8Start[i]) }
    rawValue = raw
  }

  /// Reads four bytes in file order.
  package init(parsing span: inout ByteSpan) throws(ReadError) {
    rawValue = try UInt32(parsingBigEndian: &span)
  }

  /// The four bytes in file order.
  package var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: rawValue >> (24 - 8 * $0)) } }

  /// Printable ASCII as it is, any other byte as `\xNN`, so that a hostile code can't disturb a report.
  package var description: String {
    bytes.map { byte in
      if (0x20..<0x7f).contains(byte) { return String(Unicode.Scalar(byte)) }
      let hex = String(byte, radix: 16)
      return "\\x" + (hex.count == 1 ? "0" + hex : hex)
    }.joined()
  }
}

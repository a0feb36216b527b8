package import PreflightBytes

extension PDF {
  /// A text of a document's bytes in which `%PDF-` stands as it is.
  package enum Quotation {
    /// A literal in source code or JSON: an escape ends the line.
    case literal
    /// A dump: the bytes in hexadecimal, and behind them what can be read of them.
    case dump
  }

  /// What quotes a document whose `%PDF-` is at an index; nil if it stands for itself.
  package static func quotation(at index: Int, in head: borrowing ByteSpan) -> Quotation? {
    var end = index + 5
    while let byte = head[end], byte == UInt8(ascii: ".") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
      end += 1
    }
    // ISO 32000-2, 7.5.2: a line end follows the version.
    if head[end] == UInt8(ascii: "\\") { return .literal }
    // The same in hexadecimal, on the same line.
    var digits: [UInt8] = []
    var start = index
    while start > 0, let byte = head[start - 1], byte != 0x0a, byte != 0x0d {
      start -= 1
      if byte.hexadecimalDigit != nil { digits.append(byte.asciiLowercased) }
    }
    let quoted = digits.reversed() as [UInt8]
    return quoted.firstRange(of: "255044462d".utf8) == nil ? nil : .dump
  }
}

internal import PreflightBytes

extension String {
  /// The text with every byte percent-encoded but unreserved characters (RFC 3986, section 2.3).
  package var percentEncoded: String { utf8.map { $0.percentEncoded() }.joined() }

  /// The text with its percent-escapes decoded (RFC 3986, section 2.1); nil if one is malformed, or the result isn't
  /// UTF-8.
  // Foundation's own needs more than FoundationEssentials, and with it ICU.
  var withoutPercentEscapes: String? {
    var bytes: [UInt8] = []
    var rest = Array(utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

extension UInt8 {
  /// The byte as a character if it is unreserved (RFC 3986, section 2.3) or among others, else as an escape.
  package func percentEncoded(except others: String = "") -> String {
    if isASCIILetterOrDigit || "-._~".utf8.contains(self) || others.utf8.contains(self) {
      return String(Unicode.Scalar(self))
    }
    let hex = String(self, radix: 16, uppercase: true)
    return hex.utf8.count == 1 ? "%0" + hex : "%" + hex
  }
}

extension String {
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

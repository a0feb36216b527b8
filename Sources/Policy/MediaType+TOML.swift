internal import PreflightBytes
internal import PreflightTOML
import PreflightFacts

extension MediaType {
  /// Reads a media type without parameters; nil after an error, which is reported.
  init?(_ text: String, at position: TOMLPosition, _ decoder: inout TOMLDecoder) {
    guard Self.isMediaType(text.utf8[...]) else {
      decoder.report(
        position, "'\(text)' is not a media type; expected one such as image/png, without parameters")
      return nil
    }
    self.init(rawValue: text)
  }

  /// Reads a list of media types and of ranges such as `image/*`; nil if there is none. What is neither is reported.
  static func list(_ table: TOMLTable, _ key: String, _ decoder: inout TOMLDecoder) -> [MediaType]? {
    decoder.strings(table, key)?.compactMap { text in
      let range = MediaType(rawValue: text.text)
      return range.isRange ? range : MediaType(text.text, at: text.position, &decoder)
    }
  }

  /// Whether it stands for all types, or for all of one top level (as in RFC 9110, section 12.5.1).
  var isRange: Bool {
    rawValue == "*/*" || rawValue.hasSuffix("/*") && Self.isMediaType("\(topLevel)/x".utf8[...])
  }

  /// Reads a type to declare, which may have parameters; nil after an error, which is reported.
  static func declared(
    _ text: String, at position: TOMLPosition, _ decoder: inout TOMLDecoder
  ) -> String? {
    let essence = text.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
    // It becomes a header of a call.
    let isLine = !text.utf8.contains { $0 < 0x20 || $0 == 0x7f }
    if isMediaType(essence), isLine { return text }
    decoder.report(
      position, "'\(text)' can't be declared; expected a media type such as audio/ogg; codecs=opus")
    return nil
  }

  private static func isMediaType(_ bytes: Substring.UTF8View) -> Bool {
    let type = bytes.prefix { $0 != UInt8(ascii: "/") }
    let subtype = bytes.dropFirst(type.count + 1)
    return [type, subtype].allSatisfy { !$0.isEmpty && $0.allSatisfy(isMediaTypeByte) }
  }

  private static func isMediaTypeByte(_ byte: UInt8) -> Bool {
    byte.isASCIILetterOrDigit || ".+-_".utf8.contains(byte)
  }
}

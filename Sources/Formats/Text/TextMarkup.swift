// WHATWG MIME Sniffing, 7.1 "Identifying a resource with an unknown MIME type"; XML 1.0, 2.8.

internal import PreflightFacts

/// Distinguishes HTML, XML and SVG from texts that only mention them.
enum TextMarkup {
  /// Elements that only HTML starts with. Elements that are also used in Markdown, such as `<p>` and `<div>`,
  /// are excluded.
  private static let pageElements: [StaticString] = [
    "<!doctype html", "<html", "<head", "<body", "<script", "<title", "<style", "<meta", "<frameset",
    "<iframe",
  ]

  static func mediaType(of text: TextHead, sniffedType: String?) -> MediaType? {
    let start = afterComments(text, from: text.start)
    if text.has("<?xml", at: start), text[start + 5]?.isTextWhitespace == true {
      return xml(text, from: start, sniffedType: sniffedType)
    }
    if isElement("<svg", of: text, at: start) || text.has("<!DOCTYPE svg", at: start) {
      return .svg
    }
    if pageElements.contains(where: { isElement($0, of: text, at: start) }) { return "text/html" }
    if let sniffedType, text[start] == UInt8(ascii: "<"), TextType.isMarkup(sniffedType) {
      return MediaType(rawValue: sniffedType)
    }
    return sniffedType == "text/html" && beginsPageSoon(text) ? "text/html" : nil
  }

  /// The type of an XML document by its root element, if that has its own type.
  private static func xml(_ text: TextHead, from start: Int, sniffedType: String?) -> MediaType {
    var index = start
    // Skips the declaration, instructions, comments and the document type, up to the root.
    while let next = text.firstIndex(of: "<", from: index) {
      let isProlog = text.has("<?", at: next) || text.has("<!", at: next)
      if !isProlog {
        if isElement("<svg", of: text, at: next) || isElement("<svg:svg", of: text, at: next) {
          return .svg
        }
        if isElement("<html", of: text, at: next) { return .html }
        break
      }
      index = text.has("<!--", at: next) ? afterComments(text, from: next) : next + 1
    }
    if let sniffedType, TextType.isMarkup(sniffedType), sniffedType != MediaType.svg.rawValue {
      return MediaType(rawValue: sniffedType)
    }
    return "text/xml"
  }

  /// Whether an element's name ends where `word` does.
  private static func isElement(_ word: StaticString, of text: TextHead, at index: Int) -> Bool {
    guard text.has(word, at: index) else { return false }
    guard let after = text[index + word.utf8CodeUnitCount] else { return true }
    return after.isTextWhitespace || after == UInt8(ascii: ">") || after == UInt8(ascii: "/")
  }

  /// The index after the comments that begin at `index`, and the white space around them.
  private static func afterComments(_ text: TextHead, from index: Int) -> Int {
    var index = index
    while text.has("<!--", at: index) {
      guard let end = text.firstIndex(of: "-->", from: index + 4) else { return text.bytes.count }
      index = end + 3
      while text[index]?.isTextWhitespace == true { index += 1 }
    }
    return index
  }

  /// Whether a page starts on its own line near the start: after a server's warning, or a template's
  /// directives.
  private static func beginsPageSoon(_ text: TextHead) -> Bool {
    var index = 0
    while index < min(text.bytes.count, 1024) {
      if text[index] == UInt8(ascii: "<"), index == 0 || text[index - 1] == 0x0a,
        isElement("<!doctype html", of: text, at: index) || isElement("<html", of: text, at: index)
      {
        return true
      }
      index += 1
    }
    return false
  }
}

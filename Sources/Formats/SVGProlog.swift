package import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let svg = Format(
    "SVG", reader: SVG.self, hiding: .none,
    mediaTypes: [
      .init(.svg, "an SVG image", .image, extensions: ["svg"])
    ])
}

extension MediaType {
  /// SVG.
  package static let svg: MediaType = "image/svg+xml"
}

/// SVG: named but not read, since no messenger accepts it.
enum SVG: FormatReader {
  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    if try SVGProlog.startsImage(window.available(at: 0, upTo: Limits.OtherImages.head)) {
      reading.mediaType = .svg
    }
  }
}

/// What may precede the first element of an XML document (XML 1.0, fifth edition, section 2.8), read to find
/// out whether that element is `svg` (SVG 2, section 5.1).
enum SVGProlog {
  /// Whether the document's first element is `svg`, with or without a prefix.
  static func startsImage(_ head: ByteSpan) -> Bool {
    var index = head.has([0xef, 0xbb, 0xbf]) ? 3 : 0
    while true {
      while let byte = head[index], byte == 0x20 || 0x09...0x0d ~= byte { index += 1 }
      let end: Int?
      if head.has("<?", at: index) {
        end = head.firstIndex(of: "?>", from: index).map { $0 + 2 }
      } else if head.has("<!--", at: index) {
        end = head.firstIndex(of: "-->", from: index).map { $0 + 3 }
      } else if head.has("<!DOCTYPE", at: index) {
        end = endOfDocumentType(head, from: index)
      } else {
        return head.has("<", at: index) && isImageElement(head, at: index + 1)
      }
      guard let end else { return false }
      index = end
    }
  }

  /// The end of a document type, which may contain declarations in brackets.
  private static func endOfDocumentType(_ head: ByteSpan, from start: Int) -> Int? {
    guard let end = head.firstIndex(of: 0x3e, from: start) else { return nil }
    guard let bracket = head.firstIndex(of: 0x5b, from: start), bracket < end else { return end + 1 }
    return head.firstIndex(of: 0x5d, from: bracket).flatMap { head.firstIndex(of: 0x3e, from: $0) }.map {
      $0 + 1
    }
  }

  private static func isImageElement(_ head: ByteSpan, at start: Int) -> Bool {
    var name = start
    var index = start
    while let byte = head[index],
      0x61...0x7a ~= byte | 0x20 || 0x30...0x39 ~= byte || byte == 0x3a || byte == 0x2d
    {
      index += 1
      if byte == 0x3a { name = index }
    }
    return index == name + 3 && head.has("svg", at: name)
  }
}

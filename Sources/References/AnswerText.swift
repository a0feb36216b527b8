/// What the body of an answer says that isn't the file: a web page, or an error of a storage service.
package struct AnswerText: Sendable, Hashable {
  /// How much of a body is read for it, in bytes.
  package static let maximumByteCount = 64 << 10

  /// The title of a web page (HTML, "The title element").
  package let title: String?
  /// The error code of a storage service, such as `AccessDenied` (Amazon S3, "Error responses"; Azure Storage, "Status
  /// and error codes").
  package let errorCode: String?
  /// What the service says about it.
  package let errorMessage: String?

  /// - Parameter body: The beginning of the body.
  package init(_ body: [UInt8]) {
    let text = String(decoding: body.prefix(Self.maximumByteCount), as: UTF8.self)
    let isPage = text.range(ofTag: "html") != nil || text.range(ofTag: "title") != nil
    title = isPage ? text.content(ofTag: "title").map(Self.oneLine) : nil
    errorCode = isPage ? nil : text.content(ofTag: "code").map(Self.oneLine)
    errorMessage = isPage ? nil : text.content(ofTag: "message").map(Self.oneLine)
  }

  /// The most of a text that is quoted, in characters.
  private static let maximumQuote = 100

  private static func oneLine(_ text: String) -> String {
    let words = withoutReferences(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count > maximumQuote ? words.prefix(maximumQuote) + "…" : words
  }

  /// The characters that titles name most.
  private static let namedCharacters = [
    "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "amp": "&", "nbsp": " ", "ndash": "–", "mdash": "—",
    "lsaquo": "‹", "rsaquo": "›", "laquo": "«", "raquo": "»", "lsquo": "‘", "rsquo": "’", "ldquo": "“",
    "rdquo": "”", "hellip": "…", "middot": "·", "bull": "•", "copy": "©", "reg": "®", "trade": "™",
  ]

  /// A text with the characters that its references stand for (HTML, "Character references"). One that isn't known stays.
  private static func withoutReferences(_ text: String) -> String {
    text.replacing(/&(?:#(?<decimal>[0-9]{1,7})|#[xX](?<hexadecimal>[0-9A-Fa-f]{1,6})|(?<name>[A-Za-z]+));/) {
      match in
      let number =
        match.decimal.flatMap { UInt32($0) } ?? match.hexadecimal.flatMap { UInt32($0, radix: 16) }
      let character = number.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
      return character ?? match.name.flatMap { namedCharacters[String($0)] } ?? String(match.0)
    }
  }
}

extension String {
  /// The text between the first opening tag of a name, in any case, and the closing tag; nil if there is none, or
  /// nothing but spaces.
  fileprivate func content(ofTag name: String) -> String? {
    guard let open = range(ofTag: name) else { return nil }
    let rest = self[open.upperBound...]
    guard let start = rest.firstIndex(of: ">") else { return nil }
    let content = rest[start...].dropFirst().prefix { $0 != "<" }
    return content.allSatisfy(\.isWhitespace) ? nil : String(content)
  }

  /// Where an opening tag of a name begins, up to the end of the name. What is in a comment isn't one.
  fileprivate func range(ofTag name: String) -> Range<Index>? {
    var rest = self[...]
    while let start = rest.firstIndex(of: "<") {
      let after = rest[start...].dropFirst()
      if after.hasPrefix("!--") {
        guard let end = after.firstRange(of: "-->") else { return nil }
        rest = after[end.upperBound...]
        continue
      }
      let word = after.prefix { $0.isLetter }
      if word.lowercased() == name { return start..<word.endIndex }
      rest = after
    }
    return nil
  }
}

import MediaPreflight

/// Text in GitHub's and GitLab's Markdown, in one line, out of which nothing breaks: no markup, no HTML, no
/// link, no mention of a person or an issue.
enum MarkdownText {
  /// Plain words. Everything that could mean something is a character reference, which Markdown takes for
  /// text; since mentions are looked for after that, what begins one is cut off from what follows by an
  /// empty comment.
  static func escaped(_ text: String) -> String {
    var result = ""
    var scalars = VisibleText.oneLine(text).unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", " ", ",", ";", "'", "(", ")", "%", "/", "-", "=", "+", "?":
        result.unicodeScalars.append(scalar)
      case ".", ":":
        // Between letters they could make a link or a picture of a face.
        let isEnd = scalars.first.map { $0 == " " } ?? true
        result += isEnd ? String(scalar) : "&#\(scalar.value);"
      case "@", "#": result += "&#\(scalar.value);<!-- -->"
      case _ where scalar.isASCII: result += "&#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A code span (CommonMark 0.31, section 6.1): fenced by one backtick more than stand together in the text,
  /// so that all of it is literal.
  static func code(_ text: String) -> String {
    let text = VisibleText.oneLine(text)
    var (longest, run) = (0, 0)
    for byte in text.utf8 {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    // One space is taken off each end where both have one; a backtick at an end would lengthen the fence.
    let ends = [text.utf8.first, text.utf8.last]
    let isPadded = ends.contains(UInt8(ascii: "`")) || ends.contains(UInt8(ascii: " "))
    let isBlank = text.utf8.allSatisfy { $0 == UInt8(ascii: " ") }
    return isPadded && !isBlank ? "\(fence) \(text) \(fence)" : fence + text + fence
  }
}

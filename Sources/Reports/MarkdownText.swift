import MediaPreflight

/// Escapes text for one line of GitHub's and GitLab's Markdown, so that it can't create markup, HTML, links, or mentions
/// of users and issues.
enum MarkdownText {
  /// Plain text. Special characters become character references, which Markdown treats as text. Mentions are detected
  /// after references are resolved, so an empty comment separates `@` and `#` from the text after them.
  static func escaped(_ text: String) -> String {
    var result = ""
    var scalars = VisibleText.oneLine(text).unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", " ", ",", ";", "'", "(", ")", "%", "/", "-", "=", "+", "?":
        result.unicodeScalars.append(scalar)
      case ".", ":":
        // Between letters these could form a link or an emoji.
        let isEnd = scalars.first.map { $0 == " " } ?? true
        result += isEnd ? String(scalar) : "&#\(scalar.value);"
      case "@", "#": result += "&#\(scalar.value);<!-- -->"
      case _ where scalar.isASCII: result += "&#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A code span (CommonMark 0.31, section 6.1). Its fence is one backtick longer than the longest run of backticks in
  /// the text, so all of the text is literal.
  static func code(_ text: String) -> String {
    let text = VisibleText.logLine(text)
    var (longest, run) = (0, 0)
    for byte in text.utf8 {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    // Markdown strips one space from each end if both have one. A backtick at an end would lengthen the fence.
    let ends = [text.utf8.first, text.utf8.last]
    let isPadded = ends.contains(UInt8(ascii: "`")) || ends.contains(UInt8(ascii: " "))
    let isBlank = text.utf8.allSatisfy { $0 == UInt8(ascii: " ") }
    return isPadded && !isBlank ? "\(fence) \(text) \(fence)" : fence + text + fence
  }
}

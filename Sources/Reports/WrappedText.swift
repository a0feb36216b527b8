/// Text in lines of limited width.
enum WrappedText {
  /// Breaks text at spaces. A word that is longer than a line has a line of its own.
  ///
  /// - Parameters:
  ///   - width: The columns of a line; nil for one line.
  ///   - indent: The columns before each line but the first, which are written as spaces.
  ///   - start: The columns that are taken on the first line already.
  static func wrapped(_ text: String, to width: Int?, indent: Int = 0, from start: Int = 0) -> String {
    guard let width, width > indent + 20 else { return text.replacing("\u{a0}", with: " ") }
    var result = ""
    var column = start
    for word in text.split(separator: " ") {
      let columns = TextWidth.columns(of: word)
      if !result.isEmpty {
        if column + 1 + columns > width {
          result += "\n" + String(repeating: " ", count: indent)
          column = indent
        } else {
          result += " "
          column += 1
        }
      }
      // A no-break space keeps a number with what it counts.
      result += word.replacing("\u{a0}", with: " ")
      column += columns
    }
    return result
  }
}

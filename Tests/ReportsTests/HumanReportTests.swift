import SystemPackage
import MediaPreflight
import PreflightReports
@testable import PreflightTestSupport
import Testing

/// The `human` format with the width and the colors of a terminal.
@Suite struct HumanReportTests {
  private func columns(_ line: Substring) -> Int {
    // In these texts, only the East Asian characters are wider than one column.
    line.unicodeScalars.reduce(0) { $0 + (("\u{4e00}"..."\u{9fff}").contains($1) ? 2 : 1) }
  }

  @Test(arguments: [40, 60, 79, 80])
  func textIsWrappedAtTheWidth(width: Int) throws {
    let text = try Shown.text(
      "human", Shown.rejections([FilePath("日本.jpg")]), Shown.context(width: width))
    for line in text.split(separator: "\n") where !line.hasPrefix("    fix: ") && !line.hasPrefix("1 file") {
      #expect(columns(line) <= width, "\(line)")
    }
    // No words are lost.
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("An image must be stored as RGB or gray; this one is cmyk."))
  }

  @Test(arguments: [(62, "  ("), (61, "\n    (")])
  func longHeadingIsWrapped(width: Int, before: String) throws {
    // "日本.jpg  rejected as image  (image/jpeg, 48 × 32, 1156 bytes)" with two columns for each of 日 and 本.
    let text = try Shown.text("human", Shown.rejections([FilePath("日本.jpg")]), Shown.context(width: width))
    #expect(text.hasPrefix("日本.jpg  rejected as image" + before + "image/jpeg, 48 × 32, 1156 bytes)\n"))
  }

  @Test func isNotWrappedWithoutATerminal() throws {
    let text = try Shown.text("human", Shown.rejections([FilePath("a b.jpg")]))
    #expect(text.split(separator: "\n").count == 6)
    #expect(!text.contains("\u{1b}"))
  }

  @Test func escapeSequencesInNamesAreEscaped() throws {
    var context = Shown.context()
    context.usesColor = true
    let text = try Shown.text("human", Shown.rejections([FilePath("\u{1b}[5m.jpg")]), context)
    let codes = text.matches(of: /\u{1b}\[([0-9]*)m/).map(\.1)
    #expect(codes.count == text.unicodeScalars.count { $0 == "\u{1b}" })
    #expect(Set(codes).isSubset(of: ["0", "1", "2", "31", "32", "33", "36"]))
    #expect(text.contains("\\x1b[5m.jpg"))
  }
}

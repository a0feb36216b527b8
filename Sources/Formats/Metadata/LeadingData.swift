internal import PreflightBytes
internal import PreflightFacts

extension Reading {
  /// Notes the bytes before the beginning of a format. White space and NULs are no news where programs search for the
  /// beginning, and as bad as any other bytes where they don't.
  ///
  /// - Parameters:
  ///   - start: Where the format begins.
  ///   - isSkipped: Whether the programs that open the format search for its beginning.
  mutating func noteLeadingData(
    _ window: inout ByteWindow, before start: UInt64, isSkippedByDecoders isSkipped: Bool
  ) throws(ReadError) {
    guard start > 0 else { return }
    let head = try window.available(at: 0, upTo: Int(min(start, UInt64(Limits.Hidden.opening))))
    let isBlank = (0..<head.remaining).allSatisfy { head[$0] == 0 || head[$0]?.isTextWhitespace == true }
    if isSkipped, isBlank { return }
    leadingData = LeadingData(
      byteCount: start, isSkippedByDecoders: isSkipped, words: Self.words(forLeadingBytes: head))
  }

  private static func words(forLeadingBytes head: ByteSpan) -> String? {
    let isWideMark = head.bytes.byteCount == 2 && (head.has([0xff, 0xfe]) || head.has([0xfe, 0xff]))
    if isWideMark || head.has([0xef, 0xbb, 0xbf]) { return "a byte order mark" }
    if head.has("HTTP/") { return "an HTTP header" }
    let warnings: [StaticString] = ["<b>Warning", "<b>Notice", "<b>Deprecated", "PHP Warning", "PHP Notice"]
    if warnings.contains(where: { head.firstIndex(of: $0) != nil }) { return "a PHP warning" }
    return StrayData(head)?.words
  }
}

// The Unicode Standard, 23.8 "Specials" (U+FFFD); RFC 959, 3.1.1.1 "ASCII Type".

internal import PreflightBytes
internal import PreflightFacts

/// Counts in the start of a file what a transfer as text leaves in it: characters of UTF-8 where bytes of any value
/// belong, question marks in place of half of them, and carriage returns before every line feed.
struct TransferScan {
  /// U+FFFD, which a decoder writes in place of bytes that it can't decode.
  private var replacements = 0
  /// U+0080 to U+009F, which texts don't use and Latin-1 has at a third of its upper half.
  private var controls = 0
  /// Other characters beyond ASCII.
  private var others = 0
  private var highBytes = 0
  private var questionMarks = 0
  private var byteCount: Int
  private var lineFeeds = 0
  /// Line feeds without a carriage return before them.
  private var loneLineFeeds = 0

  /// How much of it shows in bytes of any value: one byte in 256 is a line feed, and one in 256 of those follows a
  /// carriage return by chance.
  private static let evidence = (
    replacements: 8, controls: 16, characters: 1024, lineFeeds: 24, highBytes: 4096, questionMarks: 256
  )

  init(_ window: inout ByteWindow) throws(ReadError) {
    let bytes = try window.available(at: 0, upTo: Limits.Mangling.scanned).bytes.withUnsafeBytes { Array($0) }
    byteCount = bytes.count
    var last: UInt8 = 0
    for byte in bytes {
      if byte == UInt8(ascii: "?") { questionMarks += 1 }
      if byte == 0x0a {
        lineFeeds += 1
        if last != 0x0d { loneLineFeeds += 1 }
      }
      if byte >= 0x80 { highBytes += 1 }
      last = byte
    }
    // The last character may be cut.
    let end = bytes.lastIndex { $0 < 0x80 || $0 >= 0xc0 } ?? 0
    guard let text = String(validating: bytes[..<end], as: UTF8.self) else { return }
    for scalar in text.unicodeScalars where !scalar.isASCII {
      switch scalar {
      case "\u{fffd}": replacements += 1
      case "\u{80}"..."\u{9f}": controls += 1
      default: others += 1
      }
    }
  }

  /// What happened to the file; nil if nothing of the kind is certain.
  ///
  /// - Parameter isText: Whether the file is a text, in which line ends and characters prove nothing.
  func mangling(isText: Bool) -> Mangling? {
    let evidence = Self.evidence
    if replacements >= evidence.replacements {
      return Mangling(
        .readAsText, "a binary file that was read as text: its bytes were replaced by U+FFFD")
    }
    let characters = replacements + controls + others
    if controls >= evidence.controls || (!isText && characters >= evidence.characters) {
      return Mangling(
        .writtenAsUTF8, "a binary file that was written as UTF-8: each byte above 127 became two or more")
    }
    if !isText, highBytes == 0, questionMarks >= evidence.questionMarks, questionMarks > byteCount / 4 {
      return Mangling(
        .readAsText, "a binary file that was read as ASCII: each byte above 127 became a question mark")
    }
    if !isText, loneLineFeeds == 0, lineFeeds >= evidence.lineFeeds, highBytes >= evidence.highBytes {
      return Mangling(
        .lineEnds,
        "a binary file whose line ends were changed: there is a carriage return before every line feed")
    }
    return nil
  }
}

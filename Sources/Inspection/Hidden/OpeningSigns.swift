// ISO 32000-1, annex H.3, note 13, for a header that isn't at the start; WHATWG MIME Sniffing, 7.1, for what
// a client that sniffs content does.

internal import PreflightFacts
internal import PreflightFormats
package import PreflightBytes

/// Signs of another format in the first bytes of a file. They are searched for while those are in memory;
/// whether they matter depends on the file's type.
package struct OpeningSigns {
  /// So far readers of PDF look for the header.
  private static let documentByteCount = 1024

  /// Where `%PDF-` is, if not at the start.
  private(set) var document: UInt64?

  /// A script in page markup: its offset and what it is.
  private(set) var markup: (offset: UInt64, words: String)?

  /// The end of a JavaScript comment that started in the header (`BM/*`, `RIFF/*`, `GIF89a/*` and the like
  /// make the whole image a script).
  private(set) var endOfComment: UInt64?

  /// A format whose signature is far from the start, so that anything may precede it: its offset and what it
  /// is.
  private(set) var container: (offset: UInt64, words: String)?

  /// Whether the file starts like an archive. Most archives are detected by their end.
  let beginsArchive: Bool

  /// Whether the file starts like a PDF document.
  let beginsDocument: Bool

  package init(_ head: borrowing ByteSpan) {
    beginsArchive = head.has("PK")
    beginsDocument = head.has("%PDF-")
    findMarkup(head)
    findComment(head)
    if head.has("ustar", at: 257) {
      container = (257, "a tar archive")
    } else if head.has("\u{1}CD001\u{1}", at: 32768) {
      container = (32768, "a disk image (ISO 9660)")
    }
    // An archive is found by its end, and a document up to 1 KiB in: both may start with anything. Content of
    // a file that starts like an archive is a member.
    if !beginsArchive { findDocument(head) }
  }

  private mutating func findDocument(_ head: borrowing ByteSpan) {
    var index = 1
    while let found = head.firstIndex(of: UInt8(ascii: "%"), from: index), found < Self.documentByteCount {
      if head.has("%PDF-", at: found) {
        document = UInt64(found)
        return
      }
      index = found + 1
    }
  }

  /// A script must be able to run: it has an end, or a URL to load it from. Page elements that are only
  /// mentioned don't count.
  private mutating func findMarkup(_ head: borrowing ByteSpan) {
    var index = 1
    // If no end follows one start, none follows a later one.
    var mayEnd = true
    let mayHaveComment = head.has([0xff, 0xd8, 0xff]) || head.has("GIF8")
    while let found = head.firstIndex(of: UInt8(ascii: "<"), from: index), found < Limits.Hidden.opening {
      index = found + 1
      if StrayData.isPHP(head, at: found) {
        markup = (UInt64(found), StrayData.serverScript)
        return
      }
      if mayEnd, head.hasElement("<script", at: found) {
        if Self.endsScript(head, after: found) {
          markup = (UInt64(found), "an HTML page with a script")
          return
        }
        mayEnd = false
      }
      if mayHaveComment, markup == nil, Self.beginsComment(head, before: found),
        StrayData.isPage(head, from: found)
      {
        markup = (UInt64(found), "an HTML page")
      }
    }
  }

  /// Whether there is only white space between an index and the header of a JPEG comment (COM) or a GIF
  /// comment.
  private static func beginsComment(_ head: borrowing ByteSpan, before index: Int) -> Bool {
    var start = index
    while start > 0, head[start - 1]?.isTextWhitespace == true { start -= 1 }
    if head.has([0xff, 0xd8, 0xff]) { return head.has([0xff, 0xfe], at: start - 4) }
    return head.has("GIF8") && head.has([0x21, 0xfe], at: start - 3)
  }

  private static func endsScript(_ head: borrowing ByteSpan, after start: Int) -> Bool {
    var index = start + 1
    while let found = head.firstIndex(of: UInt8(ascii: "<"), from: index) {
      if head.has(ignoringCase: "</script", at: found) { return true }
      index = found + 1
    }
    return false
  }

  /// The fields after the signatures that may read `/*`: lengths that no writer produces by chance together
  /// with the end of the comment right before an assignment.
  private mutating func findComment(_ head: borrowing ByteSpan) {
    var index: Int
    if head.has("/*", at: 2), head.has("BM") {
      index = 4
    } else if head.has("/*", at: 4), head.has("RIFF") || head.has([0xff, 0xd8, 0xff]) {
      index = 6
    } else if head.has("/*", at: 6), head.has("GIF8") {
      index = 8
    } else {
      return
    }
    while let found = head.firstIndex(of: UInt8(ascii: "*"), from: index) {
      if head.has("*/=", at: found) || head.has("*/ =", at: found) || head.has("*/;", at: found) {
        endOfComment = UInt64(found)
        return
      }
      index = found + 1
    }
  }
}

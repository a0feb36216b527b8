// Microsoft Portable Executable and Common Object File Format, 2; System V ABI, chapter 4; MS-SHLLINK 2.1;
// WHATWG MIME Sniffing, 7.1; and the specifications of the named formats.

package import PreflightBytes
internal import PreflightFacts

/// Identifies bytes in unexpected places (after a file's end, in an attachment, before a header) by their
/// signature. Reports only what is certain.
package enum StrayData: Equatable {
  /// A program, or a script that the system runs.
  case program(String)
  /// A script that a server runs wherever it is in a file.
  case script(String)
  /// An archive, which programs find after other data.
  case archive(String)
  /// A page that a browser shows.
  case page(String)
  /// Something that is merely shown.
  case other(String)

  /// The display name with its article.
  package var words: String {
    switch self {
    case .program(let words), .script(let words), .archive(let words), .page(let words), .other(let words):
      words
    }
  }

  /// Decides by the first bytes; a few hundred are enough.
  package init?(_ head: borrowing ByteSpan) {
    if let program = Self.program(head) {
      self = .program(program)
    } else if Self.isPHP(head, at: 0) {
      self = .script(Self.serverScript)
    } else if let archive = Self.archives.first(in: head) {
      self = .archive(archive)
    } else if Self.isPage(head) {
      self = .page("an HTML page")
    } else if let file = Self.others.first(in: head) {
      self = .other(file)
    } else if head.has("RIFF"), head.has("WEBP", at: 8) {
      self = .other("a WebP image")
    } else if head.has("ftyp", at: 4) {
      self = .other(Self.isImage(brandIn: head) ? "a HEIF image" : "an MP4 video")
    } else if Self.isText(head) {
      self = .other("text")
    } else {
      return nil
    }
  }

  private static let archives = FileSignatures<String>([
    .init("PK\u{3}\u{4}", "a ZIP archive"),
    .init("Rar!\u{1a}\u{7}", "a RAR archive"),
    .init([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "a 7z archive"),
    .init("MSCF\0\0\0\0", "a Windows cabinet"),
    .init([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], "an xz archive"),
  ])

  private static let others = FileSignatures<String>([
    .init([0xff, 0xd8, 0xff], "a JPEG image"),
    .init(PNG.signature, "a PNG image"),
    .init("GIF89a", "a GIF image"),
    .init("%PDF-", "a PDF document"),
    .init(CompoundFileHeader.signature, "an OLE document"),
    .init("OggS\0", "an Ogg file"),
    .init("ID3\u{2}", "MPEG audio"),
    .init("ID3\u{3}", "MPEG audio"),
    .init("ID3\u{4}", "MPEG audio"),
    .init("CANON OPTIONAL DATA\0", "metadata of Canon software"),
  ])

  private static func isImage(brandIn head: borrowing ByteSpan) -> Bool {
    let brands: [StaticString] = ["heic", "heix", "mif1", "avif", "msf1"]
    return brands.contains { head.has($0, at: 8) }
  }

  // MARK: Programs

  /// What program begins here; nil if none does.
  static func program(_ head: borrowing ByteSpan) -> String? {
    guard let first = head[0] else { return nil }
    switch first {
    case 0x4d: return isWindowsProgram(head) ? "a Windows program" : nil
    case 0x7f: return isELF(head) ? "a Linux program" : nil
    case 0xce, 0xcf, 0xca: return isMachO(head) ? "a macOS program" : nil
    case 0x23: return head.has("#!/") ? "a shell script" : nil
    case 0x4c: return head.has(shortcut) ? "a Windows shortcut" : nil
    case 0x64: return head.has("dex\n03") || head.has("dex\n04") ? "an Android program" : nil
    default: return nil
    }
  }

  private static let shortcut: [UInt8] = [0x4c, 0, 0, 0, 1, 0x14, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0]

  /// Anything may start with "MZ": a Windows header has to be at the offset in the DOS header.
  private static func isWindowsProgram(_ head: borrowing ByteSpan) -> Bool {
    guard head.has("MZ"), let low = head[60], let high = head[61], head[62] == 0, head[63] == 0 else {
      return false
    }
    let header = Int(high) << 8 | Int(low)
    return header >= 64 && (head.has("PE\0\0", at: header) || head.has("NE\u{5}", at: header))
  }

  private static func isELF(_ head: borrowing ByteSpan) -> Bool {
    guard head.has([0x7f, 0x45, 0x4c, 0x46]), let word = head[4], let order = head[5] else { return false }
    return (1...2).contains(word) && (1...2).contains(order) && head[6] == 1
  }

  private static func isMachO(_ head: borrowing ByteSpan) -> Bool {
    if head.has([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0]) { return (1..<20).contains(head[7] ?? 0) }
    guard head.has([0xfa, 0xed, 0xfe], at: 1) else { return false }
    return head[4] == 7 || head[4] == 12
  }

  package static let serverScript = "a PHP script, which runs on a server that includes the file"

  /// Whether PHP's opening tag is at an index. An XML declaration, `<?xml`, isn't one.
  package static func isPHP(_ head: borrowing ByteSpan, at index: Int) -> Bool {
    let word: StaticString = "<?php"
    guard head.has(ignoringCase: word, at: index) else { return false }
    return head[index + word.utf8CodeUnitCount]?.isTextWhitespace == true
  }

  // MARK: Text

  /// The elements by which browsers that sniff content detect a page. Elements that are also in plain texts,
  /// such as `<p>` and `<b>`, are excluded.
  private static let pageElements: [StaticString] = [
    "<!doctype html", "<html", "<head", "<script", "<iframe", "<body", "<style",
  ]

  package static func isPage(_ head: borrowing ByteSpan, from start: Int = 0) -> Bool {
    var index = start
    while head[index]?.isTextWhitespace == true { index += 1 }
    guard head[index] == UInt8(ascii: "<") else { return false }
    return pageElements.contains { head.hasElement($0, at: index) }
  }

  /// Whether the first bytes, up to a few hundred, can be read.
  private static func isText(_ head: borrowing ByteSpan) -> Bool {
    guard head.bytes.byteCount >= 8 else { return false }
    for index in 0..<min(512, head.bytes.byteCount) {
      guard let byte = head[index] else { break }
      if !(0x20...0x7e).contains(byte), !byte.isTextWhitespace { return false }
    }
    return true
  }
}

extension ByteSpan {
  /// Whether `pattern`, given in lower case, is at an index, ignoring case.
  package func has(ignoringCase pattern: StaticString, at index: Int) -> Bool {
    let count = pattern.utf8CodeUnitCount
    guard index >= 0, bytes.byteCount - index >= count else { return false }
    // From the end, since callers have usually found the first byte.
    for i in (0..<count).reversed() {
      if self[index + i]?.asciiLowercased != pattern.utf8Start[i] { return false }
    }
    return true
  }

  /// Whether an HTML element starts at an index, with its name ending where `opening` ends.
  package func hasElement(_ opening: StaticString, at index: Int) -> Bool {
    guard has(ignoringCase: opening, at: index) else { return false }
    guard let after = self[index + opening.utf8CodeUnitCount] else { return false }
    return after == UInt8(ascii: ">") || after == UInt8(ascii: "/") || after.isTextWhitespace
  }
}

// The Unicode Standard, 3.9 "Unicode Encoding Forms" and 23.8 "Specials" (U+FFFD); RFC 959, 3.1.1.1 "ASCII Type".

internal import PreflightBytes
internal import PreflightFacts

/// Counts in a file what a transfer as text leaves in it: characters of UTF-8 where bytes of any value belong, and
/// carriage returns before every line feed.
struct TransferScan {
  /// Whether every byte above 127 belongs to a character of UTF-8.
  private var isWellFormed = true
  /// Characters of more than one byte.
  private var characters = 0
  /// U+FFFD, which a decoder writes in place of bytes that it can't decode.
  private var replacements = 0
  /// U+0080 to U+009F, which texts don't use and Latin-1 has at a third of its upper half.
  private var controls = 0
  private var highBytes = 0
  private var lineFeeds = 0
  /// Line feeds without a carriage return before them.
  private var loneLineFeeds = 0

  /// How much of it shows in bytes of any value: one byte in 256 is a line feed, and one in 256 of those follows a
  /// carriage return by chance.
  private static let evidence = (
    replacements: 8, controls: 16, characters: 1024, lineFeeds: 24, highBytes: 4096
  )

  /// Scans the start of a file.
  init(_ window: inout ByteWindow) throws(ReadError) {
    let end = min(window.byteCount, UInt64(Limits.Mangling.scanned))
    var offset: UInt64 = 0
    var last: UInt8 = 0
    var pending: [UInt8] = []
    while offset < end {
      let span = try window.block(at: offset, upTo: end - offset)
      if span.remaining == 0 { break }
      for index in 0..<span.remaining {
        guard let byte = span[index] else { break }
        if byte == 0x0a {
          lineFeeds += 1
          if last != 0x0d { loneLineFeeds += 1 }
        }
        if byte >= 0x80 { highBytes += 1 }
        if isWellFormed, byte >= 0x80 || !pending.isEmpty { take(byte, &pending) }
        last = byte
      }
      offset += UInt64(span.remaining)
    }
  }

  /// Adds a byte of a character of several bytes.
  private mutating func take(_ byte: UInt8, _ pending: inout [UInt8]) {
    if pending.isEmpty {
      isWellFormed = (0xc2...0xf4).contains(byte)
      pending = [byte]
      return
    }
    guard (0x80...0xbf).contains(byte), let first = pending.first else { return isWellFormed = false }
    pending.append(byte)
    let count = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    guard pending.count == count else { return }
    characters += 1
    if pending == [0xef, 0xbf, 0xbd] { replacements += 1 }
    if first == 0xc2, byte < 0xa0 { controls += 1 }
    pending = []
  }

  /// What happened to the file; nil if nothing of the kind is certain.
  func mangling(isText: Bool) -> Mangling? {
    let evidence = Self.evidence
    if isWellFormed, replacements >= evidence.replacements {
      return Mangling(
        "a binary file that was read as text: U+FFFD stands where its bytes were",
        remedy: "Its bytes are lost. Get the file again, and read and write it as bytes, not as text.",
        isText: isText)
    }
    if isWellFormed, controls >= evidence.controls || (!isText && characters >= evidence.characters) {
      return Mangling(
        "a binary file that was written as UTF-8: each byte above 127 became two or more",
        remedy: "Get the file again, and read and write it as bytes, not as text in Latin-1.",
        isText: isText)
    }
    if loneLineFeeds == 0, lineFeeds >= evidence.lineFeeds, highBytes >= evidence.highBytes, !isText {
      return Mangling(
        "a binary file whose line ends were changed: a carriage return stands before every line feed",
        remedy:
          "Get the file again. Transfer it in binary mode, and mark its type as binary in .gitattributes "
          + "if it is in a Git repository.",
        isText: isText)
    }
    return nil
  }
}

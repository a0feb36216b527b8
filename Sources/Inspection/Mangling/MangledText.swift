// RFC 4648 "The Base16, Base32, and Base64 Data Encodings"; RFC 2397 "The data URL scheme"; the Git LFS
// specification; RFC 9112, 3 and 4, for the first line of an HTTP message; RFC 2046, 5.1, for a form's parts.

internal import PreflightBytes
internal import PreflightFacts
internal import PreflightFormats

/// Recognises texts that programs write by mistake where a binary file belongs.
struct MangledText {
  /// The text without white space, a byte order mark or quotation marks around it.
  private let text: [UInt8]
  /// Whether that is the whole file.
  private let isWhole: Bool
  /// Whether it was in UTF-16.
  private let isWide: Bool
  private let words: String

  /// - Parameters:
  ///   - head: The first bytes of the file.
  ///   - isWhole: Whether that is all of it.
  init?(_ head: [UInt8], isWhole: Bool) {
    isWide = head.starts(with: [0xff, 0xfe]) || head.starts(with: [0xfe, 0xff])
    var text = isWide ? Self.narrow(head)[...] : head[...]
    if text.starts(with: [0xef, 0xbb, 0xbf]) { text = text.dropFirst(3) }
    while let last = text.last, last.isTextWhitespace || Self.quotes.contains(last) { text = text.dropLast() }
    while let first = text.first, first.isTextWhitespace || Self.quotes.contains(first) {
      text = text.dropFirst()
    }
    if text.isEmpty { return nil }
    self.text = Array(text)
    self.isWhole = isWhole
    words = String(decoding: self.text, as: UTF8.self)
  }

  private static let quotes = Set("\"'`".utf8)

  /// A text in UTF-16 as its low bytes.
  private static func narrow(_ head: [UInt8]) -> [UInt8] {
    stride(from: head.first == 0xff ? 2 : 3, to: head.count, by: 2).map { head[$0] }
  }

  /// What the text is if a program wrote it by mistake.
  ///
  /// - Parameter mediaType: The type of the text; nil if the file isn't one.
  func mangling(_ mediaType: MediaType?) -> Mangling? {
    if isWide, let original = Self.original(text) { return Mangling(.utf16, "\(original) in UTF-16") }
    return value ?? pointer ?? encoded ?? message(mediaType) ?? within
  }

  private func has(_ prefix: String) -> Bool { text.starts(with: prefix.utf8) }

  // MARK: Values

  /// What languages print for a value that isn't the bytes.
  private static let values: Set<String> = [
    "undefined", "null", "none", "nil", "nan", "(null)", "<null>", "<nil>", "true", "false", "array",
    "object", "error",
    "system.byte[]", "system.io.memorystream", "system.io.filestream", "system.object", "{}", "[]",
  ]

  /// How such values begin: `[object Blob]`, `[B@1b2c3d`, `<_io.BytesIO object at 0x7f>`, `Resource id #3`.
  private static let valuePrefixes = [
    "[object ", "[B@", "<_io.", "<Response [", "<memory at ", "<coroutine object", "<generator object",
    "<bound method", "<built-in ", "<function ", "<class '", "<async_generator", "<tempfile.", "<botocore.",
    "<urllib3.", "<http.client.", "<google.", "<starlette.", "<UploadFile", "<FileStorage",
    "<InMemoryUploadedFile",
    "Resource id #", "resource(", "#<", "java.io.", "java.nio.", "java.util.", "sun.nio.", "org.apache.",
    "org.springframework.", "okhttp3.", "Promise {", "Promise { ", "Blob {", "Blob(", "File {",
    "ReadableStream",
    "Response {", "IncomingMessage {", "Readable {", "blob:http", "async function", "function ", "Stream#",
    "System.IO.", "System.Byte", "System.Net.", "Microsoft.",
  ]

  private var value: Mangling? {
    guard isWhole, text.count <= 256 else { return nil }
    let isValue = Self.values.contains(words.lowercased()) || Self.valuePrefixes.contains(where: has)
    guard isValue || isObjectWithAddress else { return nil }
    let line = words.prefix { !$0.isNewline }.prefix(60)
    return Mangling(.value, "the text '\(line)', which a program wrote in place of the bytes")
  }

  /// `[Ljava.lang.Byte;@15db9742`, `com.example.Upload@6d06d69c`.
  private var isObjectWithAddress: Bool {
    let parts = words.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, (5...8).contains(parts[1].count), parts[0].contains(".") else { return false }
    return parts[1].allSatisfy(\.isHexDigit)
      && parts[0].allSatisfy { $0.isLetter || $0.isNumber || "._$[;".contains($0) }
  }

  // MARK: Pointers and messages around a file

  private var pointer: Mangling? {
    if has("version https://git-lfs.github.com/spec/") || has("version https://hawser.github.com/spec/") {
      return Mangling(.pointer, "a Git LFS pointer, not the file that it stands for")
    }
    if has("data:"), let comma = text.prefix(256).firstIndex(of: UInt8(ascii: ",")) {
      let original = (Base64Text(text[(comma + 1)...], isWhole: isWhole)?.head).flatMap(Self.original)
      return Mangling(.dataURL, "a data URL\(original.map { " of \($0)" } ?? "")")
    }
    if has("StatusCode "), words.prefix(256).contains("StatusDescription : ") {
      return Mangling(.httpMessage, "what PowerShell shows of a response")
    }
    if has("HTTP/1.") || has("HTTP/2 ") || has("HTTP/3 ") {
      return Mangling(.httpMessage, "an HTTP message with its header")
    }
    let isForm = has("--") && words.prefix(512).lowercased().contains("content-disposition:")
    let isMail = ["content-type:", "mime-version:", "content-transfer-encoding:"].contains {
      words.prefix(64).lowercased().hasPrefix($0)
    }
    if isForm || isMail {
      return Mangling(.part, "a part of a form or of a mail with its header")
    }
    return nil
  }

  // MARK: The bytes as text

  private var encoded: Mangling? {
    if let bytes = listedBytes {
      let original = Self.original(bytes).map { ": the bytes of \($0)" }
      return Mangling(.list, "a list of numbers\(original ?? " in place of the bytes")")
    }
    if has("b'") || has("b\"") || has("bytearray(b") || (has("\\x") && words.dropFirst(4).hasPrefix("\\x")) {
      return Mangling(.literal, "a literal of bytes in source code")
    }
    if let quotedDocument { return quotedDocument }
    if words.count(of: "\\u00") + words.count(of: "\\x") >= 4, !has("{"), !has("[") {
      return Mangling(.literal, "a text with escaped bytes")
    }
    for (mark, words) in [(UInt8(ascii: "%"), "percent-encoded"), (UInt8(ascii: "="), "quoted-printable")] {
      if let bytes = PercentText(text.prefix(300), mark: mark)?.head {
        if let original = Self.original(bytes) {
          return Mangling(.percentEncoding, "\(words) text of \(original)")
        }
        if let base64 = Base64Text(bytes[...], isWhole: false)?.head, let original = Self.original(base64) {
          return Mangling(.percentEncoding, "\(words) base64 text of \(original)")
        }
      }
      // Line ends, which aren't escaped, may have been changed since.
      if PercentText(text[...], mark: mark)?.controls ?? 0 >= Self.fewestControls {
        return Mangling(.percentEncoding, "\(words) text in place of the bytes")
      }
    }
    if let bytes = HexText(text)?.head { return encoded(.hexadecimal, "hexadecimal text", bytes) }
    if has("begin 6") || has("begin 7") || has("=ybegin ") { return Mangling(.uuencoding, "uuencoded text") }
    let withoutName = has("base64,") || has("base64:") ? text.dropFirst(7) : text[...]
    return Base64Text(withoutName, isWhole: isWhole).map { encoded(.base64, "base64 text", $0.head) }
  }

  /// How many escaped control characters no text has.
  private static let fewestControls = 16

  /// A document of which `%PDF-` can be read.
  private var quotedDocument: Mangling? {
    let span = ByteSpan(text.span.bytes, at: 0)
    guard let index = span.firstIndex(of: "%PDF-") else { return nil }
    switch PDF.quotation(at: index, in: span) {
    case .literal: return Mangling(.literal, "a literal of a PDF document in source code or JSON")
    case .dump: return Mangling(.hexadecimal, "hexadecimal text of a PDF document")
    case nil: return nil
    }
  }

  /// Base64 or hexadecimal text of a binary file within other text: a mail, a tag, a form's field, a literal.
  ///
  /// Only the start of a run of digits counts, since the run needn't go on to the end: a faulty program may have changed
  /// `+` and `/`.
  private var within: Mangling? {
    let isDigit = { (byte: UInt8) in
      byte.isASCIILetterOrDigit || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
    }
    for run in text.split(whereSeparator: { !isDigit($0) }) where run.count >= Self.shortestRun {
      let start = run.prefix(512)
      if let bytes = HexText(Array(start))?.head, let original = Self.original(bytes) {
        return Mangling(.hexadecimal, "hexadecimal text of \(original), within other text")
      }
      if let bytes = Base64Text(start, isWhole: false)?.head, let original = Self.original(bytes) {
        return Mangling(.base64, "base64 text of \(original), within other text")
      }
    }
    for line in text.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }).prefix(Self.headLines) {
      let line = String(decoding: line, as: UTF8.self).drop { $0 == " " }
      if let bytes = HexText.dumped(String(line)), let original = Self.original(bytes) {
        return Mangling(.hexadecimal, "hexadecimal text of \(original), within other text")
      }
    }
    return armor ?? longRun
  }

  /// How many lines Format-Hex of PowerShell writes before the first bytes, and some more.
  private static let headLines = 8

  /// Base64 between the lines of PEM or of OpenPGP (RFC 7468, RFC 9580): what it holds doesn't matter.
  private var armor: Mangling? {
    guard has("-----BEGIN "), let end = text.firstIndex(where: { $0 == 0x0a || $0 == 0x0d }),
      text[..<end].count(where: { $0 == UInt8(ascii: "-") }) >= 10
    else { return nil }
    let lines = text[end...].split { $0 == 0x0a || $0 == 0x0d }
    guard let first = lines.first, Base64Text(first, isWhole: false) != nil else { return nil }
    return Mangling(.base64, "base64 text between the lines of a certificate or a message")
  }

  /// Base64 of something unknown, if it is nearly all of the text and what it encodes is none.
  private var longRun: Mangling? {
    let runs = text.split {
      !$0.isASCIILetterOrDigit && $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/")
    }
    guard let run = runs.max(by: { $0.count < $1.count }), run.count >= Self.longestWord,
      4 * run.count >= 3 * text.count, let bytes = Base64Text(run, isWhole: false)?.head,
      4 * bytes.count(where: { $0 >= 0x80 }) >= bytes.count
    else { return nil }
    return Mangling(.base64, "base64 text within other text")
  }

  /// The shortest run of digits that is taken for base64 of something unknown.
  private static let longestWord = 1024

  /// The shortest run of digits in other text that is looked at: no signature is longer, in base64.
  private static let shortestRun = 24

  private func encoded(_ kind: Mangling.Kind, _ words: String, _ bytes: [UInt8]) -> Mangling {
    Mangling(kind, words + (Self.original(bytes).map { " of \($0)" } ?? ""))
  }

  /// The first bytes of `37,80,68`, `[37, 80, 68]`, `<Buffer 25 50 44>`, `{"type":"Buffer","data":[37`, `{"0":37,"1":80`,
  /// `Uint8Array(3) [ 37, 80` or `char a[] = { 0x25, 0x50`.
  private var listedBytes: [UInt8]? {
    let head = words.prefix(512)
    let compact = String(head.filter { !$0.isWhitespace })
    if has("<Buffer ") || has("Buffer(") || compact.hasPrefix("{\"type\":\"Buffer\"") {
      return has("<Buffer ") ? Self.numbers(in: head.dropFirst(8), radix: 16) : Self.numbers(in: head)
    }
    if has("Uint8Array"), let list = head.firstIndex(of: "[") {
      return Self.numbers(in: head[list...])
    }
    if has("new Uint8Array(") || has("ArrayBuffer {") || compact.hasPrefix("{\"0\":") {
      return Self.numbers(in: head)
    }
    if let list = compact.firstRange(of: "]={") {
      return HexText(Array(compact[list.upperBound...].prefix { $0 != "}" }.utf8))?.head
    }
    return Self.list(head)
  }

  /// The numbers in a text that is known to list bytes.
  private static func numbers(in text: Substring, radix: Int = 10) -> [UInt8] {
    let list = text.lastIndex(of: "[").map { text[$0...] } ?? text
    return list.split { !$0.isHexDigit }.compactMap { UInt8($0, radix: radix) }
  }

  /// The shortest list of numbers that is taken for bytes.
  private static let shortestList = 12

  /// The numbers of a text that consists of numbers from -128 to 255; nil for another one.
  private static func list(_ text: Substring) -> [UInt8]? {
    let inner = text.drop { $0 == "[" || $0 == "(" || $0 == "{" }
    guard inner.allSatisfy({ $0.isASCII && ($0.isNumber || ", ]})\n\r\t-".contains($0)) }) else { return nil }
    let numbers = inner.split { !$0.isNumber && $0 != "-" }
    // The last number may be cut.
    let bytes = numbers.dropLast().compactMap { Int($0) }.filter { (-128...255).contains($0) }
    guard numbers.count >= shortestList, bytes.count == numbers.count - 1 else { return nil }
    return bytes.map { UInt8(truncatingIfNeeded: $0) }
  }

  // MARK: Messages

  /// How the messages of servers, languages and libraries begin that are saved in place of a file.
  private static let messages = [
    "<br />\n<b>", "<br>\n<b>", "<b>Warning", "<b>Fatal", "<b>Notice", "PHP Warning", "PHP Fatal",
    "PHP Notice",
    "Warning: ", "Fatal error: ", "Notice: ", "Deprecated: ", "Parse error: ",
    "Traceback (most recent call last)",
    "Error: ", "Exception: ", "Exception in thread", "Uncaught ", "panic: ", "TypeError: ", "ENOENT",
    "goroutine ",
    "java.lang.", "Internal Server Error", "Bad Gateway", "Not Found",
  ]

  private func message(_ mediaType: MediaType?) -> Mangling? {
    if Self.messages.contains(where: has) { return Mangling(.message, "an error message of a program") }
    switch mediaType {
    case .html: return Mangling(.message, "an HTML page")
    case .json: return Mangling(.message, "a JSON document")
    case .xml:
      return Mangling(.message, words.contains("<Error>") ? "an error message in XML" : "an XML document")
    case .php: return Mangling(.script, "a PHP script")
    case .plainText:
      // No document, image or recording is a line of text.
      guard isWhole, text.count <= 256, !text.contains(0x0a) else { return nil }
      return Mangling(.message, "a line of text, such as an error message")
    default: return nil
    }
  }

  /// What the bytes are that a text was made of; nil for a text or something unknown.
  private static func original(_ bytes: [UInt8]) -> String? {
    let found = StrayData(ByteSpan(bytes.span.bytes, at: 0))
    return found == .other("text") ? nil : found?.words
  }
}

extension String {
  fileprivate func count(of word: String) -> Int { self[...].count(of: word) }
}

extension Substring {
  fileprivate func count(of word: String) -> Int {
    split(separator: word, omittingEmptySubsequences: false).count - 1
  }
}

// ISO 32000-2:2020, 7.11 "File specifications" and 7.11.4 "Embedded file streams".

internal import PreflightFacts
internal import PreflightBytes

extension PDFActions {
  /// Notes an attached file that is a program, by its name or its first bytes.
  ///
  /// Other attachments are normal: a portfolio's documents, an invoice's data.
  mutating func readAttachment(
    _ object: PDFObject?, from offset: UInt64?, _ document: inout PDFDocument, _ window: inout ByteWindow
  ) throws(ReadError) {
    guard let specification = try walk.resolve(object, from: offset, &document, &window),
      let entries = specification.dictionary
    else { return }
    let name = try fileName(specification, &document, &window)
    let files = try walk.resolve(entries[.ef], from: specification.offset, &document, &window)?.dictionary
    let file = try walk.resolve(
      files?[.f] ?? files?[.uf], from: specification.offset, &document, &window)
    let place = file?.offset ?? specification.offset
    let shown = name.map { quotedName(Array(ProgramName.lastPart($0).utf8)) }
    if let name, let shown, ProgramName.isProgram(name) {
      return add(HiddenContent(.program, at: place, "the program \(shown) as an attachment"))
    }
    guard let file,
      let bytes = try walk.bytes(of: file, upTo: Limits.PDFActions.attachment, document, &window),
      let program = StrayData.program(ByteSpan(bytes.span.bytes, at: 0)), program != "a shell script"
    else { return }
    let what = shown.map { "\(program) named \($0)" } ?? program
    add(HiddenContent(.program, at: place, "\(what) as an attachment"))
  }

  /// The name in a file specification, which is a string or a dictionary with one.
  mutating func fileName(
    _ specification: PDFWalk.Place, _ document: inout PDFDocument, _ window: inout ByteWindow
  ) throws(ReadError) -> String? {
    if let string = specification.object.string { return Self.text(string) }
    guard let entries = specification.dictionary else { return nil }
    for key in [PDFKey.uf, .f, .dos, .unix] {
      let value = try walk.resolve(entries[key], from: specification.offset, &document, &window)
      if let string = value?.object.string, !string.isEmpty, !document.isEncrypted {
        return Self.text(string)
      }
    }
    return nil
  }

  /// A text string (7.9.2.2): UTF-16 or UTF-8 with a byte order mark, otherwise roughly Latin 1.
  private static func text(_ string: [UInt8]) -> String {
    if string.starts(with: [0xfe, 0xff]) {
      let pairs = stride(from: 2, to: string.count - 1, by: 2)
      return String(
        decoding: pairs.map { UInt16(string[$0]) << 8 | UInt16(string[$0 + 1]) }, as: UTF16.self)
    }
    if string.starts(with: [0xef, 0xbb, 0xbf]) {
      return String(decoding: string.dropFirst(3), as: UTF8.self)
    }
    return String(String.UnicodeScalarView(string.map { Unicode.Scalar($0) }))
  }
}

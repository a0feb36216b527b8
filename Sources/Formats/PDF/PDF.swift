// ISO 32000-2:2020 "Document management — Portable document format", and ISO 32000-1:2008, annex H,
// for what readers accept beyond it.

package import PreflightFacts
package import PreflightBytes

extension Format {
  package static let pdf = Format(
    "PDF", reader: PDF.self, hiding: .document,
    mediaTypes: [
      .init(.pdf, "a PDF document", .pages, extensions: ["pdf"], isConfirmedByReader: true)
    ])
}

extension MediaType {
  /// PDF.
  package static let pdf: MediaType = "application/pdf"
}

/// A PDF document: its pages, whether it is encrypted, and whether its end and the path from its trailer to
/// its page tree are valid. For that, only the tail and the few objects on that path are read. The content is
/// ``PDFContent``'s.
package enum PDF: FormatReader {
  /// Readers accept bytes before the header, up to here (ISO 32000-1, annex H.3, note 13).
  private static let maximumHeaderOffset = 1024

  package static func read(
    _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    guard let header = try header(in: &window) else { return }
    reading.mediaType = "application/pdf"
    try reading.noteLeadingData(&window, before: header, isSkippedByDecoders: true)

    let tail = try PDFTail(header: header, in: &window)
    reading.trailingDataOffset = tail.trailingDataOffset
    if let cut = tail.cut { reading.add(cut) }

    var document = PDFDocument(header: header)
    guard try open(&document, tail, in: &window) else {
      for part in document.unchecked { reading.leaveUnchecked(part) }
      if tail.cut == nil, document.unchecked.isEmpty,
        try !isForOthers(header: header, tail: tail, in: &window)
      {
        reading.add(
          tail.isMarked ? missingTrailer(tail) : PDFTail.truncation(at: window.byteCount))
      }
      return
    }
    if tail.cut == nil, let fault = try missingBytes(document, tail, in: &window) {
      reading.add(fault)
    }
    let fault = try read(&document, tail, in: &window, into: &reading.facts)
    for part in document.unchecked { reading.leaveUnchecked(part) }
    // What wasn't looked at can't be missed.
    if let fault, reading.faults.isEmpty, document.unchecked.isEmpty { reading.add(fault) }
    try PDFActions.note(in: &document, &window, into: &reading)
  }

  /// Counts the document's pages and decodes its streams, unless they are encrypted.
  package static func decode(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    guard let header = try header(in: &window) else { return }
    var document = PDFDocument(header: header)
    let tail = try PDFTail(header: header, in: &window)
    guard try open(&document, tail, in: &window) else { return }
    try document.findEncryption(in: &window)
    if document.isEncrypted, !document.hasEncryptedStreams { return }
    var contents: Set<UInt64> = []
    if !document.isEncrypted {
      let tree = try PDFPageTree(document, in: &window)
      if let part = tree.unchecked { reading.leaveUnchecked(part) }
      if let declared = reading.facts.pageCount,
        let fault = tree.fault(declaring: declared, at: tail.startxref)
      {
        return reading.add(fault)
      }
      contents = tree.contents
    }
    let transfer = try PDFTransfer(document, tail, in: &window)
    var content = PDFContent(document, contents, transfer, tail)
    try content.decode(in: &window, into: &reading)
  }

  /// Where `%PDF-` is; nil if the file isn't a PDF.
  private static func header(in window: inout ByteWindow) throws(ReadError) -> UInt64? {
    let size = maximumHeaderOffset + 5
    guard let index = try window.available(at: 0, upTo: size).firstIndex(of: "%PDF-") else { return nil }
    if index == 0 { return 0 }
    // A text of a document is none, although `%PDF-` stands in it as it is.
    if try quotation(at: index, in: window.available(at: 0, upTo: size)) != nil { return nil }
    let header = UInt64(index)
    // Further in, it may be a document in an archive, or a text about PDF.
    if try isArchive(in: &window) { return nil }
    return try isHeader(at: header, in: &window) ? header : nil
  }

  /// Whether `%PDF-` at an offset starts a document: an object or the end must follow.
  package static func isHeader(at header: UInt64, in window: inout ByteWindow) throws(ReadError) -> Bool {
    if try window.pdfObject(at: header, isIndirect: true) != nil { return true }
    let size = window.byteCount
    let tail = size - min(size, Limits.PDF.end)
    return try window.lastOccurrence(of: "startxref", before: size, from: tail) != nil
  }

  /// Whether the file is a ZIP archive, a compound file or a tar archive, which may store files uncompressed.
  private static func isArchive(in window: inout ByteWindow) throws(ReadError) -> Bool {
    let head = try window.available(at: 0, upTo: 512)
    return head.has([0x50, 0x4b, 3, 4]) || head.has([0xd0, 0xcf, 0x11, 0xe0])
      || head.has("ustar", at: 257)
  }

  /// Opens the document through its cross-reference, or without one; false if neither works.
  private static func open(
    _ document: inout PDFDocument, _ tail: PDFTail, in window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    if let start = tail.startOfCrossReference, try document.open(at: start, in: &window) { return true }
    // All readers search for the objects if the cross-reference is unusable. In a truncated file there is
    // little to find.
    guard tail.cut == nil, tail.isMarked else { return false }
    return try document.rebuild(in: &window)
  }

  /// Whether the document is compressed in a way that other readers support.
  private static func isForOthers(
    header: UInt64, tail: PDFTail, in window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    guard let start = tail.startOfCrossReference else { return false }
    return try PDFDocument.isForOthers(header: header, startOfCrossReference: start, in: &window)
  }

  /// Reads the facts; returns the first fault on the path from the trailer to the page tree.
  private static func read(
    _ document: inout PDFDocument, _ tail: PDFTail, in window: inout ByteWindow,
    into facts: inout Facts
  ) throws(ReadError) -> Fault? {
    try document.findEncryption(in: &window)
    facts.encrypted = document.isEncrypted

    let root = try document.resolve(document.trailer[.root], in: &window)
    guard let root else { return nil }
    guard let catalog = root.dictionary else {
      return Fault(
        "missing-catalog", clause: "PDF 7.7.2", at: tail.startxref,
        "The trailer refers to a root object that isn't in the document.",
        expected: "a catalog dictionary", actual: root.kind)
    }
    let tree = try document.resolve(catalog[.pages], in: &window)
    guard let tree else { return nil }
    guard let pages = tree.dictionary else {
      return Fault(
        "missing-page-tree", clause: "PDF 7.7.3", at: tail.startxref,
        "The catalog refers to a page tree that isn't in the document.",
        expected: "a page tree node", actual: tree.kind)
    }
    let count = try document.resolve(pages[.count], in: &window)
    let kids = try document.resolve(pages[.kids], in: &window)
    guard let count, let kids else { return nil }
    guard let number = count.wholePart, number >= 0, let nodes = kids.array else {
      return Fault(
        "page-tree", clause: "PDF 7.7.3.2", at: tail.startxref,
        "The page tree has no page count or no pages, so viewers show none.",
        expected: "Count and Kids", actual: kids.array == nil ? "no Kids" : "no Count")
    }
    // A page takes more than a byte, however compressed, since Kids has a number of its own for each. Poppler refuses
    // such a document, and MuPDF fails at a page that isn't there.
    guard UInt64(number) <= window.byteCount else {
      return Fault(
        "page-tree", clause: "PDF 7.7.3.2", at: tail.startxref,
        "The page tree declares more pages than the file can hold, so viewers refuse it.",
        expected: "≤ \(window.byteCount) pages", actual: "\(number)")
    }
    facts.pageCount = number
    guard number == 0 else { return nil }
    return Fault(
      "no-pages", clause: "PDF 7.7.3", at: tail.startxref,
      nodes.isEmpty
        ? "The document has no pages." : "The page tree declares that it has no pages, so viewers show none.",
      expected: "at least one page", actual: "0")
  }

  private static func missingTrailer(_ tail: PDFTail) -> Fault {
    Fault(
      "missing-trailer", clause: "PDF 7.5.5", at: tail.startxref,
      tail.startOfCrossReference == nil
        ? "The file has no startxref offset and no trailer with a root object, so it can't be opened."
        : "The startxref offset is wrong and no trailer has a root object, so the file can't be opened.",
      expected: tail.startOfCrossReference.map { "a cross-reference section at byte \($0)" })
  }

  /// A linearized file declares its own length in its first object (annex F.3.3), and its last `startxref`
  /// points to the front, which is intact whatever else is missing.
  private static func missingBytes(
    _ document: PDFDocument, _ tail: PDFTail, in window: inout ByteWindow
  ) throws(ReadError) -> Fault? {
    guard !document.isRebuilt, let start = tail.startOfCrossReference,
      start < window.byteCount / 2,
      let first = try window.pdfObject(at: document.header, isIndirect: true)?.object?.dictionary,
      first[.linearized] != nil,
      let length = first[.l]?.integer.flatMap({ UInt64(exactly: $0) }),
      let endOfFirstPage = first[.e]?.integer.flatMap({ UInt64(exactly: $0) }),
      // A writer that copied the dictionary but not the layout puts the section last.
      start < endOfFirstPage
    else { return nil }
    let actual = window.byteCount - document.header
    // The line end after the last marker is often missing, which is harmless.
    guard length > actual, length - actual > 2 else { return nil }
    return Fault(
      "missing-bytes", clause: "PDF F.3.3", at: window.byteCount,
      "The document declares a length greater than the file size; data is missing.",
      expected: "\(length) bytes", actual: "\(actual) bytes")
  }
}

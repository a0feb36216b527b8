// ISO 32000-2:2020, 7.7.3.2 "Page tree nodes" and 7.7.3.3 "Page objects".

internal import PreflightFacts
internal import PreflightBytes

/// The pages that a document's page tree leads to, which its page count only claims.
struct PDFPageTree {
  /// How many pages there are, as far as was looked.
  private(set) var pageCount = 0
  /// The numbers of the streams with which the pages' contents begin.
  private(set) var contents: Set<UInt64> = []
  /// The limit that prevented looking at all.
  private(set) var unchecked: UncheckedPart?
  /// Whether some node or page can't be read, such as one in a stream with another filter.
  private var isUncertain = false

  private var document: PDFDocument
  private var objects = 0
  private var parsed = 0
  private let parsedLimit: Int
  private let readLimit: UInt64
  private let unpackedLimit: Int
  /// The nodes above the current one, and where to go on in each.
  private var path: [Level] = []

  private struct Level {
    let number: UInt64?
    let kids: [PDFObject]
    var next = 0
  }

  /// Walks through the tree of an open document.
  // A copy of the document: what can't be looked at here only leaves the count as it is claimed.
  init(_ document: PDFDocument, in window: inout ByteWindow) throws(ReadError) {
    self.document = document
    parsedLimit = Limits.PDF.pageTree.parsed + Int(clamping: window.byteCount)
    readLimit =
      window.bytesRead + Limits.PDF.pageTree.read + Limits.PDF.pageTree.readPerByte * window.byteCount
    unpackedLimit = document.unpackedByteCount + Limits.PDF.pageTree.unpacked
    // A small file is in memory as a whole.
    if window.byteCount > UInt64(ByteWindow.usualReadAhead) { window.readAhead = 4 << 10 }
    defer { window.readAhead = ByteWindow.usualReadAhead }
    try walk(in: &window)
  }

  /// How the tree differs from the page count; nil if it doesn't, or if that isn't certain.
  func fault(declaring declared: Int, at offset: UInt64?) -> Fault? {
    guard !isUncertain, unchecked == nil, document.unchecked.isEmpty, pageCount < declared else { return nil }
    return Fault(
      "page-tree", clause: "PDF 7.7.3.2", at: offset,
      pageCount == 0
        ? "The page tree leads to no page, so viewers show none."
        : "The page tree declares more pages than it has, so viewers fail at some or show them blank.",
      expected: "\(declared) pages", actual: "\(pageCount)")
  }

  private mutating func walk(in window: inout ByteWindow) throws(ReadError) {
    guard let catalog = try document.resolve(document.trailer[.root], in: &window)?.dictionary,
      let pages = catalog[.pages]
    else { return isUncertain = true }
    try visit(pages, in: &window)
    while let level = path.indices.last, unchecked == nil {
      guard path[level].next < path[level].kids.count else {
        path.removeLast()
        continue
      }
      let kid = path[level].kids[path[level].next]
      path[level].next += 1
      try visit(kid, in: &window)
    }
  }

  /// Counts a page, or goes down to the kids of a node.
  private mutating func visit(_ kid: PDFObject, in window: inout ByteWindow) throws(ReadError) {
    let number = kid.reference?.number
    // What leads in a circle leads to no page.
    if let number, path.contains(where: { $0.number == number }) { return }
    guard let node = try load(kid, in: &window), let entries = node.dictionary else { return }
    guard let kids = entries[.kids], let nodes = try load(kids, in: &window)?.array else {
      pageCount += 1
      // Of several, the first one alone is sure to begin with whole words.
      let content = entries[.contents]
      if let stream = (content?.array?.first ?? content)?.reference { contents.insert(stream.number) }
      return
    }
    guard path.count < Limits.PDF.pageTree.depth else {
      let limit = "\(Limits.PDF.pageTree.depth) levels"
      unchecked = UncheckedPart("pages deeper in the page tree than \(limit)", limit: limit)
      return
    }
    path.append(Level(number: number, kids: nodes))
  }

  /// The object that a reference refers to; nil if there is none, or it can't be read.
  private mutating func load(
    _ object: PDFObject, in window: inout ByteWindow
  ) throws(ReadError) -> PDFObject? {
    objects += 1
    guard objects <= Limits.PDF.pageTree.objects, parsed <= parsedLimit, window.bytesRead <= readLimit,
      document.unpackedByteCount <= unpackedLimit
    else {
      unchecked = UncheckedPart(
        "pages after the first \(pageCount)", limit: "\(Limits.PDF.pageTree.objects) objects of the page tree"
      )
      return nil
    }
    guard let number = object.reference?.number else { return object }
    guard let loaded = try document.load(number, in: &window) else {
      if try !document.isUnused(number, in: &window) { isUncertain = true }
      return nil
    }
    parsed += loaded.byteCount
    // No writer chains references here.
    guard let found = loaded.object, found.reference == nil else {
      isUncertain = true
      return nil
    }
    return found
  }
}

// ISO 32000-2:2020, 7.5 "File structure" and 7.7 "Document structure".

internal import PreflightFacts
internal import PreflightBytes

/// A document's objects, found through its cross-reference sections, from the newest on, each read
/// only when it is asked; or by looking through the whole file where those are of no use.
struct PDFDocument {
  /// More updates than this are not followed: every one of a /Prev chain's sections costs a read.
  private static let maximumSections = 512

  /// The sections may cost this much in all.
  private static let maximumCost = 24 << 20

  /// A reference that leads on to references for longer than this leads nowhere.
  private static let maximumHops = 8

  /// The whole file is looked through no more often than this.
  private static let maximumSearches = 6

  /// Where `%PDF-` stands, from which offsets count.
  let header: UInt64

  /// The newest trailer dictionary that names the document's root.
  private(set) var trailer = PDFDictionary()

  /// Whether objects are looked for in the whole file.
  private(set) var isRebuilt = false

  /// Whether strings and streams are encrypted, with or without a password.
  private(set) var isEncrypted = false

  private var sections: [PDFCrossReferenceSection] = []
  /// Where sections stand that haven't been read yet, the next one last.
  private var pending: [UInt64]
  private var visited: [UInt64] = []
  private var cost = 0
  private var searches = 0
  /// The object stream unpacked last: the few objects wanted mostly share one.
  private var unpacked: (number: UInt64, content: [UInt8], dictionary: PDFDictionary, offset: UInt64)?

  /// Small objects that were read last: the way to the pages is gone twice, to count them and to look for
  /// scripts.
  private var recent: [Recent] = []

  private struct Recent {
    let number: UInt64
    let loaded: PDFLoaded
  }

  /// So many are kept, of so many bytes at most.
  private static let maximumRecent = (count: 4, byteCount: 2 << 10)

  /// How many bytes were unpacked of object streams so far.
  private(set) var unpackedByteCount = 0

  /// Whether an object that isn't where the cross-reference says is looked for in the whole file.
  var searchesFile = true

  /// Opens a document by the offset that stands after `startxref`; nil where no cross-reference
  /// section with a trailer stands there.
  init?(
    header: UInt64, startOfCrossReference start: UInt64, in window: inout ByteWindow
  ) throws(ReadError) {
    self.header = header
    pending = [start]
    guard try readNextSection(in: &window) else { return nil }
    // The newest trailer has to have everything; where it doesn't, an older one serves.
    while trailer[.root] == nil, try readNextSection(in: &window) {}
  }

  /// Opens a document as readers do whose way through the cross-reference is barred: by the last
  /// `trailer` in the file that names a root; nil where there is none.
  init?(rebuilding window: inout ByteWindow, header: UInt64) throws(ReadError) {
    self.header = header
    pending = []
    isRebuilt = true
    var end = window.byteCount
    // A file that is made of nothing but the word must not take forever.
    for _ in 0..<64 {
      guard let keyword = try window.lastOccurrence(of: "trailer", before: end) else { return nil }
      if let found = try window.pdfObject(at: keyword + 7)?.object?.dictionary, found[.root] != nil {
        trailer = found
        return
      }
      end = keyword
    }
    return nil
  }

  /// Whether the newest cross-reference is a stream that is packed in a way that readers undo, and this doesn't.
  static func isForOthers(
    header: UInt64, startOfCrossReference start: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    for place in places(of: start, header: header) {
      let loaded = try window.pdfObject(at: place, isIndirect: true)
      guard let dictionary = loaded?.object?.dictionary, loaded?.streamOffset != nil else { continue }
      return dictionary[.w] != nil && dictionary[.root] != nil && PDFStreamDecoder.isForOthers(dictionary)
    }
    return false
  }

  /// Reads the next older section; false when there is none or it makes no sense.
  private mutating func readNextSection(in window: inout ByteWindow) throws(ReadError) -> Bool {
    while let offset = pending.popLast() {
      guard visited.count < Self.maximumSections, !visited.contains(offset) else { continue }
      visited.append(offset)
      guard cost < Self.maximumCost, var section = try section(at: offset, in: &window) else {
        return false
      }
      cost += section.cost
      let trailer = section.takeTrailer()
      if self.trailer[.root] == nil { self.trailer.complete(with: trailer) }
      sections.append(section)
      if let previous = section.previous { pending.append(previous) }
      // The stream of a hybrid-reference file comes before the older sections.
      if section.rows == nil, let stream = section.hybridStream { pending.append(stream) }
      return true
    }
    return false
  }

  /// The section at an offset that counts from the header, as it should, or from the file's start.
  private func section(
    at offset: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> PDFCrossReferenceSection? {
    for place in places(of: offset) {
      var lexer = PDFLexer(try window.available(at: place, upTo: 64), isWhole: true)
      lexer.skipWhitespace()
      let found =
        lexer.skipKeyword("xref")
        ? try PDFCrossReferenceSection(tableAt: lexer.offset, in: &window)
        : try PDFCrossReferenceSection(streamAt: place, in: &window)
      if let found { return found }
    }
    return nil
  }

  /// Where an offset that the file states may be: that far from the header, as it should, or from the start.
  private func places(of offset: UInt64) -> some Sequence<UInt64> { Self.places(of: offset, header: header) }

  private static func places(of offset: UInt64, header: UInt64) -> some Sequence<UInt64> {
    let (moved, overflow) = offset.addingReportingOverflow(header)
    return sequence(first: overflow ? offset : moved) { $0 == offset ? nil : offset }
  }
}

// MARK: - Objects

extension PDFDocument {
  /// Finds out whether the document is encrypted.
  mutating func findEncryption(in window: inout ByteWindow) throws(ReadError) {
    isEncrypted =
      try resolve(trailer[.encrypt], in: &window)?.dictionary.map { !$0.isEmpty } ?? false
  }

  /// The object that a reference names, or the object itself where it is none; `.null` where there is
  /// no such object, as the specification has it; nil where it can't be read.
  mutating func resolve(
    _ object: PDFObject?, in window: inout ByteWindow
  ) throws(ReadError) -> PDFObject? {
    var object = object ?? .null
    for _ in 0..<Self.maximumHops {
      guard let reference = object.reference else { return object }
      guard let loaded = try load(reference.number, in: &window) else { return .null }
      guard let next = loaded.object else { return nil }
      object = next
    }
    return .null
  }

  /// Reads an indirect object by its number; nil where it isn't found.
  mutating func load(
    _ number: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> PDFLoaded? {
    if let known = recent.first(where: { $0.number == number }) { return known.loaded }
    let loaded = try read(number, in: &window)
    if let loaded, loaded.object != nil, loaded.byteCount <= Self.maximumRecent.byteCount {
      if recent.isEmpty { recent.reserveCapacity(Self.maximumRecent.count) }
      if recent.count == Self.maximumRecent.count { recent.removeFirst() }
      recent.append(Recent(number: number, loaded: loaded))
    }
    return loaded
  }

  private mutating func read(
    _ number: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> PDFLoaded? {
    if isRebuilt { return try search(for: number, in: &window) }
    switch try location(of: number, in: &window) {
    case .offset(let offset):
      for place in places(of: offset) {
        if let loaded = try window.pdfObject(at: place, isIndirect: true),
          loaded.reference?.number == number
        {
          return loaded
        }
      }
    case .compressed(let stream, let index):
      return try unpack(number, from: stream, index: index, in: &window)
    case .free, nil:
      break
    }
    // An entry that is missing or points astray: readers go looking for the object.
    return try search(for: number, in: &window)
  }

  private mutating func search(
    for number: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> PDFLoaded? {
    guard searchesFile, searches < Self.maximumSearches else { return nil }
    searches += 1
    var end = window.byteCount
    for _ in 0..<8 {
      guard let offset = try window.lastPDFObject(numbered: number, before: end) else { return nil }
      if let loaded = try window.pdfObject(at: offset, isIndirect: true) { return loaded }
      end = offset
    }
    return nil
  }

  /// Where a number's object stands, by the newest section that has it.
  private mutating func location(
    of number: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> PDFLocation? {
    var index = 0
    while true {
      while index < sections.count {
        if let found = try sections[index].location(of: number, in: &window) { return found }
        index += 1
      }
      guard try readNextSection(in: &window) else { return nil }
    }
  }

  /// Reads an object out of an object stream (7.5.7).
  private mutating func unpack(
    _ number: UInt64, from stream: UInt64, index: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> PDFLoaded? {
    // It isn't deciphered, so there is no telling what is in it: an object that can't be held.
    if isEncrypted { return PDFLoaded() }
    guard let isUnpacked = try unpackStream(stream, in: &window) else { return PDFLoaded() }
    guard isUnpacked, let unpacked else { return nil }
    guard let count = unpacked.dictionary[.n]?.integer,
      let first = unpacked.dictionary[.first]?.integer.flatMap({ UInt64(exactly: $0) })
    else { return nil }
    var inner = ByteWindow(MemorySource(unpacked.content))
    let offset = try Self.offset(
      of: number, amongst: min(count, unpacked.content.count), index: index, in: &inner)
    guard let offset else { return nil }
    let (place, overflow) = first.addingReportingOverflow(offset)
    var loaded = overflow ? nil : try inner.pdfObject(at: place)
    loaded?.offset = unpacked.offset
    // The list of what is in the stream was read too.
    loaded?.byteCount += Int(clamping: min(first, UInt64(unpacked.content.count)))
    return loaded
  }

  /// An object's offset by the pairs of integers with which an object stream begins.
  private static func offset(
    of number: UInt64, amongst count: Int, index: UInt64, in inner: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    var lexer = PDFLexer(
      try inner.available(at: 0, upTo: ByteWindow.maximumSpan), isWhole: true)
    var fallback: UInt64?
    for position in 0..<max(0, count) {
      lexer.skipWhitespace()
      guard let candidate = lexer.unsignedInteger() else { return fallback }
      lexer.skipWhitespace()
      guard let offset = lexer.unsignedInteger() else { return fallback }
      if candidate == number {
        if UInt64(position) == index { return offset }
        fallback = offset
      }
    }
    return fallback
  }

  /// Makes ``unpacked`` hold an object stream's content.
  ///
  /// - Returns: Whether there is any; nil where it is packed in a way that isn't undone here.
  private mutating func unpackStream(
    _ number: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> Bool? {
    if unpacked?.number == number { return true }
    // An object stream can't be in an object stream.
    guard case .offset(let offset)? = try location(of: number, in: &window) else { return false }
    for place in places(of: offset) {
      guard let loaded = try window.pdfObject(at: place, isIndirect: true),
        loaded.reference?.number == number,
        var dictionary = loaded.object?.dictionary, let data = loaded.streamOffset
      else { continue }
      if let length = dictionary[.length], length.reference != nil {
        dictionary.append(try directLength(length, in: &window) ?? .null, for: .length)
      }
      let limit = PDFStreamDecoder.maximumOutput
      if let content = try PDFStreamDecoder(dictionary)?.decode(at: data, upTo: limit, in: &window) {
        unpacked = (number, content, dictionary, place)
        unpackedByteCount += content.count
        return true
      }
      if PDFStreamDecoder.isForOthers(dictionary) { return nil }
    }
    return false
  }

  /// A stream's length that is an indirect object of its own; never one in an object stream.
  private mutating func directLength(
    _ length: PDFObject, in window: inout ByteWindow
  ) throws(ReadError) -> PDFObject? {
    guard let number = length.reference?.number,
      case .offset(let offset)? = try location(of: number, in: &window)
    else { return nil }
    for place in places(of: offset) {
      if let loaded = try window.pdfObject(at: place, isIndirect: true),
        loaded.reference?.number == number
      {
        return loaded.object
      }
    }
    return nil
  }
}

// ISO 32000-2:2020, 7.5 "File structure" and 7.7 "Document structure".

internal import PreflightFacts
internal import PreflightBytes

/// A document's objects. They are found through its cross-reference sections, starting with the newest, and
/// read on demand. If those are unusable, the whole file is searched.
struct PDFDocument {
  /// Where `%PDF-` is, from which offsets count.
  let header: UInt64

  /// The newest trailer dictionary with a root.
  private(set) var trailer = PDFDictionary()

  /// Whether the whole file is searched for objects.
  private(set) var isRebuilt = false

  /// Whether strings and streams are encrypted, with or without a password.
  private(set) var isEncrypted = false

  /// Whether all streams are: but for those that are needed to decrypt them, or that state otherwise.
  private(set) var hasEncryptedStreams = false

  private var sections: [PDFCrossReferenceSection] = []
  /// The offsets of unread sections, the next one last.
  private var pending: [UInt64] = []
  private var visited: [UInt64] = []
  /// The limit that prevents reading older sections.
  private var uncheckedSections: UncheckedPart?

  /// What couldn't be checked so far because of limits. What wasn't found then may still exist.
  private(set) var unchecked: [UncheckedPart] = []

  private var cost = 0
  private var searches = 0
  /// The last decompressed object stream: the few objects that are read usually share one.
  private var unpacked: (number: UInt64, content: [UInt8], dictionary: PDFDictionary, offset: UInt64)?

  /// Recently read small objects: the path to the pages is followed twice, to count them and to search for
  /// scripts.
  private var recent: [Recent] = []

  private struct Recent {
    let number: UInt64
    let loaded: PDFLoaded
  }

  /// How many bytes of object streams were decompressed so far.
  private(set) var unpackedByteCount = 0

  /// Whether the whole file is searched for an object that isn't at its offset.
  var searchesFile = true

  init(header: UInt64) { self.header = header }

  /// Opens the document by the offset after `startxref`; false if no cross-reference section with a trailer
  /// is there.
  mutating func open(
    at startOfCrossReference: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    pending = [startOfCrossReference]
    let isOpen = try readNextSection(in: &window)
    // The newest trailer should have everything; if it doesn't, an older one is used.
    while isOpen, trailer[.root] == nil, try readNextSection(in: &window) {}
    if trailer[.root] == nil, let uncheckedSections { leaveUnchecked(uncheckedSections) }
    return isOpen
  }

  /// Opens the document as readers do if the cross-reference is unusable: by the last `trailer` in the file
  /// with a root; false if there is none.
  mutating func rebuild(in window: inout ByteWindow) throws(ReadError) -> Bool {
    isRebuilt = true
    var end = window.byteCount
    for _ in 0..<Limits.PDF.trailers {
      guard let keyword = try window.lastOccurrence(of: "trailer", before: end) else { return false }
      let loaded = try window.pdfObject(at: keyword + 7)
      if let part = loaded?.unchecked { leaveUnchecked(part) }
      if let found = loaded?.object?.dictionary, found[.root] != nil {
        trailer = found
        return true
      }
      end = keyword
    }
    let count = Limits.PDF.trailers
    leaveUnchecked(
      UncheckedPart("trailers before the last \(count)", limit: "\(count) trailers", at: header))
    return false
  }

  /// Notes, once, what a limit prevents from being checked.
  private mutating func leaveUnchecked(_ part: UncheckedPart) {
    let isKnown = unchecked.contains { $0.what == part.what }
    if !isKnown, unchecked.count < Limits.Reading.unchecked { unchecked.append(part) }
  }

  /// Whether the newest cross-reference is a stream with a filter that other readers support.
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

  /// Whether a cross-reference section begins at an offset.
  static func isCrossReference(at place: UInt64, in window: inout ByteWindow) throws(ReadError) -> Bool {
    var lexer = PDFLexer(try window.available(at: place, upTo: 64), isWhole: true)
    lexer.skipWhitespace()
    if lexer.skipKeyword("xref") { return true }
    let loaded = try window.pdfObject(at: place, isIndirect: true)
    return loaded?.streamOffset != nil && loaded?.object?.dictionary?[.w] != nil
  }

  /// Reads the next older section; false if there is none or it is invalid.
  private mutating func readNextSection(in window: inout ByteWindow) throws(ReadError) -> Bool {
    while let offset = pending.popLast() {
      if visited.contains(offset) { continue }
      guard visited.count < Limits.PDF.sections else {
        leaveSectionsUnchecked("\(Limits.PDF.sections) sections")
        continue
      }
      visited.append(offset)
      guard cost < Limits.PDF.sectionByteCount else {
        leaveSectionsUnchecked("\(Limits.size(Limits.PDF.sectionByteCount)) of sections")
        return false
      }
      guard var section = try section(at: offset, in: &window) else { return false }
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

  private mutating func leaveSectionsUnchecked(_ limit: String) {
    uncheckedSections =
      uncheckedSections ?? UncheckedPart("objects in older cross-reference sections", limit: limit)
  }

  /// The section at an offset that counts from the header, as it should, or from the file's start.
  private mutating func section(
    at offset: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> PDFCrossReferenceSection? {
    for place in places(of: offset) {
      var lexer = PDFLexer(try window.available(at: place, upTo: 64), isWhole: true)
      lexer.skipWhitespace()
      let found =
        lexer.skipKeyword("xref")
        ? try PDFCrossReferenceSection(tableAt: lexer.offset, in: &window)
        : try PDFCrossReferenceSection(streamAt: place, in: &window)
      if let part = found?.unchecked {
        uncheckedSections = uncheckedSections ?? part
      } else if let found {
        return found
      }
    }
    return nil
  }

  /// The possible file offsets for a declared offset: from the header, as it should be, or from the start.
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
    guard let encryption = try resolve(trailer[.encrypt], in: &window)?.dictionary else { return }
    isEncrypted = !encryption.isEmpty
    switch encryption[.v]?.integer {
    case 1, 2, 3: hasEncryptedStreams = true
    case 4, 5:
      // Without a filter of its own, a kind of streams isn't encrypted (table 20).
      let filters = [encryption[.stmF], encryption[.eff] ?? encryption[.stmF]]
      hasEncryptedStreams = filters.allSatisfy { $0?.name.map { $0 != "Identity" } ?? false }
    default: break
    }
  }

  /// The object that a reference refers to, or the object itself if it isn't a reference; `.null` if there is
  /// no such object, as the specification requires; nil if it can't be read.
  mutating func resolve(
    _ object: PDFObject?, in window: inout ByteWindow
  ) throws(ReadError) -> PDFObject? {
    var object = object ?? .null
    var passed: [UInt64] = []
    while let reference = object.reference {
      // What leads in a circle leads nowhere.
      if passed.contains(reference.number) { return .null }
      guard passed.count < Limits.PDF.hops else {
        let count = Limits.PDF.hops
        leaveUnchecked(
          UncheckedPart("objects behind more than \(count) chained references", limit: "\(count) references"))
        return nil
      }
      passed.append(reference.number)
      guard let loaded = try load(reference.number, in: &window) else { return .null }
      guard let next = loaded.object else { return nil }
      object = next
    }
    return object
  }

  /// Reads an indirect object by its number; nil if it isn't found.
  mutating func load(
    _ number: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> PDFLoaded? {
    if let known = recent.first(where: { $0.number == number }) { return known.loaded }
    let loaded = try read(number, in: &window)
    if let part = loaded?.unchecked { leaveUnchecked(part) }
    if let loaded, loaded.object != nil, loaded.byteCount <= Limits.PDF.recent.byteCount {
      if recent.isEmpty { recent.reserveCapacity(Limits.PDF.recent.count) }
      if recent.count == Limits.PDF.recent.count { recent.removeFirst() }
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
    case .unchecked(let part):
      return try search(for: number, in: &window) ?? PDFLoaded(unchecked: part)
    case .free, nil:
      break
    }
    // A missing or wrong entry: readers search for the object.
    return try search(for: number, in: &window)
  }

  /// Whether an object is in use: whether the cross-reference leads to it, or doesn't know.
  ///
  /// - Parameter end: Where its `N G obj` ends.
  mutating func isCurrent(objectEndingAt end: UInt64, in window: inout ByteWindow) throws(ReadError) -> Bool {
    guard !isRebuilt, let start = try window.pdfObjectHeader(endingAt: end),
      let number = try window.pdfObject(at: start, isIndirect: true)?.reference?.number
    else { return true }
    switch try location(of: number, in: &window) {
    case .offset(let offset):
      if places(of: offset).contains(start) { return true }
      // An offset that leads nowhere says nothing.
      for place in places(of: offset) {
        if try window.pdfObject(at: place, isIndirect: true)?.reference?.number == number { return false }
      }
      return true
    case .compressed, .free: return false
    case .unchecked, nil: return true
    }
  }

  /// Whether the cross-reference says of a number that no object has it.
  mutating func isUnused(_ number: UInt64, in window: inout ByteWindow) throws(ReadError) -> Bool {
    if isRebuilt { return false }
    switch try location(of: number, in: &window) {
    case .free, nil: return true
    case .offset, .compressed, .unchecked: return false
    }
  }

  private mutating func search(
    for number: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> PDFLoaded? {
    guard searchesFile else { return nil }
    guard searches < Limits.PDF.searches else {
      return PDFLoaded(
        unchecked: UncheckedPart(
          "objects at wrong cross-reference offsets",
          limit: "\(Limits.PDF.searches) searches of the file"))
    }
    searches += 1
    var end = window.byteCount
    for _ in 0..<Limits.PDF.copies {
      guard let offset = try window.lastPDFObject(numbered: number, before: end) else { return nil }
      if let loaded = try window.pdfObject(at: offset, isIndirect: true) { return loaded }
      end = offset
    }
    let count = Limits.PDF.copies
    return PDFLoaded(
      unchecked: UncheckedPart(
        "copies of an object before the last \(count)", limit: "\(count) copies", at: header))
  }

  /// The location of an object, by the newest section that has it.
  private mutating func location(
    of number: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> PDFLocation? {
    var index = 0
    while true {
      while index < sections.count {
        if let found = try sections[index].location(of: number, in: &window) { return found }
        index += 1
      }
      guard try readNextSection(in: &window) else { return uncheckedSections.map(PDFLocation.unchecked) }
    }
  }

  /// Reads an object out of an object stream (7.5.7).
  private mutating func unpack(
    _ number: UInt64, from stream: UInt64, index: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> PDFLoaded? {
    // It isn't decrypted, so its content is unknown: an object that can't be held.
    if isEncrypted { return PDFLoaded() }
    switch try unpackStream(stream, in: &window) {
    case .unpacked: break
    case .missing: return nil
    case .unread(let part): return PDFLoaded(unchecked: part)
    }
    guard let unpacked else { return nil }
    guard let count = unpacked.dictionary[.n]?.integer,
      let first = unpacked.dictionary[.first]?.integer.flatMap({ UInt64(exactly: $0) })
    else { return nil }
    let isCut = unpacked.content.count >= Limits.PDF.stream
    let list = ByteSpan(unpacked.content.span.bytes, at: 0)
    let offset = Self.offset(of: number, amongst: min(count, unpacked.content.count), index: index, in: list)
    var inner = ByteWindow(MemorySource(unpacked.content))
    let (place, overflow) = first.addingReportingOverflow(offset ?? 0)
    var loaded = overflow || offset == nil ? nil : try inner.pdfObject(at: place)
    if loaded == nil, isCut {
      let size = Limits.size(Limits.PDF.stream)
      let part = UncheckedPart(
        "objects after the first \(size) of an object stream", limit: "\(size) decompressed",
        at: unpacked.offset)
      return PDFLoaded(unchecked: part)
    }
    loaded?.offset = unpacked.offset
    if let part = loaded?.unchecked {
      loaded?.unchecked = UncheckedPart(part.what, limit: part.limit, at: unpacked.offset)
    }
    // The list of the stream's objects was read too.
    loaded?.byteCount += Int(clamping: min(first, UInt64(unpacked.content.count)))
    return loaded
  }

  /// An object's offset by the pairs of integers at the start of an object stream.
  private static func offset(
    of number: UInt64, amongst count: Int, index: UInt64, in list: ByteSpan
  ) -> UInt64? {
    var lexer = PDFLexer(list, isWhole: true)
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

  private enum Unpacking {
    case unpacked
    /// There is no such stream, or it is empty.
    case missing
    /// Its filter isn't supported here, or a limit prevents decoding it.
    case unread(UncheckedPart?)
  }

  /// Loads the content of an object stream into ``unpacked``.
  private mutating func unpackStream(
    _ number: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> Unpacking {
    if unpacked?.number == number { return .unpacked }
    let location = try location(of: number, in: &window)
    if case .unchecked(let part)? = location { return .unread(part) }
    // An object stream can't be in an object stream.
    guard case .offset(let offset)? = location else { return .missing }
    for place in places(of: offset) {
      guard let loaded = try window.pdfObject(at: place, isIndirect: true),
        loaded.reference?.number == number
      else { continue }
      if let part = loaded.unchecked { return .unread(part) }
      guard var dictionary = loaded.object?.dictionary, let data = loaded.streamOffset
      else { continue }
      if let length = dictionary[.length], length.reference != nil {
        dictionary.append(try directLength(length, in: &window) ?? .null, for: .length)
      }
      let limit = Limits.PDF.stream
      if let content = try PDFStreamDecoder(dictionary)?.decode(at: data, upTo: limit, in: &window) {
        unpacked = (number, content, dictionary, place)
        unpackedByteCount += content.count
        return .unpacked
      }
      if let part = PDFStreamDecoder.unchecked(dictionary, at: place) { return .unread(part) }
      if PDFStreamDecoder.isForOthers(dictionary) { return .unread(nil) }
    }
    return .missing
  }

  /// A stream's length that is a separate indirect object; never one in an object stream.
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

// ISO 32000-2:2020, 7.5.4 "Cross-reference table" and 7.5.8 "Cross-reference streams".

internal import PreflightFacts
internal import PreflightBytes

/// Where an indirect object is.
enum PDFLocation: Sendable {
  /// At a file offset, counted from the header.
  case offset(UInt64)
  /// In an object stream, at an index.
  case compressed(stream: UInt64, index: UInt64)
  /// Nowhere: the number is free.
  case free
  /// Where a limit keeps from looking.
  case unchecked(UncheckedPart)
}

/// One cross-reference section with its trailer. A table is left in place and read entry by entry; a stream
/// has to be decoded as a whole.
struct PDFCrossReferenceSection: Sendable {
  /// A run of objects with consecutive numbers.
  struct Subsection: Sendable {
    let first: UInt64
    let count: UInt64
    /// Where the first entry is: in the file for a table, in ``rows`` for a stream.
    let offset: UInt64
    let entrySize: UInt64
  }

  private(set) var subsections: [Subsection] = []
  private(set) var trailer = PDFDictionary()

  /// The offset of the section that this one updates.
  private(set) var previous: UInt64?
  /// The offset of the stream that extends a table in a hybrid-reference file (7.5.8.4).
  private(set) var hybridStream: UInt64?

  /// The limit that prevented reading the section, which is then empty.
  private(set) var unchecked: UncheckedPart?

  /// The decoded entries of a cross-reference stream, or the first of them if there are too many; nil for a
  /// table.
  private(set) var rows: [UInt8]?
  /// The widths of a stream's three fields.
  private var widths: [Int] = []

  /// How long its trailer is.
  private var trailerByteCount = 0

  /// The approximate cost of the section: the memory that it uses, and temporarily its trailer. Hostile
  /// sections share a trailer, so the total may far exceed the file's size.
  var cost: Int {
    (rows?.count ?? 0) + subsections.count * MemoryLayout<Subsection>.stride + 4 * trailerByteCount
  }

  /// Removes the trailer: only the newest one with a root is used, and it may be long.
  mutating func takeTrailer() -> PDFDictionary {
    defer { trailer = PDFDictionary() }
    return trailer
  }

  private mutating func set(_ trailer: PDFDictionary) {
    self.trailer = trailer
    previous = trailer[.prev]?.integer.flatMap { UInt64(exactly: $0) }
    hybridStream = trailer[.xRefStm]?.integer.flatMap { UInt64(exactly: $0) }
  }

  /// The section's entry for a number; nil if other sections may have it.
  func location(of number: UInt64, in window: inout ByteWindow) throws(ReadError) -> PDFLocation? {
    if rows != nil { return streamLocation(of: number) }
    let location = try tableLocation(of: number, in: &window)
    // The table of a hybrid-reference file marks objects of its stream as free.
    if case .free? = location, hybridStream != nil { return nil }
    return location
  }

  /// The subsection that has a number, and the offset of its entry.
  private func entry(of number: UInt64) -> (subsection: Subsection, offset: UInt64)? {
    for subsection in subsections
    where number >= subsection.first && number - subsection.first < subsection.count {
      return (
        subsection, subsection.offset + (number - subsection.first) * subsection.entrySize
      )
    }
    return nil
  }

  /// The entry of a cross-reference stream for a number.
  private func streamLocation(of number: UInt64) -> PDFLocation? {
    guard let rows, let entry = entry(of: number), let start = Int(exactly: entry.offset) else {
      return nil
    }
    var position = start
    var fields: [UInt64] = []
    for width in widths {
      guard rows.count - position >= width else {
        let size = Limits.size(Limits.PDF.stream)
        return .unchecked(
          UncheckedPart("objects after the first \(size) of a cross-reference section", limit: size))
      }
      fields.append(rows[position..<position + width].reduce(0) { $0 << 8 | UInt64($1) })
      position += width
    }
    // A field of no width has its default: type 1, generation 0.
    switch widths[0] == 0 ? 1 : fields[0] {
    case 0: return .free
    case 1: return .offset(fields[1])
    case 2: return .compressed(stream: fields[1], index: fields[2])
    default: return nil
    }
  }
}

extension PDFCrossReferenceSection {
  /// Reads a table that starts at `offset` with the keyword `xref`; nil if it is invalid.
  init?(tableAt start: UInt64, in window: inout ByteWindow) throws(ReadError) {
    var position = start
    for _ in 0..<Limits.PDF.subsections {
      let step = try Self.subsectionHeader(at: position, in: &window)
      switch step {
      case .nonsense:
        return nil
      case .trailer(let offset):
        guard let loaded = try window.pdfObject(at: offset) else { return nil }
        unchecked = loaded.unchecked
        if unchecked != nil { return }
        guard let trailer = loaded.object?.dictionary else { return nil }
        set(trailer)
        trailerByteCount = loaded.byteCount
        return
      case .subsection(let subsection):
        position = subsection.offset
        guard subsection.count > 0 else { continue }
        let (size, overflow) = subsection.count.multipliedReportingOverflow(by: subsection.entrySize)
        guard !overflow, size <= window.byteCount, window.byteCount - size >= subsection.offset
        else { return nil }
        position += size
        subsections.append(subsection)
      }
    }
    unchecked = Self.tooManySubsections(at: start)
  }

  private static func tooManySubsections(at offset: UInt64) -> UncheckedPart {
    let count = Limits.PDF.subsections
    return UncheckedPart(
      "cross-reference sections of more than \(count) subsections", limit: "\(count) subsections", at: offset)
  }

  private enum Step {
    case subsection(Subsection)
    case trailer(UInt64)
    case nonsense
  }

  /// Reads `first count` and measures the entries after it, or finds the trailer's dictionary.
  private static func subsectionHeader(
    at offset: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> Step {
    var lexer = PDFLexer(try window.available(at: offset, upTo: 128), isWhole: true)
    lexer.skipWhitespace()
    if lexer.skipKeyword("trailer") { return .trailer(lexer.offset) }
    guard let first = lexer.unsignedInteger() else { return .nonsense }
    lexer.skipWhitespace()
    guard let count = lexer.unsignedInteger() else { return .nonsense }
    lexer.skipWhitespace()
    let entries = lexer.offset
    guard count > 0 else {
      return .subsection(Subsection(first: first, count: 0, offset: entries, entrySize: 20))
    }
    // An entry has 20 bytes including its line end. Some writers omit the space before a lone line feed, so
    // the size is measured.
    guard lexer.unsignedInteger() != nil else { return .nonsense }
    lexer.skipWhitespace()
    guard lexer.unsignedInteger() != nil else { return .nonsense }
    lexer.skipWhitespace()
    guard lexer.skipKeyword("n") || lexer.skipKeyword("f") else { return .nonsense }
    lexer.skipWhitespace()
    let size = lexer.offset - entries
    guard (18...24).contains(size) else { return .nonsense }
    return .subsection(Subsection(first: first, count: count, offset: entries, entrySize: size))
  }

  /// What a table says about a number.
  private func tableLocation(
    of number: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> PDFLocation? {
    guard let entry = entry(of: number) else { return nil }
    let count = Int(min(entry.subsection.entrySize, 24))
    var lexer = PDFLexer(try window.available(at: entry.offset, upTo: count), isWhole: true)
    lexer.skipWhitespace()
    guard let offset = lexer.unsignedInteger() else { return nil }
    lexer.skipWhitespace()
    guard lexer.unsignedInteger() != nil else { return nil }
    lexer.skipWhitespace()
    return lexer.skipKeyword("n") ? .offset(offset) : .free
  }
}

extension PDFCrossReferenceSection {
  /// Reads the cross-reference stream at `offset` as an indirect object; nil if there is none or it can't be
  /// decoded.
  init?(streamAt offset: UInt64, in window: inout ByteWindow) throws(ReadError) {
    guard let loaded = try window.pdfObject(at: offset, isIndirect: true) else { return nil }
    if let unchecked = loaded.unchecked {
      self.init()
      self.unchecked = unchecked
      return
    }
    guard let dictionary = loaded.object?.dictionary, let data = loaded.streamOffset,
      let widths = dictionary[.w]?.array?.compactMap(\.integer), widths.count >= 3,
      widths.allSatisfy({ (0...8).contains($0) }), widths[1] > 0
    else { return nil }
    self.init()
    set(dictionary)
    trailerByteCount = loaded.byteCount
    self.widths = Array(widths.prefix(3))
    let size = UInt64(widths.reduce(0, +))

    var numbers = dictionary[.index]?.array?.map { $0.integer.flatMap { UInt64(exactly: $0) } } ?? []
    if numbers.isEmpty {
      numbers = [0, dictionary[.size]?.integer.flatMap { UInt64(exactly: $0) }]
    }
    guard numbers.count / 2 <= Limits.PDF.subsections else {
      unchecked = Self.tooManySubsections(at: offset)
      return
    }
    var position: UInt64 = 0
    for index in stride(from: 0, to: numbers.count - 1, by: 2) {
      guard let first = numbers[index], let count = numbers[index + 1] else { return nil }
      let (length, overflow) = count.multipliedReportingOverflow(by: size)
      let (end, carry) = position.addingReportingOverflow(length)
      guard !overflow, !carry else { return nil }
      subsections.append(
        Subsection(first: first, count: count, offset: position, entrySize: size))
      position = end
    }
    let byteCount = Int(clamping: min(position, UInt64(Limits.PDF.stream)))
    unchecked = PDFStreamDecoder.unchecked(dictionary, at: offset)
    if unchecked != nil { return }
    // If entries are missing, viewers treat the whole section as invalid.
    guard let decoder = PDFStreamDecoder(dictionary),
      let rows = try decoder.decode(at: data, upTo: byteCount, in: &window), rows.count == byteCount
    else { return nil }
    self.rows = rows
  }
}

// ISO 32000-2:2020, 7.3.8.2 "Stream extent" and 7.6 "Encryption"; RFC 959, 3.1.1.1 "ASCII Type".

internal import PreflightFacts
internal import PreflightBytes

/// What a transfer did to a document: the holes that it left, and how it changed data that can't be decoded here, which is
/// encrypted data and images without a filter.
///
/// A length or an offset that is wrong proves nothing: whoever changes a text in a document leaves them as they are, and
/// readers don't need them. But nobody does that to such data.
struct PDFTransfer {
  /// How many bytes after the place that `startxref` states the cross-reference table is.
  private let shift: Int?

  /// The bytes of the encrypted data.
  private var encrypted = ByteCounts()

  /// How many characters beyond ASCII the encrypted data has; nil if it isn't UTF-8.
  private var characters: Int? = 0

  /// The least encrypted data that shows what happened to its line ends: 16 KiB, in which each byte occurs 64 times.
  /// The fewest line feeds in an image: 24, since one in 256 follows a carriage return by chance. The fewest characters
  /// beyond ASCII: 64, since of 14 bytes above 127 one begins a character by chance. The fewest question marks: 256, which
  /// are 512 bytes.
  private static let evidence = (encrypted: 16 << 10, lineFeeds: 24, characters: 64, questionMarks: 256)

  init(_ document: PDFDocument, _ tail: PDFTail, in window: inout ByteWindow) throws(ReadError) {
    guard document.isRebuilt, let startxref = tail.startxref,
      let stated = tail.startOfCrossReference.flatMap(Int.init(exactly:)),
      let table = try window.lastOccurrence(of: "xref", before: startxref)
    else {
      shift = nil
      return
    }
    let (difference, overflow) = (Int(table) - Int(document.header)).subtractingReportingOverflow(stated)
    // Some writers are off by a line end.
    shift = overflow || -2...2 ~= difference ? nil : difference
  }

  /// Whether the table isn't where it should be.
  var isShifted: Bool { shift != nil }

  /// The fault of a stream whose data is shorter or longer than its length by what the table is too early or too late.
  func fault(ofLength declared: Int?, data: Range<UInt64>) -> Fault? {
    guard let shift, let declared, declared >= 0 else { return nil }
    let actual = Int(data.upperBound - data.lowerBound)
    // There may be a line end behind the data.
    let (surplus, overflow) = (actual - declared).subtractingReportingOverflow(shift)
    guard !overflow, 0...2 ~= surplus else { return nil }
    return Fault(
      shift < 0 ? "missing-bytes" : "surplus-bytes", clause: "PDF 7.3.8.2", at: data.lowerBound,
      shift < 0
        ? "Data of a stream is missing: it is shorter than its length, and what follows comes as much too early."
        : "Data was inserted into a stream: it is longer than its length, and what follows comes as much too late.",
      expected: "\(declared) bytes", actual: "\(actual - surplus) bytes")
  }

  /// The fault of an image without a filter that is longer than its length by a carriage return for every line feed.
  static func faultOfLineEnds(
    ofLength declared: Int?, image data: Range<UInt64>, in window: inout ByteWindow
  ) throws(ReadError) -> Fault? {
    guard let declared, declared >= 0 else { return nil }
    let surplus = Int(data.upperBound - data.lowerBound) - declared
    guard surplus >= evidence.lineFeeds else { return nil }
    var counts = ByteCounts()
    try counts.add(data, in: &window)
    // There may be a line end behind the data.
    guard let lineEnds = counts.wholeLineEnds, lineEnds >= evidence.lineFeeds, 0...1 ~= surplus - lineEnds
    else { return nil }
    return Fault(
      "changed-line-ends", clause: "PDF 7.3.8.2", at: data.lowerBound,
      "The line ends in the data of an image were changed: it is longer by a carriage return before every line feed.",
      expected: "\(declared) bytes")
  }

  /// Counts the bytes of encrypted data.
  mutating func count(_ data: Range<UInt64>, in window: inout ByteWindow) throws(ReadError) {
    try encrypted.add(data, in: &window)
    try countCharacters(data, in: &window)
  }

  /// Counts the characters of data, up to the first bytes that are none: the first few.
  private mutating func countCharacters(
    _ data: Range<UInt64>, in window: inout ByteWindow
  ) throws(ReadError) {
    guard var count = characters else { return }
    characters = nil
    var form = UTF8Form()
    var position = data.lowerBound
    while position < data.upperBound {
      let block = try window.block(at: position, upTo: min(Self.blockSize, data.upperBound - position))
      if block.remaining == 0 { break }
      for index in 0..<block.remaining {
        guard let byte = block[index] else { break }
        if byte < 0x80, form.isComplete { continue }
        guard form.take(byte) else { return }
        if form.isComplete { count += 1 }
      }
      position += UInt64(block.remaining)
    }
    if form.isComplete { characters = count }
  }

  /// What reading the encrypted data as text did to it: half of its bytes are above 127, and hardly any two of them in a
  /// row are a character.
  var faultOfText: Fault? {
    let what: String
    if let characters, characters >= Self.evidence.characters {
      what = "its bytes above 127 became characters of UTF-8"
    } else if encrypted[UInt8(ascii: "?")] >= Self.evidence.questionMarks,
      encrypted[UInt8(ascii: "?")] > encrypted.byteCount / 4,
      encrypted.counts[0x80...].allSatisfy({ $0 == 0 })
    {
      what = "its bytes above 127 became question marks"
    } else {
      return nil
    }
    return Fault(
      "read-as-text", clause: "PDF 7.6", at: nil,
      "The encrypted data was read as text, so it can't be decrypted: \(what).")
  }

  /// What happened to the line ends in the encrypted data, in which every byte is as frequent as any other.
  var faultOfLineEnds: Fault? {
    guard encrypted.byteCount >= Self.evidence.encrypted else { return nil }
    let what: String
    switch encrypted.missing {
    case [0x0d]: what = "no carriage return is left"
    case [0x0a]: what = "no line feed is left"
    case [] where encrypted.wholeLineEnds != nil: what = "there is a carriage return before every line feed"
    default: return nil
    }
    return Fault(
      "changed-line-ends", clause: "PDF 7.6", at: nil,
      "The line ends in the encrypted data were changed, so it can't be decrypted: \(what).")
  }

  private static let blockSize: UInt64 = 32 << 10

  /// The shortest run of NULs that is a hole: nothing in a document's text has as many.
  private static let holeByteCount = 256

  private static let endOfFile = bytes(of: "%%EOF ")
  private static let imageData = bytes(of: "ID ")
  private static let space = bytes(of: " ")

  private static func bytes(of word: String) -> UInt64 { word.utf8.reduce(0) { $0 << 8 | UInt64($1) } }

  /// The fault of a run of NULs in a range. Behind the end of a document there may be padding before an update, and at
  /// the end of a string room for a signature.
  ///
  /// - Parameter isContent: Whether the range has operators. An inline image, which may follow them, has any bytes.
  static func hole(
    in range: Range<UInt64>, of window: inout ByteWindow, isContent: Bool = false
  ) throws(ReadError) -> Fault? {
    var position = range.lowerBound
    var zeros = 0
    // The last bytes, with a space for each white space.
    var recent: UInt64 = 0
    var start: UInt64?
    while position < range.upperBound {
      let span = try window.block(at: position, upTo: min(blockSize, range.upperBound - position))
      if span.remaining == 0 { break }
      for index in 0..<span.remaining {
        guard let byte = span[index] else { break }
        if byte != 0 {
          if let start, byte != UInt8(ascii: ")") { return hole(at: start) }
          start = nil
        }
        let isSpace = byte.isPDFWhitespace
        if !isSpace || recent & 0xff != space { recent = recent << 8 | (isSpace ? space : UInt64(byte)) }
        let isOwnWord = !UInt8(truncatingIfNeeded: recent >> 24).isPDFRegular
        if isContent, recent & 0xff_ffff == imageData, isOwnWord { return nil }
        zeros = byte == 0 ? zeros + 1 : 0
        if zeros == holeByteCount, recent & 0xffff_ffff_ffff != endOfFile {
          start = position + UInt64(index + 1) - UInt64(holeByteCount)
        }
      }
      position += UInt64(span.remaining)
    }
    return start.map(hole)
  }

  private static func hole(at offset: UInt64) -> Fault {
    Fault(
      "hole", clause: "PDF 7.2.3", at: offset,
      "Part of the document is missing: there is a run of NULs in place of its objects or their data.")
  }
}

internal import PreflightFacts
internal import PreflightBytes

/// Checks the compressed data of one image (section 10.2) against the rows that it has to produce.
///
/// It is gathered and decompressed in one step where it is little enough, as most images are; what is larger,
/// or turns out not to be right, goes through a small buffer in pieces.
struct PNGImageData: ~Copyable {
  /// DEFLATE can't make more bytes than this out of one.
  private static let maximumRatio: UInt64 = 1032

  /// What is wrong, and where.
  struct Problem {
    enum Kind {
      case damaged
      case badEnd
      case filterType(UInt8)
      case tooShort
    }

    let kind: Kind
    /// The file offset of the chunk data in which it shows; nil if data is missing at the end.
    let offset: UInt64?
  }

  /// How many bytes the rows have.
  let byteCount: UInt64

  /// The run of chunk data that begins at a place in the file and in what is gathered.
  private struct Run {
    let offset: UInt64
    let start: Int
  }

  private let passes: [PNGPass]
  /// Whether the data is decompressed: what goes over the budget isn't, and nothing is found out about it but that it is
  /// far too short.
  let isDecompressed: Bool
  private var compressedByteCount: UInt64 = 0
  /// The compressed data, as long as it is little enough to be decompressed in one step.
  private var gathered: [UInt8] = []
  private var runs: [Run] = []
  /// The decompression in pieces, of what is too much for that or turned out not to be right.
  private var pieces: PNGImageDataPieces?

  init(_ passes: [PNGPass], budget: UInt64) {
    self.passes = passes
    var total: UInt64 = 0
    for pass in passes {
      let (sum, overflow) = total.addingReportingOverflow(pass.byteCount)
      total = overflow ? .max : sum
    }
    byteCount = total
    isDecompressed = total <= budget
    if isDecompressed, total > Limits.Unpacker.byteCount { pieces = PNGImageDataPieces(passes) }
  }

  /// How much of the budget is used up.
  var cost: UInt64 { isDecompressed ? byteCount : 0 }

  /// Adds the next compressed bytes.
  ///
  /// - Parameters:
  ///   - offset: Where the data of their chunk begins.
  /// - Returns: What is wrong with the data so far, where that shows already.
  mutating func take(_ data: ByteSpan, ofChunkAt offset: UInt64) -> Problem? {
    compressedByteCount += UInt64(data.remaining)
    guard isDecompressed else { return nil }
    if pieces == nil, gathered.count + data.remaining > Limits.Unpacker.packedByteCount {
      if let problem = takeGathered() { return problem }
    }
    if pieces != nil { return pieces?.take(data.bytes, ofChunkAt: offset) }
    if runs.last?.offset != offset { runs.append(Run(offset: offset, start: gathered.count)) }
    data.bytes.withUnsafeBytes { gathered.append(contentsOf: $0) }
    return nil
  }

  /// What is wrong when no more data comes.
  mutating func end(_ unpacker: Unpacker) -> Problem? {
    guard isDecompressed else {
      let isTooShort = compressedByteCount < byteCount / Self.maximumRatio
      return isTooShort ? Problem(kind: .tooShort, offset: nil) : nil
    }
    if pieces == nil {
      let passes = self.passes
      let isSound = unpacker.unpack(gathered.span.bytes, wrapper: .zlib, expecting: byteCount) {
        PNGPass.haveFilterTypes(passes, in: $0)
      }
      if isSound == true { return nil }
      if let problem = takeGathered() { return problem }
    }
    return pieces?.problemAtEnd
  }

  /// Gives to the decompression in pieces what was held back from it.
  private mutating func takeGathered() -> Problem? {
    var pieces = PNGImageDataPieces(passes)
    var problem: Problem?
    for (index, run) in runs.enumerated() where problem == nil {
      let end = index + 1 < runs.count ? runs[index + 1].start : gathered.count
      problem = pieces.take(gathered.span.bytes.extracting(run.start..<end), ofChunkAt: run.offset)
    }
    (gathered, runs) = ([], [])
    self.pieces = consume pieces
    return problem
  }
}

extension PNGImageData.Problem {
  /// The problem as a fault of the data in chunks of type `chunk`, which end at `end`.
  func fault(_ chunk: FourCC, endingAt end: UInt64) -> Fault {
    let offset = offset ?? end
    return switch kind {
    case .damaged:
      Fault(
        "compressed-data", clause: "PNG 10.1", at: offset,
        "The compressed image data is corrupt.", actual: chunk.description)
    case .badEnd:
      Fault(
        "compressed-data-end", clause: "RFC 1950 2.2", at: offset,
        "The compressed image data doesn't match its checksum.",
        actual: chunk.description)
    case .filterType(let type):
      Fault(
        "filter-type", clause: "PNG 9.2", at: offset,
        "An image row has an invalid filter type.",
        expected: "0 to 4", actual: "\(type)")
    case .tooShort:
      Fault(
        "not-enough-image-data", clause: "PNG 10.2", at: offset,
        "The compressed data ends before the image is complete.", actual: chunk.description)
    }
  }
}

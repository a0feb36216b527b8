internal import PreflightFacts
internal import PreflightBytes

/// Checks the compressed data of one image (section 10.2) against the rows that it has to produce.
///
/// It is collected and decompressed in one step if it is small enough, as in most images. Larger or invalid
/// data is decompressed in pieces through a small buffer.
struct PNGImageData: ~Copyable {
  /// DEFLATE can't expand one byte to more than this.
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
    /// The file offset of the chunk data with the fault; nil if data is missing at the end.
    let offset: UInt64?
  }

  /// How many bytes the rows have.
  let byteCount: UInt64

  /// The run of chunk data that starts at a file offset and at an offset in the collected data.
  private struct Run {
    let offset: UInt64
    let start: Int
  }

  private let passes: [PNGPass]
  /// Whether the data is decompressed. Data over the budget isn't, and is only checked for being far too
  /// short.
  let isDecompressed: Bool
  private var compressedByteCount: UInt64 = 0
  /// The compressed data, if it is small enough to decompress in one step.
  private var gathered: [UInt8] = []
  private var runs: [Run] = []
  /// The decompression in pieces, for data that is too large or invalid.
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
  ///   - offset: The offset of the chunk's data.
  /// - Returns: The fault in the data so far, if any.
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
      let isValid = unpacker.unpack(gathered.span.bytes, wrapper: .zlib, expecting: byteCount) {
        PNGPass.haveFilterTypes(passes, in: $0)
      }
      if isValid == true { return nil }
      if let problem = takeGathered() { return problem }
    }
    return pieces?.problemAtEnd
  }

  /// Passes the collected data to the decompression in pieces.
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

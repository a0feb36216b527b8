internal import PreflightBytes

/// Holds the compressed data of one picture (section 10.2) against the rows that it has to make: it is
/// decompressed into a small buffer over and over, counted, and thrown away.
struct PNGImageData: ~Copyable {
  /// Pictures of one file that make more than this aren't decompressed: a small file can promise
  /// terabytes. 256 MiB are 8,000 × 8,000 points with transparency, and some tenths of a second.
  static let maximumByteCount: UInt64 = 1 << 28

  /// DEFLATE can't make more bytes than this out of one.
  private static let maximumRatio: UInt64 = 1032

  enum Problem {
    case damaged
    case filterType(UInt8)
    case tooShort
  }

  /// How many bytes the rows have.
  let byteCount: UInt64

  private var passes: ArraySlice<PNGPass>
  private var rowLength: UInt64 = 0
  private var rowsLeft: UInt64 = 0
  /// The bytes of the current row that are still to come.
  private var rowRest: UInt64 = 0
  private var inflate = Inflate(.zlib)
  /// Empty where the data is too much to be decompressed.
  private var buffer: [UInt8]
  private var compressedByteCount: UInt64 = 0
  private var isComplete = false
  private var problem: Problem?

  init(_ passes: [PNGPass], budget: UInt64) {
    self.passes = passes[...]
    var total: UInt64 = 0
    for pass in passes {
      let (sum, overflow) = total.addingReportingOverflow(pass.byteCount)
      total = overflow ? .max : sum
    }
    byteCount = total
    buffer = total > budget ? [] : [UInt8](repeating: 0, count: Int(min(total, 1 << 16)))
  }

  /// How much of the budget is used up.
  var cost: UInt64 { buffer.isEmpty ? 0 : byteCount }

  /// Takes in the next compressed bytes.
  ///
  /// - Returns: What is wrong with the data so far.
  mutating func take(_ data: ByteSpan) throws(ReadError) -> Problem? {
    var data = data
    data = try data.take(data.remaining)
    compressedByteCount += UInt64(data.remaining)
    while !buffer.isEmpty, problem == nil, !isComplete {
      let (consumed, produced, status) = inflate.step(data, into: &buffer)
      count(produced)
      if status == .damaged, !isComplete { problem = .damaged }
      if status == .ended, !isComplete { problem = problem ?? .tooShort }
      if status == .more, produced < buffer.count { break }
      try data.skip(consumed)
      data = try data.take(data.remaining)
    }
    return problem
  }

  /// What is wrong when no more data comes.
  var problemAtEnd: Problem? {
    if !buffer.isEmpty { return problem ?? (isComplete ? nil : .tooShort) }
    return compressedByteCount < byteCount / Self.maximumRatio ? .tooShort : nil
  }

  /// Counts rows off against `produced` bytes in the buffer and looks at the filter type of each.
  private mutating func count(_ produced: Int) {
    var index = 0
    while index < produced {
      if rowRest == 0 {
        if rowsLeft == 0 {
          guard let pass = passes.popFirst() else { break }
          rowsLeft = pass.rows
          rowLength = pass.rowLength
        }
        guard buffer[index] <= 4 else {
          problem = .filterType(buffer[index])
          return
        }
        rowsLeft -= 1
        rowRest = rowLength
      }
      let step = min(rowRest, UInt64(produced - index))
      rowRest -= step
      index += Int(step)
    }
    isComplete = rowRest == 0 && rowsLeft == 0 && passes.isEmpty
  }
}

extension PNGImageData.Problem {
  /// The problem as a fault of the data at `offset` in chunks of type `chunk`.
  func fault(_ chunk: FourCC, at offset: UInt64) -> Fault {
    switch self {
    case .damaged:
      Fault(
        "compressed-data", clause: "PNG 10.1", at: offset,
        "The compressed data of the picture is broken: it can't be decompressed.", actual: chunk.description)
    case .filterType(let type):
      Fault(
        "filter-type", clause: "PNG 9.2", at: offset,
        "A row of the picture has a filter type that does not exist.",
        expected: "0 to 4", actual: "\(type)")
    case .tooShort:
      Fault(
        "not-enough-image-data", clause: "PNG 10.2", at: offset,
        "The compressed data ends before it has made the whole picture.", actual: chunk.description)
    }
  }
}

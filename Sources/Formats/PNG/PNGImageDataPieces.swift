internal import PreflightFacts
internal import PreflightBytes

/// Decompresses the data of one image repeatedly into a small buffer, counts the rows, and discards them.
/// Memory is constant for any size, and faults have an offset.
struct PNGImageDataPieces: ~Copyable {
  private var passes: ArraySlice<PNGPass>
  private var rowLength: UInt64 = 0
  private var rowsLeft: UInt64 = 0
  /// The remaining bytes of the current row.
  private var rowRest: UInt64 = 0
  private var inflate = Inflate(.zlib)
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var isComplete = false
  /// Whether all further data is irrelevant: the stream has ended, or has produced more than the image, and
  /// decoders ignore the rest.
  private var isOver = false
  private var problem: PNGImageData.Problem.Kind?

  init(_ passes: [PNGPass]) { self.passes = passes[...] }

  /// Adds the next compressed bytes.
  ///
  /// - Returns: What is wrong with the data so far.
  mutating func take(_ data: RawSpan, ofChunkAt offset: UInt64) -> PNGImageData.Problem? {
    var position = 0
    while problem == nil, !isOver {
      let rest = ByteSpan(data.extracting(position..<data.byteCount), at: 0)
      let (consumed, produced, status) = inflate.step(rest, into: &buffer)
      count(produced)
      if isOver { break }
      isOver = status == .ended
      if status == .damaged { problem = isComplete ? problem ?? .badEnd : .damaged }
      if isOver, !isComplete { problem = problem ?? .tooShort }
      if status == .more, produced < buffer.count { break }
      position += consumed
    }
    return problem.map { PNGImageData.Problem(kind: $0, offset: offset) }
  }

  /// What is wrong when no more data comes.
  var problemAtEnd: PNGImageData.Problem? {
    isComplete ? nil : PNGImageData.Problem(kind: .tooShort, offset: nil)
  }

  /// Counts the rows in `produced` bytes of the buffer and checks the filter type of each.
  private mutating func count(_ produced: Int) {
    var index = 0
    while index < produced {
      if rowRest == 0 {
        if rowsLeft == 0 {
          guard let pass = passes.popFirst() else {
            isOver = true
            break
          }
          rowsLeft = pass.rows
          rowLength = pass.rowLength
        }
        guard buffer[index] <= PNGPass.lastFilterType else {
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

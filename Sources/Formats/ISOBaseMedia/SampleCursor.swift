internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The samples of a track one after the other, with the place of each.
  struct SampleCursor {
    private var chunk: TableReader
    private var run: ChunkRuns
    private var sizes: SampleSizes.Adder
    private let entrySize: Int
    /// Where the next sample begins; nil after the last one.
    private(set) var start: UInt64?
    /// The samples of the chunk that are still to come.
    private var left: UInt64 = 0

    /// nil if the tables don't say where each sample is.
    init?(_ table: SampleTable, in window: inout ByteWindow) throws(ReadError) {
      guard let chunks = table.chunks, let chunkRuns = table.chunkRuns, let sizes = table.sizes,
        !table.isCounted
      else { return nil }
      chunk = TableReader(chunks)
      entrySize = chunks.entrySize
      run = ChunkRuns(chunkRuns, entryCount: 0)
      self.sizes = SampleSizes.Adder(sizes)
      try findChunk(in: &window)
    }

    /// Goes to the next chunk that has a sample.
    private mutating func findChunk(in window: inout ByteWindow) throws(ReadError) {
      start = nil
      while left == 0 {
        guard try chunk.advance(in: &window) else { return }
        left = min(try run.next(in: &window), sizes.left)
      }
      start = chunk.number(entrySize)
    }

    /// The next sample, or nil after the last one.
    mutating func next(in window: inout ByteWindow) throws(ReadError) -> Range<UInt64>? {
      guard let begin = start, sizes.left > 0 else {
        start = nil
        return nil
      }
      let (end, overflow) = begin.addingReportingOverflow(try sizes.add(1, in: &window))
      left -= 1
      start = end
      if overflow { start = nil } else if left == 0 { try findChunk(in: &window) }
      return begin..<(overflow ? begin : end)
    }
  }
}

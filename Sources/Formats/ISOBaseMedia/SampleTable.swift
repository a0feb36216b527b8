internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The sample table box, `stbl` (ISO/IEC 14496-12, 8.5.1): the format, time and location of samples.
  struct SampleTable {
    private(set) var description: Box?
    private(set) var timing: SampleTiming?
    /// Whether there is a table of composition offsets.
    private(set) var hasOffsets = false
    private(set) var sampleCount: UInt64 = 0
    /// The bytes of all samples.
    private(set) var byteCount: UInt64 = 0
    /// The end of the last sample in the file, and the offset of its chunk's entry in the index.
    private(set) var lastByte: (end: UInt64, noted: UInt64) = (0, 0)
    /// The offset after the start of the last chunk in the file.
    private(set) var lastStart: (end: UInt64, noted: UInt64) = (0, 0)
    /// Where the first chunk lies.
    private(set) var firstChunk: UInt64?

    private let box: Box
    /// How many forms the samples have.
    private var entryCount: UInt32 = 0
    private var times: Table?
    private var offsets: Table?
    private(set) var chunkRuns: Table?
    private(set) var sizes: SampleSizes?
    private var hasSizes = false
    private(set) var chunks: Table?

    init(_ box: Box, in window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
      self.box = box
      var children = Children(of: box)
      while let child = try children.next(in: &window, into: &reading) {
        switch child.type {
        case "stsd":
          if description == nil {
            description = child
            if child.payloadCount >= 8 {
              entryCount = try window.bigEndian(UInt32.self, at: child.payload + 4)
            }
          }
        case "stts":
          times = try Table(counted: child, entrySize: 8, in: &window, into: &reading)
        case "ctts":
          offsets = try Table(counted: child, entrySize: 8, in: &window, into: &reading)
        case "stss":
          // The sync samples aren't used here, but players reject a table that can't be read.
          _ = try Table(counted: child, entrySize: 4, in: &window, into: &reading)
        case "stsc":
          chunkRuns = try Table(counted: child, entrySize: 12, in: &window, into: &reading)
        case "stsz", "stz2":
          hasSizes = true
          sizes = try SampleSizes(child, in: &window, into: &reading)
        case "stco":
          chunks = try Table(counted: child, entrySize: 4, in: &window, into: &reading)
        case "co64":
          chunks = try Table(counted: child, entrySize: 8, in: &window, into: &reading)
        default:
          break
        }
      }
      sampleCount = sizes?.count ?? 0
      hasOffsets = offsets.map { $0.count > 0 } ?? false
      if let times { timing = try SampleTiming(times: times, offsets: offsets, in: &window) }
      try placeSamples(in: &window)
    }

    /// A run of chunks that players reject.
    private var badRun: Fault?
    /// How many samples are in a chunk, and how many chunks have no sample.
    private var placed: (samples: UInt64, emptyChunks: UInt64) = (0, 0)

    /// Maps samples to chunks (ISO/IEC 14496-12, 8.7.4 and 8.7.5).
    private mutating func placeSamples(in window: inout ByteWindow) throws(ReadError) {
      guard let chunks, let chunkRuns, let sizes else { return }
      var chunk = TableReader(chunks)
      var run = ChunkRuns(chunkRuns, entryCount: entryCount)
      var adder = SampleSizes.Adder(sizes)
      while try chunk.advance(in: &window) {
        let samplesPerChunk = try run.next(in: &window)
        let before = adder.passed
        let bytes = try adder.add(samplesPerChunk, in: &window)
        if samplesPerChunk > 0, adder.passed == before { placed.emptyChunks += 1 }
        let (total, overflow) = byteCount.addingReportingOverflow(bytes)
        byteCount = overflow ? .max : total
        let start = chunk.number(chunks.entrySize)
        if firstChunk == nil { firstChunk = start }
        let (end, wraps) = start.addingReportingOverflow(bytes)
        guard bytes > 0 else { continue }
        if wraps || end > lastByte.end { lastByte = (wraps ? .max : end, chunk.offset) }
        if start >= lastStart.end { lastStart = (start == .max ? start : start + 1, chunk.offset) }
      }
      placed.samples = adder.passed
      badRun = try run.fault(chunkCount: chunks.count, in: &window)
    }

    /// Whether all samples have the same form.
    var hasOneEntry: Bool { entryCount == 1 }

    /// Whether the samples are counted rather than measured: QuickTime gives audio samples the size 1,
    /// whatever the codec.
    var isCounted: Bool { sizes?.constant == 1 }

    /// Whether there is no size at all, not even a common one.
    private var hasNoSize: Bool { sizes.map { $0.constant == nil && $0.isWhole } ?? false }

    /// Where the first samples lie.
    func firstSamples(
      _ limit: Int, in window: inout ByteWindow
    ) throws(ReadError) -> [Range<UInt64>] {
      guard let chunks, let sizes, let chunkRuns else { return [] }
      var chunk = TableReader(chunks)
      var run = ChunkRuns(chunkRuns, entryCount: entryCount)
      var adder = SampleSizes.Adder(sizes)
      var samples: [Range<UInt64>] = []
      for _ in 0..<limit where samples.count < limit {
        guard try chunk.advance(in: &window) else { break }
        var start = chunk.number(chunks.entrySize)
        let count = try run.next(in: &window)
        for _ in 0..<min(UInt64(limit - samples.count), count) {
          let (end, overflow) = start.addingReportingOverflow(try adder.add(1, in: &window))
          if overflow || end == start { return samples }
          samples.append(start..<end)
          start = end
        }
      }
      return samples
    }

    /// Reports that no sample has a byte, so that there is nothing to decode.
    func tellEmptySamples(into reading: inout Reading) {
      guard placed.samples > 0, byteCount == 0 else { return }
      reading.add(.emptySamples(box, count: placed.samples))
    }

    /// Reports what prevents playing the track. A truncated box has already been reported.
    func tellFaults(into reading: inout Reading) {
      guard !box.isCut else { return }
      guard description != nil else {
        return reading.add(.missingBox("stsd", in: box))
      }
      let chunkCount = chunks?.count ?? 0
      // A track without samples, as before fragments, may have no tables.
      let runCount = chunkRuns?.count ?? 0
      guard chunkCount > 0 || sampleCount > 0 || runCount > 0 else { return }
      if chunks == nil {
        reading.add(.missingBox("stco", in: box))
      } else if chunkRuns == nil {
        reading.add(.missingBox("stsc", in: box))
      } else if !hasSizes {
        reading.add(.missingBox("stsz", in: box))
      } else if times == nil {
        reading.add(.missingBox("stts", in: box))
      } else if chunkCount == 0, runCount > 0 {
        reading.add(
          .tablesDisagree(box, expected: "chunks for \(runCount) runs of chunks", actual: "0 chunks"))
      } else if let badRun {
        reading.add(badRun)
      } else if sampleCount == 0, hasNoSize {
        reading.add(
          .tablesDisagree(
            box, expected: "samples in \(chunkCount) chunks", actual: "no sample with a size"))
      } else if placed.samples < sampleCount, sizes?.isWhole == true {
        reading.add(
          .tablesDisagree(
            box, expected: "\(sampleCount) samples with a place",
            actual: "\(placed.samples) samples with a place"))
      } else if placed.emptyChunks > 1 {
        // Players ignore one extra chunk at the end.
        reading.add(
          .tablesDisagree(
            box, expected: "samples in \(chunkCount) chunks",
            actual: "\(placed.emptyChunks) chunks without samples"))
      } else if timing?.sampleCount == 0 {
        reading.add(
          .tablesDisagree(
            box, expected: "\(sampleCount) samples with a time", actual: "0 samples with a time"))
      }
    }
  }

  /// The number of samples in each chunk: `stsc` (ISO/IEC 14496-12, 8.7.4).
  struct ChunkRuns {
    private var reader: TableReader
    private var number: UInt64 = 0
    private var samplesPerChunk: UInt64 = 0
    private var hasNext = false
    private var firstChunk: UInt32 = 0
    private let entryCount: UInt32
    /// Where the present run is noted.
    private var offset: UInt64 = 0
    /// The fault in the first run that players reject.
    private var fault: Fault?

    /// - Parameter entryCount: How many formats the samples have.
    init(_ table: Table, entryCount: UInt32) {
      reader = TableReader(table)
      self.entryCount = entryCount
    }

    /// The fault in the first run that players reject, even if there are no chunks for it.
    mutating func fault(chunkCount: UInt64, in window: inout ByteWindow) throws(ReadError) -> Fault? {
      while hasNext { try takeRun(in: &window) }
      // Players skip a last run without samples, and some writers end the table with one.
      if fault == nil, UInt64(firstChunk) > chunkCount, chunkCount > 0, samplesPerChunk > 0 {
        fault = .misplacedRun(firstChunk, expected: "first_chunk ≤ \(chunkCount)", at: offset)
      }
      return fault
    }

    mutating func next(in window: inout ByteWindow) throws(ReadError) -> UInt64 {
      number += 1
      if number == 1 {
        // The first run starts at the first chunk, whatever its number.
        hasNext = try reader.advance(in: &window)
        if hasNext { try takeRun(in: &window) }
      }
      while hasNext, UInt64(reader.u32()) <= number { try takeRun(in: &window) }
      return samplesPerChunk
    }

    private mutating func takeRun(in window: inout ByteWindow) throws(ReadError) {
      let chunk = reader.u32()
      offset = reader.offset
      if fault == nil { fault = faultOfRun(chunk) }
      firstChunk = max(chunk, 1)
      // Players take the number for one with a sign.
      samplesPerChunk = UInt64(max(0, Int32(bitPattern: reader.u32(at: 4))))
      hasNext = try reader.advance(in: &window)
    }

    private func faultOfRun(_ chunk: UInt32) -> Fault? {
      if firstChunk == 0, chunk != 1 {
        return .misplacedRun(chunk, expected: "first_chunk 1", at: offset)
      }
      // Players skip a run without chunks: one that starts with the next run.
      if chunk < firstChunk {
        return .misplacedRun(chunk, expected: "first_chunk ≥ \(firstChunk)", at: offset)
      }
      let entry = reader.u32(at: 8)
      guard entryCount > 0, entry > entryCount else { return nil }
      return .unknownSampleEntry(entry, count: entryCount, at: offset + 8)
    }
  }
}

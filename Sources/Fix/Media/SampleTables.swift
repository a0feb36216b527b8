internal import PreflightBytes

/// The sample tables of a track (ISO/IEC 14496-12, 8.5 to 8.7) as a list of samples.
struct SampleTables {
  private let sizes: MemoryBox
  private let times: MemoryBox
  private let compositions: MemoryBox?
  private let syncs: MemoryBox?
  private let chunks: MemoryBox
  private let offsets: MemoryBox

  init(_ table: MemoryBox) throws(RewriteError) {
    let boxes = try table.children()
    func box(_ types: FourCC...) -> MemoryBox? { boxes.first { types.contains($0.type) } }
    guard let sizes = box("stsz", "stz2"), let times = box("stts"), let chunks = box("stsc"),
      let offsets = box("stco", "co64")
    else { throw .inconsistent }
    (self.sizes, self.times, self.chunks, self.offsets) = (sizes, times, chunks, offsets)
    compositions = box("ctts")
    syncs = box("stss")
  }

  /// - Parameter limit: How many samples there may be.
  func samples(limit: Int) throws(RewriteError) -> [MediaTrack.Sample] {
    var samples = try sized(limit: limit)
    try place(&samples)
    try time(&samples)
    if let compositions { try compose(&samples, by: compositions) }
    if let syncs { try markSyncs(&samples, by: syncs) }
    return samples
  }

  private func sized(limit: Int) throws(RewriteError) -> [MediaTrack.Sample] {
    var reader = BoxReader(sizes.body)
    try reader.skip(4)
    var width = 32
    var common: UInt32 = 0
    if sizes.type == "stz2" {
      width = Int(try reader.u32() & 0xff)
    } else {
      common = try reader.u32()
    }
    let count = Int(try reader.u32())
    guard count <= limit else { throw .tooMuch }
    // Without a common size, each has an entry.
    if common == 0, width > 0, reader.remaining < count / 8 * width { throw .pastEnd }
    var samples: [MediaTrack.Sample] = []
    samples.reserveCapacity(min(count, 1 << 16))
    var half: UInt8?
    for _ in 0..<count {
      var size = common
      if common == 0 {
        switch width {
        case 32: size = try reader.u32()
        case 16: size = UInt32(try reader.u16())
        case 8: size = UInt32(try reader.u8())
        case 4:
          if let low = half {
            size = UInt32(low)
            half = nil
          } else {
            let byte = try reader.u8()
            size = UInt32(byte >> 4)
            half = byte & 0xf
          }
        default: throw .inconsistent
        }
      }
      samples.append(MediaTrack.Sample(offset: 0, size: size, duration: 0))
    }
    return samples
  }

  /// Chunk by chunk (8.7.4, 8.7.5).
  private func place(_ samples: inout [MediaTrack.Sample]) throws(RewriteError) {
    var places = BoxReader(offsets.body)
    try places.skip(4)
    let chunkCount = try places.u32()
    var runs = BoxReader(chunks.body)
    try runs.skip(4)
    var runsLeft = try runs.u32()
    // The first chunk of the next run, the samples of a chunk now and then.
    var nextFirst: UInt32 = 0
    var (perChunk, nextPerChunk): (UInt32, UInt32) = (0, 0)
    func next() throws(RewriteError) {
      guard runsLeft > 0 else {
        nextFirst = .max
        return
      }
      runsLeft -= 1
      nextFirst = try runs.u32()
      nextPerChunk = try runs.u32()
      if try runs.u32() != 1 { throw RewriteError("its samples change their format") }
    }
    try next()
    var index = 0
    for chunk in 0..<chunkCount {
      if index == samples.count { break }
      while nextFirst <= chunk + 1 {
        perChunk = nextPerChunk
        try next()
      }
      var offset = offsets.type == "co64" ? try places.u64() : UInt64(try places.u32())
      for _ in 0..<perChunk {
        guard index < samples.count else { break }
        samples[index].offset = offset
        let (end, overflow) = offset.addingReportingOverflow(UInt64(samples[index].size))
        if overflow { throw .pastEnd }
        offset = end
        index += 1
      }
    }
    if index < samples.count { throw .inconsistent }
  }

  private func time(_ samples: inout [MediaTrack.Sample]) throws(RewriteError) {
    var reader = BoxReader(times.body)
    try reader.skip(4)
    var runs = try reader.u32()
    var index = 0
    while runs > 0, index < samples.count {
      runs -= 1
      let (count, duration) = (try reader.u32(), try reader.u32())
      let end = min(samples.count, index + Int(count))
      while index < end {
        samples[index].duration = duration
        index += 1
      }
    }
    // Writers that stopped early leave out the last.
    let last = index > 0 ? samples[index - 1].duration : 0
    while index < samples.count {
      samples[index].duration = last
      index += 1
    }
  }

  private func compose(_ samples: inout [MediaTrack.Sample], by box: MemoryBox) throws(RewriteError) {
    var reader = BoxReader(box.body)
    try reader.skip(4)
    var runs = try reader.u32()
    var index = 0
    while runs > 0, index < samples.count {
      runs -= 1
      let (count, offset) = (try reader.u32(), Int32(bitPattern: try reader.u32()))
      let end = min(samples.count, index + Int(count))
      while index < end {
        samples[index].composition = offset
        index += 1
      }
    }
  }

  private func markSyncs(_ samples: inout [MediaTrack.Sample], by box: MemoryBox) throws(RewriteError) {
    for index in samples.indices { samples[index].isSync = false }
    var reader = BoxReader(box.body)
    try reader.skip(4)
    let count = try reader.u32()
    for _ in 0..<count {
      let number = Int(try reader.u32())
      if number >= 1, number <= samples.count { samples[number - 1].isSync = true }
    }
  }
}

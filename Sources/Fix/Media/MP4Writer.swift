internal import PreflightBytes

/// Puts tracks into a plain MP4 (ISO/IEC 14496-12): the index first, one media data box, packets in the order of the
/// source.
struct MP4Writer {
  private let media: MediaTracks
  /// The chunks of all tracks in the order of the file.
  private var chunks: [Chunk] = []

  private struct Chunk {
    let track: Int
    var samples: Range<Int>
    var byteCount: UInt64
  }

  /// - Precondition: Each track has an entry, and its samples are in the source.
  static func splice(_ media: MediaTracks) throws(RewriteError) -> Splice {
    guard !media.tracks.isEmpty else { throw RewriteError("it has no track to keep") }
    var writer = MP4Writer(media: media)
    for track in media.tracks where track.entry.isEmpty { throw RewriteError("its codec isn't for MP4") }
    writer.interleave()
    return try writer.splice()
  }

  private init(media: MediaTracks) { self.media = media }

  /// Packets follow each other as in the source, which was interleaved to be played; a chunk is some packets of a track
  /// in a row, of a second at most.
  private mutating func interleave() {
    var next = [Int](repeating: 0, count: media.tracks.count)
    var lengths = next
    while true {
      var first: Int?
      for index in media.tracks.indices where next[index] < media.tracks[index].samples.count {
        let offset = media.tracks[index].samples[next[index]].offset
        if let known = first, media.tracks[known].samples[next[known]].offset <= offset { continue }
        first = index
      }
      guard let index = first else { return }
      let track = media.tracks[index]
      let number = next[index]
      let size = UInt64(track.samples[number].size) + UInt64(track.prefix.count)
      let duration = Int(track.samples[number].duration)
      if let last = chunks.last, last.track == index, lengths[index] + duration <= Int(track.timescale) {
        chunks[chunks.count - 1].samples = last.samples.lowerBound..<number + 1
        chunks[chunks.count - 1].byteCount += size
        lengths[index] += duration
      } else {
        chunks.append(Chunk(track: index, samples: number..<number + 1, byteCount: size))
        lengths[index] = duration
      }
      next[index] += 1
    }
  }

  private func splice() throws(RewriteError) -> Splice {
    let isAudio = media.tracks.allSatisfy { !$0.isVideo }
    var head = BoxWriter()
    try head.box("ftyp") { writer in
      let brands: [FourCC] =
        isAudio ? ["M4A ", "M4A ", "mp42", "isom"] : ["isom", "isom", "iso2", "avc1", "mp41"]
      writer.raw(brands[0].bytes)
      writer.u32(isAudio ? 0 : 0x200)
      for brand in brands.dropFirst() { writer.raw(brand.bytes) }
    }
    let mediaBytes = chunks.reduce(0) { $0 + $1.byteCount }
    // A box of 4 GiB has a longer header (4.2).
    let headerSize: UInt64 = mediaBytes + 8 > UInt64(UInt32.max) ? 16 : 8
    // Where the chunks begin depends on the size of the index, which depends on how they are numbered.
    var movie = try self.movie(from: 0, isLong: false)
    var start = UInt64(head.bytes.count + movie.count) + headerSize
    let isLong = start + mediaBytes > UInt64(UInt32.max)
    if isLong {
      movie = try self.movie(from: 0, isLong: true)
      start = UInt64(head.bytes.count + movie.count) + headerSize
    }
    head.raw(try self.movie(from: start, isLong: isLong))
    if headerSize == 16 {
      head.u32(1)
      head.raw(FourCC("mdat").bytes)
      head.u64(mediaBytes + 16)
    } else {
      head.u32(UInt32(mediaBytes + 8))
      head.raw(FourCC("mdat").bytes)
    }
    var splice = Splice()
    splice.append(head.bytes)
    for chunk in chunks {
      let track = media.tracks[chunk.track]
      for sample in track.samples[chunk.samples] {
        splice.append(track.prefix)
        splice.append(sample.offset..<sample.offset + UInt64(sample.size))
      }
    }
    return splice
  }

  // MARK: The index

  private func movie(from start: UInt64, isLong: Bool) throws(RewriteError) -> [UInt8] {
    let durations = media.tracks.map(movieDuration)
    var writer = BoxWriter()
    try writer.box("moov") { writer throws(RewriteError) in
      try writer.fullBox("mvhd", version: 1) { writer in
        writer.zeros(16)
        writer.u32(media.movieTimescale)
        writer.u64(durations.max() ?? 0)
        writer.u32(0x1_0000)
        writer.u16(0x100)
        writer.zeros(10)
        writer.raw(Self.identity)
        writer.zeros(24)
        writer.u32(UInt32(media.tracks.count + 1))
      }
      for index in media.tracks.indices {
        try self.track(index, duration: durations[index], from: start, isLong: isLong, &writer)
      }
      writer.raw(media.userData)
    }
    return writer.bytes
  }

  private static let identity: [UInt8] = {
    var writer = BoxWriter()
    for value in [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000] as [UInt32] { writer.u32(value) }
    return writer.bytes
  }()

  /// How long a track plays, in the movie's timescale.
  private func movieDuration(_ track: MediaTrack) -> UInt64 {
    if !track.edits.isEmpty { return track.edits.reduce(0) { $0 &+ $1.duration } }
    let (product, overflow) = track.duration.multipliedReportingOverflow(by: UInt64(media.movieTimescale))
    return overflow ? 0 : product / UInt64(track.timescale)
  }

  private func track(
    _ index: Int, duration: UInt64, from start: UInt64, isLong: Bool, _ writer: inout BoxWriter
  ) throws(RewriteError) {
    let track = media.tracks[index]
    try writer.box("trak") { writer throws(RewriteError) in
      try writer.fullBox("tkhd", version: 1, flags: 3) { writer in
        writer.zeros(16)
        writer.u32(UInt32(index + 1))
        writer.u32(0)
        writer.u64(duration)
        writer.zeros(8)
        writer.u16(0)
        writer.u16(0)
        writer.u16(track.isVideo ? 0 : 0x100)
        writer.u16(0)
        writer.raw(track.matrix.count == 36 ? track.matrix : Self.identity)
        writer.u32(track.displaySize.width)
        writer.u32(track.displaySize.height)
      }
      let shift = track.compositionShift
      if !track.edits.isEmpty || shift > 0 {
        try self.edits(track, duration: duration, shift: shift, &writer)
      }
      try writer.box("mdia") { writer throws(RewriteError) in
        try writer.fullBox("mdhd", version: 1) { writer in
          writer.zeros(16)
          writer.u32(track.timescale)
          writer.u64(track.duration)
          writer.u16(track.language)
          writer.u16(0)
        }
        try writer.fullBox("hdlr") { writer in
          writer.u32(0)
          writer.raw((track.isVideo ? "vide" : "soun" as FourCC).bytes)
          writer.zeros(12)
          writer.raw(Array(track.isVideo ? "VideoHandler".utf8 : "SoundHandler".utf8) + [0])
        }
        try self.information(index, from: start, isLong: isLong, &writer)
      }
    }
  }

  /// The edit list (8.6.6); samples that are shown before they are decoded are moved by `shift`, and the edit list
  /// moves them back.
  private func edits(
    _ track: MediaTrack, duration: UInt64, shift: UInt32, _ writer: inout BoxWriter
  ) throws(RewriteError) {
    let edits = track.edits.isEmpty ? [MediaTrack.Edit(duration: duration, mediaTime: 0)] : track.edits
    try writer.box("edts") { writer throws(RewriteError) in
      try writer.fullBox("elst", version: 1) { writer in
        writer.u32(UInt32(edits.count))
        for edit in edits {
          writer.u64(edit.duration)
          writer.u64(UInt64(bitPattern: edit.mediaTime < 0 ? -1 : edit.mediaTime &+ Int64(shift)))
          writer.u32(0x1_0000)
        }
      }
    }
  }

  private func information(
    _ index: Int, from start: UInt64, isLong: Bool, _ writer: inout BoxWriter
  ) throws(RewriteError) {
    let track = media.tracks[index]
    try writer.box("minf") { writer throws(RewriteError) in
      if track.isVideo {
        try writer.fullBox("vmhd", flags: 1) { $0.zeros(8) }
      } else {
        try writer.fullBox("smhd") { $0.zeros(4) }
      }
      try writer.box("dinf") { writer throws(RewriteError) in
        try writer.fullBox("dref") { writer throws(RewriteError) in
          writer.u32(1)
          try writer.fullBox("url ", flags: 1) { _ in }
        }
      }
      try writer.box("stbl") { writer throws(RewriteError) in
        try writer.fullBox("stsd") { writer in
          writer.u32(1)
          writer.raw(track.entry)
        }
        try Self.runs("stts", of: track.samples, &writer) { $0.duration }
        let shift = Int64(track.compositionShift)
        if track.samples.contains(where: { $0.composition != 0 }) {
          try Self.runs("ctts", of: track.samples, &writer) {
            UInt32(clamping: Int64($0.composition) + shift)
          }
        }
        if !track.samples.allSatisfy(\.isSync) {
          try writer.fullBox("stss") { writer in
            let syncs = track.samples.indices.filter { track.samples[$0].isSync }
            writer.u32(UInt32(syncs.count))
            for sample in syncs { writer.u32(UInt32(sample + 1)) }
          }
        }
        try self.places(index, from: start, isLong: isLong, &writer)
      }
    }
  }

  /// A table of how many samples in a row have a value (8.6.1).
  private static func runs(
    _ type: FourCC, of samples: [MediaTrack.Sample], _ writer: inout BoxWriter,
    _ value: (MediaTrack.Sample) -> UInt32
  ) throws(RewriteError) {
    var runs: [(count: UInt32, value: UInt32)] = []
    for sample in samples {
      let value = value(sample)
      if runs.last?.value == value { runs[runs.count - 1].count += 1 } else { runs.append((1, value)) }
    }
    try writer.fullBox(type) { writer in
      writer.u32(UInt32(runs.count))
      for run in runs {
        writer.u32(run.count)
        writer.u32(run.value)
      }
    }
  }

  /// Sizes, and where the chunks are (8.7).
  private func places(
    _ index: Int, from start: UInt64, isLong: Bool, _ writer: inout BoxWriter
  ) throws(RewriteError) {
    let track = media.tracks[index]
    var own: [(offset: UInt64, count: Int)] = []
    var offset = start
    for chunk in chunks {
      if chunk.track == index { own.append((offset, chunk.samples.count)) }
      offset += chunk.byteCount
    }
    try writer.fullBox("stsc") { writer in
      var runs: [(first: Int, count: Int)] = []
      for (number, chunk) in own.enumerated() where runs.last?.count != chunk.count {
        runs.append((number + 1, chunk.count))
      }
      writer.u32(UInt32(runs.count))
      for run in runs {
        writer.u32(UInt32(run.first))
        writer.u32(UInt32(run.count))
        writer.u32(1)
      }
    }
    var sizes: [UInt32] = []
    sizes.reserveCapacity(track.samples.count)
    for sample in track.samples {
      let (size, overflow) = sample.size.addingReportingOverflow(UInt32(track.prefix.count))
      if overflow { throw .inconsistent }
      sizes.append(size)
    }
    try writer.fullBox("stsz") { writer in
      writer.u32(0)
      writer.u32(UInt32(sizes.count))
      for size in sizes { writer.u32(size) }
    }
    try writer.fullBox(isLong ? "co64" : "stco") { writer in
      writer.u32(UInt32(own.count))
      for chunk in own {
        if isLong { writer.u64(chunk.offset) } else { writer.u32(UInt32(clamping: chunk.offset)) }
      }
    }
  }
}

extension MediaTrack {
  /// How much later samples must be shown so that none is shown before it is decoded, which the first version of the
  /// table of compositions can't say.
  fileprivate var compositionShift: UInt32 {
    let least = samples.lazy.map(\.composition).min() ?? 0
    return least < 0 ? least.magnitude : 0
  }
}

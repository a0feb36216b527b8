internal import PreflightBytes

/// Takes the tracks out of MP4, QuickTime and 3GPP files (ISO/IEC 14496-12), plain or fragmented.
struct ISOTracks {
  private struct Entry {
    let identifier: UInt32
    var track: MediaTrack
    /// The length of the samples so far: many fragments ask for it.
    var duration: UInt64
    /// When its first fragment begins.
    var start: UInt64?
  }

  private var entries: [Entry] = []
  private var defaults: [UInt32: FragmentDefaults] = [:]
  private var movieTimescale: UInt32 = 1000
  private var userData: [UInt8] = []
  private var sampleCount = 0

  /// What samples of fragments have unless they say otherwise (8.8.3).
  private struct FragmentDefaults {
    var duration: UInt32 = 0
    var size: UInt32 = 0
    var flags: UInt32 = 0
  }

  static func read(_ window: inout ByteWindow) throws(RewriteError) -> MediaTracks {
    let boxes = try FileBox.all(in: &window)
    guard let movie = boxes.first(where: { $0.type == "moov" }) else {
      throw RewriteError("it has no index (moov)")
    }
    let brand = try Self.majorBrand(boxes, &window)
    var reader = ISOTracks()
    try reader.readMovie(movie.contents(in: &window), isQuickTime: brand == nil || brand == "qt  ")
    for box in boxes where box.type == "moof" {
      try reader.readFragment(box.contents(in: &window), at: box.offset)
    }
    try reader.alignStarts()
    let filled = reader.entries.map(\.track).filter { !$0.samples.isEmpty }
    for track in filled { try track.check(byteCount: window.byteCount) }
    return MediaTracks(tracks: filled, movieTimescale: reader.movieTimescale, userData: reader.userData)
  }

  private static func majorBrand(_ boxes: [FileBox], _ window: inout ByteWindow) throws(RewriteError)
    -> FourCC?
  {
    guard let box = boxes.first(where: { $0.type == "ftyp" }), box.end - box.payload >= 4 else { return nil }
    var reader = BoxReader(try window.bytes(at: box.payload, count: 4)[...])
    return FourCC(rawValue: try reader.u32())
  }

  // MARK: The movie

  private mutating func readMovie(_ movie: MemoryBox, isQuickTime: Bool) throws(RewriteError) {
    for child in try movie.children() {
      switch child.type {
      case "mvhd":
        var reader = BoxReader(child.body)
        let isLong = try reader.versionAndFlags().version == 1
        try reader.skip(isLong ? 16 : 8)
        movieTimescale = max(1, try reader.u32())
      case "trak":
        guard entries.count < Limits.ISOBaseMedia.tracks else { throw .tooMuch }
        try readTrack(child)
      case "mvex":
        for extends in try child.children() where extends.type == "trex" {
          var reader = BoxReader(extends.body)
          try reader.skip(4)
          let identifier = try reader.u32()
          try reader.skip(4)
          defaults[identifier] = FragmentDefaults(
            duration: try reader.u32(), size: try reader.u32(), flags: try reader.u32())
        }
      // Strings have another form in QuickTime.
      case "udta" where !isQuickTime:
        userData = Array(child.whole)
      case "cmov":
        throw RewriteError("its index is compressed")
      default: break
      }
    }
  }

  private mutating func readTrack(_ box: MemoryBox) throws(RewriteError) {
    guard let header = try box.child("tkhd"), let media = try box.child("mdia"),
      let handler = try media.child("hdlr"), let mediaHeader = try media.child("mdhd"),
      let information = try media.child("minf"), let table = try information.child("stbl")
    else { return }
    var reader = BoxReader(handler.body)
    try reader.skip(8)
    let kind = FourCC(rawValue: try reader.u32())
    guard kind == "vide" || kind == "soun" else { return }
    var track = MediaTrack(isVideo: kind == "vide", codec: .other("unknown"), timescale: 1)
    let identifier = try Self.readHeader(header, into: &track)
    reader = BoxReader(mediaHeader.body)
    let isLong = try reader.versionAndFlags().version == 1
    try reader.skip(isLong ? 16 : 8)
    track.timescale = max(1, try reader.u32())
    try reader.skip(isLong ? 8 : 4)
    track.language = try reader.u16()
    // Below this, it is a language code of the Macintosh.
    if track.language < 0x400 || track.language == 0x7fff { track.language = 0x55c4 }
    guard let description = try table.child("stsd"),
      let entry = try description.children(skipping: 8).first
    else { throw .inconsistent }
    try SampleEntryRewrite.read(entry, into: &track)
    if let edits = try box.child("edts")?.child("elst") { track.edits = try Self.edits(edits) }
    if try Self.isElsewhere(information) { throw RewriteError("its media data is in another file") }
    track.samples = try SampleTables(table).samples(limit: Limits.Fix.samples - sampleCount)
    sampleCount += track.samples.count
    entries.append(Entry(identifier: identifier, track: track, duration: track.duration))
  }

  private static func readHeader(_ header: MemoryBox, into track: inout MediaTrack) throws(RewriteError)
    -> UInt32
  {
    var reader = BoxReader(header.body)
    let (version, flags) = try reader.versionAndFlags()
    track.isEnabled = flags & 1 == 1
    try reader.skip(version == 1 ? 16 : 8)
    let identifier = try reader.u32()
    try reader.skip(4 + (version == 1 ? 8 : 4) + 16)
    track.matrix = Array(try reader.take(36))
    track.displaySize = (try reader.u32(), try reader.u32())
    return identifier
  }

  /// The edit list (8.6.6).
  private static func edits(_ box: MemoryBox) throws(RewriteError) -> [MediaTrack.Edit] {
    var reader = BoxReader(box.body)
    let isLong = try reader.versionAndFlags().version == 1
    let count = try reader.u32()
    var edits: [MediaTrack.Edit] = []
    for _ in 0..<count {
      guard edits.count < Limits.Fix.edits else { throw .tooMuch }
      let duration = isLong ? try reader.u64() : UInt64(try reader.u32())
      let time =
        isLong ? Int64(bitPattern: try reader.u64()) : Int64(Int32(bitPattern: try reader.u32()))
      try reader.skip(4)
      edits.append(MediaTrack.Edit(duration: duration, mediaTime: time))
    }
    return edits
  }

  /// Whether a data reference (8.7.2) leads out of the file.
  private static func isElsewhere(_ information: MemoryBox) throws(RewriteError) -> Bool {
    guard let references = try information.child("dinf")?.child("dref") else { return false }
    for entry in try references.children(skipping: 8) {
      var reader = BoxReader(entry.body)
      if try reader.versionAndFlags().flags & 1 == 0 { return true }
    }
    return false
  }

  // MARK: Fragments

  /// A movie fragment (8.8.4).
  private mutating func readFragment(_ fragment: MemoryBox, at offset: UInt64) throws(RewriteError) {
    // Where the data of a track begins if it doesn't say so: after that of the track before.
    var next = offset
    for child in try fragment.children() where child.type == "traf" {
      try readTrackFragment(child, in: offset, next: &next)
    }
  }

  private mutating func readTrackFragment(
    _ box: MemoryBox, in fragment: UInt64, next: inout UInt64
  ) throws(RewriteError) {
    guard let header = try box.child("tfhd") else { throw .inconsistent }
    var reader = BoxReader(header.body)
    let flags = try reader.versionAndFlags().flags
    let identifier = try reader.u32()
    var own = defaults[identifier] ?? FragmentDefaults()
    var base = next
    if flags & 0x1 != 0 { base = try reader.u64() }
    if flags & 0x2 != 0 { try reader.skip(4) }
    if flags & 0x8 != 0 { own.duration = try reader.u32() }
    if flags & 0x10 != 0 { own.size = try reader.u32() }
    if flags & 0x20 != 0 { own.flags = try reader.u32() }
    if flags & 0x2_0000 != 0 { base = fragment }
    // Chapters and the like aren't kept, but their data is counted.
    let index = entries.firstIndex { $0.identifier == identifier }
    if let index, let time = try box.child("tfdt") {
      var reader = BoxReader(time.body)
      let isLong = try reader.versionAndFlags().version == 1
      try moveOn(index, to: isLong ? try reader.u64() : UInt64(try reader.u32()))
    }
    var position = base
    for run in try box.children() where run.type == "trun" {
      try readRun(run, own, base, &position, into: index)
    }
    next = position
  }

  /// Makes a track go on at a decoding time: the last sample before a gap lasts longer.
  private mutating func moveOn(_ index: Int, to time: UInt64) throws(RewriteError) {
    let last = entries[index].track.samples.count - 1
    guard let start = entries[index].start else {
      entries[index].start = last < 0 ? time : 0
      return
    }
    let (due, overflow) = start.addingReportingOverflow(entries[index].duration)
    if overflow { throw .inconsistent }
    guard time > due, last >= 0 else { return }
    let gap = UInt32(clamping: time - due)
    let (longer, isTooLong) = entries[index].track.samples[last].duration.addingReportingOverflow(gap)
    if isTooLong { throw .inconsistent }
    entries[index].track.samples[last].duration = longer
    entries[index].duration += UInt64(gap)
  }

  /// A run of samples (8.8.8).
  private mutating func readRun(
    _ run: MemoryBox, _ own: FragmentDefaults, _ base: UInt64, _ position: inout UInt64, into index: Int?
  ) throws(RewriteError) {
    var reader = BoxReader(run.body)
    let flags = try reader.versionAndFlags().flags
    let count = try reader.u32()
    if flags & 0x1 != 0 {
      let distance = Int64(Int32(bitPattern: try reader.u32()))
      let (sum, overflow) = base.addingReportingOverflow(UInt64(bitPattern: distance))
      // A distance below zero wraps around, as it should.
      if overflow != (distance < 0) { throw .inconsistent }
      position = sum
    }
    let first = flags & 0x4 != 0 ? try reader.u32() : nil
    for number in 0..<count {
      guard sampleCount < Limits.Fix.samples else { throw .tooMuch }
      sampleCount += 1
      var sample = MediaTrack.Sample(offset: position, size: own.size, duration: own.duration)
      if flags & 0x100 != 0 { sample.duration = try reader.u32() }
      if flags & 0x200 != 0 { sample.size = try reader.u32() }
      var sampleFlags = own.flags
      if flags & 0x400 != 0 {
        sampleFlags = try reader.u32()
      } else if number == 0, let first {
        sampleFlags = first
      }
      if flags & 0x800 != 0 { sample.composition = Int32(bitPattern: try reader.u32()) }
      // sample_is_non_sync_sample (8.8.3.1).
      sample.isSync = sampleFlags & 0x1_0000 == 0
      let (end, overflow) = position.addingReportingOverflow(UInt64(sample.size))
      if overflow { throw .pastEnd }
      position = end
      if let index {
        entries[index].track.samples.append(sample)
        entries[index].duration += UInt64(sample.duration)
      }
    }
  }

  /// A recording that was cut out of a longer one begins at any time: the earliest track begins at once, the others as
  /// much later as they did.
  private mutating func alignStarts() throws(RewriteError) {
    guard entries.contains(where: { $0.start != nil }) else { return }
    let seconds = entries.map { Double($0.start ?? 0) / Double($0.track.timescale) }
    let earliest = seconds.min() ?? 0
    for index in entries.indices {
      // Edits of a fragmented file have no durations: they are for as long as fragments come.
      let length = entries[index].duration
      let scale = Double(movieTimescale) / Double(entries[index].track.timescale)
      for edit in entries[index].track.edits.indices where entries[index].track.edits[edit].duration == 0 {
        let used = Double(length) - Double(max(0, entries[index].track.edits[edit].mediaTime))
        entries[index].track.edits[edit].duration = Self.whole(used * scale)
      }
      let pause = Self.whole((seconds[index] - earliest) * Double(movieTimescale))
      guard pause > 0 else { continue }
      if entries[index].track.edits.isEmpty {
        entries[index].track.edits = [
          MediaTrack.Edit(duration: Self.whole(Double(length) * scale), mediaTime: 0)
        ]
      }
      entries[index].track.edits.insert(MediaTrack.Edit(duration: pause, mediaTime: -1), at: 0)
    }
  }

  /// A time in whole units; times come from strangers and may be anything.
  private static func whole(_ value: Double) -> UInt64 {
    value.isFinite && value > 0 && value < 9e15 ? UInt64(value.rounded()) : 0
  }
}

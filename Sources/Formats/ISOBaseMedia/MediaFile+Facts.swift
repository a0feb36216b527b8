internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia.MediaFile {
  /// Writes down what the boxes came to.
  func describe(_ isImage: Bool, into reading: inout Reading) {
    let family = isImage ? opening.fileType?.compatibleImage ?? opening.family : opening.family
    reading.facts.container = family.container
    reading.facts.brand = opening.fileType.map { brand($0.majorBrand) }
    if isImage {
      reading.mediaType = family.mediaType(hasVideo: false)
      describeImage(into: &reading.facts)
    } else if family == .canonRaw {
      reading.mediaType = family.mediaType(hasVideo: false)
    } else {
      describeMovie(family, into: &reading)
    }
  }

  private func brand(_ code: FourCC) -> String {
    var text = Substring(code.description)
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  private func describeImage(into facts: inout Facts) {
    facts.width = items?.width
    facts.height = items?.height
    facts.bitDepth = items?.bitDepth
    guard let movie, let pictures = movie.tracks.first(where: { $0.handler == "pict" }) else { return }
    let count = pictures.table?.sampleCount ?? 0
    facts.frameCount = Int(clamping: count)
    if facts.width == nil {
      facts.width = pictures.entry?.video?.width
      facts.height = pictures.entry?.video?.height
    }
    facts.animated = count > 1
    facts.durationMilliseconds = duration(of: movie)
  }

  private func describeMovie(_ family: ISOBaseMedia.Family, into reading: inout Reading) {
    guard let movie else {
      if hasFragments { reading.facts.fragmented = true }
      reading.facts.durationMilliseconds = segments.milliseconds
      reading.mediaType = family.mediaType(hasVideo: opening.fileType?.isForAudio != true)
      return
    }
    reading.facts.fragmented = hasFragments || movie.isFragmented
    if movie.hasNoSample, !isCut { reading.facts.frameCount = 0 }
    if let mediaData { reading.facts.fastStart = movie.box.offset < mediaData }
    let hasAudio = movie.tracks.contains { $0.entry?.audio != nil }
    let video = movie.tracks.filter { isVideo($0, in: movie, hasAudio: hasAudio) }
    let streams = video.compactMap(videoStream)
    let audio = movie.tracks.compactMap(audioStream)
    // There may be more of them that aren't known.
    if !movie.mayHaveMore || !streams.isEmpty || !audio.isEmpty {
      reading.facts.videoStreams = streams
      reading.facts.audioStreams = audio
    }
    reading.facts.width = streams.first?.width
    reading.facts.height = streams.first?.height
    if movie.tracks.contains(where: { $0.entry?.isEncrypted == true }) { reading.facts.encrypted = true }
    reading.facts.durationMilliseconds = duration(of: movie)
    let isSilent = audio.isEmpty && opening.fileType?.isForAudio != true
    reading.mediaType = family.mediaType(hasVideo: !video.isEmpty || isSilent)
  }

  /// Whether a track is video, rather than a cover or chapter marks.
  private func isVideo(
    _ track: ISOBaseMedia.Track, in movie: ISOBaseMedia.Movie, hasAudio: Bool
  ) -> Bool {
    guard track.isVideo else { return false }
    if movie.chapters.contains(track.identifier) { return false }
    guard let codec = track.entry?.video?.codec else { return true }
    let isStill = ["mjpeg", "png", "gif", "tiff", "jpeg2000"].contains(codec)
    let count = (track.table?.sampleCount ?? 0) + track.fragments.sampleCount
    return !(isStill && count <= 1 && hasAudio)
  }

  private func videoStream(_ track: ISOBaseMedia.Track) -> VideoStream? {
    guard var stream = track.entry?.video else { return nil }
    stream.bFrames = hasBFrames(track, codec: stream.codec)
    let samples = (track.table?.timing?.sampleCount ?? 0) + track.fragments.sampleCount
    let units = units(of: track)
    if samples > 0, units > 0, track.timescale > 0 {
      stream.frameRate = Double(samples) * Double(track.timescale) / units
    }
    return stream
  }

  /// Whether pictures are stored out of display order. The file's own tables say so reliably; if there are no
  /// samples yet, the codec's headers say whether it is possible.
  private func hasBFrames(_ track: ISOBaseMedia.Track, codec: String) -> Bool? {
    guard ["h264", "hevc", "vvc", "evc", "mpeg4", "mpeg1video", "mpeg2video", "vc1", "svq3"].contains(codec)
    else { return nil }
    if track.entry?.mayReorder == false { return false }
    if track.table?.timing?.isReordered == true || track.fragments.isReordered { return true }
    if track.hasBSlices { return true }
    if track.fragments.sampleCount > 0 || (track.table?.sampleCount ?? 0) > 0 { return false }
    return track.entry?.mayReorder
  }

  private func audioStream(_ track: ISOBaseMedia.Track) -> AudioStream? {
    guard var stream = track.entry?.audio else { return nil }
    let bytes = Double(track.table?.byteCount ?? 0) + Double(track.fragments.byteCount)
    let units = units(of: track)
    if let rate = pcmBitRate(stream) {
      stream.bitRate = rate
    } else if bytes > 0, units > 0, track.timescale > 0, track.table?.isCounted != true {
      // The codec's headers give the target rate; this is the actual rate.
      let rate = bytes * 8 * Double(track.timescale) / units
      if rate < 1e9 { stream.bitRate = Int(rate.rounded()) }
    }
    return stream
  }

  /// The bit rate of uncompressed audio.
  private func pcmBitRate(_ stream: AudioStream) -> Int? {
    guard stream.codec.hasPrefix("pcm_"), let channels = stream.channels, let rate = stream.sampleRate
    else { return nil }
    // The codec's name includes the width, except for the two that always have eight bits.
    let bits = Int(stream.codec.filter(\.isNumber)) ?? 8
    let (product, overflow) = channels.multipliedReportingOverflow(by: rate)
    return overflow || product > 1 << 40 ? nil : product * bits
  }

  /// The total duration of a track's samples, in its own units.
  private func units(of track: ISOBaseMedia.Track) -> Double {
    let fragments = track.fragments
    let start = track.table?.timing.flatMap { $0.duration > 0 ? 0 : nil } ?? fragments.start ?? 0
    let inFragments = fragments.end > start ? Double(fragments.end - start) : 0
    return max(Double(track.table?.timing?.duration ?? 0), inFragments)
  }

  /// The duration in milliseconds: that in the movie box, which is the longest track with its edits applied.
  /// If it has none, or fragments follow, the total of the samples.
  private func duration(of movie: ISOBaseMedia.Movie) -> Double? {
    var declared: Double?
    if let duration = movie.duration, duration > 0, movie.timescale > 0 {
      declared = Double(duration) * 1000 / Double(movie.timescale)
    }
    if let declared, !hasFragments { return declared }
    var longest = declared ?? 0
    for track in movie.tracks where track.isVideo || track.isAudio || track.handler == "pict" {
      if let duration = track.movieDuration, movie.timescale > 0, !hasFragments {
        longest = max(longest, Double(duration) * 1000 / Double(movie.timescale))
      }
      guard track.timescale > 0 else { continue }
      let units = max(units(of: track), hasFragments ? 0 : Double(track.mediaDuration ?? 0))
      longest = max(longest, units * 1000 / Double(track.timescale))
    }
    return longest > 0 ? longest : nil
  }
}

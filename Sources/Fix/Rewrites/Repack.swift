internal import PreflightBytes

/// Puts the packets of a file into another container, or into a plain one of the same kind. Nothing is encoded.
enum Repack {
  static func splice(_ window: inout ByteWindow, as container: MediaContainer) throws(RewriteError) -> Splice
  {
    if try window.bytes(at: 0, count: Int(min(4, window.byteCount))).elementsEqual("OggS".utf8) {
      guard container == .ogg else { throw RewriteError("its packets fit no other container") }
      return try ogg(&window)
    }
    let media = try tracks(&window)
    switch container {
    case .mp4Video:
      let video = try first(of: media, "H.264 video") { $0.isVideo && $0.codec == .h264 }
      let audio = preferred(in: media) { !$0.isVideo && $0.codec == .aac }
      // A video must not lose its audio without a word.
      if audio == nil, media.tracks.contains(where: { !$0.isVideo }) {
        throw RewriteError("its audio isn't AAC")
      }
      return try mp4(media, [video] + (audio.map { [$0] } ?? []))
    case .mp4Audio:
      return try mp4(media, [first(of: media, "AAC audio") { !$0.isVideo && $0.codec == .aac }])
    case .adts:
      return try FrameWriters.adts(first(of: media, "AAC audio") { !$0.isVideo && $0.codec == .aac })
    case .mp3: return try FrameWriters.frames(first(of: media, "MP3 audio") { $0.codec == .mp3 })
    case .amr: return try FrameWriters.frames(first(of: media, "AMR audio") { $0.codec == .amrNarrowBand })
    case .ogg:
      let track = try first(of: media, "Opus audio") { $0.codec == .opus }
      return try OggOpusWriter.splice(
        head: track.setup, tags: nil,
        packets: track.samples.map { [$0.offset..<$0.offset + UInt64($0.size)] },
        end: track.opusEnd(movieTimescale: media.movieTimescale, &window), prefix: track.prefix, &window)
    }
  }

  /// The tracks of whatever container it is.
  private static func tracks(_ window: inout ByteWindow) throws(RewriteError) -> MediaTracks {
    let head = try window.bytes(at: 0, count: Int(min(12, window.byteCount)))
    if head.starts(with: [0x1a, 0x45, 0xdf, 0xa3]) { return try MatroskaTracks.read(&window) }
    if head.count == 12, head[0] == 0xff, head[1] & 0xf6 == 0xf0 {
      return try ADTSTracks.read(&window, in: 0..<window.byteCount)
    }
    return try ISOTracks.read(&window)
  }

  /// The track that players choose: the first one that is enabled.
  private static func preferred(in media: MediaTracks, _ fits: (MediaTrack) -> Bool) -> MediaTrack? {
    let fitting = media.tracks.filter(fits)
    return fitting.first(where: \.isEnabled) ?? fitting.first
  }

  private static func first(
    of media: MediaTracks, _ name: String, _ fits: (MediaTrack) -> Bool
  ) throws(RewriteError) -> MediaTrack {
    guard let track = preferred(in: media, fits) else { throw RewriteError("it has no \(name)") }
    return track
  }

  private static func mp4(_ media: MediaTracks, _ kept: [MediaTrack]) throws(RewriteError) -> Splice {
    try MP4Writer.splice(
      MediaTracks(tracks: kept, movieTimescale: media.movieTimescale, userData: media.userData))
  }

  /// Ogg with granule positions counted anew.
  private static func ogg(_ window: inout ByteWindow) throws(RewriteError) -> Splice {
    let stream = try OggPackets.read(&window)
    guard stream.packets.count > 2, let head = stream.packets[0].first else {
      throw RewriteError("it has no packets")
    }
    guard head.upperBound - head.lowerBound <= UInt64(Limits.Fix.setup) else { throw .tooMuch }
    return try OggOpusWriter.splice(
      head: window.bytes(at: head.lowerBound, count: Int(head.upperBound - head.lowerBound)),
      tags: stream.packets[1], packets: Array(stream.packets.dropFirst(2)), end: nil,
      serialNumber: stream.serialNumber, &window)
  }
}

extension MediaTrack {
  /// The position at which playback of Opus ends; nil for the end of the last packet.
  fileprivate func opusEnd(movieTimescale: UInt32, _ window: inout ByteWindow) throws(RewriteError) -> UInt64?
  {
    // The edit list of an MP4 says how much is played after the samples that are skipped.
    if let edit = edits.last, edit.mediaTime >= 0, edit.duration > 0 {
      let length = Double(edit.duration) * 48_000 / Double(movieTimescale)
      guard length < 9e15 else { return nil }
      return UInt64(edit.mediaTime) + UInt64(length.rounded())
    }
    guard endTrim > 0 else { return nil }
    let total = try OggOpusWriter.sampleCount(
      of: samples.map { [$0.offset..<$0.offset + UInt64($0.size)] }, prefix: prefix, &window)
    return total > endTrim ? total - endTrim : nil
  }
}

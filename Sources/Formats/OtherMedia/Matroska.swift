package import PreflightFacts
internal import PreflightBytes

extension MediaType {
  /// WebM with audio alone.
  package static let webMAudio: MediaType = "audio/webm"
}

/// Matroska and WebM (RFC 9559, in EBML, RFC 8794), as far as to name them: by the document type, and by the types of
/// the tracks.
package enum Matroska {
  static func isHeader(_ head: borrowing ByteSpan) -> Bool { head.has([0x1a, 0x45, 0xdf, 0xa3]) }

  /// Names a file that begins like one.
  static func note(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    let isWebM = try window.available(at: 0, upTo: 64).firstIndex(of: "webm") != nil
    let tracks = try tracks(&window)
    reading.facts.container = isWebM ? "webm" : "matroska"
    let isAudio = !tracks.isEmpty && tracks.allSatisfy { $0.type == 2 }
    reading.mediaType =
      switch (isWebM, isAudio) {
      case (true, true): .webMAudio
      case (true, false): "video/webm"
      case (false, true): "audio/x-matroska"
      case (false, false): "video/x-matroska"
      }
    if isAudio { reading.facts.audioStreams = tracks.map { AudioStream(codec: $0.codec) } }
  }

  /// The tracks, if their list precedes the media, as it does in files that are played while they arrive.
  private static func tracks(_ window: inout ByteWindow) throws(ReadError) -> [(type: UInt8, codec: String)] {
    guard let header = try Element(at: 0, before: window.byteCount, in: &window),
      let segment = try Element(at: header.data.upperBound, before: window.byteCount, in: &window),
      segment.identifier == Identifier.segment,
      let list = try child(Identifier.tracks, of: segment.data, unless: Identifier.cluster, &window)
    else { return [] }
    var tracks: [(type: UInt8, codec: String)] = []
    var offset = list.lowerBound
    while tracks.count < Limits.OtherMedia.tracks,
      let entry = try Element(at: offset, before: list.upperBound, in: &window)
    {
      offset = entry.data.upperBound
      guard entry.identifier == Identifier.trackEntry else { continue }
      guard let type = try child(Identifier.trackType, of: entry.data, &window),
        let value = try window.available(at: type.lowerBound, upTo: 1)[0]
      else { return [] }
      tracks.append((value, try codec(entry.data, &window)))
    }
    return tracks
  }

  /// ffmpeg's name of the codec, as far as browsers record it.
  private static func codec(_ entry: Range<UInt64>, _ window: inout ByteWindow) throws(ReadError) -> String {
    guard let data = try child(Identifier.codec, of: entry, &window) else { return "unknown" }
    var span = try window.available(at: data.lowerBound, upTo: min(data.count, 32))
    return switch try span.latin1(span.remaining) {
    case "A_OPUS": "opus"
    case "A_VORBIS": "vorbis"
    case "A_AAC": "aac"
    case "A_MPEG/L3": "mp3"
    case "A_FLAC": "flac"
    default: "unknown"
    }
  }

  /// The data of the first child with an identifier.
  private static func child(
    _ identifier: UInt64, of parent: Range<UInt64>, unless end: UInt64? = nil, _ window: inout ByteWindow
  ) throws(ReadError) -> Range<UInt64>? {
    var offset = parent.lowerBound
    for _ in 0..<Limits.OtherMedia.elements {
      guard let element = try Element(at: offset, before: parent.upperBound, in: &window),
        element.identifier != end
      else { return nil }
      if element.identifier == identifier { return element.data }
      offset = element.data.upperBound
    }
    return nil
  }
}

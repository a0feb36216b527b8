internal import PreflightBytes

/// A track taken out of its container: packets, and how they are decoded. What goes into another container is exactly
/// these bytes.
struct MediaTrack {
  /// What the packets are, by ffmpeg's names.
  enum Codec: Equatable {
    case h264, aac, opus, mp3, amrNarrowBand
    case other(String)
  }

  /// A packet, and when it is decoded and shown.
  struct Sample {
    var offset: UInt64
    var size: UInt32
    /// In the track's timescale.
    var duration: UInt32
    /// How much later than decoded it is shown.
    var composition: Int32 = 0
    var isSync = true
  }

  /// A part of the track that is played (ISO/IEC 14496-12, 8.6.6).
  struct Edit {
    /// In the movie's timescale.
    var duration: UInt64
    /// In the track's timescale; -1 for a pause.
    var mediaTime: Int64
  }

  var isVideo: Bool
  var codec: Codec
  var timescale: UInt32
  var samples: [Sample] = []
  var edits: [Edit] = []
  /// The entry of the sample description (`avc1`, `mp4a`) as ISO base media want it; empty for other containers.
  var entry: [UInt8] = []
  /// The decoder's setup: an AudioSpecificConfig, or the header of Opus.
  var setup: [UInt8] = []
  /// Bytes that begin every packet and were left out of the file (Matroska's header stripping).
  var prefix: [UInt8] = []
  /// ISO 639-2/T, packed.
  var language: UInt16 = 0x55c4
  /// The transformation for display, which turns the picture: nine numbers; empty for none.
  var matrix: [UInt8] = []
  /// Width and height for display, 16.16.
  var displaySize: (width: UInt32, height: UInt32) = (0, 0)
  var isEnabled = true
  /// The samples, in the track's timescale, that are decoded and not played at the end (Opus).
  var endTrim: UInt64 = 0

  /// The length of all packets, in the track's timescale.
  var duration: UInt64 { samples.reduce(0) { $0 + UInt64($1.duration) } }

  /// - Throws: ``RewriteError`` if the packets aren't all in the file, or are there more than twice.
  func check(byteCount: UInt64) throws(RewriteError) {
    guard !samples.isEmpty else { throw RewriteError("a track of it is empty") }
    var sum: UInt64 = 0
    for sample in samples {
      let size = UInt64(sample.size)
      guard sample.offset <= byteCount, size <= byteCount - sample.offset else { throw .pastEnd }
      sum += size
    }
    if sum / Limits.ISOBaseMedia.samplesPerFile > byteCount { throw .inconsistent }
  }
}

/// What a container holds.
struct MediaTracks {
  var tracks: [MediaTrack]
  /// The timescale of edits.
  var movieTimescale: UInt32 = 1000
  /// Metadata of the whole file that another file of the family can keep (`udta`).
  var userData: [UInt8] = []
}

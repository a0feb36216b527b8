internal import PreflightBytes

/// Takes the packets out of ADTS frames (ISO/IEC 14496-3, 1.A.2.2).
enum ADTSTracks {
  /// - Parameter range: Where the frames are, without tags before and after them.
  static func read(_ window: inout ByteWindow, in range: Range<UInt64>) throws(RewriteError) -> MediaTracks {
    var track = MediaTrack(isVideo: false, codec: .aac, timescale: 1)
    var offset = range.lowerBound
    var fixed: [UInt8] = []
    while offset < range.upperBound {
      guard track.samples.count < Limits.Fix.samples else { throw .tooMuch }
      let head = try window.bytes(at: offset, count: 7)
      guard head[0] == 0xff, head[1] & 0xf6 == 0xf0 else {
        throw RewriteError("its frames don't follow each other")
      }
      let own = [head[2] & 0xfd, head[3] & 0xc0]
      if fixed.isEmpty {
        fixed = own
      } else if fixed != own {
        throw RewriteError("its frames change their format")
      }
      let length = UInt64(head[3] & 3) << 11 | UInt64(head[4]) << 3 | UInt64(head[5] >> 5)
      let header: UInt64 = head[1] & 1 == 1 ? 7 : 9
      // Several blocks in a frame would have to be told apart by decoding them.
      guard head[6] & 3 == 0 else { throw RewriteError("its frames hold several blocks") }
      guard length > header, length <= range.upperBound - offset else { throw .pastEnd }
      track.samples.append(
        MediaTrack.Sample(offset: offset + header, size: UInt32(length - header), duration: 1024))
      offset += length
    }
    guard !fixed.isEmpty else { throw RewriteError("it has no frames") }
    let (type, rate) = (fixed[0] >> 6 + 1, fixed[0] >> 2 & 0xf)
    let channels = (fixed[0] & 1) << 2 | fixed[1] >> 6
    track.setup = [type << 3 | rate >> 1, rate << 7 | channels << 3]
    guard let setup = AudioSetup(track.setup), channels > 0 else { throw .inconsistent }
    track.timescale = setup.sampleRate
    track.entry = try SampleEntryRewrite.mp4a(
      channels: UInt16(setup.channels), rate: UInt32(fixedPoint: setup.sampleRate),
      descriptor: SampleEntryRewrite.esds(track.setup))
    return MediaTracks(tracks: [track], movieTimescale: setup.sampleRate)
  }
}

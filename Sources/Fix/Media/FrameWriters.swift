internal import PreflightBytes

/// Puts the packets of a track one after the other, as streams without a container are.
enum FrameWriters {
  /// AAC in ADTS frames (ISO/IEC 14496-3, 1.A.2.2).
  static func adts(_ track: MediaTrack) throws(RewriteError) -> Splice {
    guard track.codec == .aac, let setup = AudioSetup(track.setup), let rate = setup.rateIndex,
      (1...4).contains(setup.objectType) || setup.objectType == 5 || setup.objectType == 29,
      (1...7).contains(setup.channelConfiguration), setup.frameLength == 1024
    else { throw RewriteError("its AAC can't be put in ADTS frames") }
    // HE-AAC is marked as its core; decoders find the rest.
    let profile = setup.objectType > 4 ? 1 : setup.objectType - 1
    var splice = Splice()
    for sample in track.samples {
      let size = UInt64(sample.size) + UInt64(track.prefix.count) + 7
      guard size < 1 << 13 else { throw .inconsistent }
      let (channels, length) = (setup.channelConfiguration, UInt32(size))
      splice.append(
        [
          0xff, 0xf1, profile << 6 | rate << 2 | channels >> 2,
          channels << 6 | UInt8(length >> 11), UInt8(length >> 3 & 0xff), UInt8(length & 7) << 5 | 0x1f, 0xfc,
        ] + track.prefix)
      splice.append(sample.offset..<sample.offset + UInt64(sample.size))
    }
    return splice
  }

  /// MP3 (ISO/IEC 11172-3) and AMR (RFC 4867, 5), whose packets are frames with their own headers.
  static func frames(_ track: MediaTrack) -> Splice {
    var splice = Splice()
    // The signature of a narrow-band file with one channel.
    if track.codec == .amrNarrowBand { splice.append(Array("#!AMR\n".utf8)) }
    for sample in track.samples {
      splice.append(track.prefix)
      splice.append(sample.offset..<sample.offset + UInt64(sample.size))
    }
    return splice
  }
}

/// An element of Matroska (RFC 8794, 4), with a size of eight bytes.
func ebml(_ identifier: [UInt8], _ data: [UInt8]) -> [UInt8] {
  identifier + bigEndian(UInt64(data.count) | 1 << 56) + data
}

/// A Matroska file with one cluster.
///
/// - Parameters:
///   - tick: The nanoseconds of a tick (TimestampScale).
///   - tracks: The contents of the track entries, without their numbers, which count from 1.
///   - cluster: The elements of the cluster.
func matroska(tick: UInt64 = 1_000_000, tracks: [[UInt8]], cluster: [UInt8]) -> [UInt8] {
  let entries = tracks.enumerated().flatMap { ebml([0xae], ebml([0xd7], [UInt8($0 + 1)]) + $1) }
  return ebml([0x1a, 0x45, 0xdf, 0xa3], ebml([0x42, 0x82], Array("matroska".utf8)))
    + ebml(
      [0x18, 0x53, 0x80, 0x67],
      ebml([0x15, 0x49, 0xa9, 0x66], ebml([0x2a, 0xd7, 0xb1], bigEndian(tick)))
        + ebml([0x16, 0x54, 0xae, 0x6b], entries) + ebml([0x1f, 0x43, 0xb6, 0x75], cluster))
}

/// The contents of a track entry.
func matroskaTrack(_ codec: String, isVideo: Bool = false, setup: [UInt8]) -> [UInt8] {
  ebml([0x83], [isVideo ? 1 : 2]) + ebml([0x86], Array(codec.utf8)) + ebml([0x63, 0xa2], setup)
}

/// A block with one packet (RFC 9559, 10.1): the contents of Block and SimpleBlock.
func matroskaBlock(track: UInt8 = 1, time: Int16, _ packet: [UInt8]) -> [UInt8] {
  [0x80 | track] + bigEndian(time) + [0x80] + packet
}

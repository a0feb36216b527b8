internal import PreflightFacts
internal import PreflightBytes

/// The MPEG family without a file header: transport and program streams (ISO/IEC 13818-1), and raw video
/// (ISO/IEC 11172-2, 13818-2 and 14496-2; Annex B of ITU-T H.264 and H.265).
enum MPEGVideo {
  static func name(_ window: inout ByteWindow) throws(ReadError) -> OtherMedia.Name? {
    if let name = named(try window.available(at: 0, upTo: Limits.OtherMedia.head)) { return name }
    return nil
  }

  private static func named(_ head: borrowing ByteSpan) -> OtherMedia.Name? {
    if head.has([0, 0, 1]) { return startCode(head, at: 3) }
    if head.has([0, 0, 0, 1]) { return startCode(head, at: 4) }
    if isTransportStream(head), !isReadable(head) { return OtherMedia.Name("video/mp2t", "mpegts") }
    return nil
  }

  /// Packets of 188 bytes, alone, after four bytes of time (Blu-ray) or before sixteen of parity, each with
  /// the sync byte in its place.
  private static func isTransportStream(_ head: borrowing ByteSpan) -> Bool {
    for (size, first) in [(188, 0), (192, 4), (204, 0)] where head[first] == 0x47 {
      var packets = 0
      var index = first
      while let byte = head[index] {
        guard byte == 0x47 else { break }
        packets += 1
        index += size
      }
      // Five consecutive ones, or all there are; many texts start with the letter G.
      if packets >= 5 || packets >= 3 && index == head.remaining + first { return true }
    }
    return false
  }

  /// Whether it is a text that has the letter G at such a distance, such as one with lines of equal length. The header
  /// of a packet has a counter, so packets have control characters.
  private static func isReadable(_ head: ByteSpan) -> Bool {
    var scan = TextScan()
    guard scan.update(head) else { return false }
    if case .other = scan.encoding { return false }
    return true
  }

  /// The type by the byte after a start code, if what follows is plausible.
  private static func startCode(_ head: borrowing ByteSpan, at index: Int) -> OtherMedia.Name? {
    guard let code = head[index], let next = head[index + 1] else { return nil }
    switch code {
    case 0xba where next >> 6 == 1 || next >> 4 == 2:
      return OtherMedia.Name("video/mpeg", "mpeg")
    case 0xb3:
      // The size of the image is never zero, nor is the code of its rate.
      guard let third = head[index + 3], let fourth = head[index + 4], next > 0 || third > 0,
        fourth & 15 > 0, fourth >> 4 > 0
      else { return nil }
      return OtherMedia.Name("video/mpeg", "mpegvideo")
    case 0xb0 where head.has([0, 0, 1, 0xb5], at: index + 2):
      return OtherMedia.Name("video/mpeg4-generic", "m4v")
    case 0x67, 0x27, 0x47, 0x09:
      return isH264(head) ? OtherMedia.Name("video/h264", "h264") : nil
    case 0x40 where next == 1:
      return OtherMedia.Name("video/h265", "hevc")
    default: return nil
    }
  }

  /// Whether a sequence parameter set and a picture parameter set follow one another.
  private static func isH264(_ head: borrowing ByteSpan) -> Bool {
    var hasSequence = false
    var index = 0
    while index + 3 < head.remaining {
      if head[index] == 0, head[index + 1] == 0, head[index + 2] == 1 {
        let type = (head[index + 3] ?? 0) & 0x9f
        if type == 7 { hasSequence = true }
        if type == 8, hasSequence { return true }
        index += 3
      } else {
        index += 1
      }
    }
    return false
  }
}

internal import PreflightFacts
internal import PreflightBytes

/// Advanced Systems Format, section 3: Windows Media, by the types of its streams.
enum ASF {
  private static let header: [UInt8] = [
    0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0x00, 0xaa, 0x00, 0x62, 0xce, 0x6c,
  ]
  private static let streamProperties: [UInt8] = [
    0x91, 0x07, 0xdc, 0xb7, 0xb7, 0xa9, 0xcf, 0x11, 0x8e, 0xe6, 0x00, 0xc0, 0x0c, 0x20, 0x53, 0x65,
  ]
  private static let audioMedia: [UInt8] = [
    0x40, 0x9e, 0x69, 0xf8, 0x4d, 0x5b, 0xcf, 0x11, 0xa8, 0xfd, 0x00, 0x80, 0x5f, 0x5c, 0x44, 0x2b,
  ]
  private static let videoMedia: [UInt8] = [
    0xc0, 0xef, 0x19, 0xbc, 0x4d, 0x5b, 0xcf, 0x11, 0xa8, 0xfd, 0x00, 0x80, 0x5f, 0x5c, 0x44, 0x2b,
  ]

  static func name(
    _ window: inout ByteWindow, at start: UInt64
  ) throws(ReadError) -> OtherMedia.Name? {
    guard try window.available(at: start, upTo: 30).has(header) else { return nil }
    var hasAudio = false
    var hasVideo = false
    // The header object's own size, its count of objects and two reserved bytes.
    var offset = start + 30
    for _ in 0..<Limits.OtherMedia.objects {
      let object = try window.available(at: offset, upTo: 40)
      if object.has(streamProperties) {
        hasAudio = hasAudio || object.has(audioMedia, at: 24)
        hasVideo = hasVideo || object.has(videoMedia, at: 24)
      }
      guard let size = size(object), size >= 24 else { break }
      let (next, overflow) = offset.addingReportingOverflow(size)
      if overflow { break }
      offset = next
    }
    if hasVideo { return OtherMedia.Name("video/x-ms-wmv", "asf") }
    if hasAudio { return OtherMedia.Name("audio/x-ms-wma", "asf") }
    return OtherMedia.Name("video/x-ms-asf", "asf")
  }

  private static func size(_ object: borrowing ByteSpan) -> UInt64? {
    var span = ByteSpan(object.bytes, at: object.base)
    do {
      try span.skip(16)
      return try UInt64(parsingLittleEndian: &span)
    } catch {
      return nil
    }
  }
}

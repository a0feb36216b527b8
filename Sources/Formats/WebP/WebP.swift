package import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let webP = Format(
    "WebP", reader: WebP.self, hiding: .media,
    mediaTypes: [
      .init(
        .webP, "a WebP image", .image, extensions: ["webp"], isConfirmedByReader: true,
        isShownByBrowsers: true)
    ])
}

extension MediaType {
  /// WebP.
  package static let webP: MediaType = "image/webp"
}

/// WebP: RFC 9649 (November 2024), with VP8 by RFC 6386.
///
/// The walk through the chunks finds truncation and contradictions, and location metadata. libwebp then
/// decides what the image is and whether it can be decoded.
enum WebP: FormatReader {
  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    guard try isWebP(window.available(at: 0, upTo: 12)) else { return }
    reading.mediaType = "image/webp"
    let declaredEnd = 8 + UInt64(try window.littleEndian(UInt32.self, at: 4))
    try WebPStructure.read(&window, until: declaredEnd, into: &reading)
    if window.byteCount < declaredEnd {
      return reading.addTruncation(
        of: "the image: its header declares \(declaredEnd) bytes", clause: "RFC 9649 2.4",
        at: window.byteCount)
    }
    // The padding of the last chunk, which some writers don't count in the file's size.
    let next = try window.available(at: declaredEnd, upTo: 1)[0]
    let padding: UInt64 = declaredEnd & 1 == 1 && next == 0 ? 1 : 0
    try reading.noteTrailingData(&window, after: declaredEnd + padding)
    guard reading.faults.isEmpty else { return }
    if let image = try image(&window, into: &reading) { image.describe(into: &reading) }
  }

  private static func isWebP(_ head: ByteSpan) -> Bool { head.has("RIFF") && head.has("WEBP", at: 8) }

  /// Has libwebp decode every frame.
  static func decode(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    guard let frame = try image(&window, into: &reading)?.firstUndecodableFrame(into: &reading) else {
      if let fault = try WebPLossyData.fault(in: &window) { reading.add(fault) }
      return
    }
    reading.add(
      Fault(
        "undecodable-frame", clause: "RFC 9649 2.5", at: frame.offset,
        "libwebp can't decode frame \(frame.number).", expected: "a complete image",
        actual: frame.reason))
  }

  /// The file in libwebp's demuxer; nil if it is too large to hold in memory. Then only the walk through the
  /// chunks is used.
  private static func image(
    _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) -> LibWebP? {
    let count = 8 + UInt64(try window.littleEndian(UInt32.self, at: 4))
    guard count <= Limits.WebP.byteCount else {
      let size = Limits.size(Limits.WebP.byteCount)
      reading.leaveUnchecked(UncheckedPart("the image data", limit: size, at: 12))
      return nil
    }
    if let image = try LibWebP(&window, count: Int(count)) { return image }
    reading.add(
      Fault(
        "refused-by-libwebp", clause: "RFC 9649 2.7", at: 12,
        "The image structure is inconsistent, and libwebp rejects it."))
    return nil
  }
}

package import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let png = Format(
    "PNG", reader: PNG.self, hiding: .media,
    mediaTypes: [
      .init(
        .png, "a PNG image", .image, extensions: ["png", "apng"], aliases: ["image/apng"],
        isConfirmedByReader: true, isShownByBrowsers: true)
    ])
}

extension MediaType {
  /// PNG and APNG.
  package static let png: MediaType = "image/png"
}

/// PNG and APNG: Portable Network Graphics, third edition (W3C Recommendation, 24 June 2025).
///
/// Yields the header's size, depth and color type, transparency, the frames of an animation with their
/// delays, and whether every chunk's CRC matches and the compressed data produces the whole image.
enum PNG: FormatReader {
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    switch Opening(try window.available(at: 0, upTo: 32)) {
    case .other: return
    case .spoiled:
      reading.mediaType = "image/png"
      return reading.add(
        Fault(
          "signature", clause: "PNG 5.2", at: 0,
          "The PNG signature is corrupt, as after a text-mode transfer."))
    case .signature: break
    }
    reading.mediaType = "image/png"
    var image = PNGImage()
    var position = UInt64(signature.count)
    while true {
      guard let chunk = try PNGChunk(in: &window, at: position) else {
        return reading.addTruncation(
          of: "the image: there is no IEND chunk", clause: "PNG 5.6", at: window.byteCount)
      }
      if let fault = chunk.headFault { return reading.add(fault) }
      if let fault = image.begin(chunk, window.unpacker, into: &reading) { return reading.add(fault) }
      guard chunk.end <= window.byteCount else {
        return reading.addTruncation(of: "the chunk \(chunk.type)", clause: "PNG 5.3", at: window.byteCount)
      }
      if let fault = try image.take(chunk, &window, into: &reading) { return reading.add(fault) }
      position = chunk.end
      if chunk.type == "IEND" { return try reading.noteTrailingData(&window, after: position) }
    }
  }

  private enum Opening {
    case signature
    /// The signature is corrupt: its bytes are chosen so that every common transfer error shows (section
    /// 5.2), and the header chunk after them is unmistakable.
    case spoiled
    case other

    init(_ head: ByteSpan) {
      if head.has(PNG.signature) {
        self = .signature
      } else if let header = head.firstIndex(of: "IHDR"), 8...16 ~= header,
        head.has("PNG", at: 1) || PNG.signature.indices.count(where: { head[$0] == PNG.signature[$0] }) >= 6
      {
        self = .spoiled
      } else {
        self = .other
      }
    }
  }
}

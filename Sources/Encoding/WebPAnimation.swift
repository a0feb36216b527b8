/// Puts frames that were encoded one by one into an animated WebP (RFC 9649, 2.7). Each fills the canvas and replaces what
/// was there, so that each can be decoded alone: WhatsApp shows black lines otherwise.
enum WebPAnimation {
  /// A frame as a WebP file of its own.
  struct EncodedFrame {
    let file: [UInt8]
    let milliseconds: Int
  }

  static func file(_ frames: [EncodedFrame], width: Int, height: Int, hasAlpha: Bool) -> [UInt8] {
    var body: [UInt8] = Array("WEBP".utf8)
    // Animation, and transparency.
    body += chunk("VP8X", [hasAlpha ? 0x12 : 0x02, 0, 0, 0] + number(width - 1, 3) + number(height - 1, 3))
    // A transparent background, and no end of the repetition.
    body += chunk("ANIM", [0, 0, 0, 0, 0, 0])
    for frame in frames {
      let head =
        [0, 0, 0, 0, 0, 0] + number(width - 1, 3) + number(height - 1, 3) + number(frame.milliseconds, 3)
      // The flag says that the frame isn't blended with the one before.
      body += chunk("ANMF", head + [0x02] + imageChunks(of: frame.file))
    }
    return Array("RIFF".utf8) + number(body.count, 4) + body
  }

  /// The bytes that a frame takes in the file.
  static func byteCount(of file: [UInt8]) -> Int { 8 + 16 + imageChunks(of: file).count }

  /// The bytes before the frames.
  static let headByteCount = 12 + 18 + 14

  /// The chunks of the image itself: transparency and image data, without the extended header.
  private static func imageChunks(of file: [UInt8]) -> ArraySlice<UInt8> {
    let isExtended = file.dropFirst(12).prefix(4).elementsEqual("VP8X".utf8)
    return file.dropFirst(isExtended ? 30 : 12)
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    Array(type.utf8) + number(data.count, 4) + data + (data.count % 2 == 1 ? [0] : [])
  }

  /// The least significant byte first.
  private static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

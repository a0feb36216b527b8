internal import PreflightBytes

/// Decodes animated PNG (PNG, third edition, 11.3.6 and 13.4): each frame is a PNG of its own, drawn on the canvas.
enum PNGFrames {
  private struct Control {
    var (width, height, left, top): (Int, Int, Int, Int)
    var seconds: Double
    var disposal: UInt8
    var isBlended: Bool
  }

  static func read(_ bytes: [UInt8], _ body: (Frame) throws(EncodingError) -> Void) throws(EncodingError) {
    let colors = PNGColors(of: bytes)
    let bytes = colors.file
    var position = 8
    var header: [UInt8] = []
    // Chunks that every frame needs: the palette, the transparency, and what libpng has to know of the colors.
    var shared: [UInt8] = []
    var (control, data): (Control?, [UInt8]) = (nil, [])
    var canvas: Raster?
    var clock = FrameClock()
    func number(_ place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    func finish() throws(EncodingError) {
      guard let own = control, !data.isEmpty else { return }
      defer { data = [] }
      guard header.count == 13 else { throw EncodingError("the PNG has no header") }
      var head = header
      head.replaceSubrange(0..<4, with: PNGFrames.bytes(own.width))
      head.replaceSubrange(4..<8, with: PNGFrames.bytes(own.height))
      let file =
        Array(bytes.prefix(8)) + chunk("IHDR", head) + shared + chunk("IDAT", data) + chunk("IEND", [])
      let image = try Codecs.decodePNG(file)
      guard var current = canvas else { return }
      let before = current
      current.draw(image, atX: own.left, y: own.top, isBlended: own.isBlended)
      current.profile = colors.profile
      try body(Frame(current, milliseconds: clock.milliseconds(of: own.seconds)))
      switch own.disposal {
      case 1: current.draw(Raster(width: own.width, height: own.height), atX: own.left, y: own.top)
      case 2: current = before
      default: break
      }
      canvas = current
    }
    while bytes.count - position >= 12 {
      let length = number(position)
      guard length <= bytes.count - position - 12 else { throw EncodingError("the PNG is cut") }
      let type = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
      let range = position + 8..<position + 8 + length
      switch type {
      case "IHDR":
        guard length == 13 else { throw EncodingError("the PNG is broken") }
        header = Array(bytes[range])
        let (width, height) = (number(range.lowerBound), number(range.lowerBound + 4))
        guard Raster.canHold(width, height) else {
          throw EncodingError("the PNG has too many pixels")
        }
        canvas = Raster(width: width, height: height)
      case "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT":
        if data.isEmpty { shared += bytes[position..<range.upperBound + 4] }
      case "fcTL":
        try finish()
        guard length >= 26 else { throw EncodingError("the PNG is broken") }
        let start = range.lowerBound
        let (delay, unit) = (
          Int(bytes[start + 20]) << 8 | Int(bytes[start + 21]),
          Int(bytes[start + 22]) << 8 | Int(bytes[start + 23])
        )
        control = Control(
          width: number(start + 4), height: number(start + 8), left: number(start + 12),
          top: number(start + 16),
          seconds: Double(delay) / Double(unit == 0 ? 100 : unit), disposal: bytes[start + 24],
          isBlended: bytes[start + 25] == 1)
        guard let control, control.left <= 1 << 24, control.top <= 1 << 24,
          Raster.canHold(control.width, control.height)
        else { throw EncodingError("the PNG is broken") }
      // Data before the first control is the default image, which isn't part of the animation.
      case "IDAT": if control != nil { data += bytes[range] }
      case "fdAT": if length > 4 { data += bytes[range.dropFirst(4)] }
      case "IEND":
        return try finish()
      default: break
      }
      position = range.upperBound + 4
    }
    try finish()
  }

  /// Decodes the frames of a video, a PNG each, one after another. Their gamma is ignored: ffmpeg writes that of the standard
  /// that the video was recorded by, and players show its values as they are.
  ///
  /// - Parameter rate: Frames a second.
  static func readSequence(
    _ bytes: [UInt8], rate: Double, _ body: (Frame) throws(EncodingError) -> Void
  ) throws(EncodingError) {
    var clock = FrameClock()
    var start = 0
    while start < bytes.count {
      let end = try end(ofFileAt: start, in: bytes)
      let image = try Codecs.readPNG(Array(bytes[start..<end]), ignoresGamma: true)
      try body(Frame(image, milliseconds: clock.milliseconds(of: 1 / rate)))
      start = end
    }
  }

  private static func end(ofFileAt start: Int, in bytes: [UInt8]) throws(EncodingError) -> Int {
    for chunk in PNGChunks(bytes, ofFileAt: start) where chunk.type == "IEND" {
      return chunk.range.upperBound
    }
    throw EncodingError("the PNG is cut")
  }

  /// Whether a PNG is animated: it says so before its image.
  static func isAnimated(_ bytes: [UInt8]) -> Bool {
    PNGChunks(bytes).first { $0.type == "acTL" || $0.type == "IDAT" }?.type == "acTL"
  }

  private static func bytes(_ number: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    var sum = CRC32()
    sum.update(body.span.bytes)
    return bytes(data.count) + body + bytes(Int(sum.value))
  }
}

/// Rounds the times of frames so that their sum stays right.
private struct FrameClock {
  private var seconds = 0.0
  private var shown = 0

  mutating func milliseconds(of duration: Double) -> Int {
    // A frame of a video lasts less than a day; what claims more is cut off.
    seconds = min(seconds + duration, 86_400)
    let end = Int((1000 * seconds).rounded())
    defer { shown = end }
    return end - shown
  }
}

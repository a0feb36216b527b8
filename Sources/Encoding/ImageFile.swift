internal import PreflightBytes

/// A file with an image or an animation, as it came.
package struct ImageFile {
  private let bytes: [UInt8]
  private let kind: Kind
  private let isPremultiplied: Bool

  private enum Kind {
    case jpeg, png, animatedPNG, webP, gif
    /// PNG files one after another, which another program made of a video.
    case pngSequence(rate: Double)
  }

  /// Recognizes a file by its first bytes.
  ///
  /// - Parameters:
  ///   - frameRate: Frames a second of a video, whose frames are PNG files one after another; nil for any other file.
  ///   - isPremultiplied: Whether the colors of its pixels are multiplied by their alpha, as a program left them that decoded
  ///     another format to PNG.
  package init(
    _ bytes: [UInt8], frameRate: Double? = nil, isPremultiplied: Bool = false
  ) throws(EncodingError) {
    self.bytes = bytes
    self.isPremultiplied = isPremultiplied
    if let frameRate {
      kind = .pngSequence(rate: frameRate)
    } else if bytes.starts(with: [0xff, 0xd8, 0xff]) {
      kind = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
      kind = PNGFrames.isAnimated(bytes) ? .animatedPNG : .png
    } else if bytes.starts(with: "RIFF".utf8) {
      kind = .webP
    } else if bytes.starts(with: "GIF8".utf8) {
      kind = .gif
    } else {
      throw EncodingError("it is neither JPEG, PNG, WebP nor GIF")
    }
  }

  /// Whether the file is lossless, so that its pixels are as they were drawn.
  package var isLossless: Bool {
    switch kind {
    case .jpeg, .webP: false
    case .png, .animatedPNG, .gif, .pngSequence: true
    }
  }

  /// The image; of an animation, the first frame.
  ///
  /// - Parameter leastSide: A JPEG may be halved as long as both sides have as many pixels; 0 to halve it only if it has too
  ///   many.
  package func image(leastSide: Int = 0) throws(EncodingError) -> Raster {
    switch kind {
    case .jpeg: return try Codecs.readJPEG(bytes, leastSide: leastSide)
    default:
      var first: Raster?
      do throws(EncodingError) {
        try forEachFrame { frame throws(EncodingError) in
          first = frame.image
          // One is enough.
          throw EncodingError("")
        }
      } catch { if first == nil { throw error } }
      guard let first else { throw EncodingError("it has no image") }
      return first
    }
  }

  /// Calls a closure with each frame; of a still image, with that one.
  package func forEachFrame(_ body: (Frame) throws(EncodingError) -> Void) throws(EncodingError) {
    guard isPremultiplied else { return try decode(body) }
    try decode { frame throws(EncodingError) in
      try body(Frame(frame.image.unpremultiplied, milliseconds: frame.milliseconds))
    }
  }

  private func decode(_ body: (Frame) throws(EncodingError) -> Void) throws(EncodingError) {
    switch kind {
    case .jpeg: try body(Frame(Codecs.readJPEG(bytes, leastSide: 0), milliseconds: 0))
    case .png: try body(Frame(Codecs.readPNG(bytes), milliseconds: 0))
    case .animatedPNG: try PNGFrames.read(bytes, body)
    case .pngSequence(let rate): try PNGFrames.readSequence(bytes, rate: rate, body)
    case .webP: try Codecs.readWebP(bytes, body)
    case .gif: try GIFFrames.read(bytes, body)
    }
  }

  /// Whether it may have more than one frame.
  package var mayBeAnimated: Bool {
    switch kind {
    case .jpeg, .png: false
    case .animatedPNG, .webP, .gif, .pngSequence: true
    }
  }
}

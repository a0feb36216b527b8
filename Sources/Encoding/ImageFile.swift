internal import PreflightBytes

/// A file with an image or an animation, as it came.
package struct ImageFile {
  private let bytes: [UInt8]
  private let kind: Kind

  private enum Kind {
    case jpeg, png, animatedPNG, webP, gif
  }

  /// Recognizes a file by its first bytes.
  package init(_ bytes: [UInt8]) throws(EncodingError) {
    self.bytes = bytes
    if bytes.starts(with: [0xff, 0xd8, 0xff]) {
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
  package var isLossless: Bool { kind != .jpeg && kind != .webP }

  /// The image; of an animation, the first frame.
  ///
  /// - Parameter leastSide: A JPEG may be halved as long as both sides have as many pixels; 0 to keep it whole.
  package func image(leastSide: Int = 0) throws(EncodingError) -> Raster {
    switch kind {
    case .jpeg: return try Codecs.readJPEG(bytes, leastSide: leastSide)
    case .png: return try Codecs.readPNG(bytes)
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
    switch kind {
    case .jpeg, .png: try body(Frame(try image(), milliseconds: 0))
    case .animatedPNG: try PNGFrames.read(bytes, body)
    case .webP: try Codecs.readWebP(bytes, body)
    case .gif: try GIFFrames.read(bytes, body)
    }
  }

  /// Whether it may have more than one frame.
  package var mayBeAnimated: Bool { kind != .jpeg && kind != .png }
}

internal import PreflightBytes
internal import Synchronization

/// Makes stickers: WebP of one size, static or animated, within the limits on bytes and time.
///
/// Quality and frame rate are found by measured sizes. Each frame is encoded alone, so a few of them tell what all will take,
/// and all cores work.
package struct StickerEncoder: Sendable {
  /// What a sticker must be.
  package struct Rules: Sendable, Equatable {
    package var width = 512
    package var height = 512
    /// The most bytes of a static sticker.
    package var staticByteCount = 100_000
    /// The most bytes of an animated sticker.
    package var animatedByteCount = 500_000
    /// The least time that a frame is shown, in milliseconds.
    package var minimumFrame = 8
    /// The most time of all frames together, in milliseconds.
    package var maximumDuration = 10_000

    package init() {}
  }

  private static let method = 4
  /// Below this, fewer frames look better than worse ones.
  private static let worthQuality = 4.0
  private static let bestQuality = 95.0
  /// The least time of a frame that is kept: thirty a second.
  private static let shownFrame = 33

  private let rules: Rules

  package init(_ rules: Rules) { self.rules = rules }

  /// - Parameter orientation: How the image is seen (Exif, 1 to 8).
  package func sticker(of file: ImageFile, orientation: Int = 1) throws(EncodingError) -> [UInt8] {
    if file.mayBeAnimated {
      let frames = try frames(of: file, orientation: orientation)
      if frames.count > 1 { return try animated(frames) }
      if let only = frames.first { return try still(only.image) }
      throw EncodingError("it has no image")
    }
    let side = 2 * max(rules.width, rules.height)
    let image = try file.image(leastSide: side).turned(by: orientation)
    return try still(image.letterboxed(width: rules.width, height: rules.height).inSRGB)
  }

  // MARK: Static

  private func still(_ image: Raster) throws(EncodingError) -> [UInt8] {
    // Drawings are smaller without loss, and sharp.
    if image.hasFewColors(atMost: 4096) {
      let lossless = try Codecs.writeWebP(image, quality: 50, isLossless: true, method: 2)
      if lossless.count <= rules.staticByteCount { return lossless }
    }
    let best = try Codecs.writeWebP(image, quality: Self.bestQuality, isLossless: false, method: Self.method)
    if best.count <= rules.staticByteCount { return best }
    var found: [UInt8]?
    var (low, high) = (0.0, Self.bestQuality)
    while high - low > 1.5 {
      let middle = (low + high) / 2
      let file = try Codecs.writeWebP(image, quality: middle, isLossless: false, method: Self.method)
      if file.count <= rules.staticByteCount { (found, low) = (file, middle) } else { high = middle }
    }
    if let found { return found }
    let least = try Codecs.writeWebP(image, quality: 0, isLossless: false, method: 6)
    guard least.count <= rules.staticByteCount else {
      throw EncodingError("the smallest sticker of it has \(least.count) bytes")
    }
    return least
  }

  // MARK: Animated

  /// The frames at the sticker's size, thirty a second at most, with their times made to fit.
  private func frames(of file: ImageFile, orientation: Int) throws(EncodingError) -> [Frame] {
    var frames: [Frame] = []
    // The time that was taken from frames that are shown too briefly to be seen.
    var debt = 0
    try file.forEachFrame { frame throws(EncodingError) in
      if debt + frame.milliseconds < Self.shownFrame, debt > 0 || frame.milliseconds < Self.shownFrame / 2,
        !frames.isEmpty
      {
        frames[frames.count - 1].milliseconds += frame.milliseconds
        debt += frame.milliseconds
        return
      }
      debt = 0
      guard frames.count < Limits.Encoding.frames else {
        frames[frames.count - 1].milliseconds += frame.milliseconds
        return
      }
      let image = frame.image.turned(by: orientation)
        .letterboxed(width: rules.width, height: rules.height).inSRGB
      // A frame like the one before is more time for that.
      if image == frames.last?.image {
        frames[frames.count - 1].milliseconds += frame.milliseconds
      } else {
        frames.append(Frame(image, milliseconds: frame.milliseconds))
      }
    }
    return timed(frames)
  }

  /// Frames that are shown long enough each, and short enough all together: faster, as other programs do it.
  private func timed(_ frames: [Frame]) -> [Frame] {
    var frames = frames
    for index in frames.indices {
      frames[index].milliseconds = max(frames[index].milliseconds, rules.minimumFrame)
    }
    let sum = frames.reduce(0) { $0 + $1.milliseconds }
    if sum > rules.maximumDuration {
      for index in frames.indices {
        frames[index].milliseconds = max(
          rules.minimumFrame, frames[index].milliseconds * rules.maximumDuration / sum)
      }
    }
    return frames
  }

  private func animated(_ frames: [Frame]) throws(EncodingError) -> [UInt8] {
    var frames = frames
    let hasAlpha = frames.contains { $0.image.hasTransparency }
    // What is drawn in few colors may be smaller without loss, as for still images.
    let isDrawing = frames.allSatisfy { $0.image.hasFewColors(atMost: 256) }
    let room = rules.animatedByteCount - WebPAnimation.headByteCount
    func file(_ files: [[UInt8]]) -> [UInt8] {
      let encoded = zip(files, frames).map {
        WebPAnimation.EncodedFrame(file: $0, milliseconds: $1.milliseconds)
      }
      return WebPAnimation.file(encoded, width: rules.width, height: rules.height, hasAlpha: hasAlpha)
    }
    while true {
      if isDrawing, try sampled(frames, .lossless) <= room {
        let files = try encode(frames.map(\.image), .lossless)
        if Self.byteCount(files) <= room { return file(files) }
      }
      if let found = try quality(of: frames, within: room) {
        // The sample may have been a lucky one.
        var quality = found
        for _ in 0..<4 {
          let files = try encode(frames.map(\.image), .lossy(quality))
          let size = Self.byteCount(files)
          if size <= room { return file(files) }
          if quality == 0 { break }
          // Above 70, a step of the quality changes the size twice as much as below.
          let excess = Double(size) / Double(room) - 1
          quality = max(0, quality - max(1.5, excess * (quality > 70 ? 40 : 90)))
        }
      }
      guard frames.count > 2 else { throw EncodingError("no sticker of it is small enough") }
      frames = fewer(frames)
    }
  }

  /// Two of three frames, with the time of all.
  private func fewer(_ frames: [Frame]) -> [Frame] {
    var kept: [Frame] = []
    for (index, frame) in frames.enumerated() {
      if index % 3 == 2, !kept.isEmpty {
        kept[kept.count - 1].milliseconds += frame.milliseconds
      } else {
        kept.append(frame)
      }
    }
    return kept
  }

  // MARK: Measuring

  private enum Coding {
    case lossless
    case lossy(Double)
  }

  /// How many frames tell what all will take.
  private static let sampleCount = 5

  /// What all frames take, judged by some of them.
  private func sampled(_ frames: [Frame], _ coding: Coding) throws(EncodingError) -> Int {
    let count = min(frames.count, Self.sampleCount)
    // From the middle of each part, since animations often begin and end with little.
    let sample = (0..<count).map { frames[(2 * $0 + 1) * frames.count / (2 * count)].image }
    return Self.byteCount(try encode(sample, coding)) * frames.count / count
  }

  private static func byteCount(_ files: [[UInt8]]) -> Int {
    files.reduce(0) { $0 + WebPAnimation.byteCount(of: $1) }
  }

  /// The quality at which the frames probably fit; nil if none is worth it.
  private func quality(of frames: [Frame], within room: Int) throws(EncodingError) -> Double? {
    let target = Double(room) * 0.985
    func size(_ quality: Double) throws(EncodingError) -> Double {
      Double(try sampled(frames, .lossy(quality)))
    }
    var low = (quality: 50.0, size: try size(50))
    var high = low
    if low.size <= target {
      high = (Self.bestQuality, try size(Self.bestQuality))
      if high.size <= target { return Self.bestQuality }
    } else {
      low = (Self.worthQuality, try size(Self.worthQuality))
      // With two frames or fewer, any quality is better than none.
      if low.size > target { return frames.count > 2 ? nil : 0 }
    }
    // Between two qualities, the size grows about as an exponential does.
    for _ in 0..<4 where high.quality - low.quality > 2 {
      let part = (target / low.size).logarithm / (high.size / low.size).logarithm
      let middle = low.quality + (high.quality - low.quality) * min(0.9, max(0.1, part))
      let own = (quality: middle, size: try size(middle))
      if own.size <= target { low = own } else { high = own }
      if low.size > 0.96 * target { break }
    }
    return low.quality
  }

  private final class Results: Sendable {
    let files: Mutex<[[UInt8]?]>

    init(_ count: Int) { files = Mutex([[UInt8]?](repeating: nil, count: count)) }
  }

  /// Encodes images on all cores.
  private func encode(_ images: [Raster], _ coding: Coding) throws(EncodingError) -> [[UInt8]] {
    let results = Results(images.count)
    Threads.perform(images.count) { index in
      let file =
        switch coding {
        case .lossless: try? Codecs.writeWebP(images[index], quality: 20, isLossless: true, method: 2)
        case .lossy(let quality):
          try? Codecs.writeWebP(images[index], quality: quality, isLossless: false, method: Self.method)
        }
      results.files.withLock { $0[index] = file }
    }
    let files = results.files.withLock { $0 }.compactMap { $0 }
    guard files.count == images.count else { throw EncodingError("a frame can't be encoded as WebP") }
    return files
  }
}

#if canImport(Darwin)
  private import Darwin
#elseif canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#endif

extension Double {
  fileprivate var logarithm: Double { log(self) }
}

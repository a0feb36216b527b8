internal import PreflightFacts
internal import CLibWebP
internal import PreflightBytes

/// libwebp and its demuxer, touched here and nowhere else: one file in memory, taken apart.
struct LibWebP: ~Copyable {
  /// The demuxer wants the whole file in memory. No messenger takes a larger one, and for what is
  /// larger the walk through the chunks has to do.
  static let maximumByteCount: UInt64 = 16 << 20

  /// A decoder of VP8L or of an alpha channel keeps four to five bytes for every point of a frame.
  /// What would take more memory than 40 MiB isn't decoded.
  private static let maximumFramePoints = 1 << 23

  /// A file of some megabytes can hold thousands of empty frames of any size. After this many points,
  /// about a second, the rest isn't decoded.
  private static let maximumPoints = 1 << 27

  /// The demuxer walks through all frames before the one that is asked for.
  private static let maximumFrames = 10_000

  private let bytes: UnsafeMutableRawBufferPointer
  private let demuxer: OpaquePointer

  /// Reads the first `count` bytes of a file; nil where the demuxer refuses them.
  init?(_ window: inout ByteWindow, count: Int) throws(ReadError) {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    var filled = 0
    do {
      while filled < count {
        let block = try window.block(at: UInt64(filled), upTo: UInt64(count - filled))
        if block.remaining == 0 { break }
        block.bytes.withUnsafeBytes {
          UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]).copyMemory(from: $0)
        }
        filled += block.remaining
      }
    } catch {
      bytes.deallocate()
      throw error
    }
    var data = WebPData(bytes: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), size: filled)
    guard let demuxer = WebPDemux(&data) else {
      bytes.deallocate()
      return nil
    }
    self.bytes = bytes
    self.demuxer = demuxer
  }

  deinit {
    WebPDemuxDelete(demuxer)
    bytes.deallocate()
  }

  private var frameCount: Int { Int(WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT)) }

  /// States what the demuxer says about the picture.
  func describe(into facts: inout Facts) {
    guard frameCount <= Self.maximumFrames else { return }
    let flags = WebPDemuxGetI(demuxer, WEBP_FF_FORMAT_FLAGS)
    facts.width = Int(WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH))
    facts.height = Int(WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT))
    facts.animationFlag = flags & ANIMATION_FLAG.rawValue != 0
    var hasAlpha = flags & ALPHA_FLAG.rawValue != 0
    var shortest = Int.max
    var duration: UInt64 = 0
    forEachFrame { frame in
      hasAlpha = hasAlpha || frame.has_alpha != 0
      shortest = min(shortest, Int(frame.duration))
      duration += UInt64(clamping: frame.duration)
      return true
    }
    facts.noteAlpha(hasAlpha)
    facts.noteFrames(frameCount, shortest: shortest, duration: duration)
  }

  /// A frame that the decoder refuses.
  struct BrokenFrame {
    /// Counted from 1.
    let number: Int
    /// The file offset of the frame's data.
    let offset: UInt64
    let reason: String
  }

  /// Decodes every frame, within the limits above, and tells the first that can't be.
  func firstUndecodableFrame() -> BrokenFrame? {
    guard frameCount <= Self.maximumFrames else { return nil }
    var points = 0
    var broken: BrokenFrame?
    forEachFrame { frame in
      let size = Int(frame.width) * Int(frame.height)
      points += size
      if points > Self.maximumPoints { return false }
      let status = Self.decode(frame.fragment, points: size)
      // For want of memory nothing can be said about the file.
      if status == VP8_STATUS_OK || status == VP8_STATUS_OUT_OF_MEMORY { return true }
      let start = UnsafeRawPointer(bytes.baseAddress)
      let offset = start.flatMap { start in frame.fragment.bytes.map { start.distance(to: $0) } }
      broken = BrokenFrame(
        number: Int(frame.frame_num), offset: UInt64(clamping: offset ?? 0), reason: Self.words(for: status))
      return false
    }
    return broken
  }

  /// Calls `body` with each frame in order until it returns false.
  private func forEachFrame(_ body: (WebPIterator) -> Bool) {
    var iterator = WebPIterator()
    defer { WebPDemuxReleaseIterator(&iterator) }
    guard WebPDemuxGetFrame(demuxer, 1, &iterator) != 0 else { return }
    while body(iterator), WebPDemuxNextFrame(&iterator) != 0 {}
  }

  /// Decodes a frame for nothing but the answer whether it can be.
  private static func decode(_ data: WebPData, points: Int) -> VP8StatusCode {
    var config = WebPDecoderConfig()
    guard WebPInitDecoderConfig(&config) != 0 else { return VP8_STATUS_INVALID_PARAM }
    let status = WebPGetFeatures(data.bytes, data.size, &config.input)
    guard status == VP8_STATUS_OK else { return status }
    if points > maximumFramePoints, config.input.format != 1 || config.input.has_alpha != 0 {
      return VP8_STATUS_OK
    }
    // Only the last rows are given out, so that no buffer of the picture's size is needed for them: to get
    // there the decoder has to read all of the data. How the points look doesn't matter.
    let top = (config.input.height - 1) & ~1
    config.options.use_cropping = 1
    config.options.crop_top = top
    config.options.crop_width = config.input.width
    config.options.crop_height = config.input.height - top
    config.options.bypass_filtering = 1
    config.options.no_fancy_upsampling = 1
    config.output.colorspace = MODE_BGRA
    defer { WebPFreeDecBuffer(&config.output) }
    return WebPDecode(data.bytes, data.size, &config)
  }

  private static func words(for status: VP8StatusCode) -> String {
    switch status {
    case VP8_STATUS_NOT_ENOUGH_DATA, VP8_STATUS_SUSPENDED: "the data ends too early"
    case VP8_STATUS_UNSUPPORTED_FEATURE: "a feature that no decoder has"
    default: "broken data"
    }
  }
}

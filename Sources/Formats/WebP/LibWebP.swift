internal import PreflightFacts
internal import CLibWebP
internal import PreflightBytes

/// The only use of libwebp and its demuxer: one file in memory, demuxed.
struct LibWebP: ~Copyable {
  private let bytes: UnsafeMutableRawBufferPointer
  private let demuxer: OpaquePointer

  /// Reads the first `count` bytes of a file; nil if the demuxer rejects them.
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

  /// Sets the facts from the demuxer. Facts that need all frames stay as the walk through the chunks found
  /// them if there are more frames than the limit.
  func describe(into reading: inout Reading) {
    let flags = WebPDemuxGetI(demuxer, WEBP_FF_FORMAT_FLAGS)
    reading.facts.width = Int(WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH))
    reading.facts.height = Int(WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT))
    reading.facts.animationFlag = flags & ANIMATION_FLAG.rawValue != 0
    var hasAlpha = flags & ALPHA_FLAG.rawValue != 0
    var shortest = Int.max
    var duration: UInt64 = 0
    forEachFrame(into: &reading) { frame, _ in
      hasAlpha = hasAlpha || frame.has_alpha != 0
      shortest = min(shortest, Int(frame.duration))
      duration += UInt64(clamping: frame.duration)
      return true
    }
    reading.facts.noteAlpha(hasAlpha)
    guard frameCount <= Limits.WebP.frames else { return }
    reading.facts.noteFrames(frameCount, shortest: shortest, duration: duration)
  }

  /// A frame that the decoder refuses.
  struct BrokenFrame {
    /// Counted from 1.
    let number: Int
    /// The file offset of the frame's data.
    let offset: UInt64
    let reason: String
  }

  /// Decodes every frame, within ``Limits/WebP``, and reports the first one that fails.
  func firstUndecodableFrame(into reading: inout Reading) -> BrokenFrame? {
    let isAnimated = frameCount > 1
    var pixels = 0
    var broken: BrokenFrame?
    forEachFrame(into: &reading) { frame, reading in
      let number = Int(frame.frame_num)
      let size = Int(frame.width) * Int(frame.height)
      pixels += size
      guard pixels <= Limits.WebP.pixels else {
        reading.leaveUnchecked(
          UncheckedPart(
            isAnimated ? "frame \(number) and all frames after it" : "the image data",
            limit: "\(Limits.WebP.pixels) pixels", at: offset(of: frame)))
        return false
      }
      switch Self.decode(frame.fragment, pixels: size) {
      case VP8_STATUS_OK: return true
      case nil:
        reading.leaveUnchecked(
          UncheckedPart(
            isAnimated ? "frames of more than \(Limits.WebP.framePixels) pixels" : "the image data",
            limit: "\(Limits.WebP.framePixels) pixels, lossless or with transparency",
            at: offset(of: frame)))
        return true
      case VP8_STATUS_OUT_OF_MEMORY:
        // Nothing can be said about the file.
        reading.leaveUnchecked(
          UncheckedPart(
            isAnimated ? "frames that need more memory than is available" : "the image data",
            limit: "the available memory", at: offset(of: frame)))
        return true
      case let status?:
        broken = BrokenFrame(number: number, offset: offset(of: frame), reason: Self.words(for: status))
        return false
      }
    }
    return broken
  }

  /// The file offset of a frame's data.
  private func offset(of frame: WebPIterator) -> UInt64 {
    let start = UnsafeRawPointer(bytes.baseAddress)
    let distance = start.flatMap { start in frame.fragment.bytes.map { start.distance(to: $0) } }
    return UInt64(clamping: distance ?? 0)
  }

  /// Calls `body` with each frame in order until it returns false, or the limit is reached.
  private func forEachFrame(
    into reading: inout Reading, _ body: (WebPIterator, inout Reading) -> Bool
  ) {
    var iterator = WebPIterator()
    defer { WebPDemuxReleaseIterator(&iterator) }
    guard WebPDemuxGetFrame(demuxer, 1, &iterator) != 0 else { return }
    while body(iterator, &reading), WebPDemuxNextFrame(&iterator) != 0 {
      guard Int(iterator.frame_num) <= Limits.WebP.frames else {
        return reading.leaveUnchecked(
          UncheckedPart(
            "the frames after frame \(Limits.WebP.frames)", limit: "\(Limits.WebP.frames) frames",
            at: offset(of: iterator)))
      }
    }
  }

  /// Decodes a frame only to find out whether it can be decoded; nil if it needs too much memory.
  private static func decode(_ data: WebPData, pixels: Int) -> VP8StatusCode? {
    var config = WebPDecoderConfig()
    guard WebPInitDecoderConfig(&config) != 0 else { return VP8_STATUS_INVALID_PARAM }
    let status = WebPGetFeatures(data.bytes, data.size, &config.input)
    guard status == VP8_STATUS_OK else { return status }
    if pixels > Limits.WebP.framePixels, config.input.format != 1 || config.input.has_alpha != 0 {
      return nil
    }
    // Only the last rows are output, so that no buffer of the image's size is needed: to get there, the
    // decoder has to read all of the data. The resulting pixels don't matter.
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
    case VP8_STATUS_NOT_ENOUGH_DATA, VP8_STATUS_SUSPENDED: "the data is truncated"
    case VP8_STATUS_UNSUPPORTED_FEATURE: "an unsupported feature"
    default: "corrupt data"
    }
  }
}

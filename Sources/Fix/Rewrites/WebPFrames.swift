internal import PreflightBytes

/// Changes how long the frames of an animated WebP are shown, or makes a static WebP of one with a single frame (RFC
/// 9649, 2.7). The frames themselves stay as they are.
enum WebPFrames {
  /// - Parameters:
  ///   - minimum: How long each frame must be shown, in milliseconds. Only frames that are shorter become longer.
  ///   - maximum: How long all frames together may be shown. Beyond that, all become shorter alike.
  static func splice(
    _ window: inout ByteWindow, minimum: UInt32, maximum: UInt32?
  ) throws(RewriteError) -> Splice {
    let frames = try RIFFChunks.all(in: &window).filter { $0.type == "ANMF" && $0.data.count >= 16 }
    guard !frames.isEmpty else { throw RewriteError("it isn't animated") }
    var durations: [UInt32] = []
    for frame in frames {
      let bytes = try window.bytes(at: frame.data.lowerBound + 12, count: 3)
      durations.append(UInt32(RIFFChunks.littleEndian(bytes)))
    }
    durations = try fitting(durations, minimum: minimum, maximum: maximum)
    var splice = Splice()
    var written: UInt64 = 0
    for (frame, duration) in zip(frames, durations) {
      splice.append(written..<frame.data.lowerBound + 12)
      splice.append((0..<3).map { UInt8(truncatingIfNeeded: duration >> UInt32(8 * $0)) })
      written = frame.data.lowerBound + 15
    }
    splice.append(written..<window.byteCount)
    return splice
  }

  /// Durations that are long enough, and together short enough.
  private static func fitting(
    _ durations: [UInt32], minimum: UInt32, maximum: UInt32?
  ) throws(RewriteError) -> [UInt32] {
    // Browsers show each frame for a tenth of a second where none has a time.
    let minimumShown = durations.allSatisfy { $0 == 0 } ? max(100, minimum) : minimum
    var fitting = durations.map { max($0, minimumShown) }
    guard let maximum else { return fitting }
    let sum = fitting.reduce(0) { $0 + UInt64($1) }
    guard sum > UInt64(maximum) else { return fitting }
    guard UInt64(fitting.count) * UInt64(minimum) <= UInt64(maximum) else {
      throw RewriteError("it has too many frames for its time")
    }
    // The time above the minimum is what there is to share, so that no frame becomes too short.
    let spare = sum - UInt64(fitting.count) * UInt64(minimum)
    let room = UInt64(maximum) - UInt64(fitting.count) * UInt64(minimum)
    for index in fitting.indices {
      let own = UInt64(fitting[index] - minimum) * room / max(1, spare)
      fitting[index] = minimum + UInt32(own)
    }
    return fitting
  }

  /// The only frame as a static WebP, if it fills the canvas.
  static func still(_ window: inout ByteWindow) throws(RewriteError) -> Splice {
    let chunks = try RIFFChunks.all(in: &window)
    let frames = chunks.filter { $0.type == "ANMF" && $0.data.count >= 16 }
    guard frames.count == 1, let frame = frames.first,
      let canvas = chunks.first(where: { $0.type == "VP8X" && $0.data.count >= 10 })
    else { throw RewriteError("it has several frames") }
    let header = try window.bytes(at: frame.data.lowerBound, count: 16)
    let size = try window.bytes(at: canvas.data.lowerBound, count: 10)
    // Frames are placed on the canvas; one that doesn't fill it would have to be decoded.
    guard header[0..<6].allSatisfy({ $0 == 0 }), header[6..<12] == size[4..<10] else {
      throw RewriteError("its frame doesn't fill it")
    }
    let inner = try RIFFChunks.all(
      in: frame.data.lowerBound + 16..<frame.data.upperBound, of: &window)
    guard let image = inner.first(where: { $0.type == "VP8 " || $0.type == "VP8L" }) else {
      throw RewriteError("its frame has no image")
    }
    let kept =
      inner.filter { $0.type == "ALPH" } + [image] + chunks.filter { ["EXIF", "XMP "].contains($0.type) }
    let profile = chunks.filter { $0.type == "ICCP" }
    var body = Splice()
    // Without the flag of an animation.
    body.append(Array("VP8X".utf8) + [10, 0, 0, 0, size[0] & ~2] + size[1...])
    for chunk in profile + kept { body.append(chunk.range) }
    return RIFFChunks.file(body)
  }
}

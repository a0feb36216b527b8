internal import PreflightFacts
internal import PreflightBytes

/// The animation control chunk acTL (section 11.3.6.1).
struct PNGAnimationControl {
  let frameCount: UInt32

  init(parsing data: inout ByteSpan) throws(ReadError) {
    frameCount = try UInt32(parsingBigEndian: &data)
    try data.skip(4)
  }
}

/// A frame control chunk fcTL (section 11.3.6.2).
struct PNGFrameControl {
  let sequenceNumber: UInt32
  let width: UInt32
  let height: UInt32
  let xOffset: UInt32
  let yOffset: UInt32
  let delayNumerator: UInt16
  let delayDenominator: UInt16
  let disposeOperation: UInt8
  let blendOperation: UInt8

  init(parsing data: inout ByteSpan) throws(ReadError) {
    sequenceNumber = try UInt32(parsingBigEndian: &data)
    width = try UInt32(parsingBigEndian: &data)
    height = try UInt32(parsingBigEndian: &data)
    xOffset = try UInt32(parsingBigEndian: &data)
    yOffset = try UInt32(parsingBigEndian: &data)
    delayNumerator = try UInt16(parsingBigEndian: &data)
    delayDenominator = try UInt16(parsingBigEndian: &data)
    disposeOperation = try UInt8(parsing: &data)
    blendOperation = try UInt8(parsing: &data)
  }

  /// How long the frame is shown. A denominator of 0 means hundredths of a second.
  var milliseconds: Double {
    Double(delayNumerator) * 1000 / Double(delayDenominator == 0 ? 100 : delayDenominator)
  }

  /// Whether the frame lies within the image; the frame that is the image itself must fill it.
  func fits(_ header: PNGHeader, isStaticImage: Bool) -> Bool {
    if isStaticImage {
      return width == header.width && height == header.height && xOffset == 0 && yOffset == 0
    }
    return width > 0 && height > 0 && UInt64(xOffset) + UInt64(width) <= UInt64(header.width)
      && UInt64(yOffset) + UInt64(height) <= UInt64(header.height)
  }
}

/// The frames of an animation, in the order of their chunks.
struct PNGAnimation: ~Copyable {
  /// How many frames acTL declares; nil if it doesn't precede the image data, and then there is no animation.
  private(set) var promisedFrames: UInt32?

  private var frames = 0
  private var shortest = Double.infinity
  private var duration = 0.0
  private var nextSequenceNumber: UInt32 = 0
  /// Whether the last frame control still waits for data.
  private var isWaiting = false
  private var frameData: PNGImageData?
  /// The static image's frame control, if it precedes acTL: only one may precede the image data, in any order
  /// (section 5.6, table 5.3).
  private var early: (control: PNGFrameControl, chunk: PNGChunk)?

  /// Adds acTL. If it declares no frames, decoders show the static image.
  ///
  /// - Returns: The frame control that waited for it, to be processed next.
  mutating func take(_ control: PNGAnimationControl) -> (control: PNGFrameControl, chunk: PNGChunk)? {
    guard promisedFrames == nil, control.frameCount > 0 else { return nil }
    promisedFrames = control.frameCount
    return early.take()
  }

  /// Keeps a frame control that precedes any acTL; without an acTL it is ignored.
  mutating func keep(_ control: PNGFrameControl, _ chunk: PNGChunk) { early = (control, chunk) }

  /// Notes that the static image's data has started, which may be that of the first frame.
  mutating func noteStaticImage() { isWaiting = false }

  /// Adds fcTL.
  ///
  /// - Parameters:
  ///   - isStaticImage: Whether the image data follows, and belongs to this frame.
  ///   - budget: How many bytes may still be decompressed.
  mutating func take(
    _ control: PNGFrameControl, _ chunk: PNGChunk, _ header: PNGHeader, isStaticImage: Bool,
    budget: inout UInt64, _ unpacker: Unpacker, into reading: inout Reading
  ) -> Fault? {
    if let fault = endFrame(at: chunk.offset, unpacker) ?? sequenceFault(control.sequenceNumber, in: chunk) {
      return fault
    }
    if !control.fits(header, isStaticImage: isStaticImage) {
      return Fault(
        "frame-outside-picture", clause: "PNG 11.3.6.2", at: chunk.dataStart + 4,
        "An animation frame lies outside the image.",
        expected: "within \(header.width) × \(header.height)",
        actual: "\(control.width) × \(control.height) at \(control.xOffset), \(control.yOffset)")
    }
    if control.disposeOperation > 2 || control.blendOperation > 1 {
      return Fault(
        "frame-operation", clause: "PNG 11.3.6.2", at: chunk.dataStart + 24,
        "An animation frame has an invalid dispose or blend operation.")
    }
    if !isStaticImage {
      let data = PNGImageData(header.passes(width: control.width, height: control.height), budget: budget)
      budget -= data.cost
      if !data.isDecompressed {
        let size = Limits.size(Limits.PNG.imageByteCount)
        reading.leaveUnchecked(
          UncheckedPart("frames beyond \(size) decompressed", limit: "\(size) decompressed", at: chunk.offset)
        )
      }
      frameData = consume data
    }
    isWaiting = true
    frames += 1
    shortest = min(shortest, control.milliseconds)
    duration += control.milliseconds
    reading.facts.frameCount = frames
    if frames > 1 {
      reading.facts.animated = true
      reading.facts.minFrameDurationMilliseconds = shortest
      reading.facts.durationMilliseconds = duration
    }
    return nil
  }

  /// Adds the sequence number of fdAT (section 11.3.6.3).
  mutating func takeSequenceNumber(_ number: UInt32, of chunk: PNGChunk) -> Fault? {
    if frameData == nil {
      return Fault(
        "frame-data-without-control", clause: "PNG 11.3.6.3", at: chunk.offset,
        "Animation frame data precedes the frame's fcTL chunk.")
    }
    isWaiting = false
    return sequenceFault(number, in: chunk)
  }

  /// Adds a piece of the data of fdAT.
  mutating func take(_ data: ByteSpan, ofChunkAt offset: UInt64) -> PNGImageData.Problem? {
    frameData?.take(data, ofChunkAt: offset)
  }

  /// Ends the animation at IEND.
  mutating func end(at offset: UInt64, _ unpacker: Unpacker) -> Fault? {
    guard let promisedFrames else { return nil }
    if let fault = endFrame(at: offset, unpacker) { return fault }
    if frames < promisedFrames {
      return Fault(
        "missing-frames", clause: "PNG 11.3.6.1", at: offset,
        "The animation has fewer frames than its acTL chunk declares.", expected: "\(promisedFrames)",
        actual: "\(frames)")
    }
    return nil
  }

  private mutating func endFrame(at offset: UInt64, _ unpacker: Unpacker) -> Fault? {
    if isWaiting {
      return Fault(
        "frame-without-data", clause: "PNG 11.3.6.2", at: offset, "An animation frame has no data.")
    }
    let problem = frameData?.end(unpacker)
    frameData = nil
    return problem?.fault("fdAT", endingAt: offset)
  }

  private mutating func sequenceFault(_ number: UInt32, in chunk: PNGChunk) -> Fault? {
    let expected = nextSequenceNumber
    nextSequenceNumber &+= 1
    if number == expected { return nil }
    return Fault(
      "frame-sequence", clause: "PNG 11.3.6", at: chunk.dataStart,
      "The animation chunks are out of order: a sequence number is not the next one.",
      expected: "\(expected)", actual: "\(number)")
  }
}

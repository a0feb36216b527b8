internal import PreflightFacts
internal import PreflightBytes

/// The chunks of a WebP file, in order (RFC 9649, sections 2.4 to 2.7).
struct WebPStructure {
  private var extendedHeader: WebPExtendedHeader?
  private var hasImage = false
  private var frames = 0
  private var shortest = UInt32.max
  private var duration: UInt64 = 0

  /// Walks from chunk to chunk, up to the end that the file's header declares.
  static func read(
    _ window: inout ByteWindow, until declaredEnd: UInt64, into reading: inout Reading
  ) throws(ReadError) {
    var structure = WebPStructure()
    var position: UInt64 = 12
    while position < declaredEnd, let chunk = try RIFFChunk(in: &window, at: position) {
      if chunk.dataEnd > declaredEnd, window.byteCount >= declaredEnd {
        return reading.add(
          Fault(
            "chunk-length", clause: "RFC 9649 2.3", at: chunk.offset + 4,
            "Chunk \(chunk.type) is longer than the file header allows.",
            expected: "≤ \(declaredEnd - min(chunk.dataStart, declaredEnd))", actual: "\(chunk.length)"))
      }
      do {
        if let fault = try structure.take(chunk, &window, into: &reading) { return reading.add(fault) }
      } catch {
        guard case .endOfData = error.reason else { throw error }
        if chunk.dataEnd <= window.byteCount { reading.add(.chunkTooShort(chunk)) }
        return
      }
      position = chunk.end
    }
    if window.byteCount >= declaredEnd {
      structure.noteMissing(at: min(position, declaredEnd), into: &reading)
    }
  }

  private mutating func take(
    _ chunk: RIFFChunk, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) -> Fault? {
    if chunk.offset == 12, chunk.type != "VP8 ", chunk.type != "VP8L", chunk.type != "VP8X" {
      return Fault(
        "first-chunk", clause: "RFC 9649 2.4", at: chunk.offset,
        "The file doesn't start with an image chunk.",
        expected: "VP8 , VP8L or VP8X", actual: chunk.type.description)
    }
    let dataEnd = min(chunk.dataEnd, window.byteCount)
    switch chunk.type {
    case "VP8X":
      var data = try data(of: chunk, in: &window)
      if extendedHeader == nil { try takeExtendedHeader(&data, into: &reading) }
    case "VP8 ", "VP8L":
      if hasImage { return nil }
      hasImage = true
      var data = try data(of: chunk, in: &window)
      return try readImage(chunk, &data, into: &reading)
    case "ANMF":
      var data = try data(of: chunk, in: &window)
      try takeFrame(&data, into: &reading)
    case "EXIF":
      var data = try metadata(of: chunk, in: &window)
      // Some writers keep the prefix of JPEG's segment before the structure.
      if data.has("Exif\0\0") { try data.skip(6) }
      reading.take(Exif(try data.take(data.remaining)))
      reading.leaveMetadataUnchecked(in: chunk.dataStart..<dataEnd)
    case "XMP ":
      let data = try metadata(of: chunk, in: &window)
      reading.locationMetadataOffset = reading.locationMetadataOffset ?? XMP.locationOffset(in: data)
      reading.leaveMetadataUnchecked(in: chunk.dataStart..<dataEnd)
    default: break
    }
    return nil
  }

  /// The maximum size of the header in a chunk's data.
  @_lifetime(&window)
  private func data(of chunk: RIFFChunk, in window: inout ByteWindow) throws(ReadError) -> ByteSpan {
    try window.available(at: chunk.dataStart, upTo: Int(min(chunk.length, 32)))
  }

  /// How much of a chunk's data is read if it is Exif or XMP.
  @_lifetime(&window)
  private func metadata(of chunk: RIFFChunk, in window: inout ByteWindow) throws(ReadError) -> ByteSpan {
    try window.available(at: chunk.dataStart, upTo: min(Int(chunk.length), Limits.Metadata.byteCount))
  }

  private mutating func takeExtendedHeader(
    _ data: inout ByteSpan, into reading: inout Reading
  ) throws(ReadError) {
    let header = try WebPExtendedHeader(parsing: &data)
    extendedHeader = header
    reading.facts.width = Int(header.canvasWidth)
    reading.facts.height = Int(header.canvasHeight)
    reading.facts.noteAlpha(header.hasAlpha)
    reading.facts.animated = false
    reading.facts.animationFlag = header.isAnimated
  }

  private mutating func readImage(
    _ chunk: RIFFChunk, _ data: inout ByteSpan, into reading: inout Reading
  ) throws(ReadError) -> Fault? {
    guard let header = try WebPBitstreamHeader(chunk.type, parsing: &data) else {
      return Fault(
        "bitstream-header", clause: chunk.type == "VP8L" ? "RFC 9649 3.4" : "RFC 6386 9.1",
        at: chunk.dataStart,
        "The image data doesn't start with a valid header.")
    }
    if extendedHeader == nil {
      reading.facts.width = Int(header.width)
      reading.facts.height = Int(header.height)
      reading.facts.noteAlpha(header.hasAlpha)
      reading.facts.animationFlag = false
    }
    reading.facts.animated = false
    reading.facts.frameCount = 1
    return nil
  }

  private mutating func takeFrame(_ data: inout ByteSpan, into reading: inout Reading) throws(ReadError) {
    let frame = try WebPFrameHeader(parsing: &data)
    frames += 1
    shortest = min(shortest, frame.milliseconds)
    duration += UInt64(frame.milliseconds)
    reading.facts.noteFrames(frames, shortest: Int(shortest), duration: duration)
  }

  private func noteMissing(at offset: UInt64, into reading: inout Reading) {
    if !reading.faults.isEmpty || hasImage || frames > 0 { return }
    reading.add(
      Fault("no-picture", clause: "RFC 9649 2.7", at: offset, "The file contains no image."))
  }
}

extension Fault {
  fileprivate static func chunkTooShort(_ chunk: RIFFChunk) -> Fault {
    Fault(
      "chunk-too-short", clause: "RFC 9649 2.7", at: chunk.offset + 4,
      "Chunk \(chunk.type) is too short for its required fields.", actual: "\(chunk.length) bytes")
  }
}

extension Facts {
  /// Notes whether an RGB image also has transparency.
  mutating func noteAlpha(_ hasAlpha: Bool) {
    self.hasAlpha = hasAlpha
    colorModel = hasAlpha ? .rgba : .rgb
  }

  /// Notes the frames of an animation, in milliseconds.
  mutating func noteFrames(_ count: Int, shortest: Int, duration: UInt64) {
    frameCount = count
    animated = count > 1
    minFrameDurationMilliseconds = count > 1 ? Double(shortest) : nil
    durationMilliseconds = count > 1 ? Double(duration) : nil
  }
}

internal import PreflightFacts
internal import PreflightBytes

/// The state of a decoder after the chunks so far.
struct PNGImage: ~Copyable {
  private var header: PNGHeader?
  private var hasPalette = false
  private var imageData: PNGImageData?
  private var hasImageData = false
  private var animation = PNGAnimation()
  private var budget = Limits.PNG.imageByteCount

  /// Whether the file is of Apple's variant (CgBI), whose data differs from PNG's.
  private var isApple = false

  /// Checks a chunk's place against the order of chunks (section 5.6), before its data is read.
  mutating func begin(_ chunk: PNGChunk, _ unpacker: Unpacker, into reading: inout Reading) -> Fault? {
    guard let header else {
      if chunk.type == "IHDR" || chunk.type == "CgBI" { return nil }
      return Fault(
        "missing-header", clause: "PNG 5.6", at: chunk.offset, "The first chunk is not the header (IHDR).",
        expected: "IHDR", actual: chunk.type.description)
    }
    if chunk.type != "IDAT", let problem = endImageData(unpacker) {
      return problem.fault("IDAT", endingAt: chunk.offset)
    }
    switch chunk.type {
    case "IHDR":
      return Fault(
        "second-header", clause: "PNG 5.6", at: chunk.offset, "The image has a second header (IHDR).")
    case "PLTE":
      if hasPalette {
        return Fault(
          "second-palette", clause: "PNG 5.6", at: chunk.offset, "The image has a second palette (PLTE).")
      }
    case "IDAT":
      if header.colorModel == .palette, !hasPalette {
        return Fault(
          "missing-palette", clause: "PNG 11.2.2", at: chunk.offset,
          "The image data starts before the palette (PLTE).", expected: "PLTE",
          actual: "IDAT")
      }
    case "IEND":
      if !hasImageData {
        return Fault(
          "no-image-data", clause: "PNG 5.6", at: chunk.offset, "The file ends without any image data.")
      }
      return animation.end(at: chunk.offset, unpacker)
    default:
      if chunk.isCritical {
        return Fault(
          "unknown-critical-chunk", clause: "PNG 5.4", at: chunk.offset,
          "Unknown critical chunk \(chunk.type).",
          actual: chunk.type.description)
      }
    }
    return nil
  }

  /// Adds a chunk that is all there.
  ///
  /// - Returns: What keeps decoders from going on.
  mutating func take(
    _ chunk: PNGChunk, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) -> Fault? {
    if chunk.type == "IDAT" || chunk.type == "fdAT" && animation.promisedFrames != nil {
      return try takeImageData(chunk, &window, into: &reading)
    }
    let checksum = try chunk.checksum(in: &window)
    let isNeeded = chunk.isCritical || chunk.isAnimationControl
    if !isNeeded, reading.hasEnoughFaults,
      try window.bigEndian(UInt32.self, at: chunk.dataEnd) != checksum
    {
      return nil
    }
    if let fault = try checksumFault(chunk, checksum, &window) {
      // The header's values are still reported: they are what the file declares.
      if chunk.type == "IHDR" { _ = try takeHeader(chunk, &window, into: &reading) }
      if isNeeded { return fault }
      reading.add(fault)
      return nil
    }
    switch chunk.type {
    case "CgBI":
      isApple = true
      reading.add(
        Fault(
          "apple-variant", clause: "PNG 5.6", at: chunk.offset,
          "The file is an Apple-optimized PNG (CgBI), which other decoders reject.",
          expected: "IHDR", actual: "CgBI"))
    case "IHDR": return try takeHeader(chunk, &window, into: &reading)
    case "PLTE": return takePalette(chunk)
    case "tRNS": if !hasImageData { reading.facts.hasAlpha = true }
    case "acTL", "fcTL": return try takeAnimation(chunk, &window, into: &reading)
    case "eXIf":
      reading.take(Exif(try metadata(of: chunk, in: &window)))
      reading.leaveMetadataUnchecked(in: chunk.dataStart..<chunk.dataEnd)
    case "iTXt":
      let text = try metadata(of: chunk, in: &window)
      if text.has("XML:com.adobe.xmp\0\0") {
        reading.locationMetadataOffset = reading.locationMetadataOffset ?? XMP.locationOffset(in: text)
        reading.leaveMetadataUnchecked(in: chunk.dataStart..<chunk.dataEnd)
      }
    default: break
    }
    return nil
  }

  /// How much of a chunk's data is read if it is Exif or XMP.
  @_lifetime(&window)
  private func metadata(of chunk: PNGChunk, in window: inout ByteWindow) throws(ReadError) -> ByteSpan {
    try window.available(at: chunk.dataStart, upTo: min(Int(chunk.length), Limits.Metadata.byteCount))
  }

  private mutating func takeHeader(
    _ chunk: PNGChunk, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) -> Fault? {
    guard chunk.length == 13 else {
      return Fault(
        "header-length", clause: "PNG 11.2.1", at: chunk.offset, "The header has the wrong length.",
        expected: "13", actual: "\(chunk.length)")
    }
    var data = try window.span(at: chunk.dataStart, count: 13)
    let header = try PNGHeader(parsing: &data)
    reading.facts.width = Int(header.width)
    reading.facts.height = Int(header.height)
    if let fault = header.fault(at: chunk.dataStart) { return fault }
    self.header = header
    reading.facts.bitDepth = Int(header.bitDepth)
    reading.facts.colorModel = header.colorModel
    reading.facts.progressive = header.isInterlaced
    reading.facts.animated = false
    reading.facts.hasAlpha = header.hasAlphaChannel
    reading.facts.frameCount = 1
    return nil
  }

  private mutating func takePalette(_ chunk: PNGChunk) -> Fault? {
    hasPalette = true
    // Only a palette image needs it; for others it is a hint.
    guard header?.colorModel == .palette else { return nil }
    if chunk.length % 3 == 0, 3...768 ~= chunk.length { return nil }
    return Fault(
      "palette-length", clause: "PNG 11.2.2", at: chunk.offset,
      "The palette has an invalid length.",
      expected: "3 bytes for each of 1 to 256 colors", actual: "\(chunk.length) bytes")
  }

  private mutating func takeAnimation(
    _ chunk: PNGChunk, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) -> Fault? {
    guard let header else { return nil }
    var data = try window.available(at: chunk.dataStart, upTo: Int(min(chunk.length, 26)))
    switch (chunk.type, data.remaining) {
    case ("acTL", 8...):
      guard !hasImageData, let early = animation.take(try PNGAnimationControl(parsing: &data)) else {
        return nil
      }
      return animation.take(
        early.control, early.chunk, header, isStaticImage: true, budget: &budget, window.unpacker,
        into: &reading)
    case ("fcTL", 26):
      let control = try PNGFrameControl(parsing: &data)
      if animation.promisedFrames == nil {
        animation.keep(control, chunk)
        return nil
      }
      return animation.take(
        control, chunk, header, isStaticImage: !hasImageData, budget: &budget, window.unpacker, into: &reading
      )
    default:
      return Fault(
        "animation-chunk-length", clause: "PNG 11.3.6", at: chunk.offset,
        "An animation chunk has the wrong length.", actual: "\(chunk.type), \(chunk.length) bytes")
    }
  }

  /// Adds IDAT or fdAT: the CRC and the decompression process the data together.
  private mutating func takeImageData(
    _ chunk: PNGChunk, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) -> Fault? {
    let isFrame = chunk.type == "fdAT"
    var checksum = CRC32()
    checksum.update(try window.available(at: chunk.offset + 4, upTo: 4))
    var position = chunk.dataStart
    if isFrame {
      guard chunk.length >= 4 else {
        return Fault(
          "animation-chunk-length", clause: "PNG 11.3.6.3", at: chunk.offset,
          "An animation chunk has the wrong length.", expected: "≥ 4", actual: "\(chunk.length)")
      }
      var number = try window.span(at: position, count: 4)
      checksum.update(number)
      if let fault = animation.takeSequenceNumber(try UInt32(parsingBigEndian: &number), of: chunk) {
        return fault
      }
      position += 4
    } else if !hasImageData {
      beginImageData(at: position, into: &reading)
    }
    var problem: PNGImageData.Problem?
    while position < chunk.dataEnd {
      let block = try window.block(at: position, upTo: chunk.dataEnd - position)
      if block.remaining == 0 { break }
      checksum.update(block)
      if problem == nil, !isApple {
        problem =
          isFrame
          ? animation.take(block, ofChunkAt: chunk.dataStart)
          : imageData?.take(block, ofChunkAt: chunk.dataStart)
      }
      position += UInt64(block.remaining)
    }
    return try checksumFault(chunk, checksum.value, &window)
      ?? problem?.fault(chunk.type, endingAt: chunk.dataStart)
  }

  private mutating func beginImageData(at offset: UInt64, into reading: inout Reading) {
    hasImageData = true
    animation.noteStaticImage()
    guard let header, !isApple else { return }
    let data = PNGImageData(header.passes(width: header.width, height: header.height), budget: budget)
    budget -= data.cost
    if !data.isDecompressed {
      let size = Limits.size(Limits.PNG.imageByteCount)
      reading.leaveUnchecked(UncheckedPart("the image data", limit: "\(size) decompressed", at: offset))
    }
    imageData = consume data
  }

  /// Ends the run of IDAT chunks: decoders ignore later ones.
  private mutating func endImageData(_ unpacker: Unpacker) -> PNGImageData.Problem? {
    let problem = imageData?.end(unpacker)
    imageData = nil
    return problem
  }

  private func checksumFault(
    _ chunk: PNGChunk, _ actual: UInt32, _ window: inout ByteWindow
  ) throws(ReadError) -> Fault? {
    let expected = try window.bigEndian(UInt32.self, at: chunk.dataEnd)
    if expected == actual { return nil }
    return Fault(
      "crc-mismatch", clause: "PNG 5.5", at: chunk.dataEnd,
      "Chunk \(chunk.type) is corrupt: its CRC doesn't match.",
      expected: String(actual, radix: 16), actual: String(expected, radix: 16))
  }
}

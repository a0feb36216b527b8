package import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let gif = Format(
    "GIF", reader: GIF.self, hiding: .media,
    mediaTypes: [
      .init(.gif, "a GIF image", .image, extensions: ["gif"], isShownByBrowsers: true)
    ])
}

extension MediaType {
  /// GIF.
  package static let gif: MediaType = "image/gif"
}

/// GIF: Graphics Interchange Format, version 89a (CompuServe, 31 July 1990), and 87a.
///
/// Yields the screen's size, the frames and their delays. No messenger accepts a GIF as an image: it is read
/// to name it, and to describe what a conversion would produce.
enum GIF: FormatReader {
  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    guard try isGIF(window.available(at: 0, upTo: 6)) else { return }
    reading.mediaType = "image/gif"
    do {
      try readBlocks(&window, into: &reading)
    } catch {
      guard case .endOfData = error.reason else { throw error }
      reading.addTruncation(of: "the image, before its trailer", clause: "GIF 27", at: error.offset)
    }
  }

  private static func readBlocks(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    var animation = GIFAnimation()
    var position = try animation.readScreen(&window, into: &reading)
    while true {
      let introducer = try window.bigEndian(UInt8.self, at: position)
      switch introducer {
      case 0x2c: position = try animation.readImage(&window, at: position, into: &reading)
      case 0x21: position = try animation.readExtension(&window, at: position, into: &reading)
      case 0x3b:
        if animation.frames == 0 {
          reading.add(
            Fault("no-frame", clause: "GIF 20", at: position, "The file contains no image."))
        }
        return try reading.noteTrailingData(&window, after: position + 1)
      case 0x00:
        // Some writers add an extra terminator after a block.
        let end = try endOfZeros(&window, from: position)
        guard end - position < Limits.GIF.zeros else {
          let size = Limits.size(Limits.GIF.zeros)
          return reading.leaveUnchecked(
            UncheckedPart("what follows \(size) of zeros", limit: size, at: position))
        }
        position = end
      default:
        return reading.add(
          Fault(
            "unknown-block", clause: "GIF 12", at: position,
            "Invalid GIF block type.",
            expected: "an image, an extension or the trailer", actual: "0x" + String(introducer, radix: 16)))
      }
    }
  }

  /// Where a run of zeros ends, or is longer than the limit.
  private static func endOfZeros(_ window: inout ByteWindow, from start: UInt64) throws(ReadError) -> UInt64 {
    var position = start
    while true {
      let block = try window.block(at: position, upTo: .max)
      var index = 0
      while block[index] == 0 { index += 1 }
      position += UInt64(index)
      if index < block.remaining || index == 0 || position - start >= Limits.GIF.zeros { return position }
    }
  }

  private static func isGIF(_ head: ByteSpan) -> Bool { head.has("GIF89a") || head.has("GIF87a") }
}

/// The frames read so far.
private struct GIFAnimation {
  private(set) var frames = 0
  private var delay = 0
  private var shortest = Int.max
  private var duration: UInt64 = 0

  /// Reads the logical screen (sections 18 and 19) and returns where the blocks begin.
  func readScreen(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) -> UInt64 {
    var screen = try window.span(at: 6, count: 7)
    reading.facts.width = Int(try UInt16(parsingLittleEndian: &screen))
    reading.facts.height = Int(try UInt16(parsingLittleEndian: &screen))
    reading.facts.colorModel = .palette
    reading.facts.hasAlpha = false
    return 13 + colorTableSize(try UInt8(parsing: &screen))
  }

  /// Reads an image (sections 20 to 22) and returns where the next block begins.
  mutating func readImage(
    _ window: inout ByteWindow, at offset: UInt64, into reading: inout Reading
  ) throws(ReadError) -> UInt64 {
    let flags = try window.bigEndian(UInt8.self, at: offset + 9)
    // The descriptor, the color table, and the code size before the data.
    let end = try Self.endOfSubBlocks(&window, at: offset + 10 + colorTableSize(flags) + 1)
    frames += 1
    shortest = min(shortest, delay)
    duration += UInt64(delay)
    delay = 0
    reading.facts.noteFrames(frames, shortest: shortest, duration: duration)
    return end
  }

  /// Reads an extension (sections 23 to 26) and returns where the next block begins.
  mutating func readExtension(
    _ window: inout ByteWindow, at offset: UInt64, into reading: inout Reading
  ) throws(ReadError) -> UInt64 {
    var block = try window.available(at: offset + 1, upTo: 7)
    // The graphic control extension says how the next image is shown.
    if block.has([0xf9, 4]), block.remaining >= 6 {
      try block.skip(2)
      if try UInt8(parsing: &block) & 1 != 0 { reading.facts.hasAlpha = true }
      delay = 10 * Int(try UInt16(parsingLittleEndian: &block))
    }
    return try Self.endOfSubBlocks(&window, at: offset + 2)
  }

  /// The size of the color table that the packed flags declare.
  private func colorTableSize(_ flags: UInt8) -> UInt64 { flags & 0x80 == 0 ? 0 : 3 << UInt64(flags & 7 + 1) }

  /// Skips a row of sub-blocks (section 15).
  private static func endOfSubBlocks(_ window: inout ByteWindow, at start: UInt64) throws(ReadError) -> UInt64
  {
    var position = start
    while true {
      let size = try window.bigEndian(UInt8.self, at: position)
      position += 1 + UInt64(size)
      if size == 0 { return position }
    }
  }
}

// AMR and AMR-WB storage format: RFC 4867, section 5; frame sizes by 3GPP TS 26.101 and TS 26.201. Yields:
// audio/amr or audio/amr-wb, the duration, and whether every frame is complete.

package import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let amr = Format(
    "AMR", reader: AMR.self, hiding: .media,
    mediaTypes: [
      .init(.amr, "AMR audio", .audio, extensions: ["amr"], isConfirmedByReader: true),
      .init("audio/amr-wb", "AMR-WB audio", .audio, extensions: ["amr", "awb"]),
    ])
}

extension MediaType {
  /// Narrow-band AMR.
  package static let amr: MediaType = "audio/amr"
}

enum AMR: FormatReader {
  /// Whether a file is narrow or wide band, and with how many channels.
  private struct Variant {
    let magic: StaticString
    let isWide: Bool
    let isMultichannel: Bool

    static let all = [
      Variant(magic: "#!AMR\n", isWide: false, isMultichannel: false),
      Variant(magic: "#!AMR-WB\n", isWide: true, isMultichannel: false),
      Variant(magic: "#!AMR_MC1.0\n", isWide: false, isMultichannel: true),
      Variant(magic: "#!AMR-WB_MC1.0\n", isWide: true, isMultichannel: true),
    ]
  }

  private static let narrowSizes: [UInt8] = [13, 14, 16, 18, 20, 21, 27, 32, 6, 7, 6, 6, 0, 0, 0, 1]
  private static let wideSizes: [UInt8] = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1]

  /// The size of a frame by its type, including the header; 0 for a reserved type.
  static func frameSizes(isWide: Bool) -> [UInt8] { isWide ? wideSizes : narrowSizes }

  /// The type of a frame by its header.
  static func frameType(_ header: UInt8) -> Int { Int(header >> 3 & 15) }

  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    guard let variant = variant(try window.available(at: 0, upTo: 16)) else {
      if window.byteCount < 15, try window.available(at: 0, upTo: 5).has("#!AMR") {
        reading.mediaType = "audio/amr"
        reading.addTruncation(of: "the AMR signature", clause: "RFC 4867 5.1", at: window.byteCount)
      }
      return
    }
    reading.mediaType = variant.isWide ? "audio/amr-wb" : "audio/amr"
    reading.facts.container = "amr"
    var stream = AudioStream(codec: variant.isWide ? "amr_wb" : "amr_nb")
    stream.sampleRate = variant.isWide ? 16000 : 8000
    stream.channels = 1
    reading.facts.audioStreams = [stream]
    var offset = UInt64(variant.magic.utf8CodeUnitCount)
    if variant.isMultichannel {
      let description = try window.bigEndian(UInt32.self, at: offset)
      let channels = Int(description & 15)
      stream.channels = channels
      reading.facts.audioStreams = [stream]
      guard channels > 0 else { throw ReadError(.implausible, at: offset) }
      offset += 4
    }
    var frames = Frames(sizes: frameSizes(isWide: variant.isWide), start: offset)
    try frames.follow(&window)
    let milliseconds = Double(frames.count) * 20 / Double(stream.channels ?? 1)
    reading.facts.durationMilliseconds = milliseconds
    if milliseconds > 0 {
      stream.bitRate = Int(exactly: (Double(frames.end - offset) * 8000 / milliseconds).rounded())
      reading.facts.audioStreams = [stream]
    }
    try judge(frames, channels: UInt64(stream.channels ?? 1), &window, into: &reading)
  }

  private static func variant(_ head: borrowing ByteSpan) -> Variant? {
    for variant in Variant.all where head.has(variant.magic) { return variant }
    return nil
  }

  private static func judge(
    _ frames: Frames, channels: UInt64, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    let clause = "RFC 4867 5.3"
    if let hole = frames.hole {
      reading.add(
        Fault(
          "unwritten", clause: clause, at: hole, "Some frames consist of zeros: they were never written.",
          expected: "speech", actual: "zeros"))
    } else if let erased = frames.erased {
      reading.add(
        Fault(
          "unwritten", clause: clause, at: erased,
          "Some frames consist of bytes FF: they were never written.",
          expected: "speech", actual: "FF"))
    } else if let type = frames.wrongType {
      reading.add(
        Fault(
          "frame-type-reserved", clause: clause, at: frames.end,
          "A frame has an invalid type; the audio can't be decoded past this point.",
          expected: "a valid frame type", actual: "type \(type)"))
    } else if frames.count == 0 {
      reading.add(
        Fault(
          "no-frames", clause: clause, at: frames.end, "The file ends before the first frame.",
          expected: "a frame", actual: "end of file"))
    } else if frames.zeroFrames == 0, try isCut(frames, channels: channels, &window) {
      reading.noteLastFrame(clause: clause, endsAt: window.byteCount)
    }
  }

  /// Whether the file ends within a frame, or within the frames of all channels.
  private static func isCut(
    _ frames: Frames, channels: UInt64, _ window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    guard frames.end < window.byteCount else { return frames.count % channels != 0 }
    return try !AudioTags.isZero(&window, from: frames.end, to: window.byteCount)
  }

  /// The frames one after the other.
  private struct Frames {
    let sizes: [UInt8]
    var count: UInt64 = 0
    /// Where the last whole frame ends.
    var end: UInt64
    var wrongType: Int?

    init(sizes: [UInt8], start: UInt64) {
      self.sizes = sizes
      end = start
    }

    /// The last frames in a row that are zeros. Zeros are a header of the smallest type, and recorders reserve
    /// some space at the end that they don't fill.
    var zeroFrames = 0
    private var firstZero: UInt64 = 0
    /// How many zeros the frame before them ends with.
    private var zerosBefore = 0
    /// Where zeros begin that can't be reserved space.
    var hole: UInt64?
    /// The last bytes FF in a row: as frames they have no data, with padding bits that are set, which no coder writes.
    private var erasedBytes = 0
    /// How many bytes FF the frame before them ends with.
    private var erasedBefore = 0
    /// Where they begin, if they can't be reserved space.
    var erased: UInt64?

    mutating func follow(_ window: inout ByteWindow) throws(ReadError) {
      let byteCount = window.byteCount
      while end < byteCount, wrongType == nil, hole == nil {
        let before = end
        follow(try window.available(at: end, upTo: 1 << 15))
        if end == before { return }
      }
      // A frame that was begun and not written completely ends with zeros itself.
      if zeroFrames > 0, zerosBefore >= Limits.AMR.zeros { noteHole() }
    }

    /// Continues as long as frames are complete in a part of the file.
    private mutating func follow(_ span: borrowing ByteSpan) {
      var index = 0
      while let header = span[index], hole == nil {
        let type = AMR.frameType(header)
        let size = Int(sizes[type])
        if size == 0 {
          wrongType = type
          break
        }
        guard span.bytes.byteCount - index >= size else { break }
        noteZeros(span, at: index, size)
        noteErased(span, at: index, size)
        index += size
        count += 1
      }
      end += UInt64(index)
    }

    private mutating func noteZeros(_ span: borrowing ByteSpan, at index: Int, _ size: Int) {
      var zeros = 0
      while zeros < size, span[index + size - 1 - zeros] == 0 { zeros += 1 }
      if zeros == size {
        if zeroFrames == 0 { firstZero = end + UInt64(index) }
        zeroFrames += 1
        if zeroFrames > Limits.AMR.zeroFrames { noteHole() }
      } else {
        // Speech after zeros: they aren't at the end.
        if zeroFrames >= Limits.AMR.holeFrames { noteHole() }
        zeroFrames = 0
        zerosBefore = zeros
      }
    }

    private mutating func noteErased(_ span: borrowing ByteSpan, at index: Int, _ size: Int) {
      var bytes = 0
      while bytes < size, span[index + size - 1 - bytes] == 0xff { bytes += 1 }
      guard bytes == size else {
        (erasedBytes, erasedBefore) = (0, bytes)
        return
      }
      erasedBytes += bytes
      // A frame that was begun and not written completely ends with them itself.
      if erased == nil, erasedBytes > Limits.AMR.erased || erasedBefore >= Limits.AMR.zeros {
        erased = end + UInt64(index + size) - UInt64(erasedBytes + erasedBefore)
      }
    }

    private mutating func noteHole() { hole = firstZero - UInt64(zerosBefore) }
  }
}

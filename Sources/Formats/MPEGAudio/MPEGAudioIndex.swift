internal import PreflightFacts
internal import PreflightBytes

/// The encoder's index in the first frame of a Layer III stream, which then has no audio: Xing's header (also
/// named Info, with LAME's extension) or Fraunhofer's VBRI.
struct MPEGAudioIndex {
  /// The frames with audio.
  var frames: UInt64?
  /// The bytes from this frame to the end of the last.
  var bytes: UInt64?

  /// The index in a frame, if it carries one.
  init?(frame: borrowing ByteSpan, header: MPEGAudioHeader) {
    guard header.layer == 3 else { return nil }
    let afterSideInformation = 4 + header.sideInformationSize
    // The writer may or may not have counted a protected frame's checksum.
    for index in [afterSideInformation, afterSideInformation + 2]
    where frame.has("Xing", at: index) || frame.has("Info", at: index) {
      self.init()
      guard let flags = Self.bigEndian(frame, at: index + 4) else { return }
      var next = index + 8
      if flags & 1 != 0 {
        frames = Self.bigEndian(frame, at: next)
        next += 4
      }
      if flags & 2 != 0 { bytes = Self.bigEndian(frame, at: next) }
      dropZeros()
      return
    }
    guard frame.has("VBRI", at: 36) else { return nil }
    self.init()
    bytes = Self.bigEndian(frame, at: 46)
    frames = Self.bigEndian(frame, at: 50)
    dropZeros()
  }

  private init() {}

  /// An encoder that couldn't seek back to fill it in leaves zeros.
  private mutating func dropZeros() {
    if frames == 0 { frames = nil }
    if bytes == 0 { bytes = nil }
  }

  private static func bigEndian(_ span: borrowing ByteSpan, at index: Int) -> UInt64? {
    var value: UInt64 = 0
    for position in index..<index + 4 {
      guard let byte = span[position] else { return nil }
      value = value << 8 | UInt64(byte)
    }
    return value
  }
}

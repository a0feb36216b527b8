// RFC 9649, sections 2.5 and 2.7.

internal import PreflightBytes
internal import PreflightFacts

/// The data of lossy images, of which libwebp decodes any bytes to some image.
struct WebPLossyData {
  /// How many macroblocks may still be read: as many as libwebp decodes, and has said so if they are more.
  private var macroblocks = Limits.WebP.pixels / 256

  private init() {}

  /// The fault of the first frame that isn't what was encoded, in a file that libwebp decodes.
  static func fault(in window: inout ByteWindow) throws(ReadError) -> Fault? {
    let end = 8 + UInt64(try window.littleEndian(UInt32.self, at: 4))
    var data = WebPLossyData()
    return try data.fault(in: 12..<end, of: &window)
  }

  private mutating func fault(
    in range: Range<UInt64>, of window: inout ByteWindow
  ) throws(ReadError) -> Fault? {
    var position = range.lowerBound
    while position < range.upperBound, let chunk = try RIFFChunk(in: &window, at: position),
      chunk.dataEnd <= range.upperBound
    {
      let fault: Fault?
      switch chunk.type {
      // Behind the frame's header.
      case "ANMF" where chunk.length > 16:
        fault = try self.fault(in: chunk.dataStart + 16..<chunk.dataEnd, of: &window)
      case "VP8 ": fault = try self.fault(in: chunk, of: &window)
      default: fault = nil
      }
      if let fault { return fault }
      position = chunk.end
    }
    return nil
  }

  private mutating func fault(
    in chunk: RIFFChunk, of window: inout ByteWindow
  ) throws(ReadError) -> Fault? {
    var bytes: [UInt8] = []
    while bytes.count < Int(chunk.length) {
      let span = try window.block(
        at: chunk.dataStart + UInt64(bytes.count), upTo: UInt64(Int(chunk.length) - bytes.count))
      if span.remaining == 0 { return nil }
      for index in 0..<span.remaining { bytes.append(span[index] ?? 0) }
    }
    guard var frame = VP8Frame(bytes) else { return nil }
    macroblocks -= frame.macroblockCount
    return macroblocks >= 0 ? frame.fault(at: chunk.dataStart) : nil
  }
}

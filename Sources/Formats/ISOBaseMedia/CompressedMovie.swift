internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// QuickTime's compressed movie box, `cmov` (QuickTime File Format, Compressed movie resources): the
  /// name of the method in `dcom`, the size and the packed bytes in `cmvd`.
  enum CompressedMovie {
    private static let pieceSize = 1 << 16

    /// What comes of unpacking.
    enum Outcome {
      /// The movie box.
      case unpacked([UInt8])
      /// Nothing; reported as a fault unless the box is truncated.
      case broken
      /// More than is unpacked, which was noted.
      case tooLong
    }

    /// Unpacks the movie box.
    static func unpack(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) -> Outcome {
      var children = Children(of: box)
      while let child = try children.next(in: &window, into: &reading) {
        switch child.type {
        case "dcom":
          guard child.payloadCount >= 4 else { continue }
          let method = FourCC(rawValue: try window.bigEndian(UInt32.self, at: child.payload))
          if method != "zlib" {
            reading.add(.compressedMovie(at: child.offset, "unknown compression method “\(method)”"))
            return .broken
          }
        case "cmvd":
          guard child.payloadCount > 4 else { continue }
          return try inflate(child, in: &window, into: &reading)
        default:
          break
        }
      }
      if !box.isCut { reading.add(.missingBox("cmvd", in: box)) }
      return .broken
    }

    private static func inflate(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) -> Outcome {
      var inflate = Inflate(.zlib)
      var result: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: pieceSize)
      var position = box.payload + 4
      while result.count <= Limits.ISOBaseMedia.compressedMovie {
        let input = try window.available(at: position, upTo: Int(clamping: min(box.end - position, 1 << 16)))
        let (consumed, produced, status) = inflate.step(input, into: &piece)
        result += piece[..<produced]
        position += UInt64(consumed)
        if status == .ended { return .unpacked(result) }
        if status == .damaged || consumed == 0 && produced == 0 {
          if !box.isCut { reading.add(.compressedMovie(at: box.offset, "its compressed data is corrupt")) }
          return .broken
        }
      }
      let size = Limits.size(Limits.ISOBaseMedia.compressedMovie)
      reading.leaveUnchecked(
        UncheckedPart("the compressed movie box", limit: "\(size) decompressed", at: box.offset))
      return .tooLong
    }
  }
}

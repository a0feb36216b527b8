internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// QuickTime's compressed movie box, `cmov` (QuickTime File Format, Compressed movie resources): the
  /// name of the method in `dcom`, the size and the packed bytes in `cmvd`.
  enum CompressedMovie {
    /// A movie of many hours has an index of a few MiB; more is not unpacked.
    private static let maximumSize = 16 << 20
    private static let pieceSize = 1 << 16

    /// The unpacked movie box; nil, and a fault, where it can't be had.
    static func unpack(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) -> [UInt8]? {
      var children = Children(of: box)
      while let child = try children.next(in: &window, into: &reading) {
        switch child.type {
        case "dcom":
          guard child.payloadCount >= 4 else { continue }
          let method = FourCC(rawValue: try window.bigEndian(UInt32.self, at: child.payload))
          if method != "zlib" {
            reading.add(.compressedMovie(at: child.offset, "its method “\(method)” isn't known"))
            return nil
          }
        case "cmvd":
          guard child.payloadCount > 4 else { continue }
          guard let bytes = try inflate(child, in: &window) else {
            if !child.isCut {
              reading.add(.compressedMovie(at: child.offset, "its packed bytes are broken"))
            }
            return nil
          }
          return bytes
        default:
          break
        }
      }
      if !box.isCut { reading.add(.missingBox("cmvd", in: box)) }
      return nil
    }

    private static func inflate(
      _ box: Box, in window: inout ByteWindow
    ) throws(ReadError) -> [UInt8]? {
      var inflate = Inflate(.zlib)
      var result: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: pieceSize)
      var position = box.payload + 4
      while result.count < maximumSize {
        let input = try window.available(at: position, upTo: Int(clamping: min(box.end - position, 1 << 16)))
        let (consumed, produced, status) = inflate.step(input, into: &piece)
        result += piece[..<produced]
        position += UInt64(consumed)
        switch status {
        case .ended: return result
        case .damaged: return nil
        case .more: if consumed == 0, produced == 0 { return nil }
        }
      }
      return nil
    }
  }
}

internal import SystemPackage
import MediaPreflight

/// Reads small files into memory: configurations, policies, ignore lists.
enum SmallFile {
  /// The maximum size.
  private static let maximumBytes: UInt64 = 1 << 24

  /// The full content of a regular file.
  static func contents(of path: FilePath) throws(ByteSourceError) -> [UInt8] {
    let source = try FileSource(path: path)
    guard source.byteCount <= maximumBytes else {
      throw ByteSourceError("it is larger than \(maximumBytes) bytes")
    }
    let count = Int(source.byteCount)
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let start = filled
      let read = bytes.withUnsafeMutableBytes { buffer in
        Result { () throws(ByteSourceError) in
          try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]), at: UInt64(start))
        }
      }
      let more = try read.get()
      if more == 0 { break }
      filled += more
    }
    return Array(bytes.prefix(filled))
  }
}

internal import PreflightBytes

/// The ICC profile of a PNG (PNG, third edition, 11.3.2.3), which goes before all else that says what its colors are.
struct PNGProfile {
  let profile: [UInt8]
  /// The file without the profile, and without the chunks that it replaces, by which libpng would change the colors.
  let file: [UInt8]

  /// - Returns: nil if the PNG has none that can be read.
  init?(of bytes: [UInt8]) {
    var (profile, file) = ([UInt8](), Array(bytes.prefix(8)))
    for chunk in PNGChunks(bytes) {
      switch chunk.type {
      case "iCCP":
        // A name, a zero, and the method of compression, of which there is one.
        let data = bytes[chunk.data]
        guard let name = data.prefix(80).firstIndex(of: 0) else { return nil }
        profile = Self.inflated(Array(data[name...].dropFirst(2)))
      case "gAMA", "cHRM", "sRGB": break
      case "IDAT":
        guard !profile.isEmpty else { return nil }
        self.profile = profile
        self.file = file + bytes[chunk.range.lowerBound...]
        return
      default: file += bytes[chunk.range]
      }
    }
    return nil
  }

  private static func inflated(_ data: [UInt8]) -> [UInt8] {
    var inflate = Inflate(.zlib)
    var output = [UInt8](repeating: 0, count: Limits.Encoding.profile)
    let (_, count, status) = inflate.step(ByteSpan(data.span.bytes, at: 0), into: &output)
    return status == .ended ? Array(output.prefix(count)) : []
  }
}

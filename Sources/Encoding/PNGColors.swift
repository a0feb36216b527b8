internal import PreflightBytes

/// What a PNG says about its colors. Of what it says, the first of these counts: code points of a video signal (`cICP`), an
/// ICC profile (`iCCP`), `sRGB`, and a gamma (`gAMA`) (PNG, third edition, 4.3).
///
/// Of the code points, those of sRGB are understood; with others, the next counts. `sRGB` and `gAMA` are left to libpng.
struct PNGColors {
  /// The ICC profile; nil if none counts.
  let profile: ColorProfile?
  /// The file without what doesn't count, by which libpng would change the colors.
  let file: [UInt8]

  /// - Parameter ignoresGamma: Whether the pixels are in sRGB although the file has a gamma.
  init(of bytes: [UInt8], ignoresGamma: Bool = false) {
    var (isSRGB, profile, channels) = (false, [UInt8](), 3)
    // What comes before the image, without profiles, and without any color.
    var (head, bare) = (Array(bytes.prefix(8)), Array(bytes.prefix(8)))
    for chunk in PNGChunks(bytes) {
      let data = bytes[chunk.data]
      switch chunk.type {
      case "IDAT":
        self.profile = isSRGB ? nil : ColorProfile(profile, channels: channels)
        let isBare = isSRGB || ignoresGamma || self.profile != nil
        file = (isBare ? bare : head) + bytes[chunk.range.lowerBound...]
        return
      case "cICP":
        // The primaries and the curve of sRGB, no matrix, and the full range of values (H.273).
        if data.elementsEqual([1, 13, 0, 1]), Self.isIntact(chunk, in: bytes) { isSRGB = true }
      case "iCCP":
        // Of several, the first counts.
        if profile.isEmpty, Self.isIntact(chunk, in: bytes) { profile = Self.profile(in: data) }
      case "gAMA", "cHRM", "sRGB": head += bytes[chunk.range]
      default:
        // Gray images have an even color type (11.2.1): 0, and 4 with alpha.
        if chunk.type == "IHDR", data.count == 13 { channels = data[data.startIndex + 9] & 2 == 0 ? 1 : 3 }
        head += bytes[chunk.range]
        bare += bytes[chunk.range]
      }
    }
    (self.profile, file) = (nil, bytes)
  }

  private static func isIntact(_ chunk: PNGChunks.Chunk, in bytes: [UInt8]) -> Bool {
    var sum = CRC32()
    let checked = chunk.range.lowerBound + 4..<chunk.data.upperBound
    sum.update(bytes.span.bytes.extracting(checked))
    return bytes[chunk.data.upperBound..<chunk.range.upperBound].reduce(0) { $0 << 8 | UInt32($1) }
      == sum.value
  }

  /// The profile behind a name, a zero, and the method of compression, of which there is one; empty if there is none.
  private static func profile(in data: ArraySlice<UInt8>) -> [UInt8] {
    guard let end = data.prefix(80).firstIndex(of: 0), data.dropFirst(end + 1 - data.startIndex).first == 0
    else {
      return []
    }
    var inflate = Inflate(.zlib)
    var output = [UInt8](repeating: 0, count: Limits.Encoding.profile)
    let compressed = Array(data[(end + 2)...])
    let (_, count, status) = inflate.step(ByteSpan(compressed.span.bytes, at: 0), into: &output)
    return status == .ended ? Array(output.prefix(count)) : []
  }
}

internal import PreflightFacts
internal import PreflightBytes

/// The Exif 2.32 (CIPA DC-008) metadata that matters to recipients: the orientation and the GPS coordinates.
/// JPEG, PNG and WebP use the same structure.
struct Exif {
  /// The orientation, 1 to 8 (section 4.6.4, tag 274).
  private(set) var orientation: Int?

  /// The file offset of the GPS directory, if it contains coordinates (section 4.6.6).
  private(set) var locationOffset: UInt64?

  /// Reads the structure whose TIFF header is at the start of `bytes`.
  ///
  /// Errors in it don't make decoders fail, so what can't be read is treated as absent.
  init(_ bytes: ByteSpan) {
    guard let tiff = TIFFStructure(bytes) else { return }
    if let value = tiff.number(0x0112, inDirectoryAt: tiff.firstDirectory), (1...8).contains(value) {
      orientation = value
    }
    if let directory = tiff.number(0x8825, inDirectoryAt: tiff.firstDirectory),
      Self.isPosition(0x0002, in: tiff, directory: directory)
        || Self.isPosition(0x0004, in: tiff, directory: directory)
    {
      locationOffset = tiff.offset(of: directory)
    }
  }

  /// Whether a latitude or longitude is real: degrees, minutes and seconds that aren't all zero. Cameras
  /// without a fix write zeros.
  private static func isPosition(_ tag: UInt16, in tiff: TIFFStructure, directory: Int) -> Bool {
    guard let entry = tiff.entry(tag, inDirectoryAt: directory) else { return false }
    guard entry.type == 5 || entry.type == 10, (1...3).contains(entry.count) else { return false }
    var isReal = false
    for i in 0..<Int(entry.count) {
      let index = entry.valueIndex + 8 * i
      guard let numerator = tiff.uint32(at: index), let denominator = tiff.uint32(at: index + 4) else {
        return false
      }
      if numerator != 0, denominator != 0 { isReal = true }
    }
    return isReal
  }
}

extension Reading {
  /// Adds the Exif metadata; the first of a kind counts.
  mutating func take(_ exif: Exif) {
    facts.orientation = facts.orientation ?? exif.orientation
    locationMetadataOffset = locationMetadataOffset ?? exif.locationOffset
  }
}

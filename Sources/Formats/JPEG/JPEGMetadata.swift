internal import PreflightFacts
internal import PreflightBytes

extension Reading {
  /// Adds the facts in a frame header.
  mutating func note(_ frame: JPEGFrameHeader) {
    facts.width = Int(frame.samplesPerLine)
    facts.height = frame.lines == 0 ? nil : Int(frame.lines)
    facts.bitDepth = Int(frame.precision)
    facts.colorModel = frame.colorModel
    facts.animated = false
    facts.frameCount = 1
  }

  /// Adds an APP1 segment: Exif (section 4.5.4), XMP, or a further part of a long XMP packet (XMP part 3,
  /// section 1.1.3).
  mutating func takeJPEGMetadata(_ segment: ByteSpan) {
    var segment = segment
    do {
      if segment.has("Exif\0") {
        try segment.skip(6)
        take(Exif(try segment.take(segment.remaining)))
      } else if segment.has("http://ns.adobe.com/x") {
        locationMetadataOffset = locationMetadataOffset ?? XMP.locationOffset(in: segment)
      }
    } catch {
      // Too short to say anything.
    }
  }
}

/// The index of the Multi-Picture Format (CIPA DC-007, section 5.2): an APP2 segment that declares further
/// pictures after this one, such as a preview or a gain map.
struct JPEGMultiPictureIndex {
  /// The file offset at which the last declared image ends.
  let end: UInt64

  /// Reads the content of an APP2 segment; nil if it is something else.
  init?(_ segment: ByteSpan) {
    var segment = segment
    guard segment.has("MPF\0") else { return nil }
    do {
      try segment.skip(4)
      guard let tiff = TIFFStructure(try segment.take(segment.remaining)) else { return nil }
      guard let entries = tiff.entry(0xb002, inDirectoryAt: tiff.firstDirectory), entries.type == 7 else {
        return nil
      }
      var end: UInt64 = 0
      for i in 0..<Int(entries.count / 16) {
        let entry = entries.valueIndex + 16 * i
        guard let size = tiff.uint32(at: entry + 4), let start = tiff.uint32(at: entry + 8) else { break }
        // The first image is this one, and its offset is 0 for that reason.
        if start != 0 { end = max(end, tiff.offset(of: 0) + UInt64(start) + UInt64(size)) }
      }
      self.end = end
    } catch {
      return nil
    }
  }
}

extension Fault {
  static func unknownMarker(_ marker: JPEGMarker) -> Fault {
    Fault(
      "unknown-marker", clause: "T.81 B.1.1.3", at: marker.offset,
      marker.code == JPEGMarker.startOfImage
        ? "A second image starts before the first one ends."
        : "Unexpected marker \(marker); decoders stop here.", actual: "\(marker)")
  }

  static func segmentLength(_ marker: JPEGMarker, _ expected: String) -> Fault {
    Fault(
      "segment-length", clause: "T.81 B.1.1.4", at: marker.end,
      "The length of segment \(marker) doesn't match its content.", expected: expected)
  }
}

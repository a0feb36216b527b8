// ISO/IEC 15444-1 (JPEG 2000), annex A; ITU-T T.88 (JBIG2), 7.2; ISO 32000-2:2020, 7.4.7 to 7.4.9.

internal import PreflightFacts
internal import PreflightBytes

/// What shows, without decoding it, that an image in a document can't be decoded.
enum PDFImages {
  /// The filters of the images that are looked at.
  static let filters: Set<String> = ["DCTDecode", "JPXDecode", "JBIG2Decode"]

  private static let startOfCodestream: [UInt8] = [0xff, 0x4f, 0xff, 0x51]
  private static let startOfTilePart: UInt16 = 0xff90

  /// The fault of an image by its dictionary; nil if none is certain.
  static func fault(of dictionary: PDFDictionary, behind chain: PDFFilterChain, at data: Range<UInt64>)
    -> Fault?
  {
    guard let filter = chain.remaining else { return nil }
    guard PDFFilterChain.isKnown(filter) else {
      return Fault(
        "unknown-filter", clause: "PDF 7.4.1", at: data.lowerBound,
        "An image has a filter that viewers don't know, so they don't show it.", expected: "a filter of PDF",
        actual: filter)
    }
    let size = [dictionary[.width]?.integer, dictionary[.height]?.integer].compactMap(\.self)
    // Programs that take an image out of a document may leave it like that.
    guard filter == "DCTDecode", data.count > 2, size.contains(0) else { return nil }
    return Fault(
      "image-data", clause: "PDF 8.9.5.1", at: data.lowerBound,
      "An image is declared to have no pixels, so viewers don't show it.",
      expected: "Width and Height above 0",
      actual: size.map(String.init).joined(separator: " × "))
  }

  /// The fault of an image in a range, by its filter; nil if none is certain.
  static func fault(
    in data: Range<UInt64>, compressedWith filter: String, _ window: inout ByteWindow
  ) throws(ReadError) -> Fault? {
    // Programs that take an image out of a document leave an empty stream, or its line end.
    guard data.count > 2 else { return nil }
    switch filter {
    case "DCTDecode":
      // Some readers look for the beginning.
      let isJPEG = try first([0xff, JPEGMarker.startOfImage, 0xff], in: data, &window) != nil
      return isJPEG ? nil : other("a JPEG image", "PDF 7.4.8", filter, at: data.lowerBound)
    case "JPXDecode":
      guard let start = try first(startOfCodestream, in: data, &window) else {
        return other("a JPEG 2000 image", "PDF 7.4.9", filter, at: data.lowerBound)
      }
      return try hasAllTileParts(start..<data.upperBound, &window)
        ? nil
        : Fault(
          "image-data", clause: "15444-1 A.4.2", at: data.upperBound,
          "A JPEG 2000 image in the document is incomplete, so viewers don't show it.",
          expected: "as many bytes as its tile-parts declare")
    case "JBIG2Decode":
      return try beginsWithSegment(data, &window)
        ? nil : other("a JBIG2 image", "PDF 7.4.7", filter, at: data.lowerBound)
    default: return nil
    }
  }

  private static func other(_ kind: String, _ clause: String, _ filter: String, at offset: UInt64) -> Fault {
    Fault(
      "image-data", clause: clause, at: offset,
      "The data of an image isn't \(kind), which it is declared to be, so viewers don't show it.",
      expected: "data compressed with \(filter)")
  }

  /// Whether the tile-parts of a codestream, whose lengths are in their headers, end in a range.
  private static func hasAllTileParts(_ data: Range<UInt64>, _ window: inout ByteWindow) throws(ReadError)
    -> Bool
  {
    // After the SOC marker, which has no segment.
    var position = data.lowerBound + 2
    while true {
      let head = try window.available(at: position, upTo: Int(min(10, data.upperBound - position)))
      guard let code = head.bigEndian16(at: 0), let length = head.bigEndian16(at: 2) else {
        // Readers differ on a missing end-of-codestream marker.
        return true
      }
      guard code == startOfTilePart else {
        // No segment is shorter than its length; anything else follows the last tile-part.
        guard code >> 8 == 0xff, length >= 2, code != 0xffd9 else { return true }
        guard data.upperBound - position >= 2 + UInt64(length) else { return false }
        position += 2 + UInt64(length)
        continue
      }
      guard let high = head.bigEndian16(at: 6), let low = head.bigEndian16(at: 8) else { return false }
      let size = UInt64(high) << 16 | UInt64(low)
      // The last tile-part may go on to the end. None is shorter than its header.
      if size < 14 { return true }
      guard size <= data.upperBound - position else { return false }
      position += size
    }
  }

  /// The types of segments (T.88, 7.3).
  private static let segmentTypes: Set<UInt8> = [
    0, 4, 6, 7, 16, 20, 22, 23, 36, 38, 39, 40, 42, 43, 48, 49, 50, 51, 52, 53, 54, 62,
  ]

  /// Whether data begins with a segment header whose type and count of referred-to segments exist.
  private static func beginsWithSegment(_ data: Range<UInt64>, _ window: inout ByteWindow) throws(ReadError)
    -> Bool
  {
    let head = try window.available(at: data.lowerBound, upTo: Int(min(6, data.upperBound - data.lowerBound)))
    guard let flags = head[4], let count = head[5] else { return false }
    return segmentTypes.contains(flags & 0x3f) && ![5, 6].contains(count >> 5)
  }

  /// Where in a range some bytes are first.
  private static func first(
    _ pattern: [UInt8], in range: Range<UInt64>, _ window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    var position = range.lowerBound
    while true {
      let span = try window.available(at: position, upTo: Int(min(32 << 10, range.upperBound - position)))
      var index = 0
      while let next = span.firstIndex(of: pattern[0], from: index) {
        if span.has(pattern, at: next) { return position + UInt64(next) }
        index = next + 1
      }
      guard span.remaining >= pattern.count else { return nil }
      position += UInt64(span.remaining - pattern.count + 1)
    }
  }
}

extension ByteSpan {
  fileprivate func bigEndian16(at index: Int) -> UInt16? {
    guard let high = self[index], let low = self[index + 1] else { return nil }
    return UInt16(high) << 8 | UInt16(low)
  }
}

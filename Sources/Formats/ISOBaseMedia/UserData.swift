internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The boxes in which recorders store GPS coordinates: `udta` (QuickTime File Format, User data atoms; 3GPP
  /// TS 26.244, 8.5) and `meta` with keys (QuickTime File Format, Metadata).
  enum UserData {
    /// `©xyz`, whose first byte isn't ASCII.
    private static let location = FourCC(rawValue: 0xa978_797a)
    private static let key: StaticString = "com.apple.quicktime.location.ISO6709"

    /// Where a location is in a user data box.
    static func location(
      in box: Box, _ window: inout ByteWindow, _ reading: inout Reading
    ) throws(ReadError) -> UInt64? {
      var children = Children(of: box, reportsFaults: false)
      while let child = try children.next(in: &window, into: &reading) {
        switch child.type {
        case location:
          // Its size and language before the text (QuickTime File Format, User data text strings).
          if try isLocation(child, textAt: 4, &window) { return child.offset }
        case "loci":
          if try isLocation(child, &window) { return child.offset }
        case "meta":
          if let found = try location(inMeta: child, &window, &reading) { return found }
        case "XMP_":
          if let found = try location(inPacket: child, &window, &reading) { return found }
        default:
          break
        }
      }
      return nil
    }

    /// The offset of a location in a metadata box, which in QuickTime has no version and flags.
    static func location(
      inMeta box: Box, _ window: inout ByteWindow, _ reading: inout Reading
    ) throws(ReadError) -> UInt64? {
      let isQuickTime = try box.contents(in: &window, upTo: 8).has("hdlr", at: 4)
      var children = Children(of: box, skipping: isQuickTime ? 0 : 4, reportsFaults: false)
      var item: FourCC?
      while let child = try children.next(in: &window, into: &reading) {
        switch child.type {
        case "keys":
          item = try locationItem(in: child, &window)
          if item == nil { reading.leaveMetadataUnchecked(in: child.payload..<child.end) }
        case "ilst":
          var items = Children(of: child, reportsFaults: false)
          while let entry = try items.next(in: &window, into: &reading) {
            guard entry.type == item || entry.type == location else { continue }
            // The header of the box `data`, the text's type and its language.
            if try isLocation(entry, textAt: 16, &window) { return entry.offset }
          }
        default:
          break
        }
      }
      return nil
    }

    /// Whether coordinates in ISO 6709 notation are real: recorders without a fix write zeros.
    private static func isLocation(
      _ box: Box, textAt start: Int, _ window: inout ByteWindow
    ) throws(ReadError) -> Bool {
      let text = try box.contents(in: &window, upTo: start + 64)
      var index = start
      while let byte = text[index] {
        if (0x31...0x39).contains(byte) { return true }
        index += 1
      }
      return false
    }

    /// Whether a location (3GPP TS 26.244, 8.5) has a name or coordinates that aren't zero.
    private static func isLocation(_ box: Box, _ window: inout ByteWindow) throws(ReadError) -> Bool {
      let span = try box.contents(in: &window)
      // Version, flags and language; after the name, which ends with a NUL, a role and the coordinates.
      guard let first = span[6] else { return false }
      if first != 0 { return true }
      return (8..<16).contains { span[$0].map { $0 != 0 } == true }
    }

    /// The item whose key is the location's: items are named by the number of their key.
    private static func locationItem(
      in box: Box, _ window: inout ByteWindow
    ) throws(ReadError) -> FourCC? {
      var span = try box.contents(in: &window, upTo: Limits.Metadata.byteCount)
      guard span.remaining >= 8 else { return nil }
      try span.skip(8)
      var number: UInt32 = 0
      while span.remaining >= 8 {
        number += 1
        let size = try UInt32(parsingBigEndian: &span)
        guard size >= 8, Int(size) - 4 <= span.remaining else { return nil }
        let name = try span.take(Int(size) - 4)
        if name.has(key, at: 4), name.remaining == 4 + key.utf8CodeUnitCount {
          return FourCC(rawValue: number)
        }
      }
      return nil
    }

    /// Where an XMP packet in a `uuid` box contains coordinates (XMP specification, part 3, 1.2.7.1).
    static func location(
      inExtended box: Box, _ window: inout ByteWindow, _ reading: inout Reading
    ) throws(ReadError) -> UInt64? {
      let type: [UInt8] = [
        0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac,
      ]
      guard try box.contents(in: &window, upTo: 16).has(type) else { return nil }
      return try location(inPacket: box, &window, &reading)
    }

    private static func location(
      inPacket box: Box, _ window: inout ByteWindow, _ reading: inout Reading
    ) throws(ReadError) -> UInt64? {
      let found = XMP.locationOffset(in: try box.contents(in: &window, upTo: Limits.Metadata.byteCount))
      if found == nil { reading.leaveMetadataUnchecked(in: box.payload..<box.end) }
      return found
    }
  }
}

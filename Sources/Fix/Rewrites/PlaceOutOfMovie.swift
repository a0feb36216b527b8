internal import PreflightBytes

/// Takes the coordinates out of an MP4 or a QuickTime file: `©xyz` and `loci` in user data, the location of metadata with
/// keys, and XMP. The boxes become free space, so that no offset changes.
enum PlaceOutOfMovie {
  private static let place = FourCC(rawValue: 0xa978_797a)
  private static let key = Array("com.apple.quicktime.location.ISO6709".utf8)
  /// The identifier of XMP in a `uuid` box (XMP, part 3, 1.2.7.1).
  private static let xmp: [UInt8] = [
    0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac,
  ]

  static func splice(_ window: inout ByteWindow) throws(RewriteError) -> Splice {
    var splice = Splice()
    var written: UInt64 = 0
    for box in try FileBox.all(in: &window) {
      switch box.type {
      case "moov":
        splice.append(written..<box.offset)
        splice.append(try cleared(box.contents(in: &window)))
        written = box.end
      case "uuid" where box.end - box.payload >= 16:
        guard try window.bytes(at: box.payload, count: 16) == xmp else { continue }
        let contents = try box.contents(in: &window)
        splice.append(written..<box.offset)
        splice.append(free(contents))
        written = box.end
      default: break
      }
    }
    splice.append(written..<window.byteCount)
    return splice
  }

  /// Free space (ISO/IEC 14496-12, 8.1.2) in place of a box.
  private static func free(_ box: MemoryBox) -> [UInt8] {
    let header = box.body.startIndex - box.whole.startIndex
    var bytes = [UInt8](repeating: 0, count: box.whole.count)
    bytes.replaceSubrange(0..<header, with: box.whole.prefix(header))
    bytes.replaceSubrange(4..<8, with: FourCC("free").bytes)
    return bytes
  }

  private static func cleared(_ box: MemoryBox) throws(RewriteError) -> [UInt8] {
    var bytes = Array(box.whole)
    let start = box.whole.startIndex
    func replace(_ child: MemoryBox, by new: [UInt8]) {
      bytes.replaceSubrange(child.whole.startIndex - start..<child.whole.endIndex - start, with: new)
    }
    switch box.type {
    case "moov", "trak", "udta":
      for child in try box.children() {
        switch child.type {
        case place, "loci", "XMP_": replace(child, by: free(child))
        case "trak", "udta", "meta": replace(child, by: try cleared(child))
        default: break
        }
      }
    case "meta":
      // QuickTime's has no version and flags.
      let isQuickTime = box.body.dropFirst(4).prefix(4).elementsEqual("hdlr".utf8)
      let children = try box.children(skipping: isQuickTime ? 0 : 4)
      let item = try children.first { $0.type == "keys" }.flatMap { keys throws(RewriteError) in
        try number(of: keys)
      }
      for list in children where list.type == "ilst" {
        for entry in try list.children() where entry.type == place || entry.type == item {
          replace(entry, by: free(entry))
        }
      }
    default: break
    }
    return bytes
  }

  /// The item of the location: items are named by the number of their key.
  private static func number(of keys: MemoryBox) throws(RewriteError) -> FourCC? {
    var reader = BoxReader(keys.body)
    try reader.skip(4)
    let count = try reader.u32()
    for number in 0..<count {
      let size = try reader.u32()
      guard size >= 8 else { return nil }
      let name = try reader.take(Int(size) - 4)
      if name.dropFirst(4).elementsEqual(key) { return FourCC(rawValue: number + 1) }
    }
    return nil
  }
}

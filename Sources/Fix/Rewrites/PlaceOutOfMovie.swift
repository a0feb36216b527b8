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
        var bytes = Array(contents.whole)
        free(contents, in: &bytes)
        splice.append(written..<box.offset)
        splice.append(bytes)
        written = box.end
      default: break
      }
    }
    splice.append(written..<window.byteCount)
    return splice
  }

  /// Makes free space (ISO/IEC 14496-12, 8.1.2) of a box.
  ///
  /// - Parameter bytes: Those of the file's own box, which the box is in.
  private static func free(_ box: MemoryBox, in bytes: inout [UInt8]) {
    bytes.replaceSubrange(box.whole.startIndex + 4..<box.whole.startIndex + 8, with: FourCC("free").bytes)
    for index in box.body.indices { bytes[index] = 0 }
  }

  /// Coordinates are in the movie or a track, in their user data, or in the metadata of one of these.
  private static func cleared(_ movie: MemoryBox) throws(RewriteError) -> [UInt8] {
    var bytes = Array(movie.whole)
    for owner in [movie] + (try movie.children().filter { $0.type == "trak" }) {
      for list in [owner] + (try owner.children().filter { $0.type == "udta" }) {
        for child in try list.children() {
          switch child.type {
          case place, "loci", "XMP_": free(child, in: &bytes)
          case "meta": try clear(child, in: &bytes)
          default: break
          }
        }
      }
    }
    return bytes
  }

  private static func clear(_ metadata: MemoryBox, in bytes: inout [UInt8]) throws(RewriteError) {
    // QuickTime's has no version and flags.
    let isQuickTime = metadata.body.dropFirst(4).prefix(4).elementsEqual("hdlr".utf8)
    let children = try metadata.children(skipping: isQuickTime ? 0 : 4)
    let item = try children.first { $0.type == "keys" }.flatMap { keys throws(RewriteError) in
      try number(of: keys)
    }
    for list in children where list.type == "ilst" {
      for entry in try list.children() where entry.type == place || entry.type == item {
        free(entry, in: &bytes)
      }
    }
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

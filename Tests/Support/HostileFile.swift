import Testing

/// A kind of file designed to exhaust a reader, in any size.
struct HostileFile: Sendable, CustomTestStringConvertible {
  let name: String

  /// The name of a fault that must be reported; nil if the file is unusual but not damaged.
  let fault: String?

  /// Creates the file with a number of elements.
  let make: @Sendable (Int) throws -> [UInt8]

  init(_ name: String, fault: String? = nil, _ make: @escaping @Sendable (Int) throws -> [UInt8]) {
    self.name = name
    self.fault = fault
    self.make = make
  }

  var testDescription: String { name }

  static let all = movies + pictures + sounds + archives + documents + texts
}

/// Repeats bytes.
func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
  var all: [UInt8] = []
  all.reserveCapacity(bytes.count * count)
  for _ in 0..<count { all += bytes }
  return all
}

/// An unterminated zlib stream of `8 × 258 × count` zeros (RFC 1951, section 3.2.6: one literal, then runs of the maximum
/// length at distance 1; eight of them take 13 bytes).
func deflateBomb(_ count: Int) -> [UInt8] {
  var bits = [true, true, false] + [false, false, true, true, false, false, false, false]
  let run = [true, true, false, false, false, true, false, true] + [Bool](repeating: false, count: 5)
  while bits.count % 8 != 0 || bits.count < 8 * 13 { bits += run }
  let whole = (0..<8).flatMap { _ in run }
  func packed(_ bits: [Bool]) -> [UInt8] {
    stride(from: 0, to: bits.count, by: 8).map { start in
      (0..<8).reduce(0) { $0 | (bits[start + $1] ? 1 << $1 : 0) }
    }
  }
  return [0x78, 0x9c] + packed(bits) + repeated(packed(whole), count)
}

// MARK: - ISO base media

extension HostileFile {
  private static let fileType = isoBox("ftyp", Array("isom".utf8) + [0, 0, 0, 0] + Array("isommp42".utf8))

  /// A full box with a table of entries. The box's size may exceed 32 bits.
  private static func table(_ type: String, _ count: Int, _ entry: [UInt8], head: [UInt8] = []) -> [UInt8] {
    isoBox(type, [0, 0, 0, 0] + head + bigEndian(UInt32(count)) + repeated(entry, count))
  }

  /// A movie of one track with the given tables.
  private static func movie(_ tables: [UInt8], handler: String = "vide") -> [UInt8] {
    let header = isoBox(
      "mdhd", [UInt8](repeating: 0, count: 12) + bigEndian(UInt32(1000)) + [0, 0, 0, 0, 0, 0, 0, 0])
    let kind = isoBox(
      "hdlr", [UInt8](repeating: 0, count: 8) + Array(handler.utf8) + [UInt8](repeating: 0, count: 13))
    let media = isoBox("mdia", header + kind + isoBox("minf", isoBox("stbl", tables)))
    return fileType + isoBox("moov", isoBox("trak", media)) + isoBox("mdat", [0])
  }

  private static let description = isoBox(
    "stsd", bigEndian(UInt32(0)) + bigEndian(UInt32(1)) + isoBox("avc1", [UInt8](repeating: 0, count: 78)))

  static let movies: [HostileFile] = [
    HostileFile("boxes in boxes") { count in
      let types = ["moov", "trak", "mdia", "minf", "stbl", "udta", "meta", "ilst"].map { Array($0.utf8) }
      return fileType + (0..<count).flatMap { bigEndian(UInt32(8 * (count - $0))) + types[$0 % types.count] }
    },
    HostileFile("movies in movies") { count in
      fileType + (0..<count).flatMap { bigEndian(UInt32(8 * (count - $0))) + Array("moov".utf8) }
    },
    HostileFile("items of 65,535 extents that take no bytes") { count in
      let sizes: [UInt8] = [0, 0]
      let item: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0, 0xff, 0xff]
      let locations = isoBox("iloc", [2, 0, 0, 0] + sizes + bigEndian(UInt32(count)) + repeated(item, count))
      return isoBox("ftyp", Array("heic\0\0\0\0heicmif1".utf8)) + isoBox("meta", [0, 0, 0, 0] + locations)
    },
    HostileFile("empty boxes") { fileType + repeated(isoBox("free", []), $0) },
    HostileFile("empty boxes in the movie") { fileType + isoBox("moov", repeated(isoBox("free", []), $0)) },
    HostileFile("empty tracks") { fileType + isoBox("moov", repeated(isoBox("trak", []), $0)) },
    HostileFile("empty movies") { fileType + repeated(isoBox("moov", []), $0) },
    HostileFile("fragments") { count in
      movie(description) + repeated(isoBox("moof", isoBox("mfhd", [0, 0, 0, 0, 0, 0, 0, 1])), count)
    },
    HostileFile("runs in a fragment") { count in
      let header = isoBox("tfhd", [0, 0, 0, 0, 0, 0, 0, 1])
      let runs = repeated(isoBox("trun", [0, 0, 0, 0] + bigEndian(UInt32.max)), count)
      return movie(description) + isoBox("moof", isoBox("traf", header + runs))
    },
    HostileFile("sample descriptions") { count in
      movie(table("stsd", count, isoBox("avc1", [UInt8](repeating: 0, count: 78))))
    },
    HostileFile("time entries of billions") {
      movie(description + table("stts", $0, [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1]))
    },
    HostileFile("tables in step") { count in
      movie(
        description + table("stts", count, [0, 0, 0, 1, 0, 0, 0, 1])
          + table("ctts", count, [0, 0, 0, 1, 0, 0, 0, 1])
          + table("stsc", count, [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]) + table("stco", count, [0, 0, 0, 1])
          + table("stsz", count, [0, 0, 0, 1], head: [0, 0, 0, 0]) + table("stss", count, [0, 0, 0, 1]))
    },
    HostileFile("samples of one size by the billion") { count in
      movie(
        description + isoBox("stsz", [0, 0, 0, 0, 0, 0, 0, 1] + bigEndian(UInt32.max))
          + table("stsc", count, [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1])
          + table("stco", count, [0, 0, 0, 1])
          + table("stts", 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))
    },
    HostileFile("a packed movie without end") { count in
      let packed =
        isoBox("dcom", Array("zlib".utf8)) + isoBox("cmvd", bigEndian(UInt32.max) + deflateBomb(count))
      return fileType + isoBox("moov", isoBox("cmov", packed))
    },
    HostileFile("picture properties") { count in
      let properties = isoBox(
        "iprp", isoBox("ipco", repeated(isoBox("ispe", [UInt8](repeating: 0, count: 12)), count)))
      return isoBox("ftyp", Array("heic".utf8) + [0, 0, 0, 0] + Array("mif1heic".utf8))
        + isoBox("meta", [0, 0, 0, 0] + properties)
    },
    HostileFile("user data") {
      fileType + isoBox("moov", isoBox("udta", repeated(isoBox("\u{a9}xyz", []), $0)))
    },
  ]
}

// MARK: - Images

extension HostileFile {
  private static func chunk(_ type: String, _ data: [UInt8] = []) -> [UInt8] {
    let body = Array(type.utf8) + data
    return bigEndian(UInt32(data.count)) + body + bigEndian(crc32(body))
  }

  /// A valid PNG with data inserted after its header.
  private static func png(_ addition: [UInt8], animated: Bool = false) throws -> [UInt8] {
    try Fixture.bytes(animated ? "pictures/animated.png" : "pictures/rgb.png").inserting(
      addition, at: animated ? 53 : 33)
  }

  private static func jpeg(_ addition: [UInt8]) throws -> [UInt8] {
    try Fixture.bytes("pictures/rgb.jpg").inserting(addition, at: 2)
  }

  private static func segment(_ marker: UInt8, _ data: [UInt8]) -> [UInt8] {
    [0xff, marker] + bigEndian(UInt16(data.count + 2)) + data
  }

  private static func webp(_ chunks: [UInt8]) -> [UInt8] {
    Array("RIFF".utf8) + littleEndian(UInt32(4 + chunks.count)) + Array("WEBP".utf8) + chunks
  }

  private static func riffChunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    Array(type.utf8) + littleEndian(UInt32(data.count)) + data
  }

  /// A WebP's extended header: animated, 512 × 512.
  private static let animated =
    riffChunk("VP8X", [2, 0, 0, 0, 255, 1, 0, 255, 1, 0]) + riffChunk("ANIM", [0, 0, 0, 0, 0, 0])

  private static let gif = Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]

  static let pictures: [HostileFile] = [
    HostileFile("PNG: empty text chunks") { try png(repeated(chunk("tEXt"), $0)) },
    HostileFile("PNG: empty data chunks") { try png(repeated(chunk("IDAT"), $0)) },
    HostileFile("PNG: frames that say nothing", fault: "frame-outside-picture") { count in
      try png(repeated(chunk("fcTL", [UInt8](repeating: 0, count: 26)), count), animated: true)
    },
    HostileFile("PNG: one point, and data without end") { count in
      let picture = try Fixture.bytes("pictures/rgb.png")
      let header = chunk("IHDR", bigEndian(UInt32(1)) + bigEndian(UInt32(1)) + [8, 2, 0, 0, 0])
      return picture[..<8] + header + chunk("IDAT", deflateBomb(count)) + chunk("IEND")
    },
    HostileFile("PNG: a small picture, and text without end") {
      try png(chunk("zTXt", [0x61, 0, 0] + deflateBomb($0)))
    },
    HostileFile("JPEG: empty comments") { try jpeg(repeated([0xff, 0xfe, 0, 2], $0)) },
    HostileFile("JPEG: fill bytes") { try jpeg(repeated([0xff], $0)) },
    HostileFile("JPEG: empty tables") { try jpeg(repeated([0xff, 0xdb, 0, 2], $0)) },
    HostileFile("JPEG: begun again and again") { try jpeg(repeated([0xff, 0xd8], $0)) },
    HostileFile("JPEG: restart markers") { count in
      let picture = try Fixture.bytes("pictures/restart.jpg")
      return picture.inserting(repeated([0xff, 0xd0], count), at: picture.count - 2)
    },
    HostileFile("JPEG: scans") { count in
      let picture = try Fixture.bytes("pictures/progressive.jpg")
      let scan = try #require(picture.lastIndex { $0 == 0xda }) - 1
      return picture.inserting(
        repeated(Array(picture[scan..<picture.count - 2]), count / 8), at: picture.count - 2)
    },
    HostileFile("JPEG: Exif that leads back to itself") { count in
      let tiff =
        Array("II*\0".utf8) + littleEndian(UInt32(8)) + littleEndian(UInt16(1))
        + [0x69, 0x87, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0] + littleEndian(UInt32(8))
      return try jpeg(repeated(segment(0xe1, Array("Exif\0\0".utf8) + tiff), count))
    },
    HostileFile("JPEG: Exif entries") { count in
      let entries = min(5000, count)
      let tiff =
        Array("II*\0".utf8) + littleEndian(UInt32(8)) + littleEndian(UInt16(entries))
        + repeated([0x25, 0x88, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0], entries)
      return try jpeg(repeated(segment(0xe1, Array("Exif\0\0".utf8) + tiff), count / entries))
    },
    HostileFile("GIF: comments") { gif + repeated([0x21, 0xfe, 0], $0) + [0x3b] },
    HostileFile("GIF: pieces of a comment") { gif + [0x21, 0xfe] + repeated([1, 0x61], $0) + [0, 0x3b] },
    HostileFile("GIF: pictures") { gif + repeated([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 0], $0) + [0x3b] },
    HostileFile("WebP: empty chunks") { count in
      let picture = try Fixture.bytes("pictures/lossy.webp")
      return webp(Array(picture[12...]) + repeated(riffChunk("XTRA", []), count))
    },
    HostileFile("WebP: empty frames") {
      webp(animated + repeated(riffChunk("ANMF", [UInt8](repeating: 0, count: 16)), $0))
    },
    HostileFile("WebP: frames in frames") { count in
      let head = { (left: Int) in
        Array("ANMF".utf8) + littleEndian(UInt32(24 * left - 8)) + [UInt8](repeating: 0, count: 16)
      }
      return webp(animated + (0..<count).flatMap { head(count - $0) })
    },
    // 14,529 × 8,260 pixels in a file of 28 bytes, as found by the fuzzer.
    HostileFile("WebP: points that take no bits") { _ in
      webp(riffChunk("VP8L", [0x2f, 0xc0, 0xf8, 0x10, 0x18, 0x88, 0x88, 0x08]))
    },
    HostileFile("WebP: good frames by the thousand") { count in
      let frame = try Fixture.bytes("pictures/lossless.webp")[12...]
      let point = [UInt8](repeating: 0, count: 16)
      return webp(animated + repeated(riffChunk("ANMF", point + frame), count / 16))
    },
    HostileFile("SVG: comments") {
      Array("<svg xmlns='http://www.w3.org/2000/svg'>".utf8) + repeated(Array("<!---->".utf8), $0)
    },
    HostileFile("SVG: behind comments") { repeated(Array("<!---->".utf8), $0) + Array("<svg/>".utf8) },
  ]
}

// MARK: - Audio

extension HostileFile {
  /// An ID3v2 tag's header (ID3v2.4, section 3.1).
  private static func tag(_ size: Int) -> [UInt8] {
    Array("ID3".utf8) + [4, 0, 0] + (0..<4).map { UInt8(size >> (21 - 7 * $0) & 0x7f) }
  }

  static let sounds: [HostileFile] = [
    HostileFile("Ogg: empty pages") { count in
      oggPage(opusHead(), flags: 2) + oggPage(opusTags, sequence: 1)
        + repeated(oggPage([], lacing: [], sequence: 2), count)
    },
    HostileFile("Ogg: streams") { count in
      (0..<count).flatMap { oggPage([0x79], serial: UInt32($0), flags: 2) }
    },
    HostileFile("Ogg: one stream after another") { count in
      var file: [UInt8] = []
      for serial in 0..<UInt32(count / 8) {
        file += oggPage(opusHead(), serial: serial, flags: 2)
        file += oggPage(opusTags, serial: serial, sequence: 1)
        file += oggPage([0xfc], serial: serial, granule: 960, flags: 4, sequence: 2)
      }
      return file
    },
    HostileFile("Ogg: beginnings of pages") { repeated(Array("OggS".utf8), $0) },
    HostileFile("MP3: tags before the sound") {
      try repeated(tag(0), $0) + Fixture.bytes("audio/no-index.mp3")
    },
    HostileFile("MP3: tags in tags") { count in
      var file: [UInt8] = []
      for index in 0..<count { file += tag(min(10 * (count - index - 1), 0xfff_ffff)) }
      return try file + Fixture.bytes("audio/no-index.mp3")
    },
    HostileFile("MP3: tags behind the sound") { count in
      try Fixture.bytes("audio/no-index.mp3")
        + repeated(Array("TAG".utf8) + [UInt8](repeating: 0, count: 125), count / 16)
    },
    HostileFile("MP3: beginnings of frames") { repeated([0xff, 0xfb], $0) },
    HostileFile("MP3: frames of different kinds") {
      repeated([0xff, 0xfb, 0x90, 0x00, 0xff, 0xf3, 0x40, 0xc0], $0)
    },
    HostileFile("MP3: free format") { repeated([0xff, 0xfb, 0x00, 0x00], $0) },
    HostileFile("AAC: the shortest frames") { repeated([0xff, 0xf1, 0x50, 0x80, 0x00, 0xff, 0xfc], $0) },
    HostileFile("AAC: beginnings of frames") { repeated([0xff, 0xf1], $0) },
    HostileFile("AMR: frames of nothing") { Array("#!AMR\n".utf8) + repeated([0x7c], $0) },
    HostileFile("WMA: objects") { count in
      let head: [UInt8] = [
        0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0, 0xaa, 0, 0x62, 0xce, 0x6c,
      ]
      return head + littleEndian(UInt64(30 + 24 * count)) + littleEndian(UInt32(count)) + [1, 2]
        + repeated(head + littleEndian(UInt64(24)), count)
    },
    HostileFile("MPEG: start codes") { repeated([0, 0, 1, 0xba], $0) },
  ]
}

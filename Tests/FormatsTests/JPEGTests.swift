import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct JPEGTests {
  @Test(arguments: [
    ("rgb", ColorModel.rgb, false), ("restart", .rgb, false), ("progressive", .rgb, true),
    ("gray", .gray, false), ("cmyk", .cmyk, false), ("multi-picture", .rgb, false),
  ])
  func factsOfSoundPictures(name: String, colorModel: ColorModel, progressive: Bool) throws {
    let inspection = try inspect(fixture: "pictures/\(name).jpg")
    var facts = Facts()
    facts.width = 48
    facts.height = 32
    facts.bitDepth = 8
    facts.colorModel = colorModel
    facts.progressive = progressive
    facts.imageEncoding = progressive ? "progressive" : "baseline"
    facts.animated = false
    facts.frameCount = 1
    #expect(inspection.mediaType == "image/jpeg")
    #expect(inspection.facts == facts)
    #expect(inspection.faults == [])
    #expect(inspection.trailingDataOffset == nil)
    #expect(inspection.locationMetadataOffset == nil)
  }

  @Test func everyProcessIsNamedAndRead() throws {
    let rgb = try JPEGBytes("rgb")
    let frame = try rgb.segment(0xc0).lowerBound
    for process: UInt8 in [1, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15] {
      let inspection = try inspect(rgb.bytes.with([0xc0 + process], at: frame + 1))
      #expect(inspection.mediaType == "image/jpeg")
      #expect(inspection.facts.width == 48)
      #expect(inspection.facts.progressive == ([2, 6, 10, 14].contains(process)))
    }
    let twelveBits = try inspectStructure(rgb.bytes.with([0xc1], at: frame + 1).with([12], at: frame + 4))
    #expect(twelveBits.facts.bitDepth == 12)
    #expect(twelveBits.faults == [])
  }

  @Test func losslessStandardIsNotJPEG() throws {
    let inspection = try inspect(fixture: "pictures/jpeg-ls.jls")
    #expect(inspection.mediaType == "image/jls")
    #expect(inspection.facts.width == 48)
    #expect(inspection.facts.colorModel == .gray)
    #expect(inspection.faults == [])
  }

  @Test func orientationAndPlace() throws {
    #expect(try inspect(fixture: "pictures/exif-turned.jpg").facts.orientation == 6)
    #expect(try inspect(fixture: "pictures/exif-turned.jpg").locationMetadataOffset == nil)
    #expect(try inspect(fixture: "pictures/exif-place.jpg").locationMetadataOffset == 120)
    #expect(try inspect(fixture: "pictures/xmp-place.jpg").locationMetadataOffset == 328)
  }

  @Test func noPlaceWithoutCoordinates() throws {
    // Cameras without a fix fill the tags with zeros.
    let exif = try Fixture.bytes("pictures/exif-place.jpg")
    let directory = 120
    let tiff = try #require(exif.index(of: "Exif")) + 6
    var blank = exif
    for entry in 0..<(Int(exif[directory]) << 8 | Int(exif[directory + 1])) {
      let index = directory + 2 + 12 * entry
      if exif[index + 1] == 2 || exif[index + 1] == 4 {
        let value = tiff + exif.bigEndian32(at: index + 8)
        for part in 0..<3 { blank = blank.with([0, 0, 0, 0], at: value + 8 * part) }
      }
    }
    #expect(blank != exif)
    #expect(try inspect(blank).locationMetadataOffset == nil)
    #expect(try inspect(exif.with([0, 2], at: directory)).locationMetadataOffset == nil)

    var xmp = try Fixture.bytes("pictures/xmp-place.jpg")
    for name in ["GPSLatitude>", "GPSLongitude>"] {
      var index = try #require(xmp.index(of: name)) + name.utf8.count
      while xmp[index] != 0x3c {
        xmp[index] = 0x30
        index += 1
      }
    }
    #expect(try inspect(xmp).locationMetadataOffset == nil)
  }

  @Test(arguments: ["rgb", "restart", "progressive", "gray", "cmyk", "exif-place"])
  func cutsAreTold(name: String) throws {
    try expectTellsCuts(Fixture.bytes("pictures/\(name).jpg"))
  }

  @Test func everyCutIsTold() throws {
    let bytes = try Fixture.bytes("pictures/gray.jpg")
    for length in 3..<bytes.count {
      #expect(try inspect(Array(bytes[..<length])).namedFaults == [NamedFault("truncated", length)])
    }
  }

  @Test func survivesBadInput() throws {
    expectSurvivesCuts(try Fixture.bytes("pictures/exif-place.jpg"))
    expectSurvivesFlips(try Fixture.bytes("pictures/exif-place.jpg"), first: 330)
    expectSurvivesFlips(try Fixture.bytes("pictures/progressive.jpg"), first: 40)
    expectSurvivesFlips(try Fixture.bytes("pictures/multi-picture.jpg"), first: 160)
  }

  @Test func orientationInEitherByteOrder() throws {
    let rgb = try Fixture.bytes("pictures/rgb.jpg")
    func turned(_ value: UInt16, type: UInt16 = 3, littleEndian isLittle: Bool) throws -> Int? {
      func number(_ value: some FixedWidthInteger) -> [UInt8] {
        isLittle ? littleEndian(value) : bigEndian(value)
      }
      let head = isLittle ? Array("II*\0".utf8) : Array("MM\0*".utf8)
      let entry = number(UInt16(0x0112)) + number(type) + number(UInt32(1)) + number(value) + [0, 0]
      let tiff = head + number(UInt32(8)) + number(UInt16(1)) + entry + [0, 0, 0, 0]
      let segment = [0xff, 0xe1] + bigEndian(UInt16(tiff.count + 8)) + Array("Exif\0\0".utf8) + tiff
      return try inspect(rgb.inserting(segment, at: 2)).facts.orientation
    }
    #expect(try turned(8, littleEndian: true) == 8)
    #expect(try turned(5, littleEndian: false) == 5)
    #expect(try turned(0, littleEndian: true) == nil)
    #expect(try turned(9, littleEndian: false) == nil)
    #expect(try turned(1, type: 2, littleEndian: true) == nil)
  }

  // MARK: Processes

  @Test func hierarchicalPicturesAreRefused() throws {
    let rgb = try JPEGBytes("rgb")
    let frame = try rgb.segment(0xc0)
    let whole = Array(rgb.bytes[frame]).with([0xde], at: 1).with([0, 64, 0, 96], at: 5)
    let body = Array(rgb.bytes[2..<rgb.bytes.count - 2])
    let inspection = try inspect([0xff, 0xd8] + whole + body + body + [0xff, 0xd9])
    #expect(inspection.facts.width == 96)
    #expect(inspection.facts.height == 64)
    #expect(inspection.facts.imageEncoding == "hierarchical")
    #expect(inspection.faults == [])
  }

  /// Browsers and phones decode baseline, extended and progressive images.
  @Test(arguments: [
    (0, "baseline"), (1, "extended"), (3, "lossless"), (5, "hierarchical"), (6, "hierarchical"),
    (7, "hierarchical"), (9, "arithmetic"), (11, "lossless"), (13, "hierarchical"), (14, "hierarchical"),
    (15, "hierarchical"),
  ])
  func encodings(process: UInt8, encoding: String) throws {
    let rgb = try JPEGBytes("rgb")
    let frame = try rgb.segment(0xc0)
    let bytes = rgb.bytes.with([0xc0 | process], at: frame.lowerBound + 1)
    let inspection = try inspect(bytes)
    #expect(inspection.facts.imageEncoding == encoding)
    #expect(inspection.faults == [])
    let isAllowed = encoding == "baseline" || encoding == "extended"
    let image = try engine.check(MemorySource(bytes), as: .image)
    #expect(image.findings.map(\.code) == (isAllowed ? [] : [.imageEncodingNotAllowed]))
    #expect(image.verdict == (isAllowed ? .accepted : .rejected))
    #expect(try engine.check(MemorySource(bytes), as: .document).verdict == .accepted)
  }

  // MARK: What decoders pass over

  @Test func fillBytesAndStrayBytesAreTolerated() throws {
    let rgb = try JPEGBytes("rgb")
    let tables = try rgb.segment(0xdb).lowerBound
    #expect(try inspect(rgb.bytes.inserting([0xff, 0xff, 0xff], at: tables)).faults == [])
    #expect(try inspect(rgb.bytes.inserting([1, 2, 3], at: tables)).faults == [])
    #expect(try inspect(rgb.bytes.inserting([0xff], at: rgb.bytes.count - 2)).faults == [])
    #expect(try inspect(rgb.bytes.inserting([0xff, 0xe5, 0, 0], at: 2)).faults == [])
  }

  @Test func motionJPEGFramesNeedNoHuffmanTables() throws {
    let usual = try JPEGBytes("usual-tables")
    #expect(try inspect(usual.removing(0xc4)).faults == [])
    // An image with tables of its own can't be read with the usual ones.
    #expect(try inspect(JPEGBytes("rgb").removing(0xc4)).faults.count == 1)
  }

  @Test func pictureWithinAPictureIsNotTheEnd() throws {
    let rgb = try Fixture.bytes("pictures/rgb.jpg")
    let thumbnail = try Fixture.bytes("pictures/gray.jpg")
    let segment = [0xff, 0xe1] + bigEndian(UInt16(thumbnail.count + 8)) + Array("Exif\0\0".utf8) + thumbnail
    let inspection = try inspect(rgb.inserting(segment, at: 2))
    #expect(inspection.facts.colorModel == .rgb)
    #expect(inspection.faults == [])
    #expect(inspection.trailingDataOffset == nil)
  }

  // MARK: After the end

  @Test func paddingIsNoTrailingData() throws {
    let rgb = try Fixture.bytes("pictures/rgb.jpg")
    #expect(try inspect(rgb + [UInt8](repeating: 0, count: 70_000)).trailingDataOffset == nil)
    #expect(try inspect(rgb + [0x0d, 0x0a]).trailingDataOffset == nil)
    #expect(try inspect(rgb + [0, 0, 0, 1]).trailingDataOffset == UInt64(rgb.count))
  }

  @Test func whatTheIndexDeclaresIsNoTrailingData() throws {
    let pictures = try Fixture.bytes("pictures/multi-picture.jpg")
    #expect(try inspect(pictures).trailingDataOffset == nil)
    #expect(try inspect(pictures + Array("video".utf8)).trailingDataOffset == UInt64(pictures.count))
    // Without the index the second picture is data after the end.
    let index = try #require(pictures.index(of: "MPF"))
    let inspection = try inspect(pictures.with([0x58], at: index))
    let end = try #require(inspection.trailingDataOffset.map(Int.init))
    #expect(pictures[end...].starts(with: [0xff, 0xd8]))
  }

  /// Cut within the second picture; without any of it, a program may have taken it away.
  @Test func otherPicturesThatAreCut() throws {
    let pictures = try Fixture.bytes("pictures/multi-picture.jpg")
    let index = try #require(pictures.index(of: "MPF"))
    let second = try #require(try inspect(pictures.with([0x58], at: index)).trailingDataOffset.map(Int.init))
    for length in [pictures.count - 1, pictures.count - 2, (pictures.count + second) / 2, second + 3] {
      #expect(try inspect(Array(pictures[..<length])).namedFaults == [NamedFault("truncated", length)])
    }
    #expect(try inspect(Array(pictures[..<second])).faults == [])
    // Headers that were made shorter behind the index.
    let shorter = pictures.without(second - 20..<second - 19)
    #expect(try inspect(shorter).faults == [])
  }

  // MARK: Faults

  @Test func faultsOfTheFrameHeader() throws {
    let rgb = try JPEGBytes("rgb")
    let frame = try rgb.segment(0xc0)
    let start = frame.lowerBound
    try rgb.expect("frame-precision", at: start + 4, with: [0], at: start + 4)
    try rgb.expect("frame-precision", at: start + 4, with: [16], at: start + 4)
    try rgb.expect("empty-frame", at: start + 7, with: [0, 0], at: start + 7)
    try rgb.expect("sampling-factor", at: start + 11, with: [0x50], at: start + 11)
    try rgb.expect("sampling-factor", at: start + 14, with: [0x10], at: start + 14)
    try rgb.expect("segment-length", at: start + 2, with: [2], at: start + 9)
    try rgb.expect("segment-length", at: start + 2, with: [255], at: start + 9)
    let none = rgb.bytes.with([0, 8], at: start + 2).with([0], at: start + 9).without(
      start + 10..<frame.upperBound)
    #expect(try inspect(none).namedFaults == [NamedFault("frame-without-components", start + 9)])
    let twice = rgb.bytes.inserting(Array(rgb.bytes[frame]), at: frame.upperBound)
    #expect(try inspect(twice).namedFaults == [NamedFault("second-frame", frame.upperBound)])
    // 4 × 4 blocks of one component with those of two others are more than a decoder holds.
    let scan = try rgb.segment(0xda).lowerBound
    try rgb.expect("scan-too-wide", at: scan + 4, with: [0x44], at: start + 11)
  }

  @Test func heightAfterTheScan() throws {
    let rgb = try JPEGBytes("rgb")
    let frame = try rgb.segment(0xc0).lowerBound
    let open = rgb.bytes.with([0, 0], at: frame + 5)
    #expect(try inspect(open).facts.height == nil)
    #expect(try inspect(open).namedFaults == [NamedFault("height-not-in-frame", frame + 5)])
    let closed = open.inserting([0xff, 0xdc, 0, 4, 0, 32], at: open.count - 2)
    #expect(try inspect(closed).facts.height == 32)
    #expect(try inspect(closed).namedFaults == [NamedFault("height-not-in-frame", frame + 5)])
  }

  @Test func faultsOfTheScanHeader() throws {
    let rgb = try JPEGBytes("rgb")
    let scan = try rgb.segment(0xda)
    let start = scan.lowerBound
    try rgb.expect("scan-component-unknown", at: start + 5, with: [9], at: start + 5)
    try rgb.expect("segment-length", at: start + 2, with: [200], at: start + 4)
    for code: UInt8 in [0xc4, 0xdb] {
      let table = try rgb.segment(code).lowerBound
      for length: UInt8 in [0, 1] {
        try rgb.expect("segment-length", at: table + 2, with: [0, length], at: table + 2)
      }
    }
    try rgb.expect("scan-component-twice", at: start + 7, with: [1], at: start + 7)
    let none = rgb.bytes.with([0, 6, 0], at: start + 2).without(start + 5..<start + 11)
    #expect(try inspect(none).namedFaults == [NamedFault("scan-components", start + 4)])
    let early = [0xff, 0xd8] + rgb.bytes[scan] + [0x12, 0x34, 0xff, 0xd9]
    #expect(try inspect(early).namedFaults == [NamedFault("scan-before-frame", 2)])

    let progressive = try JPEGBytes("progressive")
    let first = try progressive.segment(0xda)
    let parameters = first.upperBound - 3
    try progressive.expect("scan-parameters", at: parameters, with: [0, 5], at: parameters)
    try progressive.expect("scan-parameters", at: parameters, with: [5, 1], at: parameters)
  }

  @Test func conditioningOfArithmeticCoding() throws {
    let rgb = try JPEGBytes("rgb")
    let start = try rgb.segment(0xda).lowerBound
    func faults(_ values: [UInt8]) throws -> [NamedFault] {
      let segment = [0xff, 0xcc, 0, UInt8(2 + values.count)] + values
      return try inspect(rgb.bytes.inserting(segment, at: start)).namedFaults
    }
    // The lower bound may be as high as the upper one; of AC coefficients there is a single number.
    for values: [UInt8] in [[], [0x00, 0x10], [0x03, 0xff, 0x13, 0x05], [0x10, 0x01, 0x1f, 0x3f]] {
      #expect(try faults(values) == [])
    }
    #expect(try faults([0x00, 0x01]) == [NamedFault("arithmetic-conditioning", start + 4)])
    #expect(try faults([0x13, 0x05, 0x00, 0x56]) == [NamedFault("arithmetic-conditioning", start + 6)])
    #expect(try faults([0x20, 0x10]) == [NamedFault("arithmetic-conditioning", start + 4)])
    #expect(try faults([0x10]) == [NamedFault("segment-length", start + 2)])
  }

  @Test func faultsOfTheTables() throws {
    let rgb = try JPEGBytes("rgb")
    let scan = try rgb.segment(0xda).lowerBound
    let quantization = try rgb.segment(0xdb)
    let huffman = try rgb.segment(0xc4)
    let without = rgb.removing(0xdb)
    let removed = rgb.bytes.count - without.count
    #expect(
      try inspect(without).namedFaults == [NamedFault("missing-quantization-table", scan - removed + 5)])
    try rgb.expect(
      "table-destination", at: quantization.lowerBound + 4, with: [4], at: quantization.lowerBound + 4)
    try rgb.expect("table-destination", at: huffman.lowerBound + 4, with: [0x20], at: huffman.lowerBound + 4)
    try rgb.expect(
      "segment-length", at: quantization.lowerBound + 2, with: [0x10], at: quantization.lowerBound + 4)
    // That many codes of one bit can't be; it only matters once a scan uses them.
    let counts = huffman.lowerBound + 5
    let codes = rgb.bytes[counts..<counts + 16].reduce(0, +)
    try rgb.expect(
      "huffman-table", at: scan + 6, with: [codes] + [UInt8](repeating: 0, count: 15), at: counts)
    let many = [UInt8](repeating: 16, count: 16)
    try rgb.expect("segment-length", at: huffman.lowerBound + 2, with: many, at: huffman.lowerBound + 5)
    try rgb.expect(
      "huffman-table", at: huffman.lowerBound + 4, with: many.map { $0 * 3 }, at: huffman.lowerBound + 5)
    // A difference of 255 bits.
    try rgb.expect("huffman-table", at: scan + 6, with: [255], at: huffman.lowerBound + 21)

    let progressive = try JPEGBytes("progressive")
    let bare = progressive.removing(0xc4)
    let names = try inspect(bare).faults.map(\.name)
    #expect(names == ["missing-huffman-table"])
    let restart = try JPEGBytes("restart")
    let interval = try restart.segment(0xdd).lowerBound
    try restart.expect("segment-length", at: interval + 2, with: [0, 5], at: interval + 2)
  }

  @Test func faultsOfTheOrder() throws {
    let rgb = try JPEGBytes("rgb")
    let scan = try rgb.segment(0xda)
    #expect(try inspect([0xff, 0xd8, 0xff, 0xd9]).namedFaults == [NamedFault("no-frame", 2)])
    let bare = Array(rgb.bytes[..<scan.lowerBound]) + [0xff, 0xd9]
    #expect(try inspect(bare).namedFaults == [NamedFault("no-scan", scan.lowerBound)])
    let empty = Array(rgb.bytes[..<scan.upperBound]) + [0xff, 0xd9]
    #expect(try inspect(empty).namedFaults == [NamedFault("empty-scan", scan.upperBound)])
    try rgb.expect("unknown-marker", at: scan.upperBound + 9, with: [0xff, 0x30], at: scan.upperBound + 9)
    try rgb.expect("unknown-marker", at: scan.upperBound + 9, with: [0xff, 0xd8], at: scan.upperBound + 9)
    let long = rgb.bytes.with([0xff, 0xff], at: try rgb.segment(0xdb).lowerBound + 2)
    #expect(try inspect(long).namedFaults == [NamedFault("truncated", long.count)])
  }

  /// A code of a bit for each DC coefficient, and in a sequential scan another for the end of the block.
  @Test(arguments: [("gray", 2), ("rgb", 2), ("restart", 2), ("progressive", 1)])
  func dataThatCannotBeThePicture(_ name: String, bitsPerBlock: Int) throws {
    let original = try JPEGBytes(name)
    let frame = try original.segment(name == "progressive" ? 0xc2 : 0xc0).lowerBound
    let samplings = (0..<Int(original.bytes[frame + 9])).map { original.bytes[frame + 11 + 3 * $0] }
    let unit = samplings.reduce((width: 0, height: 0, blocks: 0)) {
      (max($0.width, Int($1 >> 4)), max($0.height, Int($1 & 15)), $0.blocks + Int($1 >> 4) * Int($1 & 15))
    }
    // Scans of AC coefficients alone can be as short as they like.
    let scans = original.scans.filter { original.bytes[$0.header.upperBound - 3] == 0 }
    #expect(scans.count == (name == "progressive" ? 2 : 1))
    let shortest = try #require(scans.map(\.data).min { $0.count < $1.count })
    let units = 8 * shortest.count / (bitsPerBlock * unit.blocks)
    let lines = 8 * unit.height * units
    for (lines, faults) in [(lines, []), (lines + 1, [NamedFault("short-scan", shortest.upperBound)])] {
      let size = [UInt8(lines >> 8), UInt8(lines & 0xff), 0, UInt8(8 * unit.width)]
      #expect(try inspectStructure(original.bytes.with(size, at: frame + 5)).namedFaults == faults)
    }
  }

  /// Decoders take them one after the other: four blocks, one and one in a unit of 16 × 16 points.
  @Test func componentsThatShareAName() throws {
    let rgb = try JPEGBytes("rgb")
    let frame = try rgb.segment(0xc0).lowerBound
    let scan = try #require(rgb.scans.first)
    var bytes = rgb.bytes
    for index in 0..<3 {
      bytes[frame + 10 + 3 * index] = 1
      bytes[scan.header.lowerBound + 5 + 2 * index] = 1
    }
    #expect(try inspect(bytes).faults == [])
    let lines = 16 * (8 * scan.data.count / 12)
    for (lines, faults) in [(lines, []), (lines + 1, [NamedFault("short-scan", scan.data.upperBound)])] {
      let size = [UInt8(lines >> 8), UInt8(lines & 0xff), 0, 16]
      #expect(try inspectStructure(bytes.with(size, at: frame + 5)).namedFaults == faults)
    }
    // One more of the name than there are.
    bytes[frame + 16] = 2
    #expect(
      try inspect(bytes).namedFaults == [NamedFault("scan-component-twice", scan.header.lowerBound + 9)])
  }

  @Test func wholeSegmentsAreFollowedThroughALongFile() throws {
    // More than the window holds at once, with the marker across the edge of a block.
    let rgb = try JPEGBytes("rgb")
    let scan = try rgb.segment(0xda).upperBound
    for length in [65_535, 65_536, 65_537] {
      let filler = [UInt8](repeating: 0x5a, count: length - rgb.bytes.count + 2 - 1)
      let long = rgb.bytes.inserting(filler, at: scan)
      #expect(try inspectStructure(long).faults == [])
      #expect(
        try inspectStructure(Array(long.dropLast())).namedFaults == [NamedFault("truncated", long.count - 1)])
    }
  }
}

/// A JPEG whose segments can be found and changed.
struct JPEGBytes {
  let bytes: [UInt8]

  init(_ name: String) throws { bytes = try Fixture.bytes("pictures/\(name).jpg") }

  /// Each segment before the first scan's data, by its marker's code.
  private var segments: [(code: UInt8, range: Range<Int>)] {
    var found: [(UInt8, Range<Int>)] = []
    var index = 2
    while found.last?.0 != 0xda {
      let end = index + 2 + Int(bytes[index + 2]) << 8 + Int(bytes[index + 3])
      found.append((bytes[index + 1], index..<end))
      index = end
    }
    return found
  }

  /// Each scan's header and the entropy-coded data behind it.
  var scans: [(header: Range<Int>, data: Range<Int>)] {
    var found: [(Range<Int>, Range<Int>)] = []
    var index = 2
    while bytes[index + 1] != 0xd9 {
      let end = index + 2 + Int(bytes[index + 2]) << 8 + Int(bytes[index + 3])
      var next = end
      if bytes[index + 1] == 0xda {
        while bytes[next] != 0xff
          || [0x00, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7].contains(bytes[next + 1])
        {
          next += 1
        }
        found.append((index..<end, end..<next))
      }
      index = next
    }
    return found
  }

  /// The first segment of a kind, its marker included.
  func segment(_ code: UInt8) throws -> Range<Int> {
    try #require(segments.first { $0.code == code }?.range)
  }

  /// The bytes without all the segments of a kind.
  func removing(_ code: UInt8) -> [UInt8] {
    segments.reversed().filter { $0.code == code }.reduce(bytes) { $0.without($1.range) }
  }

  /// Expects one fault, of a name and at a place, when bytes are replaced.
  func expect(
    _ name: String, at offset: Int, with replacement: [UInt8], at index: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let inspection = try inspect(bytes.with(replacement, at: index))
    #expect(inspection.namedFaults == [NamedFault(name, offset)], sourceLocation: sourceLocation)
    #expect(inspection.mediaType == "image/jpeg", sourceLocation: sourceLocation)
  }
}

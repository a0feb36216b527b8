import MediaPreflight
import PreflightInspection
@testable import PreflightTestSupport
import Testing

/// Documents whose tables of sectors are whole, but not what is in their streams.
@Suite struct OLEContentTests {
  typealias Node = CompoundFileBuilder.Node

  private func faults(_ nodes: [Node]) throws -> [String] {
    var builder = CompoundFileBuilder(nodes)
    return try inspect(builder.bytes()).faults.map(\.name)
  }

  private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  // MARK: - Excel

  private func record(_ type: UInt16, _ content: [UInt8] = []) -> [UInt8] {
    littleEndian(type) + littleEndian(UInt16(content.count)) + content
  }

  private func beginning(_ kind: UInt8) -> [UInt8] { record(0x0809, [0, 6, kind, 0] + zeros(12)) }

  /// A workbook with one sheet, which the list says is at a place.
  private func workbook(sheetAt place: Int? = nil, extra: [UInt8] = [], end: [UInt8]? = nil) -> [UInt8] {
    let globals = 20 + 4 + 8 + extra.count + 4
    let list = record(0x0085, littleEndian(UInt32(place ?? globals)) + [0, 0, 1, 0])
    let all = beginning(5) + list + extra + record(0x000a) + beginning(0x10) + (end ?? record(0x000a))
    return all + zeros(max(0, 4096 - all.count))
  }

  @Test func recordsOfAWorkbook() throws {
    let broken = ["stream-content-broken"]
    #expect(try faults([.stream("Workbook", workbook())]) == [])
    #expect(try faults([.stream("Workbook", workbook(sheetAt: 37))]) == broken)
    #expect(try faults([.stream("Workbook", workbook(end: []))]) == broken)
    // The highest type, and the first that isn't one.
    #expect(try faults([.stream("Workbook", workbook(extra: record(0x10ff)))]) == [])
    // LibreOffice's.
    #expect(try faults([.stream("Workbook", workbook(extra: record(0xffff)))]) == [])
    #expect(try faults([.stream("Workbook", workbook(extra: record(0xffff, [1])))]) == broken)
    #expect(try faults([.stream("Workbook", workbook(extra: record(0x1100)))]) == broken)
    // A single empty record, or one of Excel 2; not zeros.
    #expect(try faults([.stream("Workbook", workbook(extra: record(0)))]) == [])
    #expect(try faults([.stream("Workbook", workbook(extra: record(0) + record(0)))]) == broken)
    #expect(try faults([.stream("Workbook", workbook(extra: record(0, zeros(10))))]) == [])
    #expect(try faults([.stream("Workbook", workbook(extra: record(0, zeros(9))))]) == broken)
    // The longest record, and one that is longer.
    #expect(try faults([.stream("Workbook", workbook(extra: record(0x00eb, zeros(8228))))]) == [])
    #expect(try faults([.stream("Workbook", workbook(extra: record(0x00eb, zeros(8229))))]) == broken)
    // The last record needs one byte more than there is.
    let cut = workbook().prefix(56) + record(0x0200, zeros(5000)).dropLast()
    #expect(try faults([.stream("Workbook", Array(cut))]) == broken)
  }

  @Test(arguments: [("office/sheet.xls", 300), ("office/sheet.xls", 900)])
  func holesInAWorkbook(_ name: String, at place: Int) throws {
    let whole = try Fixture.bytes(name)
    #expect(try inspect(whole).faults == [])
    let start = try #require(whole.firstIndex(ofBytes: [0x09, 0x08, 0x10, 0, 0, 6, 5, 0]))
    let hole = whole.with(zeros(128), at: start + place)
    #expect(try inspect(hole).faults.map(\.name) == ["stream-content-broken"])
  }

  // MARK: - PowerPoint

  private func atom(_ type: UInt16, _ content: [UInt8], length: Int? = nil) -> [UInt8] {
    [0, 0] + littleEndian(type) + littleEndian(UInt32(length ?? content.count)) + content
  }

  private func presentation(_ children: [UInt8]) -> [Node] {
    let document = [0x0f, 0] + littleEndian(UInt16(0x03e8)) + littleEndian(UInt32(children.count)) + children
    return [.stream("PowerPoint Document", document + atom(0x0fff, zeros(4096)))]
  }

  @Test func recordsOfAPresentation() throws {
    let broken = ["stream-content-broken"]
    let filled = [UInt8](repeating: 7, count: 40)
    #expect(try faults(presentation(atom(0x03e9, filled))) == [])
    #expect(try faults(presentation(atom(0x03e9, filled, length: 41))) == broken)
    #expect(try faults(presentation(atom(0x03e9, filled) + zeros(7))) == broken)
    #expect(try faults(presentation(atom(0, filled))) == broken)
    #expect(try faults(presentation(atom(0x3000, filled))) == broken)
    #expect(try faults(presentation(atom(0xf1ff, filled))) == [])
  }

  /// PowerPoint's room up to 4,096 bytes, behind which a later version of the presentation may follow.
  @Test func roomBehindRecords() throws {
    let first = atom(0x03e9, [UInt8](repeating: 7, count: 40))
    func names(_ records: [UInt8], room: Int, _ rest: [UInt8] = []) throws -> [String] {
      try faults([.stream("PowerPoint Document", records + zeros(room - records.count) + rest)])
    }
    #expect(try names(first, room: 4096) == [])
    #expect(try names(first, room: 4096, first) == [])
    #expect(try names(first, room: 4097, first) == ["stream-content-broken"])
    #expect(try names(first + zeros(9) + [1], room: 4096) == ["stream-content-broken"])
    #expect(try names(first, room: 4096 + 512) == ["stream-content-broken"])
  }

  /// It has a container's version, and an archive.
  @Test func tableStylesAreAnAtom() throws {
    let archive = Array("PK\u{3}\u{4} and so on".utf8)
    func container(_ type: UInt16) -> [UInt8] {
      [0x0f, 0] + littleEndian(type) + littleEndian(UInt32(archive.count)) + archive
    }
    #expect(try faults(presentation(container(0x0428))) == [])
    #expect(try faults(presentation(container(0x0429))) == ["stream-content-broken"])
  }

  @Test func recordsOfPowerPoint95() throws {
    let beginning: [UInt8] = [3, 0, 0, 0, 0xff, 0xff, 0, 0] + zeros(5000)
    #expect(try faults([.stream("PowerPoint Document", beginning)]) == [])
    #expect(
      try faults([.stream("PowerPoint Document", beginning.with([0], at: 4))]) == ["stream-content-broken"])
  }

  @Test func holesInARecord() throws {
    let fine = atom(0x0fa8, [1] + zeros(2047) + [1])
    let hole = atom(0x0fa8, [1] + zeros(2048) + [1])
    #expect(try faults(presentation(fine)) == [])
    #expect(try faults(presentation(hole)) == ["stream-content-broken"])
    // An embedded object may contain any number.
    #expect(try faults(presentation(atom(0x1011, [1] + zeros(3000) + [1]))) == [])
  }

  // MARK: - Word

  @Test(arguments: [0x20, 0xa00, 0xc00])
  func holesInADocument(at place: Int) throws {
    let whole = try Fixture.bytes("office/page.doc")
    #expect(try inspect(whole).faults == [])
    let start = try #require(whole.firstIndex(ofBytes: [0xec, 0xa5]))
    let hole = whole.with(zeros(256), at: start + place)
    let isText = hole == whole
    #expect(try inspect(hole).faults.map(\.name) == (isText ? [] : ["stream-content-broken"]))
  }

  /// Word leaves room where its information block says that the text ends.
  @Test(arguments: [
    (2047, 0, true), (2048, 0, false), (2048, 500, true), (9999, 500, true), (2048, 501, false),
  ])
  func roomBehindTheText(_ room: Int, endOfText: UInt32, isFine: Bool) throws {
    var document = [0xec, 0xa5] + littleEndian(UInt16(0x00c1)) + zeros(7) + [2] + zeros(16)
    document += littleEndian(endOfText) + zeros(4) + littleEndian(UInt16(34)) + zeros(34 * 8)
    document += [UInt8](repeating: 7, count: 500 - document.count) + zeros(room)
    document += [UInt8](repeating: 7, count: 5000)
    let found = try faults([
      .stream("WordDocument", document), .stream("1Table", [UInt8](repeating: 7, count: 5000)),
    ])
    #expect(found == (isFine ? [] : ["stream-content-broken"]))
  }

  /// A document whose tables are said to be in an empty stream.
  @Test func documentWithoutTables() throws {
    let whole = try Fixture.bytes("office/page.doc")
    let name = "Table".utf16.flatMap { littleEndian($0) }
    let entry = try #require(whole.firstIndex(ofBytes: name)) - 2
    // The stream's size is at 0x78 of its entry in the directory (MS-CFB, 2.6.1).
    #expect(entry % 128 == 0)
    let faults = try inspect(whole.with(zeros(8), at: entry + 0x78)).faults
    #expect(faults.map(\.name) == ["empty-stream"])
    #expect(faults[0].message.contains("“1Table”"))
  }

  // MARK: - The compound file

  @Test func zerosInPlaceOfTables() throws {
    let streams: [Node] = [
      .stream("Workbook", workbook()), .stream("Other", [UInt8](repeating: 1, count: 9000)),
    ]
    var builder = CompoundFileBuilder(streams)
    let whole = builder.bytes()
    #expect(try inspect(whole).faults == [])
    // The entry of the table's own sector.
    let own = builder.fatStart + 4 * (builder.fatStart / 512 - 1)
    #expect(try inspect(whole.with(zeros(4), at: own)).faults.map(\.name) == ["allocation-table-broken"])
    // The end of a chain, which some writers make of the table's sectors.
    let end = whole.with(littleEndian(CompoundFileBuilder.endOfChain), at: own)
    #expect(try inspect(end).faults == [])
    let free = whole.with(littleEndian(CompoundFileBuilder.free), at: own)
    #expect(try inspect(free).faults.map(\.name) == ["allocation-table-broken"])
    // The directory's entry of the other stream.
    let entry = whole.with(zeros(128), at: builder.directoryStart + 256)
    #expect(try inspect(entry).faults.map(\.name) == ["directory-gap"])
  }

  // MARK: - Before compound files

  @Test func workbooksOfRecordsAlone() throws {
    let start: [UInt8] = [0x09, 0x02, 6, 0, 0, 0, 0x10, 0, 0, 0]
    let end = record(0x000a)
    let whole = start + record(0x0203, zeros(14)) + end
    for start in [start, [9, 0, 4, 0, 2, 0, 0x10, 0], [9, 8, 8, 0, 0, 5, 5, 0, 0, 0, 0, 0]] {
      #expect(try inspect(start + end).mediaType == "application/vnd.ms-excel")
      #expect(try inspect(start + end).faults == [])
    }
    #expect(try inspect(whole).faults == [])
    #expect(try inspect(whole + zeros(50)).faults == [])
    for length in 8..<whole.count {
      #expect(try inspect(Array(whole.prefix(length))).faults.map(\.name) == ["truncated"], "\(length)")
    }
  }

  @Test func documentsShorterThanTheySay() throws {
    // Word for the Mac, then Word 2 for Windows, which notes its length at 0x20.
    let mac: [UInt8] = [0xfe, 0x37, 0, 0x1c] + [UInt8](repeating: 1, count: 124)
    #expect(try inspect(mac).faults == [])
    for length in [4, 127] {
      let inspection = try inspect(Array(mac.prefix(length)))
      #expect(inspection.mediaType == "application/msword")
      #expect(inspection.faults.map(\.name) == ["truncated"])
    }
    let windows =
      [0xdb, 0xa5, 0x2d, 0] + zeros(28) + littleEndian(UInt32(300)) + [UInt8](repeating: 1, count: 264)
    #expect(try inspect(windows).faults == [])
    #expect(try inspect(Array(windows.dropLast())).faults.map(\.name) == ["truncated"])
    // The header isn't all zeros, which would say nothing.
    for index in [4, 127] {
      let header = ([0xdb, 0xa5, 0x2d, 0] + zeros(296)).with([1], at: index)
      #expect(try inspect(header).faults == [])
    }
    #expect(try inspect([0xdb, 0xa5, 0x2d, 0] + zeros(296)).faults.map(\.name) == ["header-unwritten"])
  }
}

import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

private typealias Node = CompoundFileBuilder.Node

@Suite struct OLETests {
  /// The start of a WordDocument stream, Word 97, with its tables in "1Table".
  private static func word(flags: UInt16 = 0x0200, version: UInt16 = 0xc1, count: Int = 5000) -> [UInt8] {
    let head =
      littleEndian(UInt16(0xa5ec)) + littleEndian(version) + [0, 0, 0, 0, 0, 0] + littleEndian(flags)
    // The lists of the information block: 14 and 22 numbers, and 93 tables, which aren't there.
    let lists =
      littleEndian(UInt16(14)) + [UInt8](repeating: 0, count: 28) + littleEndian(UInt16(22))
      + [UInt8](repeating: 0, count: 88) + littleEndian(UInt16(93)) + [UInt8](repeating: 0, count: 93 * 8)
    let block = head + [UInt8](repeating: 0, count: 32 - head.count) + lists
    return Array((block + [UInt8](repeating: 0x2e, count: max(0, count - block.count))).prefix(count))
  }

  private static let document: [Node] = [
    .stream("WordDocument", word()), .stream("1Table", [UInt8](repeating: 1, count: 4100)),
  ]

  private static func record(_ type: UInt16, _ content: [UInt8]) -> [UInt8] {
    littleEndian(type) + littleEndian(UInt16(content.count)) + content
  }

  private static let startOfWorkbook = record(0x0809, [0, 6, 5, 0] + [UInt8](repeating: 0, count: 12))

  private static func workbook(_ records: [[UInt8]]) -> [UInt8] {
    let all = startOfWorkbook + records.flatMap(\.self) + record(0x000a, [])
    return all + [UInt8](repeating: 0, count: max(0, 4096 - all.count))
  }

  private func inspectFile(_ nodes: [Node], shift: Int = 9) throws -> Inspection {
    var builder = CompoundFileBuilder(nodes)
    builder.sectorShift = shift
    return try inspect(builder.bytes())
  }

  // MARK: What the file is

  @Test(
    arguments: [
      ("page.doc", "application/msword", false, false),
      ("page-encrypted.doc", "application/msword", true, false),
      ("sheet.xls", "application/vnd.ms-excel", false, false),
      ("sheet-encrypted.xls", "application/vnd.ms-excel", true, nil),
      ("page-encrypted.docx", "application/encrypted", true, nil),
    ] as [(String, String, Bool?, Bool?)])
  func realFiles(name: String, mediaType: String, encrypted: Bool?, hasMacros: Bool?) throws {
    let inspection = try inspect(fixture: "office/" + name)
    #expect(inspection.mediaType?.rawValue == mediaType)
    #expect(inspection.facts.encrypted == encrypted)
    #expect(inspection.facts.hasMacros == hasMacros)
    #expect(inspection.faults == [])
  }

  @Test(arguments: [
    (["WordDocument", "1Table"], "application/msword"),
    (["Workbook"], "application/vnd.ms-excel"),
    (["BOOK"], "application/vnd.ms-excel"),
    (["PowerPoint Document", "Current User"], "application/vnd.ms-powerpoint"),
    (["EncryptionInfo", "EncryptedPackage"], "application/encrypted"),
    (["VisioDocument"], "application/vnd.visio"),
    (["__properties_version1.0", "__nameid_version1.0"], "application/vnd.ms-outlook"),
    (["Quill"], "application/vnd.ms-publisher"),
    (["MatOST"], "application/vnd.ms-works"),
    (["anything"], "application/x-ole-storage"),
    ([], "application/x-ole-storage"),
  ])
  func streamsInTheRoot(names: [String], mediaType: String) throws {
    let inspection = try inspectFile(names.map { .stream($0, [1]) })
    #expect(inspection.mediaType?.rawValue == mediaType)
  }

  @Test(
    arguments: [
      (0x000c_1084, "application/x-msi"), (0x0002_0d0b, "application/vnd.ms-outlook"),
      // A document's class without its stream makes no document.
      (0x0002_0906, "application/x-ole-storage"),
    ] as [(UInt32, String)])
  func classes(number: UInt32, mediaType: String) throws {
    var builder = CompoundFileBuilder([.stream("anything", [1])])
    builder.rootClass = littleEndian(number) + [0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46]
    let inspection = try inspect(builder.bytes())
    #expect(inspection.mediaType?.rawValue == mediaType)
    #expect(inspection.faults == [])
  }

  @Test func embeddedObjectsDoNotDecide() throws {
    let embedded = Node.storage("_1", [.stream("Workbook", Self.workbook([]))])
    let inspection = try inspectFile([.storage("ObjectPool", [embedded])] + Self.document)
    #expect(inspection.mediaType == "application/msword")
    #expect(inspection.faults == [])
    #expect(try inspectFile([.storage("Pool", [embedded])]).mediaType == "application/x-ole-storage")
  }

  @Test(arguments: [9, 12]) func sectorsOfBothVersions(shift: Int) throws {
    for nodes in [
      Self.document, [.stream("WordDocument", Self.word(count: 900)), .stream("1Table", [1, 2, 3])],
    ] {
      let inspection = try inspectFile(nodes, shift: shift)
      #expect(inspection.mediaType == "application/msword")
      #expect(inspection.facts.encrypted == false)
      #expect(inspection.faults == [])
    }
  }

  // MARK: Macros and passwords

  @Test func wordMacros() throws {
    let project = Node.storage("Macros", [.storage("VBA", [.stream("dir", [1])])])
    #expect(try inspectFile(Self.document + [project]).facts.hasMacros == true)
    #expect(try inspectFile(Self.document).facts.hasMacros == false)
    // Those of an embedded document are not the document's.
    let inner = Node.storage("ObjectPool", [.storage("_1", [project])])
    #expect(try inspectFile(Self.document + [inner]).facts.hasMacros == false)
    // Word 6 kept them elsewhere.
    let old = Node.stream("WordDocument", Self.word(version: 0x65))
    #expect(try inspectFile([old]).facts.hasMacros == nil)
  }

  @Test func wordPassword() throws {
    let encrypted = Node.stream("WordDocument", Self.word(flags: 0x0300))
    #expect(try inspectFile([encrypted, Self.document[1]]).facts.encrypted == true)
    let managed = try inspectFile(Self.document + [.stream("\u{9}DRMContent", [1])])
    #expect(managed.facts.encrypted == true)
  }

  @Test func excelMacrosAndPassword() throws {
    let sheet = Self.record(0x85, [0, 0, 0, 0, 0, 0, 1, 0, 0x41])
    let macroSheet = Self.record(0x85, [0, 0, 0, 0, 0, 1, 1, 0, 0x41])
    let password = Self.record(0x2f, [1, 0, 1, 0, 1, 0])
    func facts(_ records: [[UInt8]], more: [Node] = []) throws -> Facts {
      let inspection = try inspectFile([.stream("Workbook", Self.workbook(records))] + more)
      #expect(inspection.faults == [])
      return inspection.facts
    }
    #expect(try facts([sheet]).hasMacros == false)
    #expect(try facts([sheet]).encrypted == false)
    #expect(try facts([sheet, macroSheet]).hasMacros == true)
    #expect(try facts([password, macroSheet]).hasMacros == nil)
    #expect(try facts([password, macroSheet]).encrypted == true)
    let project = Node.storage("_VBA_PROJECT_CUR", [.storage("VBA", [])])
    #expect(try facts([sheet], more: [project]).hasMacros == true)
  }

  @Test func powerPointMacrosAndPassword() throws {
    func slides(_ macros: UInt32) -> Node {
      let atom =
        littleEndian(UInt16(2)) + littleEndian(UInt16(0x400)) + littleEndian(UInt32(12))
        + littleEndian(UInt32(1)) + littleEndian(macros) + littleEndian(UInt32(2))
      let info =
        littleEndian(UInt16(0x1f)) + littleEndian(UInt16(0x3ff)) + littleEndian(UInt32(atom.count)) + atom
      let list =
        littleEndian(UInt16(0xf)) + littleEndian(UInt16(0x7d0)) + littleEndian(UInt32(info.count)) + info
      let skipped =
        littleEndian(UInt16(0)) + littleEndian(UInt16(0x3ee)) + littleEndian(UInt32(4200))
        + [UInt8](repeating: 7, count: 4200)
      let document =
        littleEndian(UInt16(0xf)) + littleEndian(UInt16(0x3e8)) + littleEndian(UInt32(list.count)) + list
      return .stream("PowerPoint Document", document + skipped)
    }
    func user(_ token: UInt32) -> Node {
      .stream(
        "Current User", [0, 0, 0xf6, 0x0f, 0x14, 0, 0, 0] + littleEndian(UInt32(20)) + littleEndian(token))
    }
    var inspection = try inspectFile([slides(1), user(0xe391_c05f)])
    #expect(inspection.facts.hasMacros == true)
    #expect(inspection.facts.encrypted == false)
    #expect(inspection.faults == [])
    #expect(try inspectFile([slides(0), user(0xe391_c05f)]).facts.hasMacros == false)
    inspection = try inspectFile([slides(0), user(0xf3d1_c4df)])
    #expect(inspection.facts.encrypted == true)
    #expect(inspection.facts.hasMacros == nil)
  }

  // MARK: Damage

  @Test(arguments: ["page.doc", "sheet.xls", "page-encrypted.docx"]) func cutsAreTold(name: String) throws {
    let bytes = try Fixture.bytes("office/" + name)
    try expectTellsCuts(bytes)
    for length in [bytes.count * 95 / 100, bytes.count - 1] where name != "page-encrypted.docx" {
      let inspection = try inspect(Array(bytes[..<length]))
      #expect(try inspection.mediaType == inspect(bytes).mediaType, "cut to \(length)")
    }
  }

  @Test func theTypeOfWhatIsLeft() throws {
    let slides = [0x0f, 0, 0xe8, 0x03] + [UInt8](repeating: 0, count: 5000)
    for (nodes, mediaType) in [
      (Self.document, "application/msword"),
      ([.stream("Workbook", Self.workbook([]))], "application/vnd.ms-excel"),
      ([.stream("PowerPoint Document", slides)], "application/vnd.ms-powerpoint"),
    ] as [([Node], MediaType)] {
      var builder = CompoundFileBuilder(nodes)
      let bytes = builder.bytes()
      let inspection = try inspect(Array(bytes[..<(bytes.count / 2)]))
      #expect(inspection.mediaType == mediaType)
      #expect(inspection.faults.first?.name == "truncated")
      #expect(inspection.faults.first?.offset == UInt64(bytes.count / 2))
    }
  }

  @Test func aLastSectorThatItsWriterDidNotFill() throws {
    // The stream is the last thing in the file once the FAT is moved before it.
    var builder = CompoundFileBuilder(Self.document)
    var bytes = builder.bytes()
    let start = try #require(builder.streamStarts["1Table"])
    let end = start + 4100
    let last = UInt32(bytes.count / 512 - 1)
    // Give the stream's last sector a place at the end of the file.
    let sector = UInt32((end - 1) / 512 - 1)
    bytes.replaceSubrange(
      (builder.fatStart + 4 * Int(sector - 1))..<(builder.fatStart + 4 * Int(sector)),
      with: littleEndian(last))
    bytes.replaceSubrange(
      (builder.fatStart + 4 * Int(last))..<(builder.fatStart + 4 * Int(last) + 4),
      with: littleEndian(CompoundFileBuilder.endOfChain))
    let rest = Array(bytes[(end - end % 512)..<end])
    #expect(try inspect(bytes + rest).faults == [])
    #expect(try inspect(bytes + rest).trailingDataOffset == nil)
    #expect(try inspect(bytes + rest + [0]).faults.map(\.name) == ["truncated"])
    #expect(try inspect(bytes + rest.dropLast()).faults.map(\.name) == ["truncated"])
  }

  @Test func trailingData() throws {
    var builder = CompoundFileBuilder(Self.document)
    let bytes = builder.bytes()
    let inspection = try inspect(bytes + [0x0d, 0x0a])
    #expect(inspection.trailingDataOffset == UInt64(bytes.count))
    #expect(inspection.faults == [])
    // A second file of more than a sector begins where the first one's sectors end.
    let picture = try Fixture.bytes("pictures/exif-place.jpg")
    let joined = try inspect(bytes + picture)
    #expect(joined.trailingDataOffset == UInt64(bytes.count))
    #expect(joined.trailingDataWords == "a JPEG image")
  }

  @Test(
    arguments: [
      // The fourth sector of the stream, which is the file's fourth: back to the second.
      (3, 1, "chain-loop", 2 * 512),
      (3, CompoundFileBuilder.endOfChain, "chain-too-short", 4 * 512),
      (3, 0x1000_0000, "chain-astray", nil),
    ] as [(Int, UInt32, String, Int?)])
  func brokenChains(sector: Int, next: UInt32, name: String, offset: Int?) throws {
    var builder = CompoundFileBuilder([Self.document[1], Self.document[0]])
    var bytes = builder.bytes()
    let first = try #require(builder.streamStarts["WordDocument"]) / 512 - 1
    #expect(first == 0)
    bytes.replaceSubrange(
      (builder.fatStart + 4 * sector)..<(builder.fatStart + 4 * sector + 4), with: littleEndian(next))
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == name)
    #expect(fault.offset == UInt64(offset ?? bytes.count))
    #expect(fault.message.contains("“WordDocument”"))
  }

  @Test func brokenDirectories() throws {
    var builder = CompoundFileBuilder(Self.document)
    let bytes = builder.bytes()
    func names(_ offset: Int, _ value: [UInt8]) throws -> [String] {
      var changed = bytes
      changed.replaceSubrange(offset..<offset + value.count, with: value)
      let inspection = try inspect(changed)
      #expect(inspection.mediaType == "application/msword")
      return inspection.faults.map(\.name)
    }
    let sector = builder.directoryStart / 512 - 1
    #expect(try names(builder.fatStart + 4 * sector, littleEndian(UInt32(sector))) == ["chain-loop"])
    #expect(try names(48, littleEndian(UInt32(0x00ff_ffff))) == ["chain-astray"])
    // The right sibling of the last entry is the first.
    #expect(try names(builder.directoryStart + 128 + 72, littleEndian(UInt32(2))) == ["directory-loop"])
    #expect(try names(builder.directoryStart + 128 + 72, littleEndian(UInt32(99))) == ["directory-gap"])
    #expect(try names(builder.directoryStart + 66, [0]) == ["root-entry-missing"])
    #expect(try names(76, littleEndian(CompoundFileBuilder.endOfChain)).first == "allocation-table-broken")
  }

  @Test func aSectorSizeThatCannotBe() throws {
    var builder = CompoundFileBuilder(Self.document)
    var bytes = builder.bytes()
    for shift: UInt8 in [0, 1, 6, 31, 64, 255] {
      bytes[30] = shift
      let inspection = try inspect(bytes)
      #expect(inspection.mediaType == "application/x-ole-storage")
      #expect(inspection.faults.map(\.name) == ["sector-size"])
      #expect(inspection.faults.first?.offset == 30)
    }
  }

  @Test func documentsThatDoNotBeginAsOne() throws {
    let zeros = [UInt8](repeating: 0, count: 5000)
    var inspection = try inspectFile([.stream("WordDocument", zeros), Self.document[1]])
    #expect(inspection.faults.map(\.name) == ["word-identifier"])
    inspection = try inspectFile([.stream("Workbook", zeros)])
    #expect(inspection.faults.map(\.name) == ["workbook-start"])
    inspection = try inspectFile([Self.document[0]])
    #expect(inspection.faults.map(\.name) == ["table-stream-missing"])
  }

  @Test(arguments: [
    ["WordDocument", "1Table"], ["Workbook"], ["Book"], ["PowerPoint Document", "Current User"],
    ["EncryptedPackage", "EncryptionInfo"],
  ])
  func documentsWithoutContent(names: [String]) throws {
    let inspection = try inspectFile([.stream(names[0], [])] + names[1...].map { .stream($0, [1]) })
    #expect(inspection.faults.map(\.name) == ["empty-stream"])
    #expect(inspection.faults.first?.message.contains("“\(names[0])”") == true)
    let other = try inspectFile([.stream(names[0], [1])] + names[1...].map { .stream($0, [1]) })
    #expect(!other.faults.map(\.name).contains("empty-stream"))
  }

  @Test func tableStreamWithoutContent() throws {
    #expect(
      try inspectFile([Self.document[0], .stream("1Table", [])]).faults.map(\.name) == ["empty-stream"])
    // The other table stream isn't the document's.
    #expect(try inspectFile(Self.document + [.stream("0Table", [])]).faults == [])
  }

  // MARK: Hostile input

  @Test func survives() throws {
    var builder = CompoundFileBuilder([.stream("Workbook", Array(Self.workbook([]).prefix(700)))])
    expectSurvivesFlips(builder.bytes(), first: 90)
    let bytes = try Fixture.bytes("office/sheet.xls")
    for length in stride(from: 0, to: bytes.count, by: 37) {
      #expect(throws: Never.self) { try inspect(Array(bytes[..<length])) }
    }
  }

  @Test func numbersBeyondTheFile() throws {
    var builder = CompoundFileBuilder(Self.document)
    let bytes = builder.bytes()
    for field in [44, 48, 56, 60, 64, 68, 72, 76] {
      for value: UInt32 in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_fffa, 0xffff_fffb, .max] {
        var changed = bytes
        changed.replaceSubrange(field..<field + 4, with: littleEndian(value))
        #expect(throws: Never.self) { try inspect(changed) }
      }
    }
    for entry in 0..<3 {
      for field in [68, 72, 76, 116, 120, 124] {
        for value: UInt32 in [0, 1, 2, 0x7fff_ffff, 0xffff_fffa, .max] {
          var changed = bytes
          let offset = builder.directoryStart + entry * 128 + field
          changed.replaceSubrange(offset..<offset + 4, with: littleEndian(value))
          #expect(throws: Never.self) { try inspect(changed) }
        }
      }
    }
  }

  @Test(arguments: [UInt16(6), 0])
  func circlesOfSectorsEnd(miniSectorShift: UInt16) throws {
    // Version 4 counts a stream in 64 bits: sector 2 is followed by itself for longer than anyone lives.
    for byteCount in [UInt64(1) << 63, .max] {
      var header = CompoundFileBytes.header(miniSectorShift: miniSectorShift)
      header += [UInt8](repeating: 0, count: 4096 - header.count)
      let table = [0xffff_fffd, 0xffff_fffe, 2].flatMap { littleEndian(UInt32($0)) }
      let directory =
        CompoundFileBytes.entry("Root Entry", kind: 5, child: 1, start: 2, byteCount: byteCount)
        + CompoundFileBytes.entry("WordDocument", kind: 2, child: .max, start: 0, byteCount: 2000)
      let file =
        header + [table, directory, []].flatMap { $0 + [UInt8](repeating: 0, count: 4096 - $0.count) }
      #expect(try inspect(file).mediaType == "application/msword")
    }
  }
}

/// The parts of a compound file of version 4, with nothing of it put right.
private enum CompoundFileBytes {
  /// The table in sector 0, the directory in sector 1, the mini table in sector 2.
  static func header(miniSectorShift: UInt16) -> [UInt8] {
    let none = UInt32.max
    var bytes: [UInt8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] + [UInt8](repeating: 0, count: 16)
    bytes += [UInt16(0x3e), 4, 0xfffe, 12, miniSectorShift].flatMap { littleEndian($0) }
    bytes += [UInt8](repeating: 0, count: 6)
    bytes += [UInt32(1), 1, 1, 0, 4096, 2, 1, none - 1, 0, 0].flatMap { littleEndian($0) }
    return bytes + [UInt8](repeating: 0xff, count: 108 * 4)
  }

  static func entry(
    _ name: String, kind: UInt8, child: UInt32, start: UInt32, byteCount: UInt64
  ) -> [UInt8] {
    let units = name.utf16.flatMap { littleEndian($0) }
    var bytes = units + [UInt8](repeating: 0, count: 64 - units.count)
    bytes += littleEndian(UInt16(units.count + 2)) + [kind, 1]
    bytes += [UInt32.max, .max, child].flatMap { littleEndian($0) } + [UInt8](repeating: 0, count: 36)
    return bytes + littleEndian(start) + littleEndian(byteCount)
  }
}

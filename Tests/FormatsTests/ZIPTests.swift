import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

private let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
private let documentPart =
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

@Suite struct ZIPTests {
  // MARK: What the archive is

  @Test(
    arguments: [
      ("page.docx", docx, false, false),
      ("page.dotx", "application/vnd.openxmlformats-officedocument.wordprocessingml.template", false, false),
      ("page.docm", "application/vnd.ms-word.document.macroEnabled.12", false, true),
      ("sheet.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false, false),
      ("openpyxl.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false, false),
      ("sheet.xltx", "application/vnd.openxmlformats-officedocument.spreadsheetml.template", false, false),
      ("sheet.xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12", false, true),
      (
        "slides.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", false,
        false
      ),
      ("page.odt", "application/vnd.oasis.opendocument.text", false, nil),
      ("page-encrypted.odt", "application/vnd.oasis.opendocument.text", true, nil),
      ("sheet.ods", "application/vnd.oasis.opendocument.spreadsheet", false, nil),
      ("page.epub", "application/epub+zip", nil, nil),
      ("hello.jar", "application/java-archive", false, nil),
      ("plain.zip", "application/zip", false, nil),
      ("encrypted.zip", "application/zip", true, nil),
    ] as [(String, String, Bool?, Bool?)])
  func realFiles(name: String, mediaType: String, encrypted: Bool?, hasMacros: Bool?) throws {
    let inspection = try inspect(fixture: "office/" + name)
    #expect(inspection.mediaType?.rawValue == mediaType)
    #expect(inspection.facts.encrypted == encrypted)
    #expect(inspection.facts.hasMacros == hasMacros)
    #expect(inspection.faults == [])
    #expect(inspection.trailingDataOffset == nil)
  }

  @Test(arguments: [
    (documentPart, docx, false),
    (
      "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
      "application/vnd.ms-word.template.macroEnabled.12", true
    ),
    (
      "application/vnd.ms-excel.sheet.binary.macroEnabled.main",
      "application/vnd.ms-excel.sheet.binary.macroEnabled.12", false
    ),
    (
      "application/vnd.ms-excel.template.macroEnabled.main+xml",
      "application/vnd.ms-excel.template.macroEnabled.12", true
    ),
    (
      "application/vnd.ms-excel.addin.macroEnabled.main+xml",
      "application/vnd.ms-excel.addin.macroEnabled.12", true
    ),
    (
      "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
      "application/vnd.openxmlformats-officedocument.presentationml.slideshow", false
    ),
    (
      "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
      "application/vnd.openxmlformats-officedocument.presentationml.template", false
    ),
    (
      "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
      "application/vnd.ms-powerpoint.presentation.macroEnabled.12", true
    ),
    (
      "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml",
      "application/vnd.ms-powerpoint.slideshow.macroEnabled.12", true
    ),
    (
      "application/vnd.ms-powerpoint.addin.macroEnabled.main+xml",
      "application/vnd.ms-powerpoint.addin.macroEnabled.12", true
    ),
    ("application/vnd.ms-visio.drawing.main+xml", "application/vnd.ms-visio.drawing", false),
  ])
  func officeTypes(contentType: String, mediaType: String, hasMacros: Bool) throws {
    var builder = ZIPBuilder(Package.members(contentType: contentType))
    let inspection = try inspect(builder.bytes())
    #expect(inspection.mediaType?.rawValue == mediaType)
    #expect(inspection.facts.hasMacros == hasMacros)
    #expect(inspection.facts.encrypted == false)
    #expect(inspection.faults == [])
  }

  @Test func strictAndOddlyOrderedPackages() throws {
    let strict = "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
    var builder = ZIPBuilder(
      Package.members(contentType: documentPart, relationship: strict).reversed())
    #expect(try inspect(builder.bytes()).mediaType?.rawValue == docx)

    builder.members = Package.members(contentType: documentPart.uppercased() + " ; a=b")
    builder.members[0].name = "[content_types].XML"
    builder.members[2].name = "WORD\\document.xml"
    let inspection = try inspect(builder.bytes())
    #expect(inspection.mediaType?.rawValue == docx)
    #expect(inspection.faults == [])
  }

  @Test func contentTypesInUTF16() throws {
    var builder = ZIPBuilder(Package.members(contentType: documentPart))
    builder.members[0].content = [0xff, 0xfe] + builder.members[0].content.flatMap { [$0, 0] }
    #expect(try inspect(builder.bytes()).mediaType?.rawValue == docx)
  }

  @Test func aTypeGivenByExtension() throws {
    var builder = ZIPBuilder(Package.members(contentType: "x"))
    builder.members[0].content = Array(
      "<!-- <Override> --><Types><Default ContentType='\(documentPart)' Extension='XML'/></Types>".utf8)
    #expect(try inspect(builder.bytes()).mediaType?.rawValue == docx)
  }

  @Test func theRelationshipDecidesAmongSeveral() throws {
    let workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    var builder = ZIPBuilder(Package.members(contentType: documentPart))
    builder.members[0].content = Array(
      """
      <Types><Override PartName="/xl/workbook.xml" ContentType="\(workbook)"/>\
      <Override PartName="/word/document.xml" ContentType="\(documentPart)"/></Types>
      """.utf8)
    #expect(try inspect(builder.bytes()).mediaType?.rawValue == docx)
  }

  @Test func macrosInADocumentThatHidesThem() throws {
    var builder = ZIPBuilder(
      Package.members(contentType: documentPart, more: [.init("word/vbaProject.bin")]))
    var inspection = try inspect(builder.bytes())
    #expect(inspection.mediaType?.rawValue == docx)
    #expect(inspection.facts.hasMacros == true)
    builder.members[3].name = "xl/macrosheets/sheet1.xml"
    inspection = try inspect(builder.bytes())
    #expect(inspection.facts.hasMacros == true)
  }

  @Test(arguments: [
    (
      ["AndroidManifest.xml", "classes.dex", "META-INF/MANIFEST.MF"],
      "application/vnd.android.package-archive"
    ),
    (["a/B.class", "META-INF/MANIFEST.MF"], "application/java-archive"),
    (["manifest.json", "META-INF/mozilla.rsa"], "application/x-xpinstall"),
    (["doc.kml", "files/a.png"], "application/vnd.google-earth.kmz"),
    (["Index/Document.iwa", "Index/Slide-1.iwa"], "application/vnd.apple.keynote"),
    (["Index/Document.iwa", "Index/Tables/DataList.iwa"], "application/vnd.apple.numbers"),
    (["FixedDocSeq.fdseq", "_rels/.rels"], "application/vnd.ms-xpsdocument"),
    (["scene.usdc"], "model/vnd.usdz+zip"),
    (["word/document.xml", "notes.txt"], "application/zip"),
    (["a.txt"], "application/zip"),
  ])
  func conventions(names: [String], mediaType: String) throws {
    var builder = ZIPBuilder(names.map { .init($0) })
    #expect(try inspect(builder.bytes()).mediaType?.rawValue == mediaType)
  }

  @Test func aMimetypeIsBelievedOnlyOfArchives() throws {
    var builder = ZIPBuilder([.init("mimetype", "application/vnd.oasis.opendocument.graphics-template\n")])
    #expect(
      try inspect(builder.bytes()).mediaType == "application/vnd.oasis.opendocument.graphics-template")
    for lie in ["image/jpeg", "application/pdf", "", "\u{0}"] {
      builder.members[0] = .init("mimetype", lie)
      #expect(try inspect(builder.bytes()).mediaType == "application/zip", "\(lie)")
    }
  }

  // MARK: What is allowed

  @Test func bytesBeforeTheArchive() throws {
    var builder = ZIPBuilder(Package.members(contentType: documentPart))
    builder.prefix = Array("some other bytes\n".utf8)
    for counts in [false, true] {
      builder.countsPrefix = counts
      let inspection = try inspect(builder.bytes())
      #expect(inspection.mediaType?.rawValue == docx)
      #expect(inspection.faults == [])
    }
  }

  /// Neither Office nor LibreOffice opens it, whatever the bytes are.
  @Test(arguments: ["\n", "\r\n\r\n\r\n", " ", "\0", "\0\0\0\0", "a"])
  func blanksBeforeTheArchive(_ prefix: String) throws {
    let bytes = Array(prefix.utf8) + (try Fixture.bytes("office/page.docx"))
    let result = try engine.check(MemorySource(bytes), named: "a.docx", as: .document)
    #expect(result.findings.map(\.code) == [.leadingData])
    #expect(result.findings.first?.expected == "\(prefix.utf8.count)")
    #expect(result.verdict == .rejected)
  }

  @Test func aCommentThatLooksLikeAnEndRecord() throws {
    var builder = ZIPBuilder(Package.members(contentType: documentPart))
    builder.comment = Array("PK\u{5}\u{6}".utf8) + [UInt8](repeating: 0, count: 0xfffb)
    let inspection = try inspect(builder.bytes())
    #expect(inspection.mediaType?.rawValue == docx)
    #expect(inspection.faults == [])
    #expect(inspection.trailingDataOffset == nil)
  }

  @Test func zip64() throws {
    var builder = ZIPBuilder(Package.members(contentType: documentPart))
    builder.hasZIP64Records = true
    for prefix in [[], [1, 2, 3]] as [[UInt8]] {
      builder.prefix = prefix
      let inspection = try inspect(builder.bytes())
      #expect(inspection.mediaType?.rawValue == docx)
      #expect(inspection.faults == [])
    }
  }

  /// What can't be is told where it is claimed, which is within the file.
  @Test func zip64OffsetThatNoFileHas() throws {
    var builder = ZIPBuilder(Package.members(contentType: documentPart))
    builder.prefix = [1, 2, 3]
    let last = builder.members.count - 1
    builder.members[last].headerOffset = .max
    var bytes = builder.bytes()
    let (start, end) = (
      builder.endRecordStart - 46 - builder.members[last].name.utf8.count, builder.endRecordStart
    )
    bytes = bytes.with(littleEndian(UInt16(12)), at: start + 30)
    bytes = bytes.with(littleEndian(UInt32(end - builder.directoryStart + 12)), at: end + 12)
    bytes = bytes.inserting(
      littleEndian(UInt16(1)) + littleEndian(UInt16(8)) + littleEndian(UInt64.max), at: end)
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "implausible-size")
    #expect(fault.offset == UInt64(start))
  }

  @Test func anEmptyArchive() throws {
    var builder = ZIPBuilder([])
    let inspection = try inspect(builder.bytes())
    #expect(inspection.mediaType == "application/zip")
    #expect(inspection.faults == [])
  }

  @Test(arguments: [[UInt8]]([[0], [0x0d, 0x0a], [UInt8](repeating: 0x20, count: 5000)]))
  func trailingData(suffix: [UInt8]) throws {
    var builder = ZIPBuilder(Package.members(contentType: documentPart))
    let end = builder.bytes().count
    builder.suffix = suffix
    let inspection = try inspect(builder.bytes())
    #expect(inspection.trailingDataOffset == UInt64(end))
    #expect(inspection.faults == [])
  }

  @Test func anArchiveInsideAnotherFileIsNotTheFile() throws {
    var inner = ZIPBuilder(Package.members(contentType: documentPart))
    let bytes = Array("header of something else".utf8) + inner.bytes() + [1, 2, 3]
    #expect(try inspect(bytes).mediaType == "application/octet-stream")
  }

  // MARK: Damage

  @Test(arguments: ["page.docx", "sheet.xlsx", "openpyxl.xlsx", "slides.pptx", "page.odt", "plain.zip"])
  func cutsAreTold(name: String) throws {
    let bytes = try Fixture.bytes("office/" + name)
    try expectTellsCuts(bytes)
    let mediaType = try inspect(bytes).mediaType
    for length in [bytes.count / 2, bytes.count * 95 / 100, bytes.count - 1] {
      #expect(try inspect(Array(bytes[..<length])).mediaType == mediaType, "cut to \(length)")
    }
  }

  @Test func aCutWithinAnEmbeddedArchive() throws {
    var inner = ZIPBuilder([.init("inner.txt")])
    var embedded = ZIPBuilder.Member("word/embeddings/a.zip")
    embedded.content = inner.bytes()
    var builder = ZIPBuilder(Package.members(contentType: documentPart, more: [embedded, .init("z")]))
    let bytes = Array(builder.bytes()[..<(builder.headerOffsets[4] + 10)])
    let inspection = try inspect(bytes)
    #expect(inspection.mediaType?.rawValue == docx)
    #expect(inspection.faults.map(\.name) == ["truncated"])
    #expect(inspection.faults.first?.offset == UInt64(bytes.count))
  }

  @Test func aCommentThatIsCut() throws {
    var builder = ZIPBuilder(Package.members(contentType: documentPart))
    builder.comment = Array("a comment".utf8)
    let bytes = Array(builder.bytes().dropLast())
    #expect(try inspect(bytes).faults.map(\.name) == ["truncated"])
  }

  @Test func flippedBitsInCompressedData() throws {
    var bytes = try Fixture.bytes("office/openpyxl.xlsx")
    // A byte in the middle of the first member's data.
    bytes[60] ^= 0x10
    let names = try inspect(bytes).faults.map(\.name)
    #expect(names.first.map { ["deflate-damaged", "crc-mismatch"].contains($0) } == true)
  }

  @Test func compressedDataThatStopsShort() throws {
    let bytes = try Fixture.bytes("office/openpyxl.xlsx")
    let directory = try #require(bytes.firstIndex(ofBytes: "PK\u{1}\u{2}"))
    // The first member is one byte shorter by both its headers.
    var shorter = bytes
    shorter[18] -= 1
    shorter[directory + 20] -= 1
    let fault = try #require(try inspect(shorter).faults.first)
    #expect(fault.name == "deflate-incomplete")
    let dataStart = 30 + Int(bytes[26]) + Int(bytes[28])
    let size = Int(bytes[18]) + Int(bytes[19]) << 8
    #expect(fault.offset == UInt64(dataStart + size - 1))

    var smaller = bytes
    smaller[22] -= 1
    smaller[directory + 24] -= 1
    #expect(try inspect(smaller).faults.first?.name == "unpacked-size-mismatch")
    var larger = bytes
    larger[22] += 1
    larger[directory + 24] += 1
    #expect(try inspect(larger).faults.first?.name == "unpacked-size-mismatch")
  }

  @Test func eachFaultHasItsNameAndPlace() throws {
    func fault(_ change: (inout ZIPBuilder) -> Void) throws -> (Fault?, ZIPBuilder) {
      var builder = ZIPBuilder(Package.members(contentType: documentPart))
      change(&builder)
      return (try inspect(builder.bytes()).faults.first, builder)
    }
    var (found, builder) = try fault {
      $0.members[2].crc32 = 7; $0.members[2].localCRC32 = 7
    }
    #expect(found?.name == "crc-mismatch")
    #expect(found?.expected == "00000007")
    #expect(found?.offset == UInt64(builder.headerOffsets[2] + 30 + 17))

    (found, builder) = try fault { $0.members[2].localCRC32 = 7 }
    #expect(found?.name == "local-crc-mismatch")
    #expect(found?.offset == UInt64(builder.headerOffsets[2] + 14))

    (found, builder) = try fault { $0.members[2].localSize = 3 }
    #expect(found?.name == "local-size-mismatch")
    #expect(found?.offset == UInt64(builder.headerOffsets[2] + 18))

    (found, builder) = try fault { $0.members[2].localName = "word/dokument.xml" }
    #expect(found?.name == "local-name-mismatch")
    #expect(found?.offset == UInt64(builder.headerOffsets[2] + 30))
    #expect(found?.actual == "“word/dokument.xml”")

    (found, builder) = try fault { $0.members[2].headerOffset = 5 }
    #expect(found?.name == "local-header-missing")
    #expect(found?.offset == 5)

    (found, builder) = try fault { $0.members[2].headerOffset = 0 }
    #expect(found?.name == "overlapping-members")

    (found, builder) = try fault { $0.members[2].size = 9999 }
    #expect(found?.name == "member-too-long")
    #expect(found?.offset == UInt64(builder.headerOffsets[2]))

    (found, builder) = try fault { $0.entryCount = 4 }
    #expect(found?.name == "entry-count-mismatch")
    #expect(found?.offset == UInt64(builder.endRecordStart))

    (found, builder) = try fault { $0.members[2].method = 12 }
    #expect(found?.name == "compression-not-allowed")
    #expect(found?.offset == UInt64(builder.headerOffsets[2]))

    (found, builder) = try fault { $0.directorySize = 0xffff_fff0 }
    #expect(found?.name == "directory-missing")
    #expect(found?.offset == UInt64(builder.endRecordStart))

    (found, builder) = try fault { $0.suffix = [UInt8](repeating: 0, count: 70_000) }
    #expect(found?.name == "end-record-out-of-reach")
    #expect(found?.offset == UInt64(builder.endRecordStart))
  }

  @Test func aDirectoryThatBreaksOff() throws {
    var builder = ZIPBuilder(Package.members(contentType: documentPart))
    var bytes = builder.bytes()
    let second = builder.directoryStart + 46 + 19
    bytes[second] = 0
    let fault = try #require(try inspect(bytes).faults.first { $0.name == "directory-entry-missing" })
    #expect(fault.offset == UInt64(second))

    bytes = builder.bytes()
    bytes[builder.directoryStart + 30] = 0xff
    bytes[builder.directoryStart + 31] = 0xff
    #expect(try inspect(bytes).faults.contains { $0.name == "directory-entry-too-long" })
  }

  @Test func aFirstSignatureThatIsBroken() throws {
    var builder = ZIPBuilder(Package.members(contentType: documentPart))
    var bytes = builder.bytes()
    bytes[2] = 0x83
    let inspection = try inspect(bytes)
    #expect(inspection.mediaType?.topLevel == "application")
    #expect(inspection.faults.map(\.name).contains("local-header-missing"))
    #expect(inspection.faults.first { $0.name == "local-header-missing" }?.offset == 0)
  }

  @Test func aDirectoryOffsetThatIsWrong() throws {
    var builder = ZIPBuilder(Package.members(contentType: documentPart))
    _ = builder.bytes()
    builder.directoryOffset = UInt32(builder.directoryStart - 7)
    let inspection = try inspect(builder.bytes())
    #expect(inspection.mediaType?.rawValue == docx)
    #expect(inspection.faults.map(\.name) == ["directory-missing"])
  }

  @Test func membersFollowedByNothingKnown() throws {
    var builder = ZIPBuilder(Package.members(contentType: documentPart))
    let whole = builder.bytes()
    let bytes = Array(whole[..<builder.directoryStart]) + [UInt8](repeating: 0x2e, count: 100)
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "end-record-missing")
    #expect(fault.offset == UInt64(builder.directoryStart))
  }

  @Test func packagesThatOfficeCallsBroken() throws {
    func names(_ change: (inout [ZIPBuilder.Member]) -> Void) throws -> [String] {
      var builder = ZIPBuilder(Package.members(contentType: documentPart))
      change(&builder.members)
      let inspection = try inspect(builder.bytes())
      #expect(inspection.mediaType?.rawValue == docx)
      return inspection.faults.map(\.name)
    }
    #expect(try names { $0.remove(at: 0) } == ["content-types-missing"])
    #expect(try names { $0.remove(at: 1) } == ["relationships-missing"])
    #expect(try names { $0.remove(at: 2) } == ["main-part-missing"])
    #expect(try names { $0[0] = .init("[Content_Types].xml", "<Types/>") } == ["main-content-type-missing"])
  }

  // MARK: Hostile input

  @Test func survives() throws {
    var builder = ZIPBuilder([.init("mimetype", "application/epub+zip")])
    builder.hasZIP64Records = true
    expectSurvivesCuts(builder.bytes())
    expectSurvivesFlips(builder.bytes())
  }

  @Test func numbersBeyondTheFile() throws {
    for value in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, UInt32.max] {
      for change in 0..<4 {
        var builder = ZIPBuilder(Package.members(contentType: documentPart))
        switch change {
        case 0: builder.members[0].size = value
        case 1: builder.members[0].headerOffset = value
        case 2: builder.directoryOffset = value
        default: builder.directorySize = value
        }
        let inspection = try inspect(builder.bytes())
        #expect(!inspection.faults.isEmpty || value == 0 && change == 1)
        #expect(inspection.faults.allSatisfy { $0.offset ?? 0 <= inspection.byteCount })
      }
    }
  }

  @Test func namesCannotDisturbAReport() throws {
    var builder = ZIPBuilder([.init("a\u{1b}[31m\n\u{202e}" + String(repeating: "ä", count: 200))])
    builder.members[0].crc32 = 1
    builder.members[0].localCRC32 = 1
    let message = try #require(try inspect(builder.bytes()).faults.first?.message)
    #expect(message.contains("“a\u{fffd}[31m\u{fffd}\u{fffd}ä"))
    #expect(message.count < 160)
  }
}

extension [UInt8] {
  /// Where `pattern` first stands.
  func firstIndex(ofBytes pattern: String) -> Int? {
    indices.first { self[$0...].starts(with: pattern.utf8) }
  }
}

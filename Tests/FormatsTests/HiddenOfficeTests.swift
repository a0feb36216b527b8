import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// What an Office document does beside being shown.
@Suite struct HiddenOfficeTests {
  private static let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
  private static let relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

  @Test(arguments: Fixture.names.filter { $0.hasPrefix("office/") })
  func findsNothingInPlainDocuments(_ name: String) throws {
    #expect(try inspect(fixture: name).hidden == [])
  }

  // MARK: - OOXML

  private func document(_ more: [ZIPBuilder.Member]) -> [UInt8] {
    var builder = ZIPBuilder(Package.members(contentType: Self.word, more: more))
    return builder.bytes()
  }

  @Test(arguments: [
    ("word/embeddings/Setup.exe", "Setup.exe"), ("word/media/a.SCR", "a.SCR"), ("word\\run.vbs", "run.vbs"),
    ("evil.hta", "evil.hta"), ("word/a.settingcontent-ms", "a.settingcontent-ms"),
  ])
  func tellsProgramsAmongTheParts(_ part: String, name: String) throws {
    #expect(try hidden(in: document([.init(part)])) == ["program: the program “\(name)” among its parts"])
  }

  @Test(arguments: [
    "word/media/image1.png", "word/printerSettings/printerSettings1.bin", "word/exe",
    "word/.exe/document.xml",
    "customXml/item1.xml", "word/embeddings/sheet.xlsx", "word/embeddings/oleObject1.bin", "word/theme.js/",
  ])
  func leavesOtherParts(_ part: String) throws {
    #expect(try hidden(in: document([.init(part)])) == [])
  }

  @Test(
    arguments: [
      (
        "attachedTemplate", "http://example.com/a.dotm", "External",
        "launchAction: a remote template, with its macros, that Word loads from “http://example.com/a.dotm”"
      ),
      (
        "attachedTemplate", "\\\\10.0.0.1\\a.dotm", "External",
        "launchAction: a remote template, with its macros, that Word loads from “\\\\10.0.0.1\\a.dotm”"
      ),
      (
        "oleObject", "mhtml:https://example.com/a!x-usc:b", "External",
        "launchAction: a remote object that Word loads from “mhtml:https://example.com/a!x-usc:b” and runs"
      ),
      (
        "frame", "HTTPS://example.com/", "External",
        "launchAction: a remote object that Word loads from “HTTPS://example.com/” and runs"
      ),
      ("attachedTemplate", "file:///C:\\Users\\me\\Templates\\Normal.dotm", "External", nil),
      ("attachedTemplate", "Normal.dotm", "External", nil),
      ("oleObject", "embeddings/oleObject1.bin", "Internal", nil),
      ("hyperlink", "http://example.com/", "External", nil),
      ("image", "http://example.com/a.png", "External", nil),
    ] as [(String, String, String, String?)])
  func tellsWhatIsFetchedAndRun(_ type: String, target: String, mode: String, expected: String?) throws {
    let list = """
      <Relationships><Relationship Id="r1" Type="\(Self.relationships)\(type)" Target="\(target)" \
      TargetMode="\(mode)"/></Relationships>
      """
    #expect(
      try hidden(in: document([.init("word/_rels/settings.xml.rels", list)])) == (expected.map { [$0] } ?? [])
    )
  }

  @Test(
    arguments: [
      ("cmd", "/c calc.exe", "launchAction: a DDE link that makes Excel start “cmd /c calc.exe”"),
      (
        "MSEXCEL", "\\..\\Windows\\cmd.exe /c calc",
        "launchAction: a DDE link that makes Excel start “MSEXCEL \\..\\Windows\\cmd.exe /c calc”"
      ),
      ("BLP", "M", nil),
    ] as [(String, String, String?)])
  func tellsLinksThatStartAShell(_ service: String, topic: String, expected: String?) throws {
    let link = "<externalLink><ddeLink ddeService=\"\(service)\" ddeTopic=\"\(topic)\"/></externalLink>"
    let found = try hidden(in: document([.init("xl/externalLinks/externalLink1.xml", link)]))
    #expect(found == (expected.map { [$0] } ?? []))
  }

  @Test func tellsADocumentThatIsAJavaProgram() throws {
    let found = try hidden(in: document([.init("META-INF/MANIFEST.MF", "Main-Class: A"), .init("A.class")]))
    #expect(found == ["otherFormat: a Java program"])
  }

  @Test func placesLieInTheFile() throws {
    var program = ZIPBuilder.Member("word/setup.exe")
    program.headerOffset = 0x7fff_ffff
    program.method = 20
    let bytes = document([program])
    let inspection = try inspect(bytes)
    #expect(inspection.hidden.count == 1)
    #expect(inspection.hidden.allSatisfy { $0.offset ?? 0 < UInt64(bytes.count) })
    #expect(inspection.faults.map(\.name).contains("compression-not-allowed"))
    #expect(inspection.faults.allSatisfy { $0.offset ?? 0 < UInt64(bytes.count) })
  }

  /// A list that breaks off anywhere is read to where it breaks off: a lone colon is a name without letters.
  @Test func survivesListsThatBreakOff() throws {
    let list = "<!-- a --><?b?><R :a='1' b=\"2\" c = 3 /><S d : e:='x' / :"
    for count in 0...list.utf8.count {
      let part = String(decoding: Array(list.utf8)[..<count], as: UTF8.self)
      for name in ["_rels/.rels", "[Content_Types].xml", "word/_rels/document.xml.rels"] {
        var builder = ZIPBuilder([.init(name, part), .init("word/document.xml")])
        #expect(throws: Never.self, "\(name): \(part)") { try inspect(builder.bytes()) }
      }
    }
  }

  // MARK: - Packaged files

  /// The head of a program of Windows.
  private static let program: [UInt8] =
    Array("MZ".utf8) + [UInt8](repeating: 0, count: 58) + littleEndian(UInt32(64)) + Array("PE\0\0".utf8)

  /// What Packager writes for a file.
  private static func package(
    _ label: String, path: String = "", _ data: [UInt8] = [1, 2, 3], kind: UInt16 = 3
  ) -> [UInt8] {
    let text = { (string: String) in Array(string.utf8) + [0] }
    let rest =
      littleEndian(UInt16(2)) + text(label) + text(path.isEmpty ? label : path) + littleEndian(UInt16(0))
      + littleEndian(kind) + littleEndian(UInt32(4)) + Array("C:\\\0".utf8) + littleEndian(UInt32(data.count))
      + data
    return littleEndian(UInt32(rest.count)) + rest
  }

  private static let packages: [(stream: [UInt8], program: String?)] = [
    (package("Setup.exe"), "the program “Setup.exe” as an object"),
    (package("Invoice", path: "C:\\Temp\\Invoice.pdf.js"), "the program “Invoice.pdf.js” as an object"),
    (package("photo.jpg", program), "a Windows program named “photo.jpg”"),
    (
      package("photo.jpg", [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), "a Linux program named “photo.jpg”"
    ),
    (package("long.exe", [UInt8](repeating: 7, count: 9000)), "the program “long.exe” as an object"),
    // Data, a link to a file elsewhere, an object of another kind, nonsense.
    (package("notes.txt", Array("MZ is how programs begin".utf8)), nil),
    (package("archive.zip", Array("PK\u{3}\u{4}".utf8)), nil),
    (package("Setup.exe", kind: 1), nil),
    (littleEndian(UInt32(64)) + Array("BM".utf8) + [UInt8](repeating: 0, count: 62), nil),
    ([UInt8](repeating: 0x41, count: 5000), nil),
    ([], nil),
  ]

  @Test(arguments: packages.indices)
  func tellsPackagedProgramsInOLE(_ index: Int) throws {
    let (stream, program) = Self.packages[index]
    var builder = CompoundFileBuilder([
      .stream("WordDocument", [0xec, 0xa5, 0xc1, 0] + [UInt8](repeating: 0, count: 4096)),
      .storage("ObjectPool", [.storage("_1", [.stream("\u{1}Ole10Native", stream)])]),
    ])
    let found = try hidden(in: builder.bytes())
    #expect(found == (program.map { ["program: \($0)"] } ?? []))
  }

  @Test(arguments: packages.indices)
  func tellsPackagedProgramsInOOXML(_ index: Int) throws {
    let (stream, program) = Self.packages[index]
    var object = CompoundFileBuilder([.stream("\u{1}Ole10Native", stream)])
    var member = ZIPBuilder.Member("word/embeddings/oleObject1.bin")
    member.content = object.bytes()
    let found = try hidden(in: document([member]))
    #expect(found == (program.map { ["program: \($0)"] } ?? []))
  }

  @Test func survivesCutsAndFlips() throws {
    var builder = CompoundFileBuilder([
      .stream("WordDocument", [0xec, 0xa5, 0xc1, 0]), .stream("\u{1}Ole10Native", Self.package("Setup.exe")),
    ])
    let object = builder.bytes()
    expectSurvivesCuts(object)
    var member = ZIPBuilder.Member("word/embeddings/oleObject1.bin")
    for count in stride(from: 0, to: object.count, by: 37) {
      member.content = Array(object[..<count])
      _ = try inspect(document([member]))
    }
    for index in 0..<object.count where index < 512 || index % 7 == 0 {
      var flipped = object
      flipped[index] ^= 0xff
      member.content = flipped
      _ = try inspect(document([member]))
    }
  }
}

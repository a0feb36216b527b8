import MediaPreflight
import PreflightBytes
import PreflightInspection
@testable import PreflightTestSupport
import Testing

private let open = "application/vnd.openxmlformats-officedocument."

/// The parts without which an Office document isn't shown.
@Suite struct OfficePartsTests {
  private static let relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
  private static let strict = "http://purl.oclc.org/ooxml/officeDocument/relationships/"

  /// A document whose styles have this content.
  private func document(_ content: [UInt8]) -> [UInt8] {
    var styles = ZIPBuilder.Member("word/styles.xml")
    styles.content = content
    var builder = ZIPBuilder(
      Package.members(
        contentType: open + "wordprocessingml.document.main+xml",
        more: [
          .init(
            "word/_rels/document.xml.rels",
            "<R><Relationship Id='r' Type='\(Self.relationships)styles' Target='styles.xml'/></R>"), styles,
        ]))
    return builder.bytes()
  }

  private func faults(_ content: String) throws -> [Fault] {
    try inspect(document(Array(content.utf8))).faults
  }

  @Test(arguments: [
    "<x/>", "<x></x>", "<x ></x >", " \n<x/>\r\n", "<?xml version='1.0'?><x/>",
    "\u{feff}<?xml version=\"1.0\"?><x/>",
    "<a:x xmlns:a='1' xmlns:c='2' b='1' c:d = \"&lt;'&#38;\"\t>&amp;&gt;&quot;&apos;&#x10FFFF;&#9;</a:x>",
    "<x a='>'/>",
    "<é à='ù'>ö\u{7f}]</é>",
    "<!-- < & ]]> - --><x><!----><![CDATA[< & ]] > ]]]></x><!---->", "<?a < & ? ?><x><?b?></x><?c?>",
    "<?xml version=\"1.0\" encoding='Utf-8' standalone=\"yes\"?><x>é</x>",
    // What a DTD declares isn't known.
    "<!DOCTYPE x [<!ENTITY nbsp '&#160;'>]><x>&nbsp;</x>",
    "<x a='' b:a='' c:a='' a:b='' xmlns='' xmlns:a='1' xmlns:b='2' xmlns:c='3'/>",
    "<x a='1'><y a='1'/><y a='2'/></x>",
    "<x xml:space='preserve'/>", "<a:x><y xmlns:a='1'/></a:x>", "<x>\u{fffd}\u{1fffe}\u{ffef}</x>",
  ])
  func wellFormed(_ content: String) throws {
    #expect(try faults(content) == [])
  }

  @Test(arguments: [
    ("", "2.1", 0), (" \n\n\n", "2.1", 4), ("<!-- -->", "2.1", 8), ("<x>", "2.1", 3), ("<x><y/>", "2.1", 7),
    ("<x/", "2.1", 3), ("<x/><!-- --", "2.1", 11), ("<x><![CDATA[]]", "2.1", 14), ("{\"x\": 1}", "2.1", 0),
    ("<x/>text", "2.1", 4), ("<x/><y/>", "2.1", 5), ("<x/>&amp;", "2.1", 4), ("<x/><![CDATA[]]>", "2.1", 5),
    ("<x>\u{b}</x>", "2.2", 3), ("<x>\0</x>", "2.2", 3), ("<x/>\0", "2.2", 4), ("<x a='\u{1f}'/>", "2.2", 6),
    ("<x></y>", "3", 6), ("<x><y></x></y>", "3", 9), ("</x>", "3", 3),
    ("<x a/>", "3.1", 4), ("<x a=b/>", "3.1", 5), ("<x a='<'/>", "3.1", 6), ("<x a='1'b='2'/>", "3.1", 8),
    ("<x a='1' a='1'/>", "3.1", 10), ("<x a='1' b='2' a='3'/>", "3.1", 16),
    ("<x xmlns:a='1' xmlns:a='1'/>", "3.1", 22),
    ("<x><!-- -- --></x>", "2.5", 10), ("<x><!-- ---></x>", "2.5", 10), ("<x>\u{fffe}</x>", "2.2", 5),
    ("<x a='\u{ffff}'/>", "2.2", 8), ("<x><![CDATA[\u{ffff}]]></x>", "2.2", 14),
    ("<1/>", "3.1", 1), ("<x>a < b</x>", "3.1", 6), ("<x/ >", "3.1", 3), ("<x><!x></x>", "3.1", 5),
    ("<x>< /x>", "3.1", 4),
    ("<x>a & b</x>", "4.1", 5), ("<x>&nbsp;</x>", "4.1", 3), ("<x a='?b=1&c=2'/>", "4.1", 10),
    ("<x>&;</x>", "4.1", 3),
    ("<x>&#0;</x>", "4.1", 3), ("<x>&#x1F;</x>", "4.1", 3), ("<x>&#xD800;</x>", "4.1", 3),
    ("<x>&#xFFFE;</x>", "4.1", 3),
    ("<x>&#x110000;</x>", "4.1", 3), ("<x>&#+38;</x>", "4.1", 3), ("<x>&AMP;</x>", "4.1", 3),
    ("\n<?xml version='1.0'?><x/>", "2.8", 2),
  ])
  func malformed(_ content: String, clause: String, offset: Int) throws {
    let faults = try faults(content)
    #expect(faults.map(\.name) == ["part-malformed"])
    #expect(faults.first?.clause == "XML 1.0 " + clause)
    #expect(faults.first?.message.contains("at byte \(offset) of it") == true, "\(faults)")
    #expect(faults.first?.message.contains("word/styles.xml") == true)
  }

  @Test(arguments: [("<a:x/>", 2), ("<x b:a='1' xmlns:a='1'/>", 6), ("<x><y xmlns:a='' b:a=''/></x>", 20)])
  func prefixesThatNothingDeclares(_ content: String, offset: Int) throws {
    let faults = try faults(content)
    #expect(faults.map(\.name) == ["part-malformed"])
    #expect(faults.first?.clause == "XML Namespaces 5")
    #expect(faults.first?.message.contains("at byte \(offset) of it") == true, "\(faults)")
  }

  /// Of more than 128 attributes or prefixes, some aren't compared.
  @Test func manyNames() throws {
    func attributes(_ count: Int) -> String { (0..<count).map { " a\($0)='1'" }.joined() }
    #expect(try faults("<x\(attributes(200))/>") == [])
    #expect(try faults("<x\(attributes(128)) a127='1'/>").map(\.clause) == ["XML 1.0 3.1"])
    #expect(try faults("<x\(attributes(129)) a128='1'/>") == [])
    func prefixes(_ count: Int) -> String { (0..<count).map { " xmlns:a\($0)='1'" }.joined() }
    // Two are always declared.
    #expect(try faults("<b:x\(prefixes(125))/>").map(\.clause) == ["XML Namespaces 5"])
    #expect(try faults("<b:x\(prefixes(126))/>") == [])
  }

  @Test func encodings() throws {
    func names(_ declared: String, _ bytes: [UInt8]) throws -> [String] {
      let start = declared.isEmpty ? "" : "<?xml version='1.0' encoding='\(declared)'?>"
      return try inspect(document(Array("\(start)<x>".utf8) + bytes + Array("</x>".utf8))).faults.map(\.name)
    }
    for declared in ["", "UTF-8", "utf8", "us-ascii"] {
      #expect(try names(declared, [0xc3, 0xa9]) == [])
      for bytes in [[0xe9], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80]] as [[UInt8]] {
        #expect(try names(declared, bytes) == ["part-malformed"], "\(declared) \(bytes)")
      }
    }
    // Of other encodings it isn't known which bytes are valid, but in those of 8 bits marks are where they are in ASCII.
    for declared in ["ISO-8859-1", "windows-1252", "Shift_JIS"] { #expect(try names(declared, [0xe9]) == []) }
    #expect(try names("windows-1252", [0xe9, 0x26, 0x20]) == ["part-malformed"])
    #expect(try names("Shift_JIS", [0x26, 0x20]) == [])
  }

  @Test(arguments: [true, false])
  func wideEncodings(isBigEndian: Bool) throws {
    func wide(_ text: String) -> [UInt8] {
      text.utf16.flatMap { isBigEndian ? bigEndian($0) : littleEndian($0) }
    }
    let good = "<?xml version='1.0' encoding='UTF-16'?><x a='é'>😀</x>"
    #expect(try inspect(document(wide("\u{feff}" + good))).faults == [])
    // Without its mark it isn't judged.
    #expect(try inspect(document(wide(good))).faults == [])
    // Names beyond ASCII aren't told apart.
    #expect(try inspect(document(wide("\u{feff}<x é='' ö=''/>"))).faults == [])
    for bad in [
      "<x>\u{fffe}</x>", "<x>\u{ffff}</x>", "<x>", "<x>&x</x>", "<x></y>", "<x>\0</x>",
      " <?xml version='1.0'?><x/>",
    ] {
      #expect(
        try inspect(document(wide("\u{feff}" + bad))).faults.map(\.name) == ["part-malformed"], "\(bad)")
    }
  }

  /// Blocks of decompressed data end anywhere.
  @Test func blocksThatDivideAnything() throws {
    let content = "<?xml version='1.0'?><x a='é&lt;'><!-- - --><y/>é&#38;<![CDATA[ ]] ]]></x>"
    for padding in 65_455...65_535 {
      #expect(
        try faults("<x>" + String(repeating: "x", count: padding) + content.dropFirst(21) + "</x>") == [])
    }
    let bad = "<x>" + String(repeating: "x", count: 200_000) + "&</x>"
    #expect(try faults(bad).map(\.clause) == ["XML 1.0 4.1"])
  }

  @Test func nesting() throws {
    func nested(_ count: Int) throws -> Inspection {
      try inspect(
        document(repeated(Array("<x>".utf8), count) + repeated(Array("</x>".utf8), count)))
    }
    #expect(try nested(1024).faults == [] && nested(1024).unchecked == [])
    let deeper = try nested(1025)
    #expect(deeper.faults == [])
    #expect(deeper.unchecked.map(\.limit) == ["1024 levels"])
  }

  /// A part of more than 128 MiB, with the others, isn't read to its end.
  @Test func partsThatAreTooLong() throws {
    let count = 128 << 20
    var builder = ZIPBuilder(Package.members(contentType: open + "wordprocessingml.document.main+xml"))
    var crc = CRC32()
    let block = [UInt8](repeating: 0x20, count: 1 << 20)
    for _ in 0..<(count >> 20) { crc.update(block.span.bytes) }
    builder.members[2].content = []
    builder.members[2].crc32 = crc.value
    builder.members[2].size = UInt32(count)
    _ = builder.bytes()
    builder.directoryOffset = UInt32(builder.directoryStart + count)
    let bytes = builder.bytes()
    let source = PaddedSource(
      start: Array(bytes[..<builder.directoryStart]), paddingCount: UInt64(count), paddingByte: 0x20,
      end: Array(bytes[builder.directoryStart...]))
    let inspection = try engine.inspect(source)
    #expect(inspection.faults == [])
    #expect(inspection.unchecked.map(\.limit) == ["128 MiB decompressed"])
  }

  @Test(arguments: ["[Content_Types].xml", "_rels/.rels", "word/document.xml"])
  func partsThatEveryDocumentHas(_ name: String) throws {
    var builder = ZIPBuilder(Package.members(contentType: open + "wordprocessingml.document.main+xml"))
    let index = try #require(builder.members.firstIndex { $0.name == name })
    builder.members[index].content += Array("<".utf8)
    #expect(try inspect(builder.bytes()).faults.map(\.name) == ["part-malformed"])
    // The structure doesn't depend on it.
    #expect(try inspectStructure(builder.bytes()).faults == [])
  }

  // MARK: Sheets and slides

  private struct Listing {
    var main = "xl/workbook.xml"
    var type = "spreadsheetml.sheet.main+xml"
    var root = "workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' xmlns:r='r'"
    var list =
      "<sheets><sheet name='A' sheetId='1' r:id='r1'/><sheet name='B' sheetId='2' r:id='r2'/></sheets>"
    var relationships: String? =
      "<R><Relationship Id='r1' Target='a/1.xml'/><Relationship Id='r2' Target='/xl/a/2.xml'/></R>"
    var parts = ["xl/a/1.xml": sheet(), "xl/a/2.xml": sheet()]

    static func sheet(_ root: String = "worksheet", _ content: String = "") -> String {
      "<\(root) xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>\(content)</\(root)>"
    }

    private static let slide = "<p:sld xmlns:p='http://schemas.openxmlformats.org/presentationml/2006/main'/>"

    static let slides = Listing(
      main: "ppt/p.xml", type: "presentationml.presentation.main+xml",
      root: "presentation xmlns='http://schemas.openxmlformats.org/presentationml/2006/main' xmlns:r='r'",
      list: "<sldId id='256' r:id='r1'/><sldId id='257' r:id='r2'/><p14:sldId xmlns:p14='p' id='256'/>",
      relationships:
        "<R><Relationship Id='r1' Target='../ppt/a/1.xml'/><Relationship Id='r2' Target='a\\2.xml'/></R>",
      parts: ["ppt/a/1.xml": slide, "ppt/a/2.xml": slide])

    func bytes() -> [UInt8] {
      var members = Package.members(main: main, contentType: open + type)
      members[2] = .init(main, "<\(root)>\(list)</\(root.prefix { $0 != " " })>")
      let folder = main.prefix { $0 != "/" }
      if let relationships {
        members.append(.init("\(folder)/_rels/\(main.dropFirst(folder.count + 1)).rels", relationships))
      }
      members += parts.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
      var builder = ZIPBuilder(members)
      return builder.bytes()
    }
  }

  private func names(_ listing: Listing, _ change: (inout Listing) -> Void = { _ in }) throws -> [String] {
    var listing = listing
    change(&listing)
    return try inspect(listing.bytes()).faults.map(\.name)
  }

  @Test func listedParts() throws {
    for (listing, folder) in [(Listing(), "xl"), (.slides, "ppt")] {
      #expect(try names(listing) == [])
      #expect(try names(listing) { $0.parts["\(folder)/a/1.xml"] = nil } == ["part-missing"])
      #expect(try names(listing) { $0.parts["\(folder)/a/2.xml"] = "<x>" } == ["part-malformed"])
      #expect(try names(listing) { $0.parts["\(folder)/a/2.xml"] = "" } == ["part-malformed"])
      #expect(try names(listing) { $0.parts = [:] } == ["part-missing", "part-missing"])
      #expect(try names(listing) { $0.relationships = nil } == ["part-missing", "part-missing"])
      #expect(try names(listing) { $0.relationships = "<R/>" } == ["part-missing", "part-missing"])
      #expect(try names(listing) { $0.relationships = "<R>" } == ["part-malformed"])
    }
    // A presentation without slides can be opened, a workbook without sheets can't.
    for list in ["", "<sheets/>", "<sheets></sheets><definedNames/>", "<!-- <sheet r:id='r1'/> -->"] {
      #expect(try names(.slides) { $0.list = list } == [])
      #expect(try names(Listing()) { $0.list = list } == ["no-content"])
    }
  }

  // MARK: Root elements

  @Test func sheetsAndSlidesByTheirRoots() throws {
    for root in ["worksheet", "chartsheet", "dialogsheet"] {
      #expect(try names(Listing()) { $0.parts["xl/a/1.xml"] = Listing.sheet(root) } == [])
    }
    let macros = "<m:macrosheet xmlns:m='http://schemas.microsoft.com/office/excel/2006/main'/>"
    #expect(try names(Listing()) { $0.parts["xl/a/1.xml"] = macros } == [])
    let strict = "<worksheet xmlns=\"http://purl.oclc.org/ooxml/spreadsheetml/main\"/>"
    #expect(try names(Listing()) { $0.parts["xl/a/1.xml"] = strict } == [])
    for other in [
      "<html><body>500</body></html>", "<worksheet/>", "<worksheet xmlns='x'/>", Listing.sheet("sld"),
      "<m:worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' xmlns:m='m'/>",
    ] {
      #expect(try names(Listing()) { $0.parts["xl/a/2.xml"] = other } == ["part-root"], "\(other)")
      #expect(try names(.slides) { $0.parts["ppt/a/2.xml"] = other } == ["part-root"], "\(other)")
    }
    #expect(try names(.slides) { $0.parts["ppt/a/2.xml"] = Listing.sheet() } == ["part-root"])
  }

  private static let word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

  @Test(arguments: [
    ("<document xmlns='\(word)'><body/></document>", []),
    ("<!-- <html> --><w:document xmlns:w = \"\(word)\"><w:background/><w:body></w:body></w:document>", []),
    ("<d xmlns='\(word)'><body/></d>", ["part-root"]),
    ("<document xmlns='http://purl.oclc.org/ooxml/wordprocessingml/main'><body/></document>", []),
    ("<mc:AlternateContent xmlns:mc='mc'><body/></mc:AlternateContent>", []),
    ("<document xmlns='\(word)'></document>", ["no-content"]),
    ("<document xmlns='\(word)'/>", ["no-content"]),
    ("<document xmlns='\(word)'><!-- <body/> --></document>", ["no-content"]),
    ("<document><body/></document>", ["part-root"]),
    ("<document xmlns:w='\(word)'><body/></document>", ["part-root"]),
    ("<w:document xmlns='\(word)' xmlns:w='http://x'><w:body/></w:document>", ["part-root"]),
    ("<html><body>Error 500</body></html>", ["part-root"]),
    // Nothing is known of what a DTD declares.
    ("<!DOCTYPE html><html><body/></html>", []),
  ])
  func mainParts(_ content: String, faults: [String]) throws {
    var builder = ZIPBuilder(Package.members(contentType: open + "wordprocessingml.document.main+xml"))
    builder.members[2].content = Array(content.utf8)
    #expect(try inspect(builder.bytes()).faults.map(\.name) == faults)
  }

  /// The root element is looked for in the first 16 KiB, and so is a text's body in a part that isn't longer.
  @Test func rootsThatAreFarAway() throws {
    func names(_ padding: Int, _ rest: String) throws -> [String] {
      var builder = ZIPBuilder(Package.members(contentType: open + "wordprocessingml.document.main+xml"))
      builder.members[2].content = repeated([0x20], padding) + Array(rest.utf8)
      return try inspect(builder.bytes()).faults.map(\.name)
    }
    let limit = 16 << 10
    let html = "<html a='1'> "
    #expect(try names(limit - html.utf8.count, html + "</html>") == ["part-root"])
    #expect(try names(limit - html.utf8.count + 2, html + "</html>") == [])
    let empty = "<document xmlns='\(Self.word)'/>"
    #expect(try names(limit - empty.utf8.count, empty) == ["no-content"])
    #expect(try names(limit - empty.utf8.count + 1, empty) == [])
  }

  // MARK: What relationships lead to

  @Test(arguments: [
    "styles", "numbering", "settings", "theme", "fontTable", "header", "footer", "footnotes", "endnotes",
  ])
  func partsOfATextThatAreRead(_ type: String) throws {
    func names(_ type: String, _ content: String, _ attributes: String = "") throws -> [String] {
      var builder = ZIPBuilder(
        Package.members(
          contentType: open + "wordprocessingml.document.main+xml",
          more: [
            .init(
              "word/_rels/document.xml.rels",
              "<R><Relationship Id='r' Type='\(type)' Target='a.xml'\(attributes)/></R>"),
            .init("word/a.xml", content),
          ]))
      return try inspect(builder.bytes()).faults.map(\.name)
    }
    #expect(try names(Self.relationships + type, "<x/>") == [])
    for place in [Self.relationships, Self.strict] {
      #expect(try names(place + type, "<x>") == ["part-malformed"])
      #expect(try names(place + type, "") == ["part-malformed"])
    }
    // What isn't read to show the document, isn't in it, or has no XML.
    #expect(try names(Self.relationships + "image", "x") == [])
    #expect(try names("http://schemas.microsoft.com/office/2007/relationships/" + type, "x") == [])
    #expect(try names(Self.relationships + type, "x", " TargetMode='External'") == [])
  }

  @Test func mastersAndLayouts() throws {
    func names(_ change: (inout Listing) -> Void) throws -> [String] {
      try self.names(.slides) {
        $0.relationships?.replace(
          "</R>", with: "<Relationship Id='m' Type='\(Self.relationships)slideMaster' Target='m/m.xml'/></R>")
        $0.parts["ppt/m/m.xml"] = "<x/>"
        $0.parts["ppt/m/_rels/m.xml.rels"] =
          "<R><Relationship Id='l' Type='\(Self.relationships)slideLayout' Target='../l.xml'/>"
          + "<Relationship Id='t' Type='\(Self.relationships)theme' Target='/ppt/t.xml'/></R>"
        $0.parts["ppt/l.xml"] = "<x/>"
        $0.parts["ppt/t.xml"] = "<x/>"
        change(&$0)
      }
    }
    #expect(try names { _ in } == [])
    for part in ["ppt/m/m.xml", "ppt/m/_rels/m.xml.rels", "ppt/l.xml", "ppt/t.xml"] {
      #expect(try names { $0.parts[part] = "<x" } == ["part-malformed"], "\(part)")
      // Programs show slides without it.
      #expect(try names { $0.parts[part] = nil } == [], "\(part)")
    }
    // A master that leads to itself is checked once.
    #expect(
      try names {
        $0.parts["ppt/m/_rels/m.xml.rels"]?.replace("slideLayout", with: "slideMaster")
        $0.parts["ppt/m/_rels/m.xml.rels"]?.replace("../l.xml", with: "m.xml")
        $0.parts["ppt/m/m.xml"] = "<x"
      } == ["part-malformed"])
  }

  @Test func textsOfSheets() throws {
    func names(_ texts: String?, _ cell: String, linked: Bool = true) throws -> [String] {
      try self.names(Listing()) {
        if linked {
          $0.relationships?.replace(
            "</R>",
            with: "<Relationship Id='s' Type='\(Self.relationships)sharedStrings' Target='s.xml'/></R>")
        }
        $0.parts["xl/s.xml"] = texts
        $0.parts["xl/a/2.xml"] = Listing.sheet("worksheet", cell)
      }
    }
    let cell = "<c r='A1' t='s'><v>0</v></c>"
    #expect(try names("<sst><si><t>a</t></si></sst>", cell) == [])
    #expect(try names(nil, cell) == ["part-missing"])
    #expect(try names("<sst count='1'/>", cell) == ["part-missing"])
    #expect(try names("<sst><si>", cell) == ["part-malformed"])
    // Nothing refers to them, or there are none.
    #expect(try names(nil, "<c r='A1' t='str'><v>0</v></c>") == [])
    #expect(try names(nil, "<c r='A1' t='s'/><c r='A2' t='n'><v>0</v></c>") == [])
    #expect(try names("<sst/>", "<c t='inlineStr'/><d t='s'/>") == [])
    #expect(try names(nil, cell, linked: false) == [])
  }

  /// Excel writes no identifier for the modules of old macros.
  @Test func sheetsWithoutAnIdentifier() throws {
    #expect(
      try names(Listing()) { $0.list = "<sheet name='M' r:id=''/><sheet name='A' r:id='r1'/>" } == [])
  }

  /// Names with escapes could be written in several ways.
  @Test func namesThatAreNotASCII() throws {
    for target in ["a/%31.xml", "a/é.xml"] {
      #expect(try names(Listing()) { $0.relationships?.replace("a/1.xml", with: target) } == [])
    }
  }

  @Test func aWorkbookWithoutXML() throws {
    var builder = ZIPBuilder(
      Package.members(
        main: "xl/workbook.bin", contentType: "application/vnd.ms-excel.sheet.binary.macroEnabled.main"))
    builder.members[2].content = [0x83, 1, 0]
    #expect(try inspect(builder.bytes()).faults == [])
  }

  @Test func encryptedAndOtherwiseCompressedPartsAreNotRead() throws {
    var builder = ZIPBuilder(Package.members(contentType: open + "wordprocessingml.document.main+xml"))
    builder.members[2].content = [1, 2, 3]
    builder.members[2].method = 9
    #expect(try inspect(builder.bytes()).faults == [])
  }

  @Test func manyFaults() throws {
    #expect(
      try names(Listing()) {
        $0.list = (0..<20).map { "<sheet r:id='m\($0)'/>" }.joined()
      }.count == 4)
  }
}

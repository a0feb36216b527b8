import MediaPreflight
import PreflightBytes
import PreflightFacts
import PreflightInspection
@testable import PreflightTestSupport
import Testing

/// What a limit of ours keeps from being checked in documents: it is said, and never called damage.
@Suite struct DocumentLimitTests {
  // MARK: PDF

  /// A document of the objects given, the first of which is the catalog, with a table as cross-reference.
  private static func pdf(_ objects: [String]) -> [UInt8] {
    var bytes = Array("%PDF-1.7\n".utf8)
    var table = "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
    for (index, object) in objects.enumerated() {
      table += row(bytes.count)
      bytes += Array("\(index + 1) 0 obj\n\(object)\nendobj\n".utf8)
    }
    let end = "\(table)trailer\n<</Root 1 0 R>>\nstartxref\n\(bytes.count)\n%%EOF\n"
    return bytes + Array(end.utf8)
  }

  private static func row(_ offset: Int) -> String {
    String(repeating: "0", count: 10 - "\(offset)".count) + "\(offset) 00000 n \n"
  }

  private static let catalog = "<</Pages 2 0 R>>"
  private static let pages = "<</Count 3/Kids[<<>><<>><<>>]>>"

  @Test(arguments: [(46, nil), (47, "objects nested more than 48 levels deep")])
  func nesting(_ depth: Int, unchecked: String?) throws {
    let nested = String(repeating: "[", count: depth) + "0" + String(repeating: "]", count: depth)
    let bytes = Self.pdf([Self.catalog, "<</X \(nested)/Count 3/Kids[<<>><<>><<>>]>>"])
    let inspection = try expectUnchecked(unchecked.map { [$0] } ?? [], in: bytes)
    #expect(inspection.facts.pageCount == (unchecked == nil ? 3 : nil))
  }

  @Test(arguments: [(100_000, nil), (600_000, "objects of more than 512 KiB")])
  func objects(_ length: Int, unchecked: String?) throws {
    let text = String(repeating: "a", count: length)
    let inspection = try expectUnchecked(
      unchecked.map { [$0] } ?? [],
      in: Self.pdf([Self.catalog, "<</X(\(text))/Count 3/Kids[<<>><<>><<>>]>>"]))
    #expect(inspection.facts.pageCount == (unchecked == nil ? 3 : nil))
  }

  @Test func references() throws {
    func chain(_ count: Int, to last: String) -> [UInt8] {
      Self.pdf([Self.catalog] + (1..<count).map { "\($0 + 2) 0 R" } + [last])
    }
    #expect(try expectUnchecked([], in: chain(8, to: Self.pages)).facts.pageCount == 3)
    try expectUnchecked(["objects behind more than 8 chained references"], in: chain(9, to: Self.pages))
    // A circle is none of ours.
    #expect(try inspect(chain(8, to: "2 0 R")).faults.map(\.name) == ["missing-page-tree"])
    #expect(try inspect(chain(20, to: "2 0 R")).faults == [])
  }

  /// A document whose page tree stands in an object stream, behind so many bytes.
  private static func packed(_ before: Int) -> [UInt8] {
    let content = "2 \(before) " + String(repeating: " ", count: before) + pages
    let stream = "<</Type/ObjStm/N 1/First \("2 \(before) ".utf8.count)/Length \(content.utf8.count)>>"
    var bytes = Array("%PDF-1.7\n1 0 obj\n\(catalog)\nendobj\n".utf8)
    let object = bytes.count
    bytes += Array("3 0 obj\n\(stream)\nstream\n\(content)\nendstream\nendobj\n".utf8)
    let reference = bytes.count
    let entries: [(type: UInt8, place: Int)] = [(0, 0), (1, 9), (2, 3), (1, object)]
    var rows: [UInt8] = []
    for entry in entries { rows += [entry.type] + bigEndian(UInt32(entry.place)) + [0] }
    bytes += Array("4 0 obj\n<</Type/XRef/Root 1 0 R/W[1 4 1]/Size 4/Length \(rows.count)>>\nstream\n".utf8)
    return bytes + rows + Array("\nendstream\nendobj\nstartxref\n\(reference)\n%%EOF\n".utf8)
  }

  @Test func objectStreams() throws {
    let within = try expectUnchecked([], in: Self.packed(Limits.PDF.stream - 100))
    #expect(within.facts.pageCount == 3)
    let beyond = try expectUnchecked(
      ["objects after the first 8 MiB of an object stream"], in: Self.packed(Limits.PDF.stream))
    #expect(beyond.unchecked.first?.limit == "8 MiB decompressed")
    #expect(beyond.facts.pageCount == nil)
  }

  @Test(arguments: [(512, nil), (513, "objects in older cross-reference sections")])
  func sections(_ count: Int, unchecked: String?) throws {
    var bytes = Array("%PDF-1.7\n1 0 obj\n\(Self.catalog)\nendobj\n".utf8)
    let pages = bytes.count
    // Elsewhere the object wouldn't be found by looking for it either.
    bytes += Array("2 0 obj\n\(Self.pages)\nendobj\n".utf8)
    var previous = bytes.count
    bytes += Array("xref\n2 1\n\(Self.row(pages))trailer\n<</Size 3>>\n".utf8)
    for _ in 1..<count {
      let start = bytes.count
      bytes += Array("xref\n1 1\n\(Self.row(9))trailer\n<</Root 1 0 R/Prev \(previous)>>\n".utf8)
      previous = start
    }
    bytes += Array("startxref\n\(previous)\n%%EOF\n".utf8)
    // The object is found by looking for it.
    #expect(try expectUnchecked([], in: bytes).facts.pageCount == 3)
    let hidden = bytes.with(Array("2 0 OBJ".utf8), at: pages)
    guard let unchecked else {
      #expect(try inspect(hidden).faults.map(\.name) == ["missing-page-tree"])
      return
    }
    try expectUnchecked([unchecked], in: hidden)
  }

  @Test(arguments: [(63, nil), (64, "trailers before the last 64")])
  func trailers(_ count: Int, unchecked: String?) throws {
    let head = "%PDF-1.7\n1 0 obj\n\(Self.catalog)\nendobj\n2 0 obj\n\(Self.pages)\nendobj\n"
    let text = head + "trailer<</Root 1 0 R>>\n" + String(repeating: "trailer<<>>\n", count: count)
    let inspection = try expectUnchecked(
      unchecked.map { [$0] } ?? [], in: Array((text + "startxref\n0\n%%EOF\n").utf8))
    #expect(inspection.facts.pageCount == (unchecked == nil ? 3 : nil))
  }

  @Test func copiesOfAnObject() throws {
    func document(_ broken: Int) -> [UInt8] {
      let copies = Self.pages + "\nendobj\n" + String(repeating: "2 0 obj ]\n", count: broken)
      return Array(
        "%PDF-1.7\n1 0 obj\n\(Self.catalog)\nendobj\n2 0 obj\n\(copies)trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
          .utf8)
    }
    #expect(try expectUnchecked([], in: document(7)).facts.pageCount == 3)
    try expectUnchecked(["copies of an object before the last 8"], in: document(8))
  }

  @Test(arguments: [(100, nil), (70_000, "streams in rows of more than 65536 columns")])
  func columns(_ count: Int, unchecked: String?) throws {
    let head = "%PDF-1.7\n1 0 obj\n\(Self.catalog)\nendobj\n"
    let object =
      "3 0 obj\n<</Type/XRef/Root 1 0 R/W[1 2 1]/Size 3/Filter/FlateDecode"
      + "/DecodeParms<</Predictor 12/Columns \(count)>>/Length 9>>\nstream\nabcdefghi\nendstream\nendobj\n"
    let bytes = Array((head + object + "startxref\n\(head.utf8.count)\n%%EOF\n").utf8)
    guard let unchecked else {
      #expect(try inspect(bytes).faults.map(\.name) == ["missing-trailer"])
      return
    }
    try expectUnchecked([unchecked], in: bytes)
  }

  private static let rest = "the rest of the document's scripts and attachments"

  @Test(arguments: [(64, nil), (65, rest)])
  func attachments(_ count: Int, unchecked: String?) throws {
    let names = String(repeating: "(a)<</F(a.txt)>>", count: count)
    let catalog = "<</Pages 2 0 R/Names<</EmbeddedFiles<</Names[\(names)]>>>>>>"
    try expectUnchecked(unchecked.map { [$0] } ?? [], in: Self.pdf([catalog, Self.pages]))
  }

  @Test(arguments: [(4, nil), (6, rest)])
  func actions(_ count: Int, unchecked: String?) throws {
    let action =
      String(repeating: "<</S/Named/Next", count: count) + "<</S/Named>>"
      + String(repeating: ">>", count: count)
    let catalog = "<</Pages 2 0 R/OpenAction \(action)>>"
    try expectUnchecked(unchecked.map { [$0] } ?? [], in: Self.pdf([catalog, Self.pages]))
  }

  /// A sample of the pages and fields is looked at, which is nothing to be said.
  @Test func samplesOfPagesAndFields() throws {
    let fields = String(repeating: "<</T(a)>>", count: 1000)
    let kids = String(repeating: "3 0 R ", count: 1000)
    let annotations = String(repeating: "<</Subtype/Link>>", count: 1000)
    let bytes = Self.pdf([
      "<</Pages 2 0 R/AcroForm<</Fields[\(fields)]>>>>", "<</Count 1000/Kids[\(kids)]>>",
      "<</Annots[\(annotations)]>>",
    ])
    try expectUnchecked([], in: bytes)
  }

  /// The node, its kids, and each page are an object each.
  @Test func objectsOfThePageTree() throws {
    func document(_ pages: Int) -> [UInt8] {
      let kids = String(repeating: "<<>>", count: pages)
      return Self.pdf([Self.catalog, "<</Count \(Limits.PDF.pageTree.objects)/Kids[\(kids)]>>"])
    }
    let most = Limits.PDF.pageTree.objects - 2
    #expect(try inspect(document(most)).faults.map(\.name) == ["page-tree"])
    try expectUnchecked(["pages after the first \(most)"], in: document(most + 1))
  }

  @Test(arguments: [(1024, nil), (1025, "pages deeper in the page tree than 1024 levels")])
  func levelsOfThePageTree(_ count: Int, unchecked: String?) throws {
    let nodes = (0..<count).map { "<</Count 1/Kids[\($0 + 3) 0 R]>>" }
    try expectUnchecked(unchecked.map { [$0] } ?? [], in: Self.pdf([Self.catalog] + nodes + ["<<>>"]))
  }

  // MARK: OOXML and ZIP

  private static let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

  private static func package(_ change: (inout [ZIPBuilder.Member]) -> Void) -> [UInt8] {
    var members = Package.members(contentType: word)
    change(&members)
    var builder = ZIPBuilder(members)
    return builder.bytes()
  }

  /// A package one of whose parts has spaces before its last element.
  private static func package(padding part: Int, with count: Int) throws -> [UInt8] {
    package { members in
      let content = members[part].content
      let place = content.lastIndex(of: UInt8(ascii: "O")) ?? 0
      let element = part == 0 ? place - 1 : content.index(of: "<Relationship ") ?? 0
      members[part].content = content.inserting([UInt8](repeating: 0x20, count: count), at: element)
    }
  }

  @Test func contentTypes() throws {
    let within = try expectUnchecked([], in: Self.package(padding: 0, with: 1 << 20 - 1000))
    #expect(within.facts.hasMacros == false)
    let beyond = try expectUnchecked(
      ["content types after the first 1 MiB"], in: Self.package(padding: 0, with: 1 << 20))
    #expect(beyond.mediaType == within.mediaType)
    #expect(beyond.facts.hasMacros == nil)
  }

  @Test func relationships() throws {
    try expectUnchecked([], in: Self.package(padding: 1, with: 1 << 20 - 1000))
    try expectUnchecked(["relationships after the first 1 MiB"], in: Self.package(padding: 1, with: 1 << 20))
  }

  @Test(arguments: [(64, nil), (65, "embedded objects and links after the first 64")])
  func embeddedObjects(_ count: Int, unchecked: String?) throws {
    let bytes = Self.package { members in
      for index in 0..<count { members.append(.init("word/embeddings/oleObject\(index).bin")) }
    }
    try expectUnchecked(unchecked.map { [$0] } ?? [], in: bytes)
  }

  /// A large object is looked at as far as it takes to know what is in it.
  @Test(arguments: [(2 << 20, nil), (8 << 20, "the contents of large embedded objects")])
  func largeObjects(_ size: Int, unchecked: String?) throws {
    let rest = Node.stream("CONTENTS", [UInt8](repeating: 1, count: size))
    var plain = CompoundFileBuilder([rest])
    plain.sectorShift = 12
    let bytes = plain.bytes()
    let object = Self.package { members in
      members.append(.init("word/embeddings/oleObject1.bin"))
      members[members.count - 1].content = bytes
    }
    // The builder writes the directory last.
    try expectUnchecked(unchecked.map { [$0] } ?? [], in: object)
  }

  @Test func linksToOtherWorkbooks() throws {
    func workbook(_ link: String) -> [UInt8] {
      Self.package { members in members.append(.init("xl/externalLinks/externalLink1.xml", link)) }
    }
    let values = String(repeating: "<v>1</v>", count: 20_000)
    try expectUnchecked(
      [], in: workbook("<externalLink><externalBook>\(values)</externalBook></externalLink>"))
    try expectUnchecked(
      ["links after their first 64 KiB"],
      in: workbook("<externalLink>\(values)<externalBook/></externalLink>"))
  }

  @Test(arguments: [(15, nil), (16, "an archive that may end before the last 16 end records")])
  func endRecords(_ count: Int, unchecked: String?) throws {
    var builder = ZIPBuilder(Package.members(contentType: Self.word))
    // None of them has a directory where it says.
    builder.comment = repeated(
      Array("PK\u{5}\u{6}".utf8) + [UInt8](repeating: 0xff, count: 16) + [0, 0], count)
    let bytes = builder.bytes()
    let inspection = try expectUnchecked(unchecked.map { [$0] } ?? [], in: bytes)
    #expect(inspection.mediaType?.rawValue.hasSuffix("wordprocessingml.document") == true)
    // Behind an image, it may be an archive as well.
    let picture = try Fixture.bytes("pictures/rgb.png")
    builder.prefix = picture
    let both = try inspect(builder.bytes())
    #expect(both.unchecked.map(\.what) == (unchecked.map { [$0] } ?? []))
    #expect(both.hidden.isEmpty == (unchecked != nil))
  }

  @Test func membersThatGrow() throws {
    func archive(_ size: UInt32) -> [UInt8] {
      var member = ZIPBuilder.Member("zeros")
      member.content = Array(deflateBomb(33_000).dropFirst(2))
      member.method = 8
      var builder = ZIPBuilder([member])
      var bytes = builder.bytes()
      bytes = bytes.with(littleEndian(size), at: 22)
      bytes = bytes.with(littleEndian(size), at: builder.directoryStart + 24)
      return bytes
    }
    #expect(try inspect(archive(60 << 20)).faults.map(\.name) == ["unpacked-size-mismatch"])
    try expectUnchecked(["member data after the first 64 MiB decompressed"], in: archive(70 << 20))
  }

  // MARK: OLE

  private typealias Node = CompoundFileBuilder.Node

  private static func compound(_ nodes: [Node]) -> [UInt8] {
    var builder = CompoundFileBuilder(nodes)
    return builder.bytes()
  }

  @Test(arguments: [(16_380, nil), (16_384, "records after the first 16384")])
  func recordsOfAWorkbook(_ count: Int, unchecked: String?) throws {
    let start = littleEndian(UInt32(0x10_0809)) + [0, 6, 5, 0] + [UInt8](repeating: 0, count: 12)
    let records = start + repeated(littleEndian(UInt32(0x31)), count) + littleEndian(UInt32(0x0a))
    let inspection = try expectUnchecked(
      unchecked.map { [$0] } ?? [], in: Self.compound([.stream("Workbook", records)]))
    #expect(inspection.facts.hasMacros == (unchecked == nil ? false : nil))
  }

  @Test(arguments: [(16_380, nil), (16_385, "records after the first 16384")])
  func recordsOfAPresentation(_ count: Int, unchecked: String?) throws {
    let user = [UInt8](repeating: 0, count: 12) + littleEndian(UInt32(0xe391_c05f))
    let records = repeated([0, 0, 0xee, 0x03, 0, 0, 0, 0], count)
    let bytes = Self.compound([.stream("PowerPoint Document", records), .stream("Current User", user)])
    let inspection = try expectUnchecked(unchecked.map { [$0] } ?? [], in: bytes)
    #expect(inspection.facts.hasMacros == (unchecked == nil ? false : nil))
  }

  @Test(arguments: [(32, nil), (33, "packaged files after the first 32")])
  func packagedFiles(_ count: Int, unchecked: String?) throws {
    let workbook = littleEndian(UInt32(0x10_0809)) + [0, 6, 5, 0] + [UInt8](repeating: 0, count: 12)
    let objects = (0..<count).map {
      Node.storage("_\($0)", [.stream("\u{1}Ole10Native", [UInt8](repeating: 0, count: 20))])
    }
    let nodes = [.stream("Workbook", workbook + littleEndian(UInt32(0x0a)))] + objects
    try expectUnchecked(unchecked.map { [$0] } ?? [], in: Self.compound(nodes))
  }

  @Test func streamsThatClaimTooMuch() throws {
    let stream = [UInt8](repeating: 1, count: 5000)
    let workbook = littleEndian(UInt32(0x10_0809)) + [0, 6, 5, 0] + [UInt8](repeating: 0, count: 12)
    var builder = CompoundFileBuilder([
      .stream("Workbook", workbook + littleEndian(UInt32(0x0a))), .stream("A", stream), .stream("B", stream),
    ])
    var bytes = builder.bytes()
    // The builder writes the last stream's entry first.
    for entry in 1...2 {
      let place = builder.directoryStart + 128 * entry + 120
      bytes = bytes.with(littleEndian(UInt64(bytes.count) * 3 / 2), at: place)
    }
    try expectUnchecked(["streams beyond 2 times the file size"], in: bytes)
  }
}

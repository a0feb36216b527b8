import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct PDFTests {
  // MARK: - Good documents

  @Test(arguments: [
    "reportlab", "object-streams", "linearized", "linearized-object-streams", "updated",
  ])
  func readsPages(_ name: String) throws {
    let inspection = try inspect(fixture: "pdf/\(name).pdf")
    #expect(inspection.mediaType == "application/pdf")
    #expect(inspection.facts.pageCount == 7)
    #expect(inspection.facts.encrypted == false)
    #expect(inspection.faults == [])
    #expect(inspection.trailingDataOffset == nil)
  }

  @Test func readsLibreOffice() throws {
    let inspection = try inspect(fixture: "pdf/libreoffice.pdf")
    #expect(inspection.facts.pageCount == 1)
    #expect(inspection.faults == [])
  }

  @Test(arguments: ["locked-r2", "locked-r3", "locked-r4", "locked-r5", "locked-r6"])
  func tellsThatADocumentIsEncrypted(_ name: String) throws {
    let inspection = try inspect(fixture: "pdf/\(name).pdf")
    #expect(inspection.facts.encrypted == true)
    #expect(inspection.facts.pageCount == nil || inspection.facts.pageCount == 7)
    #expect(inspection.faults == [])
  }

  @Test func whatIsEncryptedIsNotCalledBroken() throws {
    // The pages are in an encrypted object stream.
    let hidden = try inspect(fixture: "pdf/password-r3.pdf")
    #expect(hidden.facts.encrypted == true)
    #expect(hidden.facts.pageCount == nil)
    #expect(hidden.faults == [])
    let shown = try inspect(fixture: "pdf/password-r6.pdf")
    #expect(shown.facts.encrypted == true)
    #expect(shown.facts.pageCount == 7)
    #expect(shown.faults == [])
  }

  @Test func takesBytesBeforeTheHeader() throws {
    let bytes = try Fixture.bytes("pdf/object-streams.pdf")
    // Offsets count from the header here, as readers have it.
    for count in [1, 500, 1019] {
      let inspection = try inspect(Array(repeating: 0x0a, count: count) + bytes)
      #expect(inspection.mediaType == "application/pdf", "\(count) bytes before")
      #expect(inspection.facts.pageCount == 7)
      #expect(inspection.faults == [])
    }
    #expect(try inspect(Array(repeating: 0x0a, count: 1025) + bytes).mediaType != "application/pdf")
    // Offsets count from the file's start here.
    let shifted = document(before: "junk\n")
    #expect(try inspect(shifted).facts.pageCount == 1)
  }

  @Test func leavesWhatOnlySpeaksOfPDF() throws {
    let text = "A document begins with %PDF-1.4, and ends with a marker.\n"
    #expect(try inspect(Array(text.utf8)).mediaType == "text/plain")
    var tape = [UInt8](repeating: 0, count: 512) + (try Fixture.bytes("pdf/reportlab.pdf"))
    tape.replaceSubrange(257..<262, with: Array("ustar".utf8))
    #expect(try inspect(tape).mediaType != "application/pdf")
  }

  // MARK: - Objects

  @Test(arguments: [
    ("1 0 obj\n<</Type/Cata#6cog/Pages 2 0 R/X(a\\)(b)\\\r\n\\0503)/H<414>/A[1 2 R 3 0 R true -.5]>>", 1),
    ("1 0 obj\n<</Type/Catalog %comment >>\n/Pages%c\n2%c\n0%c\nR>>", 1),
    ("1 0 obj<</Pages<</Count 3/Kids[3 0 R 3 0 R 3 0 R]>>>>", 3),
    ("1 0 obj\n5 0 R", 1),
  ])
  func readsObjects(_ catalog: String, pages: Int) throws {
    let bytes = document(objects: [
      catalog, "2 0 obj\n<</Kids[3 0 R]/Count 4 0 R>>", "3 0 obj\n<</Type/Page>>", "4 0 obj 1",
      "5 0 obj\n<</Pages 2 0 R>>",
    ])
    let inspection = try inspect(bytes)
    #expect(inspection.facts.pageCount == pages)
    #expect(inspection.faults == [])
  }

  @Test func readsHybridReferences() throws {
    // The table calls object 2 free; the stream that the trailer names has it (7.5.8.4).
    var text = "%PDF-1.5\n1 0 obj\n<</Pages 2 0 R>>\nendobj\n"
    let pages = text.utf8.count
    text += "2 0 obj\n<</Count 6/Kids[<<>><<>><<>><<>><<>><<>>]>>\nendobj\n"
    let stream = text.utf8.count
    text += "3 0 obj\n<</Type/XRef/W[1 1 1]/Index[2 1]/Size 4/Length 3>>\nstream\n"
    var bytes = Array(text.utf8) + [1, UInt8(pages), 0]
    bytes += Array("\nendstream\nendobj\n".utf8)
    let table = bytes.count
    bytes += Array(
      """
      xref
      0 3
      0000000000 65535 f\u{20}
      0000000009 00000 n\u{20}
      0000000000 00000 f\u{20}
      trailer <</Root 1 0 R/XRefStm \(stream)>>
      startxref
      \(table)
      %%EOF
      """.utf8)
    let inspection = try inspect(bytes)
    #expect(inspection.facts.pageCount == 6)
    #expect(inspection.faults == [])
  }

  /// A cross-reference stream has an entry for each number that it says it has (7.5.8.2).
  @Test(arguments: [(4, true), (3, false)])
  func entriesOfAReferenceStream(present: Int, isWhole: Bool) throws {
    var text = "%PDF-1.5\n1 0 obj\n<</Pages 2 0 R>>\nendobj\n"
    let pages = text.utf8.count
    text += "2 0 obj\n<</Count 6/Kids[<<>><<>><<>><<>><<>><<>>]>>\nendobj\n"
    let stream = text.utf8.count
    let rows = [[0, 0, 0], [1, 9, 0], [1, UInt8(pages), 0], [1, UInt8(stream), 0]].prefix(present).joined()
    text += "3 0 obj\n<</Type/XRef/Root 1 0 R/W[1 1 1]/Index[0 4]/Size 4/Length \(rows.count)>>\nstream\n"
    let bytes = Array(text.utf8) + rows + Array("\nendstream\nendobj\nstartxref\n\(stream)\n%%EOF".utf8)
    let inspection = try inspect(bytes)
    #expect(inspection.faults.isEmpty == isWhole)
    #expect(inspection.facts.pageCount == (isWhole ? 6 : nil))
  }

  /// Of the entries of a huge document only the first are read, which is no fault of it.
  @Test(arguments: [(1, true), (2, false)])
  func moreEntriesThanAreRead(divisor: Int, isWhole: Bool) throws {
    let count = (8 << 20) / 7 + 1000
    let start = "%PDF-1.5\n1 0 obj\n<</Pages 2 0 R>>\nendobj\n"
    let pages = start.utf8.count
    let head = start + "2 0 obj\n<</Count 6/Kids[<<>><<>><<>><<>><<>><<>>]>>\nendobj\n"
    let stream = head.utf8.count
    var rows: [UInt8] = []
    for offset in [0, 9, pages, stream] {
      rows += [0, offset > 0 ? 1 : 0] + bigEndian(UInt32(offset)) + [0, 0]
    }
    rows += [UInt8](repeating: 0, count: 8 * (count / divisor - 4))
    var data: [UInt8] = [0x78, 0x01]
    for first in Swift.stride(from: 0, to: rows.count, by: 0xffff) {
      let block = rows[first..<min(first + 0xffff, rows.count)]
      let size = UInt16(block.count)
      data.append(first + 0xffff < rows.count ? 0 : 1)
      data += littleEndian(size) + littleEndian(~size) + block
    }
    let object =
      "3 0 obj\n<</Type/XRef/Root 1 0 R/W[1 4 2]/Size \(count)/Length \(data.count)/Filter/FlateDecode"
      + "/DecodeParms<</Predictor 12/Columns 7>>>>\nstream\n"
    let end = "\nendstream\nendobj\nstartxref\n\(stream)\n%%EOF"
    let inspection = try inspect(Array(head.utf8) + Array(object.utf8) + data + Array(end.utf8))
    #expect(inspection.faults.isEmpty == isWhole)
    #expect(inspection.facts.pageCount == (isWhole ? 6 : nil))
  }

  @Test(arguments: ["n \n", "n\n", "n\r\n", "n  \r\n"])
  func readsEntriesOfAnyWidth(_ end: String) throws {
    #expect(try inspect(document(entryEnd: end)).facts.pageCount == 1)
  }

  @Test func followsPreviousSectionsOnceOnly() throws {
    for previous in ["0", "9", "99999999", "-1", "18446744073709551616"] {
      let bytes = document(trailer: "<</Root 1 0 R/Prev \(previous)/XRefStm \(previous)>>")
      #expect(try inspect(bytes).facts.pageCount == 1, "Prev \(previous)")
    }
    // A section that names itself as its previous one, and an object that isn't there.
    let start = document().lastIndex(of: "xref\n0", in: 0) ?? 0
    let cyclic = document(trailer: "<</Root 9 0 R/Prev \(start)>>")
    #expect(try inspect(cyclic).faults.map(\.name) == ["missing-catalog"])
  }

  @Test(arguments: ["7", "99999999999", "0", "-5", "x"])
  func findsObjectsWhereTheCrossReferenceIsWrong(_ offset: String) throws {
    let inspection = try inspect(document(startOfCrossReference: offset))
    #expect(inspection.facts.pageCount == 1)
    #expect(inspection.faults == [])
  }

  @Test func findsObjectsThatAreNotWhereTheTableSays() throws {
    let bytes = document().replacing("0000000009", with: "0000000012")
    let inspection = try inspect(bytes)
    #expect(inspection.facts.pageCount == 1)
    #expect(inspection.faults == [])
  }

  // MARK: - Damage

  @Test(arguments: [
    "reportlab", "object-streams", "linearized", "linearized-object-streams", "updated", "libreoffice",
  ])
  func tellsCuts(_ name: String) throws {
    let whole = try Fixture.bytes("pdf/\(name).pdf")
    // Nobody misses the line end behind the last marker.
    let marked = Array(whole[..<(whole.lastIndex(of: UInt8(ascii: "F")) ?? 0)] + [UInt8(ascii: "F")])
    try expectTellsCuts(marked)
    for length in [marked.count - 2, marked.count - 3, marked.count - 20, marked.count * 3 / 4] {
      let faults = try inspect(Array(marked[..<length])).faults
      #expect(faults.map(\.name) == ["truncated"], "cut to \(length)")
      #expect(faults.first?.offset == UInt64(length))
    }
  }

  @Test func toleratesAMissingMarkerBehindAGoodOffset() throws {
    for end in ["", "\n", "\n%EOF\n", "\n%%eof\n"] {
      let bytes = document().replacing("\n%%EOF\n", with: end)
      #expect(try inspect(bytes).faults == [], "\(end)")
    }
  }

  @Test func tellsBytesMissingFromALinearizedDocument() throws {
    let whole = try Fixture.bytes("pdf/linearized.pdf")
    let half = whole.count / 2
    let holed = Array(whole[..<half] + whole[(half + 100)...])
    let faults = try inspect(holed).faults
    #expect(faults.map(\.name) == ["missing-bytes"])
    #expect(faults.first?.expected == "\(whole.count) bytes")
    #expect(faults.first?.actual == "\(holed.count) bytes")
    #expect(faults.first?.offset == UInt64(holed.count))
  }

  @Test func tellsAMissingTrailer() throws {
    let bytes = try Fixture.bytes("pdf/object-streams.pdf")
    let start = bytes.lastIndex(of: "startxref", in: 0) ?? 0
    for end in ["startxref\n3\n%%EOF\n", "%%EOF\n"] {
      let faults = try inspect(Array(bytes[..<start] + Array(end.utf8))).faults
      #expect(faults.map(\.name) == ["missing-trailer"])
      #expect(faults.first?.offset == (end.count > 6 ? UInt64(start) : nil))
    }
  }

  @Test(arguments: ["<</Root 7 0 R>>", "<</Root 8 0 R>>", "<</Root 4 0 R>>", "<</Size 5>>"])
  func tellsAMissingCatalog(_ trailer: String) throws {
    let bytes = document(
      objects: ["1 0 obj\n<</Pages 2 0 R>>", "2 0 obj\n<</Count 1>>", "7 0 obj\n7 0 R", "4 0 obj 5"],
      trailer: trailer)
    #expect(try inspect(bytes).faults.map(\.name) == ["missing-catalog"])
  }

  @Test(arguments: ["", "/Pages 9 0 R", "/Pages[]", "/Pages null"])
  func tellsAMissingPageTree(_ pages: String) throws {
    let faults = try inspect(document(objects: ["1 0 obj\n<<\(pages)>>"])).faults
    #expect(faults.map(\.name) == ["missing-page-tree"])
  }

  /// Poppler and MuPDF show such a document.
  @Test func aPageCountMayHaveAFraction() throws {
    let bytes = document(objects: [
      "1 0 obj\n<</Pages<</Kids[2 0 R]/Count 1.0>>>>", "2 0 obj\n<</Type/Page/MediaBox[0 0 9 9]>>",
    ])
    #expect(try inspect(bytes).faults == [])
    #expect(try inspect(bytes).facts.pageCount == 1)
  }

  @Test func tellsADocumentWithoutPages() throws {
    for kids in ["[]", " 2 0 R"] {
      let bytes = document(objects: ["1 0 obj\n<</Pages<</Kids\(kids)/Count 0>>>>", "2 0 obj\n[]"])
      #expect(try inspect(bytes).faults.map(\.name) == ["no-pages"])
    }
  }

  /// Poppler and MuPDF fail on a document with more pages than it can have.
  @Test func believesNoMorePagesThanBytes() throws {
    let head = "1 0 obj\n<</Pages<</Kids[4 0 R]/Count "
    let size = document(objects: [head + "100>>>>"]).count
    let most = document(objects: [head + "\(size)>>>>"])
    #expect(most.count == size)
    #expect(try inspectStructure(most).facts.pageCount == size)
    #expect(try inspectStructure(most).faults == [])
    let more = try inspect(document(objects: [head + "\(size + 1)>>>>"]))
    #expect(more.facts.pageCount == nil)
    #expect(more.faults.map(\.name) == ["page-tree"])
  }

  /// Values of keys that nobody asks for, each in a syntax of its own: the count behind them is found.
  @Test(arguments: [
    "1", "-.5", "null", "true", "7 0 R", "/Name", "/Count", "(text)", "(a\\)/Count 9)", "(a(b)c)",
    "(/Count 9)", "<2F3e>",
    "<</Count 9>>", "<</A<</Count 9>>/B[]>>", "[/Count 9]", "[1[2 0 R]<</A(>>)>>(])<5D>]", "% >>\n1",
    "[% ]\n]",
    "word", "1 0 R % comment\r",
  ])
  func passesOverWhatNobodyAsksFor(_ value: String) throws {
    for key in ["Rotate", "Countt", "Coun", "#00Count", "LongerThanAnyKeyCount"] {
      let pages = "<</\(key) \(value)/Count 3/Kids[<<>><<>><<>>]>>"
      let inspection = try inspect(document(objects: ["1 0 obj\n<</Pages 2 0 R>>", "2 0 obj\n\(pages)"]))
      #expect(inspection.facts.pageCount == 3, "\(pages)")
      #expect(inspection.faults == [], "\(pages)")
    }
  }

  /// What has no end, or another's.
  @Test(arguments: ["(text", "<2F", "[1 2", "[1 2>>", "<</A 1", "<</A 1]", "<</A 1>", ")", "}", "(\\"])
  func findsNoPagesBehindWhatDoesNotEnd(_ value: String) throws {
    let bytes = document(
      objects: ["1 0 obj\n<</Pages 2 0 R>>", "2 0 obj\n<</Rotate \(value) /Count 3>>"])
    #expect(try inspect(bytes).faults.map(\.name) == ["missing-page-tree"])
  }

  @Test(arguments: ["-1", "-1.5", ".5", "99999999999999999999", "(1)", "null", "9 0 R"])
  func refusesAPageCountThatIsNone(_ count: String) throws {
    let inspection = try inspect(document(objects: ["1 0 obj\n<</Pages<</Count \(count)/Kids[4 0 R]>>>>"]))
    #expect(inspection.facts.pageCount == nil)
    #expect(inspection.faults.map(\.name) == ["page-tree"])
  }

  @Test(arguments: ["", "/Kids null", "/Kids 3", "/Kids<<>>"])
  func refusesAPageTreeWithoutPages(_ kids: String) throws {
    let inspection = try inspect(document(objects: ["1 0 obj\n<</Pages<</Count 1\(kids)>>>>"]))
    #expect(inspection.faults.map(\.name) == ["page-tree"])
  }

  /// Viewers believe the count.
  @Test func refusesAPageTreeThatDeclaresNoPages() throws {
    let inspection = try inspect(document(objects: ["1 0 obj\n<</Pages<</Count 0/Kids[4 0 R]>>>>"]))
    #expect(inspection.faults.map(\.name) == ["no-pages"])
  }

  /// The page count is a claim. Poppler shows pages that aren't there blank, and MuPDF fails at them.
  @Test(arguments: [
    ("[3 0 R]", 1), ("[3 0 R 3 0 R]", 2), ("[3 0 R<</Kids[3 0 R<<>>]>>]", 3), ("[3 0 R<</Kids 4 0 R>>]", 2),
    // What leads back, to nothing, or to something else than a page.
    ("[2 0 R]", 0), ("[3 0 R 2 0 R]", 1), ("[<</Kids[2 0 R 3 0 R]>>]", 1), ("[9 0 R]", 0),
    ("[null 5 true]", 0),
    ("[4 0 R]", 0), ("[<</Kids[]>>]", 0),
  ])
  func countsThePages(_ kids: String, pages: Int) throws {
    func faults(_ count: Int) throws -> [Fault] {
      try inspect(
        document(objects: [
          "1 0 obj\n<</Pages 2 0 R>>", "2 0 obj\n<</Kids\(kids)/Count \(count)>>", "3 0 obj\n<</Type/Page>>",
          "4 0 obj\n[3 0 R]",
        ])
      ).faults
    }
    if pages > 0 { #expect(try faults(pages) == []) }
    let more = try faults(pages + 1)
    #expect(more.map(\.name) == ["page-tree"])
    #expect(more.first?.actual == "\(pages)")
    // Viewers show the pages that are counted.
    if pages > 1 { #expect(try faults(pages - 1) == []) }
  }

  /// A page may be where only other readers look.
  @Test func countsNoPagesThatCanNotBeRead() throws {
    let objects = ["1 0 obj\n<</Pages 2 0 R>>", "2 0 obj\n<</Kids[9 0 R]/Count 1>>"]
    #expect(try inspect(document(objects: objects)).faults.map(\.name) == ["page-tree"])
    #expect(try inspect(document(objects: objects, startOfCrossReference: "7")).faults == [])
    // A reference that leads on to another, and an entry that leads nowhere.
    let chained = objects + ["9 0 obj\n8 0 R", "8 0 obj\n<<>>"]
    #expect(try inspect(document(objects: chained)).faults == [])
    let misplaced = document(objects: objects + ["9 0 obj\n<<>>"]).replacing("9 0 obj", with: "7 0 obj")
    #expect(try inspect(misplaced).faults == [])
  }

  // MARK: - What follows the end

  @Test(arguments: ["", "\n", "\r\n\r\n", "\0\0\0\0", "\n%%EOF\n", "\n% a comment\n", "\u{1a}"])
  func leavesWhatCustomarilyFollowsTheEnd(_ end: String) throws {
    let bytes = document()
    #expect(try inspect(bytes + Array(end.utf8)).trailingDataOffset == nil)
  }

  @Test func tellsTrailingData() throws {
    let bytes = document()
    let inspection = try inspect(bytes + Array("\n<html>\n".utf8))
    #expect(inspection.trailingDataOffset == UInt64(bytes.count + 1))
    #expect(inspection.faults == [])
  }

  @Test(arguments: ["8 0 obj\n<<>>\nendobj\n", "8 0 obj", "8 0 o", "8 0", "8", "xref\n0 1", "xr"])
  func tellsAnUpdateThatBreaksOff(_ update: String) throws {
    let bytes = document() + Array(update.utf8)
    let inspection = try inspect(bytes)
    #expect(inspection.faults.map(\.name) == ["truncated"])
    #expect(inspection.trailingDataOffset == nil)
    #expect(inspection.facts.pageCount == 1)
  }

  // MARK: - Hostile documents

  @Test func survivesCutsAndFlips() throws {
    let bytes = try Fixture.bytes("pdf/object-streams.pdf")
    expectSurvivesCuts(Array(bytes.suffix(600)))
    expectSurvivesFlips(bytes, first: 24)
    // The cross-reference stream and what follows it, and the encryption dictionary of another.
    try expectSurvivesChanges(of: bytes, at: (bytes.count - 330)..<bytes.count)
    let locked = try Fixture.bytes("pdf/locked-r3.pdf")
    let start = locked.lastIndex(of: "/Filter /Standard", in: 0) ?? 0
    try expectSurvivesChanges(of: locked, at: start - 10..<start + 40)
  }

  private func expectSurvivesChanges(of bytes: [UInt8], at range: Range<Int>) throws {
    for index in range {
      for value in [bytes[index] ^ 1, bytes[index] ^ 64, 255] {
        var variant = bytes
        variant[index] = value
        #expect(throws: Never.self, "byte \(index) as \(value)") { try inspect(variant) }
      }
    }
  }

  @Test(arguments: [
    "0 18446744073709551615", "18446744073709551615 18446744073709551615", "0 999999999999999999",
    "0 0", "4294967295 1", "-1 5", "99999999999999999999999 1",
  ])
  func survivesNumbersInATable(_ subsection: String) throws {
    // Whatever the table claims, the objects are there, and are found.
    #expect(try inspect(document(subsection: subsection)).facts.pageCount == 1)
  }

  @Test(arguments: [
    "/W[1 2]", "/W[-1 2 3]", "/W[1 0 1]", "/W[8 8 8]/Index[0 18446744073709551615]",
    "/W[1 2 1]/Index[0]", "/W[1 2 1]/Size 99999999999999", "/W[1 2 1]/Index[5 1 0 9223372036854775807]",
    "/W[9 9 9]/Size 3", "/W[1 2 1]/Filter/NoDecode", "/W[1 2 1]/Filter[/FlateDecode/NoDecode]",
    "/W[1 2 1]/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 99999999999>>",
    "/W[1 2 1]/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 0>>",
  ])
  func survivesNumbersInAStream(_ entries: String) throws {
    let head = "%PDF-1.5\n1 0 obj\n<</Pages<</Count 2/Kids[<<>><<>>]>>>>\nendobj\n"
    let bytes =
      head + "2 0 obj\n<</Type/XRef/Root 1 0 R\(entries)/Length 9>>\nstream\nabcdefghi\nendstream\n"
      + "startxref\n\(head.utf8.count)\n%%EOF\n"
    let inspection = try inspect(Array(bytes.utf8))
    #expect(inspection.facts.pageCount == 2 || inspection.faults.map(\.name) == ["missing-trailer"])
  }

  /// What other readers unpack isn't called broken: cross-reference and object streams, and both hold the pages.
  @Test(arguments: [
    ("/LZWDecode", "\u{20}\u{10}\u{20}"), ("[/ASCII85Decode/LZWDecode]", "+TVn~>"), ("/AHx", "61 62>"),
    ("[/RunLengthDecode]", "\u{1}ab"),
  ])
  func leavesWhatIsPackedInOtherWays(_ filter: String, _ data: String) throws {
    let head = "%PDF-1.5\n1 0 obj\n<</Pages<</Count 2/Kids[<<>><<>>]>>>>\nendobj\n"
    let reference =
      head
      + "2 0 obj\n<</Type/XRef/Root 1 0 R/W[1 2 1]/Size 3/Filter\(filter)/Length \(data.utf8.count)>>\nstream\n\(data)\n"
      + "endstream\nendobj\nstartxref\n\(head.utf8.count)\n%%EOF\n"
    #expect(try inspect(Array(reference.utf8)).faults == [])
    // Offsets count from the header, whatever stands before it.
    let moved = try inspect(Array("sent by mail\n".utf8) + Array(reference.utf8))
    #expect(moved.faults == [])
    #expect(moved.leadingData?.byteCount == 13)

    let packed =
      "%PDF-1.5\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter\(filter)/Length \(data.utf8.count)>>\nstream\n\(data)\nendstream\n"
    let rows: [UInt8] = [0, 0, 0, 0] + [1, 0, 9, 0] + [1, 0, UInt8(packed.utf8.count), 0] + [2, 0, 1, 0]
    let stream =
      "2 0 obj\n<</Type/XRef/Root 3 0 R/W[1 2 1]/Size 4/Length \(rows.count)>>\nstream\n"
    let end = "\nendstream\nendobj\nstartxref\n\(packed.utf8.count)\n%%EOF\n"
    let inspection = try inspect(Array(packed.utf8) + Array(stream.utf8) + rows + Array(end.utf8))
    #expect(inspection.faults == [])
    #expect(inspection.facts.pageCount == nil)
  }

  /// Each byte of a row is the difference to the one before (TIFF 6.0, section 14).
  @Test func undoesTheTIFFPredictor() throws {
    let head = "%PDF-1.5\n1 0 obj\n<</Pages<</Count 2/Kids[<<>><<>>]>>>>\nendobj\n"
    let place = UInt8(head.utf8.count)
    let rows: [[UInt8]] = [[0, 0, 0, 0], [1, 0, 9, 0], [1, 0, place, 0]]
    let differences = rows.flatMap { row in row.indices.map { row[$0] &- ($0 == 0 ? 0 : row[$0 - 1]) } }
    let size = UInt16(differences.count)
    let data = [0x78, 0x01, 1] + littleEndian(size) + littleEndian(~size) + differences
    let object =
      "2 0 obj\n<</Type/XRef/Root 1 0 R/W[1 2 1]/Size 3/Length \(data.count)/Filter/FlateDecode"
      + "/DecodeParms<</Predictor 2/Columns 4>>>>\nstream\n"
    let end = "\nendstream\nendobj\nstartxref\n\(place)\n%%EOF"
    let inspection = try inspect(Array(head.utf8) + Array(object.utf8) + data + Array(end.utf8))
    #expect(inspection.faults == [])
    #expect(inspection.facts.pageCount == 2)
  }

  @Test func survivesNesting() throws {
    for (opening, isLimited) in [("[", true), ("<<", false), ("<</A", true), ("<</A[", true), ("(", false)] {
      let nested = String(repeating: opening, count: 20_000)
      let bytes = document(objects: ["1 0 obj\n<</Pages 2 0 R>>", "2 0 obj\n\(nested)"])
      let inspection = try inspect(bytes)
      #expect(inspection.faults.map(\.name) == (isLimited ? [] : ["missing-page-tree"]))
      #expect(
        inspection.unchecked.map(\.what) == (isLimited ? ["objects nested more than 48 levels deep"] : []))
    }
  }

  @Test
  func sectionsThatShareTheirTrailerCostNoMoreThanTheyMay() throws {
    // Each of 512 sections begins in the comment of the one before, and all go on with the same long array.
    func digits(_ number: Int) -> String {
      String(repeating: "0", count: 8 - "\(number)".count) + "\(number)"
    }
    let start = "%PDF-1.5\n"
    func head(_ index: Int, previous: Int) -> String {
      "\(digits(index)) 0 obj<</W[1 2 1]/Size 1/Prev \(digits(previous))%"
    }
    let length = head(0, previous: 0).utf8.count
    var file = start
    for index in 1...512 { file += head(index, previous: start.utf8.count + index * length) }
    file += "\n/K[" + String(repeating: "0 ", count: 240_000) + "]>>stream\n"
    file += String(repeating: "\u{1}\0\0\0", count: 4) + "\nendstream endobj\n"
    file += "startxref\n\(start.utf8.count)\n%%EOF\n"
    let source = CountingSource(Array(file.utf8))
    #expect(try engine.inspect(source).mediaType == "application/pdf")
    #expect(source.bytesRead < 64 * source.byteCount)
  }
}

/// A document of the objects given, each from its `N G obj` on, with a table as cross-reference.
private func document(
  before: String = "",
  objects: [String] = ["1 0 obj\n<</Pages 2 0 R>>", "2 0 obj\n<</Kids[3 0 R]/Count 1>>", "3 0 obj\n<<>>"],
  entryEnd: String = "n \n", subsection: String? = nil, trailer: String = "<</Root 1 0 R>>",
  startOfCrossReference: String? = nil
) -> [UInt8] {
  var text = before + "%PDF-1.4\n"
  var offsets: [Int: Int] = [:]
  for object in objects {
    offsets[Int(object.prefix { $0 != " " }) ?? 0] = text.utf8.count
    text += object + "\nendobj\n"
  }
  let start = text.utf8.count
  let last = offsets.keys.max() ?? 0
  text += "xref\n\(subsection ?? "0 \(last + 1)")\n"
  for number in 0...last {
    let digits = String(offsets[number] ?? 0)
    text += String(repeating: "0", count: 10 - digits.count) + digits
    text += offsets[number] == nil ? " 65535 f" + entryEnd.dropFirst() : " 00000 " + entryEnd
  }
  text += "trailer\n\(trailer)\nstartxref\n\(startOfCrossReference ?? "\(start)")\n%%EOF\n"
  return Array(text.utf8)
}

extension [UInt8] {
  /// The index of the last occurrence of a text, at or after `start`.
  fileprivate func lastIndex(of text: String, in start: Int) -> Int? {
    let pattern = Array(text.utf8)
    guard count - start >= pattern.count else { return nil }
    return (start...count - pattern.count).last { self[$0..<$0 + pattern.count].elementsEqual(pattern) }
  }

  /// The bytes with the last occurrence of a text replaced.
  fileprivate func replacing(_ text: String, with replacement: String) -> [UInt8] {
    guard let index = lastIndex(of: text, in: 0) else { return self }
    return Array(self[..<index] + Array(replacement.utf8) + self[(index + text.utf8.count)...])
  }
}

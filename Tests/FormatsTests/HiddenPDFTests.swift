import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// What a PDF document does beside being shown.
@Suite struct HiddenPDFTests {
  @Test func findsWhatRealWritersPutIn() throws {
    #expect(
      try hidden(in: Fixture.bytes("hidden/javascript.pdf")) == [
        "script: JavaScript that runs when the document is opened"
      ])
    #expect(
      try hidden(in: Fixture.bytes("hidden/launch.pdf")) == [
        "launchAction: an action that starts “setup.exe” when a page is clicked"
      ])
    #expect(
      try hidden(in: Fixture.bytes("hidden/attached-program.pdf")) == [
        "program: a Windows program named “invoice.pdf” as an attachment"
      ])
    // What invoices, portfolios and papers have attached is what the format has attachments for.
    #expect(try hidden(in: Fixture.bytes("hidden/attached-data.pdf")) == [])
  }

  @Test(arguments: Fixture.names.filter { $0.hasPrefix("pdf/") })
  func findsNothingInPlainDocuments(_ name: String) throws {
    #expect(try inspect(fixture: name).hidden == [])
  }

  private static let opened = "script: JavaScript that runs when the document is opened"
  private static let script = "<</S/JavaScript/JS(app.alert\\(1\\))>>"

  @Test(
    arguments: [
      ("/OpenAction \(script)", [opened]),
      ("/OpenAction 5 0 R", [opened]),
      ("/#4fpenAction <</#53/Java#53cript/J#53(x)>>", [opened]),
      ("/OpenAction <</S/JavaScript/JS<78>>>", [opened]),
      ("/OpenAction <</S/JavaScript/JS 6 0 R>>", [opened]),
      ("/OpenAction <</S/GoTo/D[3 0 R/Fit]/Next[<</S/Named/N/Print>>\(script)]>>", [opened]),
      ("/OpenAction <</S/Named/N/Print/Next<</S/Named/N/Print/Next 5 0 R>>>>", [opened]),
      ("/Names<</JavaScript<</Names[(a)5 0 R]>>>>", [opened]),
      ("/Names<</JavaScript<</Kids[<</Limits[(a)(a)]/Names[(a)\(script)]>>]>>>>", [opened]),
      (
        "/AA<</WC \(script)>>", ["script: JavaScript that runs when the document is printed, saved or closed"]
      ),
      (
        "/AcroForm<</Fields[<</T(a)/AA<</K \(script)>>>>]>>",
        ["script: JavaScript that runs when a field is filled in"]
      ),
      (
        "/AcroForm<</Fields[<</T(a)/Kids[<</T(b)/A \(script)>>]>>]>>",
        ["script: JavaScript that runs when a page is clicked"]
      ),
      ("/AcroForm<</XFA[(config)6 0 R(template)7 0 R]>>", ["script: a form with scripts (XFA)"]),
      ("/AcroForm<</XFA 7 0 R>>", ["script: a form with scripts (XFA)"]),
      (
        "/OpenAction<</S/Launch/F(notes.pdf)>>",
        ["launchAction: an action that starts “notes.pdf” when the document is opened"]
      ),
      (
        "/OpenAction<</S/Launch/Win<</F(cmd.exe)/P(/c calc)>>>>",
        ["launchAction: an action that starts “cmd.exe” when the document is opened"]
      ),
      (
        "/OpenAction<</S/Launch>>",
        ["launchAction: an action that starts another program or file when the document is opened"]
      ),
      (
        "/Names<</EmbeddedFiles<</Names[(a)<</F(run.me)/UF<FEFF0061002E0045005800450020>/EF<</F 6 0 R>>>>]>>>>",
        ["program: the program “a.EXE ” as an attachment"]
      ),
      // What runs nothing.
      ("/OpenAction [3 0 R /Fit]", []),
      ("/OpenAction <</S/JavaScript/JS()>>", []),
      ("/OpenAction <</S/JavaScript>>", []),
      ("/OpenAction <</S/GoTo/D[3 0 R/Fit]>>", []),
      ("/OpenAction <</S/URI/URI(javascript:alert)>>", []),
      ("/OpenAction 99 0 R", []),
      ("/AcroForm<</XFA[(template)6 0 R(config)7 0 R]>>", []),
      ("/Title(/JavaScript \(script))", []),
      ("/Names<</EmbeddedFiles<</Names[(a)<</F(main.py)/EF<</F 6 0 R>>>>]>>>>", []),
      ("/Names<</EmbeddedFiles<</Names[(a)<</F(mail to example.com)/EF<</F 6 0 R>>>>]>>>>", []),
    ] as [(String, [String])])
  func findsActionsByTheStructure(_ catalog: String, expected: [String]) throws {
    #expect(try hidden(in: document(catalog: catalog)) == expected)
  }

  @Test(
    arguments: [
      ("/AA<</O \(script)>>", ["script: JavaScript that runs when a page is shown"]),
      ("/Annots[<</Subtype/Link/A \(script)>>]", ["script: JavaScript that runs when a page is clicked"]),
      (
        "/Annots[<</Subtype/Widget/FT/Tx/AA<</F \(script)>>>>]",
        ["script: JavaScript that runs when a field is filled in"]
      ),
      ("/Annots[<</Subtype/Link/A<</S/Launch/F(a.pdf)>>>>]", []),
      (
        "/Annots[<</Subtype/Link/A<</S/Launch/F<</F(a.bat)>>>>>>]",
        ["launchAction: an action that starts “a.bat” when a page is clicked"]
      ),
      (
        "/Annots[<</Subtype/FileAttachment/FS<</F(a.js)/EF<</F 6 0 R>>>>>>]",
        ["program: the program “a.js” as an attachment"]
      ),
    ] as [(String, [String])])
  func findsActionsOfPages(_ page: String, expected: [String]) throws {
    #expect(try hidden(in: document(page: page)) == expected)
  }

  @Test func readsDictionariesOfEncryptedDocuments() throws {
    // The names of actions are no strings, and not encrypted.
    let bytes = document(catalog: "/OpenAction \(Self.script)", trailer: "/Encrypt<</Filter/Standard>>")
    #expect(try inspect(bytes).facts.encrypted == true)
    #expect(try hidden(in: bytes) == [Self.opened])
  }

  @Test func readsDocumentsWhoseCrossReferenceIsOfNoUse() throws {
    let bytes = document(catalog: "/OpenAction \(Self.script)")
    let text = String(decoding: bytes, as: UTF8.self)
    let broken = text.replacing("xref\n0 8", with: "xxxx\n0 8")
    #expect(try hidden(in: Array(broken.utf8)) == [Self.opened])
  }

  @Test func endsOnCircles() throws {
    #expect(try hidden(in: document(catalog: "/OpenAction 8 0 R /Names 8 0 R /AcroForm 8 0 R")) == [])
    let circle = "<</S/Named/Next 5 0 R>>"
    #expect(try hidden(in: document(catalog: "/OpenAction 5 0 R", action: circle)) == [])
    let tree = "<</Kids[5 0 R 5 0 R 5 0 R 5 0 R]>>"
    #expect(try hidden(in: document(catalog: "/Names<</JavaScript 5 0 R>>", action: tree)) == [])
  }

  /// A document of 100 MB whose pages lie far apart costs no more than a small one.
  @Test func readsLittleOfALargeDocument() throws {
    var file = Array("%PDF-1.7\n".utf8)
    var offsets: [Int] = []
    func add(_ object: String) {
      offsets.append(file.count)
      file += Array("\(offsets.count) 0 obj \(object) endobj\n".utf8)
    }
    let pages = 1000
    add("<</Type/Catalog/Pages 2 0 R>>")
    add(
      "<</Type/Pages/Count \(pages)/Kids[\((0..<pages).map { "\($0 * 3 + 3) 0 R" }.joined(separator: " "))]>>"
    )
    for index in 0..<pages {
      let number = index * 3 + 3
      add("<</Type/Page/Parent 2 0 R/Annots[\(number + 1) 0 R \(number + 2) 0 R]>>")
      add("<</Subtype/Link/A<</S/URI/URI(http://example.com)>>>>")
      file += [UInt8](repeating: 0x20, count: 100_000)
      add("<</Subtype/Link/A<</S/URI/URI(http://example.com)>>>>")
    }
    let start = file.count
    file += Array("xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n".utf8)
    for offset in offsets {
      let digits = String(offset)
      file += Array((String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n").utf8)
    }
    file += Array("trailer<</Root 1 0 R/Size \(offsets.count + 1)>>\nstartxref\n\(start)\n%%EOF\n".utf8)
    #expect(file.count > 100_000_000)
    let source = CountingSource(file)
    let structure = Preflight(depth: .structure, sharing: engine)
    #expect(try structure.inspect(source).facts.pageCount == pages)
    #expect(source.bytesRead < 2 << 20, "\(source.bytesRead) bytes were read")
  }

  @Test func survivesCutsAndFlips() throws {
    let bytes = document(catalog: "/OpenAction 5 0 R/AcroForm<</XFA 7 0 R>>", page: "/Annots[5 0 R]")
    expectSurvivesCuts(bytes)
    expectSurvivesFlips(bytes)
    expectSurvivesCuts(try Fixture.bytes("hidden/attached-program.pdf"))
  }

  // MARK: - Making documents

  /// A document of one page.
  private func document(
    catalog: String = "", page: String = "", trailer: String = "", action: String = Self.script
  ) -> [UInt8] {
    var file = "%PDF-1.7\n"
    var offsets: [Int] = []
    let template = "<template><subform><event><script>1</script></event></subform></template>"
    let objects = [
      "<</Type/Catalog/Pages 2 0 R \(catalog)>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
      "<</Type/Page/Parent 2 0 R \(page)>>", "null", action,
      "<</Length 9>>\nstream\nplain = 1\nendstream",
      "<</Length \(template.utf8.count)>>\nstream\n\(template)\nendstream",
    ]
    for (index, object) in objects.enumerated() {
      offsets.append(file.utf8.count)
      file += "\(index + 1) 0 obj \(object) endobj\n"
    }
    let start = file.utf8.count
    file += "xref\n0 8\n0000000000 65535 f \n"
    for offset in offsets {
      file += String(repeating: "0", count: 10 - String(offset).count) + "\(offset) 00000 n \n"
    }
    return Array((file + "trailer<</Root 1 0 R/Size 8\(trailer)>>\nstartxref\n\(start)\n%%EOF\n").utf8)
  }
}

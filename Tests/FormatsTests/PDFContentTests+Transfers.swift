import MediaPreflight
import Testing

@testable import PreflightTestSupport

/// What a transfer does to a document, and what only looks like it.
extension PDFContentTests {
  /// Wherever a hole begins in what is read at once, which is 32 KiB.
  @Test func holesAtTheBorderOfABlock() throws {
    let hole = [UInt8](repeating: 0, count: 256)
    for place in [257, 256, 255, 254, 128, 1, 0, -1].map({ (32 << 10) - $0 }) {
      let text = Array(Array(repeating: Array("q Q ".utf8), count: 8300).joined())
      let bytes = document([stream(text[..<place] + hole + text[place...], filter: nil)])
      let start = try #require(bytes.firstRange(of: hole)?.lowerBound)
      #expect(try inspect(bytes).faults.map(\.offset) == [UInt64(start)])
    }
  }

  @Test func holes() throws {
    let text = Array("BT (a) Tj ET ".utf8)
    #expect(try faults(stream(text + [UInt8](repeating: 0, count: 255) + text, filter: nil)) == [])
    #expect(try faults(stream(text + [UInt8](repeating: 0, count: 256) + text, filter: nil)) == ["hole"])
    let between = [UInt8](repeating: 0, count: 256)
    let bytes = document([stream(zlib("BT ET"))], trailing: between)
    #expect(try inspect(bytes).faults.map(\.name) == ["hole"])
    // Behind the last line there may be padding.
    #expect(try inspect(document([stream(zlib("BT ET"))]) + [UInt8](repeating: 0, count: 9999)).faults == [])
    // And before an update.
    let padded = Array("%%EOF\n".utf8) + between
    #expect(try inspect(document([stream(zlib("BT ET"))], trailing: padded)).faults == [])
    // And room in the string of a signature.
    let signed = Array("9 0 obj <</Contents (0".utf8) + between + Array(")>> endobj\n".utf8)
    #expect(try inspect(document([stream(zlib("BT ET"))], trailing: signed)).faults == [])
  }

  /// What isn't a page's may have any bytes, whatever it begins with, and so may an image among operators.
  @Test func nulsThatAreNoHoles() throws {
    let nuls = [UInt8](repeating: 0, count: 999)
    func object(_ entries: String, _ data: [UInt8]) -> [UInt8] {
      Array("<<\(entries)/Length \(data.count)>>stream\n".utf8) + data + Array("\nendstream".utf8)
    }
    for kind in [
      "/Type/EmbeddedFile", "/Type/EmbeddedFile/Subtype/application#2Foctet-stream\n", "/Subtype/Image", "",
    ] {
      let whole = object(kind, Array("Any".utf8) + nuls)
      #expect(try inspect(document([stream(zlib("BT ET")), whole])).faults == [], "\(kind)")
    }
    let form = object("/Subtype/Form", Array("q ".utf8) + nuls + Array(" Q".utf8))
    #expect(try inspect(document([stream(zlib("BT ET")), form])).faults.map(\.name) == ["hole"])
    let image = Array("q BI /W 999 /H 1 /BPC 8 /CS /G ID ".utf8) + nuls + Array(" EI Q".utf8)
    #expect(try faults(stream(image, filter: nil)) == [])
    #expect(try faults(stream(Array("/MCID 1 gs ".utf8) + nuls, filter: nil)) == ["hole"])
  }

  /// Bytes like encrypted ones, each as frequent as any other.
  private func noise(_ count: Int) -> [UInt8] {
    var state: UInt32 = 1
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }

  private static let encryption = "/Encrypt<</Filter/Standard/V 4/StmF/StdCF/StrF/StdCF>>"

  private func encrypted(_ data: [UInt8], entries: String = "", encryption: String = Self.encryption)
    -> [UInt8]
  {
    let head = "<</Length \(data.count)/Filter/FlateDecode\(entries)>>stream\n"
    return document([Array(head.utf8) + data + Array("\nendstream".utf8)], trailer: encryption)
  }

  private func faults(in bytes: [UInt8]) throws -> [String] { try inspect(bytes).faults.map(\.name) }

  /// Readers need neither lengths nor offsets, so a text that was edited is whole. Nobody edits an image's data.
  @Test func missingAndInsertedBytes() throws {
    let image = noise(5000)
    func object(_ entries: String) -> [UInt8] {
      Array("<</Length 5000\(entries)>>stream\n".utf8) + image + Array("\nendstream".utf8)
    }
    let content = stream(Array("BT ET".utf8), filter: nil)
    let whole = document([content, object("/Subtype/Image")])
    let place = try #require(whole.firstRange(of: image)?.lowerBound)
    #expect(try faults(in: whole) == [])
    for count in [1, 2, 3, 900] {
      let isKnown = count > 2
      let less = whole.without(place + 1000..<place + 1000 + count)
      #expect(try inspect(less).namedFaults == (isKnown ? [NamedFault("missing-bytes", place)] : []))
      let more = whole.inserting([UInt8](repeating: 7, count: count), at: place + 1000)
      #expect(try inspect(more).namedFaults == (isKnown ? [NamedFault("surplus-bytes", place)] : []))
    }
    // What is missing is elsewhere, the length alone is wrong, or it isn't an image.
    let comment = document([content, object("/Subtype/Image")], trailing: Array("%comment\n".utf8))
    let before = try #require(comment.index(of: "%comment"))
    #expect(try faults(in: comment.without(before..<before + 9)) == [])
    #expect(try faults(in: document([content, object("/Subtype/Image/Length 5900")])) == [])
    let text = document([content, object("")])
    #expect(try faults(in: text.without(place + 1000..<place + 1900)) == [])
    // Encrypted data is none that is edited.
    let secret = encrypted(image)
    let start = try #require(secret.firstRange(of: image)?.lowerBound)
    #expect(try faults(in: secret) == [])
    #expect(
      try inspect(secret.without(start + 9..<start + 999)).namedFaults == [NamedFault("missing-bytes", start)]
    )
  }

  /// A JPEG may be put in the place of a longer one, and lack a unit from the start; not both at once.
  @Test func missingBytesOfJPEGs() throws {
    let image = try Fixture.bytes("pictures/gray.jpg")
    let end = image.count - 2
    func document(_ image: [UInt8], length: String? = nil) -> [UInt8] {
      let head = "<</Subtype/Image/Filter/DCTDecode/Length \(length ?? "\(image.count)")>>stream\n"
      return self.document([
        stream(Array("BT ET".utf8), filter: nil), Array(head.utf8) + image + Array("\nendstream".utf8),
        Array("\(image.count)".utf8),
      ])
    }
    let whole = document(image)
    let start = try #require(whole.firstRange(of: image)?.lowerBound)
    for count in [2, 3] {
      let cut = start + end - count..<start + end
      #expect(
        try inspect(whole.without(cut)).namedFaults == (count > 2 ? [NamedFault("missing-bytes", start)] : [])
      )
      #expect(try faults(in: document(image.without(end - count..<end))) == [])
    }
    let indirect = document(image, length: "6 0 R")
    let place = try #require(indirect.firstRange(of: image)?.lowerBound)
    #expect(try faults(in: indirect) == [])
    #expect(try faults(in: indirect.without(place + end - 9..<place + end)) == ["missing-bytes"])
    let longer = document(image.inserting([0xff, 0xfe, 0, 4, 0, 0], at: 2))
    #expect(try faults(in: longer.without(start + 2..<start + 8)) == [])
  }

  @Test(arguments: [(23, false), (24, true)])
  func lineEndsOfImages(_ count: Int, isKnown: Bool) throws {
    func faults(_ data: [UInt8], length: Int, entries: String = "/Subtype/Image") throws -> [String] {
      let head = "<</Length \(length)\(entries)>>stream\n"
      let object = Array(head.utf8) + data + Array("\r\nendstream".utf8)
      return try inspect(document([stream(Array("BT ET".utf8), filter: nil), object])).faults.map(\.name)
    }
    let row: [UInt8] = [0x80, 1, 2, 0x0a, 0xff, 0x0d, 3]
    let changed: [UInt8] = [0x80, 1, 2, 0x0d, 0x0a, 0xff, 0x0d, 3]
    let data = repeated(changed, count - 1) + [9]
    let length = row.count * (count - 1) + 1
    #expect(try faults(data, length: length) == (isKnown ? ["changed-line-ends"] : []))
    // One more byte, a lone line feed, or other data.
    #expect(try faults(data, length: length + 2) == [])
    #expect(try faults(data.with([0x0b, 0x0a], at: 3), length: length) == [])
    #expect(try faults(data, length: length, entries: "") == [])
    #expect(try faults(data, length: data.count) == [])
  }

  @Test func holesInEncryptedData() throws {
    func hole(_ count: Int) -> [UInt8] {
      noise(999).map { $0 | 1 } + [UInt8](repeating: 0, count: count) + noise(999).map { $0 | 1 }
    }
    #expect(try faults(in: encrypted(hole(255))) == [])
    #expect(try faults(in: encrypted(hole(256))) == ["hole"])
    // What isn't encrypted.
    let others = [
      "/Encrypt<</V 4/StrF/StdCF>>", "/Encrypt<</V 4/StmF/Identity>>",
      "/Encrypt<</V 4/StmF/StdCF/EFF/Identity>>",
      "/Encrypt<</V 9/StmF/StdCF>>",
    ]
    for other in others { #expect(try faults(in: encrypted(hole(256), encryption: other)) == []) }
    #expect(try faults(in: encrypted(hole(256), encryption: "/Encrypt<</V 2>>")) == ["hole"])
    for entries in ["/Filter/Crypt", "/Filter[/Crypt/FlateDecode]", "/Subtype/XML", "/Filter 9 0 R"] {
      #expect(try faults(in: encrypted(hole(256), entries: entries)) == [])
    }
  }

  @Test func lineEndsOfEncryptedData() throws {
    let data = noise(17 << 10)
    func changed(_ count: Int, _ change: ([UInt8]) -> [UInt8]) -> [UInt8] {
      Array(change(data).prefix(count))
    }
    let changes: [([UInt8]) -> [UInt8]] = [
      { $0.map { $0 == 0x0d ? 0x0a : $0 } }, { $0.map { $0 == 0x0a ? 0x0d : $0 } },
      { $0.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] } },
    ]
    #expect(try faults(in: encrypted(data)) == [])
    for change in changes {
      #expect(try faults(in: encrypted(changed(16 << 10, change))) == ["changed-line-ends"])
      #expect(try faults(in: encrypted(changed((16 << 10) - 1, change))) == [])
    }
    // One line feed that wasn't changed, and two bytes that don't occur.
    let lone = changed(16 << 10, changes[2])
    #expect(try faults(in: encrypted(lone.dropLast(2) + [0x40, 0x0a])) == [])
    #expect(try faults(in: encrypted(changed(16 << 10, changes[0]).map { $0 == 0x40 ? 0x41 : $0 })) == [])
  }

  @Test func encryptedDataReadAsText() throws {
    // Half of it is above 127, and each of those becomes a character of Latin-1.
    let high = noise(9999).filter { $0 >= 0x80 }
    func asLatin1(_ bytes: some Sequence<UInt8>) -> [UInt8] {
      Array(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })).utf8)
    }
    let low: [UInt8] = [1, 0x0c, 0x7f]
    for (count, faults) in [(64, ["read-as-text"]), (63, [])] {
      #expect(try self.faults(in: encrypted(asLatin1(low + high.prefix(count)))) == faults)
    }
    let replaced = Array(String(decoding: noise(2000), as: UTF8.self).utf8)
    #expect(try faults(in: encrypted(replaced)) == ["read-as-text"])
    // A character that is cut, or one byte that was none.
    let text = asLatin1(high.prefix(99))
    #expect(try faults(in: encrypted(text.dropLast())) == [])
    #expect(try faults(in: encrypted([0x80] + text)) == [])
    // What isn't encrypted may be text.
    #expect(try faults(in: encrypted(text, entries: "/Type/Metadata/Subtype/XML")) == [])
    #expect(try faults(in: encrypted(text, entries: "/Filter[/Crypt/FlateDecode]")) == [])
  }

  @Test func encryptedDataReadAsASCII() throws {
    let marks = [UInt8](repeating: 0x3f, count: 256)
    let low = noise(9999).filter { $0 < 0x80 && $0 != 0x3f }
    #expect(try faults(in: encrypted(marks + low.prefix(767))) == ["read-as-text"])
    #expect(try faults(in: encrypted(marks + low.prefix(768))) == [])
    #expect(try faults(in: encrypted(marks.dropLast() + low.prefix(700))) == [])
    #expect(try faults(in: encrypted(marks + low.prefix(700) + [0x80])) == [])
  }

  @Test func everyFixtureIsWhole() throws {
    for name in Fixture.names where name.hasPrefix("pdf/") {
      #expect(try inspect(fixture: name).faults == [], "\(name)")
    }
  }

  @Test func textEncodings() throws {
    let bytes = try Fixture.bytes("pdf/libreoffice.pdf")
    let latin1 = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    for changed in [String(decoding: bytes, as: UTF8.self), latin1] {
      let result = try engine.check(MemorySource(Array(changed.utf8)), as: .document)
      #expect(result.verdict == .rejected)
    }
  }

  @Test(arguments: ["HTTP/1.1 200 OK\r\n\r\n", "<br />\n<b>Warning</b>: x in <b>y</b>\n", "\u{feff}"])
  func bytesBeforeTheHeader(_ text: String) throws {
    let bytes = try Fixture.bytes("pdf/reportlab.pdf")
    let result = try engine.check(MemorySource(Array(text.utf8) + bytes), as: .document)
    #expect(result.verdict == .accepted)
    let finding = try #require(result.findings.first { $0.code == .leadingData })
    #expect(finding.severity == .warning && finding.expected == "\(text.utf8.count)")
    // Office doesn't search for the beginning.
    let office = try engine.check(
      MemorySource(Array(text.utf8) + Fixture.bytes("office/page.docx")), as: .document)
    #expect(office.findings.first { $0.code == .leadingData }?.severity == .error)
    // White space is no text.
    #expect(try inspect(Array(" \n\0".utf8) + bytes).leadingData == nil)
  }
}

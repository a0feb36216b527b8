import Testing

// MARK: - Archives

extension HostileFile {
  /// A package whose content types part is `types`, compressed or stored.
  private static func package(_ types: String) -> [UInt8] {
    var members = Package.members(
      contentType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml")
    members[0] = .init("[Content_Types].xml", types)
    var builder = ZIPBuilder(members)
    return builder.bytes()
  }

  private static func archive(
    _ count: Int, _ change: (inout ZIPBuilder, Int) -> Void
  ) -> [UInt8] {
    var builder = ZIPBuilder((0..<count).map { .init("\($0)", "") })
    builder.hasZIP64Records = count >= 0xffff
    change(&builder, count)
    return builder.bytes()
  }

  static let archives: [HostileFile] = [
    HostileFile("ZIP: members") { archive($0) { _, _ in } },
    HostileFile("ZIP: members of one name") { count in
      archive(count) { builder, count in for index in 0..<count { builder.members[index].name = "a" } }
    },
    HostileFile("ZIP: all members at one place") { count in
      archive(count) { builder, count in
        builder.members[0].content = [UInt8](repeating: 0x61, count: 1 << 16)
        for index in 1..<count {
          builder.members[index].headerOffset = 0
          builder.members[index].size = 1 << 16
        }
      }
    },
    HostileFile("ZIP: members that overlap") { count in
      archive(count) { builder, count in
        for index in 0..<count { builder.members[index].size = UInt32(24 * (count - index)) }
      }
    },
    HostileFile("ZIP: one member, and a list of billions") { count in
      archive(count) { builder, _ in
        builder.entryCount = 0xfffe
        builder.directorySize = 0xffff_fffe
      }
    },
    HostileFile("ZIP: ends in the comment") { count in
      archive(1) { builder, _ in
        builder.comment = repeated(Array("PK\u{5}\u{6}".utf8), min(count, 16000))
        builder.prefix = repeated(Array("PK\u{5}\u{6}".utf8), count)
      }
    },
    HostileFile("ZIP: members without a directory") {
      repeated(Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 26), $0)
    },
    HostileFile("ZIP: headers with sizes behind the data") { count in
      repeated(Array("PK\u{3}\u{4}".utf8) + [20, 0, 8, 0, 8, 0] + [UInt8](repeating: 0, count: 20), count)
    },
    HostileFile("ZIP: data without end", fault: "unpacked-size-mismatch") { count in
      var member = ZIPBuilder.Member("[Content_Types].xml")
      member.content = Array(deflateBomb(count).dropFirst(2))
      member.method = 8
      var builder = ZIPBuilder([member])
      return builder.bytes()
    },
    HostileFile("OOXML: entities of entities") { count in
      var types = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY a0 'a'>"
      for index in 1...max(1, count / 16) {
        types += "<!ENTITY a\(index) '\(String(repeating: "&a\(index - 1);", count: 10))'>"
      }
      return package(types + "]><Types>&a\(count / 16);</Types>")
    },
    HostileFile("OOXML: elements in elements") { package("<Types>" + String(repeating: "<a>", count: $0)) },
    HostileFile("OOXML: attributes") {
      package("<Types><Override" + String(repeating: " a='b'", count: $0) + "/></Types>")
    },
    HostileFile("OOXML: overrides") { count in
      package(
        "<Types>" + String(repeating: "<Override PartName='/a' ContentType='b'/>", count: count) + "</Types>")
    },
    HostileFile("gzip: data without end") {
      [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + deflateBomb($0).dropFirst(2)
    },
  ]
}

// MARK: - Documents

extension HostileFile {
  /// A document with the objects and a matching cross-reference table. Its catalog is object 1.
  private static func pdf(_ objects: [String], trailer: String = "/Root 1 0 R") -> [UInt8] {
    var file = Array("%PDF-1.7\n".utf8)
    var table = "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
    for (index, object) in objects.enumerated() {
      let offset = "\(file.count)"
      table += String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
      file += Array("\(index + 1) 0 obj\n\(object)\nendobj\n".utf8)
    }
    let start = file.count
    return file
      + Array("\(table)trailer\n<<\(trailer)/Size \(objects.count + 1)>>\nstartxref\n\(start)\n%%EOF\n".utf8)
  }

  private static let catalogue = "<</Type/Catalog/Pages 2 0 R>>"
  private static let pages = "<</Type/Pages/Count 1/Kids[3 0 R]>>"
  private static let page = "<</Type/Page/Parent 2 0 R>>"

  private static func compound(
    _ nodes: [CompoundFileBuilder.Node], _ change: (CompoundFileBuilder, inout [UInt8]) -> Void
  )
    -> [UInt8]
  {
    var builder = CompoundFileBuilder(nodes)
    var bytes = builder.bytes()
    change(builder, &bytes)
    return bytes
  }

  private static func word(_ count: Int) -> [CompoundFileBuilder.Node] {
    [
      .stream(
        "WordDocument",
        [0xec, 0xa5, 0xc1, 0] + [UInt8](repeating: 0, count: max(5000, min(count * 4, 6_000_000))))
    ]
  }

  static let documents: [HostileFile] = [
    HostileFile("PDF: a table before the table, which is itself") { count in
      let plain = pdf([catalogue, pages, page] + [String](repeating: "<<>>", count: count))
      let start = try #require(plain.index(of: "xref\n0"))
      return pdf(
        [catalogue, pages, page] + [String](repeating: "<<>>", count: count),
        trailer: "/Root 1 0 R/Prev \(start)")
    },
    HostileFile("PDF: a chain of tables") { count in
      var file = Array(
        "%PDF-1.7\n1 0 obj\(catalogue)endobj 2 0 obj\(pages)endobj 3 0 obj\(page)endobj\n".utf8)
      var previous = 0
      for _ in 0..<count / 8 {
        let start = file.count
        file += Array("xref\n0 0\ntrailer<</Root 1 0 R/Size 4/Prev \(previous)>>\n".utf8)
        previous = start
      }
      return file + Array("startxref\n\(previous)\n%%EOF\n".utf8)
    },
    HostileFile("PDF: sections of a table") { count in
      let start = "%PDF-1.7\n1 0 obj\(catalogue)endobj 2 0 obj\(pages)endobj 3 0 obj\(page)endobj\n"
      return Array(
        (start + "xref\n" + String(repeating: "0 0\n", count: count)
          + "trailer<</Root 1 0 R/Size 4>>startxref\n\(start.utf8.count)\n%%EOF\n").utf8)
    },
    HostileFile("PDF: pages in circles") { count in
      pdf([
        catalogue, "<</Type/Pages/Count \(UInt32.max)/Kids[\(String(repeating: "2 0 R ", count: count))]>>",
      ])
    },
    HostileFile("PDF: arrays in arrays") { pdf([catalogue, pages, String(repeating: "[", count: $0)]) },
    HostileFile("PDF: texts in texts") { pdf([catalogue, String(repeating: "(", count: $0)]) },
    HostileFile("PDF: filters of filters") { count in
      pdf([
        catalogue, pages, page,
        "<</Type/ObjStm/N 1/First 4/Length 4 0 R/Filter[\(String(repeating: "/FlateDecode", count: count))]>>\nstream\nx\nendstream",
      ])
    },
    HostileFile("PDF: streams of objects that extend each other") { count in
      pdf(
        [catalogue, pages, page]
          + (0..<count / 16).map {
            "<</Type/ObjStm/N 1/First 4/Extends \(4 + ($0 + 1) % (count / 16)) 0 R/Length 8>>\nstream\n1 0 <<>>\nendstream"
          })
    },
    HostileFile("PDF: a table without end") { count in
      let start = "%PDF-1.7\n1 0 obj\(catalogue)endobj 2 0 obj\(pages)endobj 3 0 obj\(page)endobj\n"
      let stream = deflateBomb(count)
      let object =
        "4 0 obj<</Type/XRef/Root 1 0 R/Size 4294967295/W[1 4 2]/Filter/FlateDecode/Length \(stream.count)"
        + "/DecodeParms<</Predictor 12/Columns 7>>>>\nstream\n"
      return Array(start.utf8) + Array(object.utf8) + stream
        + Array("\nendstream endobj\nstartxref\n\(start.utf8.count)\n%%EOF\n".utf8)
    },
    HostileFile("PDF: ends") {
      pdf([catalogue, pages, page]) + repeated(Array("startxref\n0\n%%EOF\n".utf8), $0)
    },
    HostileFile("PDF: words of objects and no table", fault: "truncated") { count in
      Array("%PDF-1.7\n".utf8) + repeated(Array("1 0 obj endobj ".utf8), count)
    },
    HostileFile("OLE: entries of the directory") { count in
      compound(word(0) + (0..<min(count, 7000)).map { .stream("\($0)", []) }) { _, _ in }
    },
    HostileFile("OLE: a directory that leads back to itself") { count in
      compound(word(count)) { builder, bytes in
        for field in [68, 72, 76] {
          bytes = bytes.with(littleEndian(UInt32(1)), at: builder.directoryStart + 128 + field)
        }
      }
    },
    HostileFile("OLE: chains that lead back to themselves") { count in
      compound(word(count)) { builder, bytes in
        for index in 0..<min(count / 128, 1000) {
          bytes = bytes.with(littleEndian(UInt32(index)), at: builder.fatStart + 4 * index)
        }
      }
    },
    HostileFile("OLE: a table of tables that leads back to itself") { count in
      compound(word(count)) { _, bytes in
        bytes = bytes.with(littleEndian(UInt32(0)) + littleEndian(UInt32.max), at: 68)
        bytes = bytes.with(littleEndian(UInt32(0)), at: 512 + 508)
      }
    },
  ]
}

// MARK: - Texts

extension HostileFile {
  static let texts: [HostileFile] = [
    HostileFile("JSON: arrays in arrays") { repeated(Array("[".utf8), $0) },
    HostileFile("JSON: objects in objects") { repeated(Array("{\"a\":".utf8), $0) },
    HostileFile("CSV: columns") { repeated(Array("a,".utf8), $0) },
    HostileFile("CSV: an open quote") { Array("\"".utf8) + repeated(Array("a,\n".utf8), $0) },
    HostileFile("text: marks of words") { repeated(Array("é\t".utf8), $0) },
    HostileFile("text: line ends") { repeated([0x0a], $0) },
    HostileFile("text: elements") { repeated(Array("<a ".utf8), $0) },
    HostileFile("XML: entities of entities") { count in
      Array("<?xml version='1.0'?><!DOCTYPE a [".utf8)
        + repeated(Array("<!ENTITY a '&a;&a;&a;'>".utf8), count)
    },
    HostileFile("zeros") { repeated([0], $0) },
    HostileFile("a picture in pieces") { repeated([0xff, 0xd8, 0xff, 0xe0, 0x00], $0) },
  ]
}

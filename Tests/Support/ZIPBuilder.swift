/// Builds ZIP archives of stored members, valid or malformed.
struct ZIPBuilder {
  /// A member, and wrong values for its headers.
  struct Member {
    var name: String
    var content: [UInt8]
    var method: UInt16 = 0
    var flags: UInt16 = 0
    /// The name in the local header; nil for the same name.
    var localName: String?
    var crc32: UInt32?
    var localCRC32: UInt32?
    var size: UInt32?
    var localSize: UInt32?
    var headerOffset: UInt32?

    init(_ name: String, _ content: String = "x") {
      self.name = name
      self.content = Array(content.utf8)
    }
  }

  var members: [Member] = []
  var prefix: [UInt8] = []
  /// Whether offsets include the bytes before the archive.
  var countsPrefix = false
  var comment: [UInt8] = []
  var suffix: [UInt8] = []
  var entryCount: UInt16?
  var directorySize: UInt32?
  var directoryOffset: UInt32?
  var hasZIP64Records = false

  init(_ members: [Member]) { self.members = members }

  /// The offsets in `bytes` of each member, the directory and the end record.
  private(set) var headerOffsets: [Int] = []
  private(set) var directoryStart = 0
  private(set) var endRecordStart = 0

  mutating func bytes() -> [UInt8] {
    var file = prefix
    let base = countsPrefix ? 0 : prefix.count
    headerOffsets = []
    var directory: [UInt8] = []
    for member in members {
      let crc = member.crc32 ?? crc32(member.content)
      let size = UInt32(member.content.count)
      let localName = Array((member.localName ?? member.name).utf8)
      headerOffsets.append(file.count)
      let offset = member.headerOffset ?? UInt32(file.count - base)
      file +=
        Array("PK\u{3}\u{4}".utf8) + littleEndian(UInt16(20)) + littleEndian(member.flags)
        + littleEndian(member.method)
      file += littleEndian(UInt32(0x21_0000)) + littleEndian(member.localCRC32 ?? crc)
      file +=
        littleEndian(member.localSize ?? member.size ?? size)
        + littleEndian(member.localSize ?? member.size ?? size)
      file += littleEndian(UInt16(localName.count)) + littleEndian(UInt16(0)) + localName + member.content
      let name = Array(member.name.utf8)
      directory +=
        Array("PK\u{1}\u{2}".utf8) + littleEndian(UInt16(20)) + littleEndian(UInt16(20))
        + littleEndian(member.flags)
      directory += littleEndian(member.method) + littleEndian(UInt32(0x21_0000)) + littleEndian(crc)
      directory +=
        littleEndian(member.size ?? size) + littleEndian(member.size ?? size)
        + littleEndian(UInt16(name.count))
      directory += [UInt8](repeating: 0, count: 12) + littleEndian(offset) + name
    }
    directoryStart = file.count
    file += directory
    let start = UInt32(directoryStart - base)
    if hasZIP64Records {
      let record = file.count - base
      file +=
        Array("PK\u{6}\u{6}".utf8) + littleEndian(UInt64(44)) + littleEndian(UInt32(0x2d002d))
        + littleEndian(UInt64(0))
      file +=
        littleEndian(UInt64(members.count)) + littleEndian(UInt64(members.count))
        + littleEndian(UInt64(directory.count))
      file += littleEndian(UInt64(start))
      file +=
        Array("PK\u{6}\u{7}".utf8) + littleEndian(UInt32(0)) + littleEndian(UInt64(record))
        + littleEndian(UInt32(1))
    }
    endRecordStart = file.count
    let count = entryCount ?? (hasZIP64Records ? .max : UInt16(truncatingIfNeeded: members.count))
    file += Array("PK\u{5}\u{6}".utf8) + littleEndian(UInt32(0)) + littleEndian(count) + littleEndian(count)
    file += littleEndian(directorySize ?? (hasZIP64Records ? .max : UInt32(directory.count)))
    file += littleEndian(directoryOffset ?? (hasZIP64Records ? .max : start))
    file += littleEndian(UInt16(comment.count)) + comment
    return file + suffix
  }
}

/// A minimal package of the Open Packaging Conventions.
enum Package {
  static let officeDocument =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"

  static func members(
    main: String = "word/document.xml", contentType: String, relationship: String = officeDocument,
    more: [ZIPBuilder.Member] = []
  ) -> [ZIPBuilder.Member] {
    [
      .init(
        "[Content_Types].xml",
        """
        <?xml version="1.0"?><Types><Default Extension="xml" ContentType="application/xml"/>\
        <Override PartName="/\(main)" ContentType="\(contentType)"/></Types>
        """),
      .init(
        "_rels/.rels",
        """
        <Relationships><Relationship Id="r1" Type="\(relationship)" Target="\(main)"/></Relationships>
        """),
      .init(main, content(of: contentType)),
    ] + more
  }

  /// A main part of a content type, with as little as possible.
  static func content(of contentType: String) -> String {
    let type = contentType.lowercased()
    func namespace(_ language: String) -> String {
      "xmlns='http://schemas.openxmlformats.org/\(language)/2006/main'"
    }
    if type.contains("wordprocessingml") || type.contains("ms-word") {
      return "<document \(namespace("wordprocessingml"))><body/></document>"
    } else if type.contains("spreadsheetml") || type.contains("ms-excel") {
      return "<workbook \(namespace("spreadsheetml"))><sheets><sheet/></sheets></workbook>"
    } else if type.contains("presentationml") || type.contains("ms-powerpoint") {
      return "<presentation \(namespace("presentationml"))/>"
    }
    return "<x/>"
  }
}

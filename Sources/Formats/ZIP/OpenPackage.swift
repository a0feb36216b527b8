internal import PreflightFacts
internal import PreflightBytes

/// A package of the Open Packaging Conventions (ISO/IEC 29500-2:2021), the basis of OOXML: what its content
/// types and relationships declare.
struct OpenPackage {
  /// The main part's type, or nil if none is named.
  private(set) var type: OfficeType?
  /// The part at which reading starts, according to the relationships.
  private(set) var mainPart: String?
  /// Whether there are macros; nil if none were seen, and not all parts were checked.
  private(set) var hasMacros: Bool?
  /// Whether the content types could be read to their end.
  let hasContentTypes: Bool

  init(
    _ contents: ZIPContents, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    var content: MemberBytes?
    if let member = contents.contentTypes {
      content = try Self.part(member, "content types", in: &window, into: &reading)
    }
    let types = content.map { ContentTypes($0.bytes) }
    var targets: [String] = []
    if let member = contents.relationships {
      targets = try Self.part(member, "relationships", in: &window, into: &reading).map(Self.targets) ?? []
    }
    hasContentTypes = content?.isCut == false
    if contents.hints.contains(.macros) || types?.hasMacros == true {
      hasMacros = true
    } else {
      hasMacros = content?.isCut == true ? nil : false
    }
    mainPart = targets.first
    if let types {
      for target in targets {
        guard let found = types.type(of: target) else { continue }
        (type, mainPart) = (found, target)
        break
      }
      type = type ?? types.firstMain
    }
    if let type, type.isMacroEnabled { hasMacros = true }
  }

  /// The type that the names of the parts suggest, for a package that doesn't declare it.
  func suggestedType(_ hints: ZIPContents.Hints) -> MediaType? {
    let main = mainPart?.lowercased().drop { $0 == "/" } ?? ""
    let hasMacros = hasMacros == true
    if main.hasPrefix("word/") { return Self.word(hasMacros) }
    if main.hasPrefix("xl/") { return Self.excel(hasMacros) }
    if main.hasPrefix("ppt/") { return Self.powerPoint(hasMacros) }
    switch hints.intersection([.word, .excel, .powerPoint, .visio]) {
    case .word: return Self.word(hasMacros)
    case .excel: return Self.excel(hasMacros)
    case .powerPoint: return Self.powerPoint(hasMacros)
    case .visio: return "application/vnd.ms-visio.drawing"
    default: return nil
    }
  }

  private static func word(_ macros: Bool) -> MediaType {
    macros ? "application/vnd.ms-word.document.macroEnabled.12" : .docx
  }

  private static func excel(_ macros: Bool) -> MediaType {
    macros ? "application/vnd.ms-excel.sheet.macroEnabled.12" : .xlsx
  }

  private static func powerPoint(_ macros: Bool) -> MediaType {
    macros ? "application/vnd.ms-powerpoint.presentation.macroEnabled.12" : .pptx
  }

  /// The start of a member, unpacked.
  struct MemberBytes {
    let bytes: [UInt8]
    /// Whether the member goes on.
    let isCut: Bool
  }

  /// A part that declares the package's type, up to ``Limits/ZIP/part``, which is noted; nil if it can't be
  /// read.
  ///
  /// - Parameter what: What it lists, such as "content types".
  static func part(
    _ member: ZIPMember, _ what: String, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) -> MemberBytes? {
    guard let part = try bytes(of: member, in: &window, upTo: Limits.ZIP.part) else { return nil }
    if part.isCut {
      let size = Limits.size(Limits.ZIP.part)
      reading.leaveUnchecked(
        UncheckedPart(
          "\(what) after the first \(size)", limit: "\(size) decompressed",
          at: member.place(before: window.byteCount)))
    }
    return part
  }

  /// Where a member's data is; nil if it can't be read.
  static func data(
    of member: ZIPMember, in window: inout ByteWindow
  ) throws(ReadError) -> Range<UInt64>? {
    guard !member.flags.contains(.encrypted),
      member.method == ZIPMember.deflated || member.method == ZIPMember.stored
    else { return nil }
    var fixed = try window.available(at: member.headerOffset, upTo: LocalFileHeader.byteCount)
    guard fixed.has(LocalFileHeader.signature), fixed.remaining == LocalFileHeader.byteCount else {
      return nil
    }
    let header = try LocalFileHeader(parsing: &fixed)
    let start = member.headerOffset + UInt64(header.headerByteCount)
    let claimedEnd = try start.adding(member.compressedSize, claimedAt: member.entryOffset)
    let end = min(claimedEnd, window.byteCount)
    return start <= end ? start..<end : nil
  }

  /// The start of a member; nil if it can't be read.
  static func bytes(
    of member: ZIPMember, in window: inout ByteWindow, upTo limit: UInt64
  ) throws(ReadError) -> MemberBytes? {
    guard let data = try data(of: member, in: &window), !data.isEmpty else { return nil }
    let isDeflated = member.method == ZIPMember.deflated
    if isDeflated, member.uncompressedSize <= limit {
      let bytes = try window.unpackMemberData(in: data, expecting: member.uncompressedSize) { bytes in
        bytes.withUnsafeBytes { Array($0) }
      }
      if let bytes { return MemberBytes(bytes: bytes, isCut: false) }
    }
    var output = [UInt8](repeating: 0, count: 1 << 13)
    var bytes: [UInt8] = []
    let unpacked = try MemberData(
      &window, in: data, isDeflated: isDeflated, limit: limit, output: &output
    ) { block in block.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    if case .overLimit = unpacked.outcome { return MemberBytes(bytes: bytes, isCut: true) }
    return MemberBytes(bytes: bytes, isCut: false)
  }

  /// The targets of the relationships to a main part (ISO/IEC 29500-2, 6.5).
  private static func targets(_ relationships: MemberBytes) -> [String] {
    var markup = Markup(relationships.bytes)
    var targets: [String] = []
    while let tag = markup.nextTag() {
      guard tag.name == "Relationship", tag["TargetMode"] != "External", let type = tag["Type"],
        let target = tag["Target"], mainRelationships.contains(where: { type.hasSuffix($0) })
      else { continue }
      targets.append(Self.partName(target, from: ""))
      if targets.count == Limits.ZIP.mainParts { break }
    }
    return targets
  }

  /// A target as a part name. It is relative to the folder of the part that has the relationship, unless it begins with
  /// a slash, and can't leave the root.
  static func partName(_ target: String, from folder: String) -> String {
    let path = target.prefix { $0 != "#" && $0 != "?" }
    let isAbsolute = path.hasPrefix("/") || path.hasPrefix("\\")
    var name = isAbsolute ? [] : folder.split(separator: "/")
    for piece in path.split(whereSeparator: { $0 == "/" || $0 == "\\" }) where piece != "." {
      if piece == ".." { _ = name.popLast() } else { name.append(piece) }
    }
    return name.joined(separator: "/")
  }

  /// Transitional and Strict have different prefixes.
  private static let mainRelationships = [
    "/relationships/officeDocument", "/2010/relationships/document", "/fixedrepresentation",
    "/3dmodel",
  ]
}

/// `[Content_Types].xml` (ISO/IEC 29500-2, 6.2.3), as far as it concerns main parts.
private struct ContentTypes {
  /// By part name.
  private var overrides: [UInt64: OfficeType] = [:]
  /// By extension in lower case.
  private var defaults: [String: OfficeType] = [:]
  /// The first type that only main parts have.
  private(set) var firstMain: OfficeType?
  private(set) var hasMacros = false

  init(_ bytes: [UInt8]) {
    var markup = Markup(bytes)
    while let tag = markup.nextTag() {
      guard tag.name == "Override" || tag.name == "Default", let contentType = tag["ContentType"] else {
        continue
      }
      guard let type = OfficeType(contentType: contentType) else {
        // A default for an extension doesn't mean that such a part exists.
        if tag.name == "Override", Self.isMacro(contentType) { hasMacros = true }
        continue
      }
      if !type.isCommon { firstMain = firstMain ?? type }
      if let part = tag["PartName"] { overrides[partNameHash(part)] = type }
      if let suffix = tag["Extension"] { defaults[suffix.lowercased()] = type }
    }
  }

  func type(of part: String) -> OfficeType? {
    overrides[partNameHash(part)]
      ?? part.lastIndex(of: ".").flatMap { defaults[part[part.index(after: $0)...].lowercased()] }
  }

  private static func isMacro(_ contentType: String) -> Bool {
    let type = contentType.lowercased()
    return type == "application/vnd.ms-office.vbaproject" || type.hasSuffix("macrosheet+xml")
  }
}

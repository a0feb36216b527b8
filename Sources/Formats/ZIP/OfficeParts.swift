// ISO/IEC 29500-1, 9.1.9, 11.3, 12.3 and 13.3; ISO/IEC 29500-2, 6.5 "Relationships".

package import PreflightFacts
package import PreflightBytes

extension ZIP {
  /// Checks the parts without which an Office document isn't shown: the main part, the sheets or slides that it lists,
  /// and what is read to show them, such as styles. They have to be what they are listed as, in well-formed XML.
  package static func decode(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    // The main part of this one is no XML.
    guard reading.mediaType != .xlsb else { return }
    let search = try EndOfCentralDirectory.find(in: &window, memberStart: memberStart(in: &window))
    guard case .found(let end) = search else { return }
    var directory = CentralDirectory(end)
    var contents = ZIPContents()
    // The structure's reader has noted all that there is to note of these.
    var known = Reading()
    let members = try directory.next(&window, contents: &contents, into: &known)
    guard directory.isAtEnd else { return }
    let package = try OpenPackage(contents, in: &window, into: &known)
    guard package.type?.isOffice == true, package.type?.mediaType == reading.mediaType,
      let main = package.mainPart
    else { return }
    var parts = OfficeParts(members, fileByteCount: window.byteCount)
    let kind = OfficeKind(reading.mediaType?.known?.family)
    try parts.check(from: main, of: kind, in: &window, into: &reading)
  }
}

/// The parts of an Office document, by their names.
private struct OfficeParts {
  private var members: [UInt64: ZIPMember] = [:]
  /// How many more bytes may be decompressed.
  private var outputLeft: UInt64
  private let allOutput: UInt64
  private var faultsLeft = Limits.ZIP.faults
  /// Those that were checked, by their names.
  private var checked: Set<UInt64> = []

  init(_ members: [ZIPMember], fileByteCount: UInt64) {
    // Of members with the same name, as of all that programs look up, the first.
    for member in members where self.members[member.nameHash] == nil {
      self.members[member.nameHash] = member
    }
    allOutput = min(ZIPVerification.maximumOutput(ofFile: fileByteCount), Limits.ZIP.markup)
    outputLeft = allOutput
  }

  private func member(_ name: String) -> ZIPMember? { members[partNameHash(name)] }

  /// Checks the main part and what it leads to.
  mutating func check(
    from main: String, of kind: OfficeKind?, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    for name in ["[Content_Types].xml", "_rels/.rels"] {
      try checkMarkup(of: name, in: &window, into: &reading)
    }
    let isWellFormed = try checkMarkup(of: main, as: kind?.main, in: &window, into: &reading)
    try checkMarkup(of: Self.relationships(of: main), in: &window, into: &reading)
    guard let kind, faultsLeft == Limits.ZIP.faults, let part = member(main),
      let relationships = try relationships(of: main, in: &window)
    else { return }
    let place = part.place(before: window.byteCount)
    var sheets: [String] = []
    // What a text has, if anything, is at its start.
    let limit = kind.list == nil ? UInt64(Limits.ZIP.root) : Limits.ZIP.part
    if let content = try OpenPackage.bytes(of: part, in: &window, upTo: limit) {
      if isWellFormed, !content.isCut, let fault = Self.faultOfEmptiness(content.bytes, kind, at: place) {
        return add(fault, into: &reading)
      }
      if let list = kind.list {
        let targets = Dictionary(relationships.map { ($0.id, $0.target) }) { $1 }
        for ids in Self.listed(content.bytes, list.element) where faultsLeft > 0 {
          guard let target = ids.lazy.compactMap({ targets[$0] }).first else {
            add(
              Fault(
                "part-missing", clause: "ISO/IEC 29500-2 6.5", at: place,
                "The document lists a \(list.part.what) that is nowhere: no relationship of "
                  + "\(quotedName(Array(main.utf8))) leads to it."), into: &reading)
            continue
          }
          let name = OpenPackage.partName(target, from: Self.folder(of: main))
          try checkListed(name, list.part, listedAt: place, in: &window, into: &reading)
          sheets.append(name)
        }
      }
    }
    try checkRead(relationships, of: main, kind.read, in: &window, into: &reading)
    if let strings = relationships.first(where: { $0.type == "sharedStrings" }) {
      let name = OpenPackage.partName(strings.target, from: Self.folder(of: main))
      try checkStrings(name, of: sheets, in: &window, into: &reading)
    }
  }

  private mutating func add(_ fault: Fault, into reading: inout Reading) {
    reading.add(fault)
    faultsLeft -= 1
  }

  /// The fault of a main part that has nothing to show.
  private static func faultOfEmptiness(_ bytes: [UInt8], _ kind: OfficeKind, at place: UInt64) -> Fault? {
    guard let content = kind.content else { return nil }
    var markup = Markup(bytes)
    while let tag = markup.nextTag() { if tag.name == content.element { return nil } }
    return Fault(
      "no-content", clause: content.clause, at: place,
      "The document has no \(content.element), so there is nothing to show.",
      expected: "\(content.element)")
  }

  /// Checks a sheet or a slide.
  private mutating func checkListed(
    _ name: String, _ part: OfficeKind.Part, listedAt place: UInt64, in window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    guard Self.isPlain(name) else { return }
    guard member(name) != nil else {
      return add(
        Fault(
          "part-missing", clause: "ISO/IEC 29500-2 6.5", at: place,
          "The document lists the \(part.what) \(quotedName(Array(name.utf8))), which is missing."),
        into: &reading)
    }
    try checkMarkup(of: name, as: part, in: &window, into: &reading)
  }

  /// Checks what the relationships of a part lead to, as far as it is read, and what those parts lead to.
  private mutating func checkRead(
    _ relationships: [OfficeRelationship], of part: String, _ types: Set<String>, in window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    for relationship in relationships where types.contains(String(relationship.type)) && faultsLeft > 0 {
      let name = OpenPackage.partName(relationship.target, from: Self.folder(of: part))
      guard Self.isPlain(name), !checked.contains(partNameHash(name)) else { continue }
      try checkMarkup(of: name, in: &window, into: &reading)
      // A master of slides leads to its layouts and its theme.
      guard relationship.type == "slideMaster" else { continue }
      try checkMarkup(of: Self.relationships(of: name), in: &window, into: &reading)
      let further = try self.relationships(of: name, in: &window) ?? []
      try checkRead(further, of: name, types.subtracting(["slideMaster"]), in: &window, into: &reading)
    }
  }

  /// Checks that there are texts if sheets refer to them.
  private mutating func checkStrings(
    _ name: String, of sheets: [String], in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    guard Self.isPlain(name), faultsLeft == Limits.ZIP.faults else { return }
    if let member = member(name) {
      guard let content = try OpenPackage.bytes(of: member, in: &window, upTo: Limits.ZIP.part),
        !content.isCut
      else { return }
      var markup = Markup(content.bytes)
      while let tag = markup.nextTag() { if tag.name == "si" { return } }
    }
    for sheet in sheets {
      guard let member = member(sheet), min(member.uncompressedSize, Limits.ZIP.part) <= outputLeft,
        let content = try OpenPackage.bytes(of: member, in: &window, upTo: Limits.ZIP.part)
      else { continue }
      outputLeft -= min(UInt64(content.bytes.count), outputLeft)
      var markup = Markup(content.bytes)
      // Some writers give cells without a value the type of a text.
      var isText = false
      while let tag = markup.nextTag() {
        if tag.name == "c" { isText = tag["t"] == "s" }
        guard tag.name == "v", isText else { continue }
        return add(
          Fault(
            "part-missing", clause: "ISO/IEC 29500-1 12.3.15", at: member.place(before: window.byteCount),
            "Cells of \(quotedName(Array(sheet.utf8))) refer to texts in \(quotedName(Array(name.utf8))), "
              + "which has none, so they are empty."), into: &reading)
      }
    }
  }

  /// Checks that a part is well-formed XML, and what it has to be; each part once. Returns whether it is known to be.
  @discardableResult
  private mutating func checkMarkup(
    of name: String, as part: OfficeKind.Part? = nil, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) -> Bool {
    guard faultsLeft > 0, let member = member(name), checked.insert(partNameHash(name)).inserted,
      let data = try OpenPackage.data(of: member, in: &window)
    else { return false }
    let place = member.place(before: window.byteCount)
    let shown = quotedName(Array(name.utf8))
    guard member.uncompressedSize <= outputLeft else {
      let size = Limits.size(allOutput)
      reading.leaveUnchecked(
        UncheckedPart("whether \(shown) is well-formed XML", limit: "\(size) decompressed", at: place))
      return false
    }
    outputLeft -= member.uncompressedSize
    let (outcome, start) = try Self.scan(
      member, data, keeping: part == nil ? 0 : Limits.ZIP.root, in: &window)
    switch outcome {
    case .wellFormed:
      guard let part, let root = Self.root(start), !part.isRoot(root) else { return true }
      add(
        Fault(
          "part-root", clause: part.clause, at: place,
          "Part \(shown) isn't a \(part.what), so it isn't shown.",
          expected: part.roots.sorted().joined(separator: ", "),
          actual: Self.shown(root)), into: &reading)
    case .unknown: break
    case .tooDeep:
      reading.leaveUnchecked(
        UncheckedPart(
          "whether \(shown) is well-formed XML", limit: "\(Limits.ZIP.elements) levels", at: place))
    case .malformed(let words, let clause, let offset):
      add(
        Fault(
          "part-malformed", clause: clause, at: place,
          "Part \(shown) isn't well-formed XML: \(words), at byte \(offset) of it."), into: &reading)
    }
    return false
  }

  /// Scans a part; keeps its beginning if its root element counts.
  private static func scan(
    _ member: ZIPMember, _ data: Range<UInt64>, keeping count: Int, in window: inout ByteWindow
  ) throws(ReadError) -> (XMLScan.Outcome, start: [UInt8]) {
    var scan = XMLScan(keeping: count)
    let isDeflated = member.method == ZIPMember.deflated
    if isDeflated {
      let outcome = try window.unpackMemberData(in: data, expecting: member.uncompressedSize) { bytes in
        scan.update(bytes)
        return scan.finish()
      }
      if let outcome { return (outcome, scan.start) }
    }
    var output = [UInt8](repeating: 0, count: isDeflated ? 1 << 16 : 0)
    _ = try MemberData(
      &window, in: data, isDeflated: isDeflated, limit: member.uncompressedSize, output: &output
    ) { scan.update($0) }
    return (scan.finish(), scan.start)
  }

  /// The root element, if it is near the beginning of a part.
  private static func root(_ start: [UInt8]) -> Markup.Tag? {
    var markup = Markup(start)
    let root = markup.nextTag()
    // The tag may be cut.
    return start.count == Limits.ZIP.root && markup.isAtEnd ? nil : root
  }

  /// What a workbook or a presentation lists: for each, the relationships of which one leads there.
  private static func listed(_ bytes: [UInt8], _ element: String) -> [[String]] {
    var markup = Markup(bytes)
    var listed: [[String]] = []
    while let tag = markup.nextTag() {
      guard tag.name == element else { continue }
      // `r:id`; a slide has an `id` of its own, too, by which sections list it again. That of a sheet of old macros is
      // empty.
      let relationships = tag.attributes.filter { $0.name == "id" && !$0.prefix.isEmpty && !$0.value.isEmpty }
        .map(\.value)
      if !relationships.isEmpty { listed.append(relationships) }
    }
    return listed
  }

  /// The relationships of a part; nil if there are more than are read: then nothing is certain.
  private func relationships(
    of part: String, in window: inout ByteWindow
  ) throws(ReadError) -> [OfficeRelationship]? {
    guard let member = member(Self.relationships(of: part)) else { return [] }
    let bytes = try OpenPackage.bytes(of: member, in: &window, upTo: Limits.ZIP.part)
    guard let bytes, !bytes.isCut else { return nil }
    return OfficeRelationship.all(in: bytes.bytes)
  }

  /// Where the relationships of a part are (ISO/IEC 29500-2, 6.5.2.2).
  private static func relationships(of part: String) -> String {
    let folder = folder(of: part)
    return "\(folder)_rels/\(part.dropFirst(folder.count)).rels"
  }

  private static func folder(of part: String) -> String {
    part.lastIndex(of: "/").map { String(part[...$0]) } ?? ""
  }

  /// Whether a name has no escapes, with which it could be written in several ways.
  private static func isPlain(_ name: String) -> Bool { name.utf8.allSatisfy { $0 < 0x80 && $0 != 0x25 } }

  private static func shown(_ root: Markup.Tag) -> String {
    let namespace = root.namespace.map { " of the namespace \(quotedName(Array($0.utf8)))" } ?? ""
    return "\(quotedName(Array(root.name.utf8)))\(namespace)"
  }
}

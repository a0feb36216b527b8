// ISO/IEC 29500-1, 9.1.9, 12.3.24 and 13.3.8; ISO/IEC 29500-2, 6.5 "Relationships".

package import PreflightFacts
package import PreflightBytes

extension ZIP {
  /// Checks the parts without which an Office document isn't shown: the main part, and the sheets or slides that it
  /// lists. They have to be there, and to be well-formed XML.
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
    try parts.check(from: main, of: reading.mediaType?.known?.family, in: &window, into: &reading)
  }
}

/// The parts of an Office document, by their names.
private struct OfficeParts {
  private var members: [UInt64: ZIPMember] = [:]
  /// How many more bytes may be decompressed.
  private var outputLeft: UInt64
  private let allOutput: UInt64
  private var faultsLeft = Limits.ZIP.faults

  init(_ members: [ZIPMember], fileByteCount: UInt64) {
    // Of members with the same name, as of all that programs look up, the first.
    for member in members where self.members[member.nameHash] == nil {
      self.members[member.nameHash] = member
    }
    allOutput = min(ZIPVerification.maximumOutput(ofFile: fileByteCount), Limits.ZIP.markup)
    outputLeft = allOutput
  }

  private func member(_ name: String) -> ZIPMember? { members[partNameHash(name)] }

  /// Checks the main part and what it lists.
  mutating func check(
    from main: String, of family: MediaType.Family?, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    let folder = main.lastIndex(of: "/").map { main[...$0] } ?? ""
    let relationships = "\(folder)_rels/\(main.dropFirst(folder.count)).rels"
    for name in ["[Content_Types].xml", "_rels/.rels", main, relationships] {
      guard let member = member(name) else { continue }
      try checkMarkup(of: member, name, in: &window, into: &reading)
    }
    guard let items = Self.items(family), faultsLeft == Limits.ZIP.faults, let part = member(main),
      let bytes = try OpenPackage.bytes(of: part, in: &window, upTo: Limits.ZIP.part)
    else { return }
    let listed = Self.listed(bytes.bytes, items)
    if listed.isEmpty { return }
    var targets: [String: String] = [:]
    if let member = member(relationships) {
      let bytes = try OpenPackage.bytes(of: member, in: &window, upTo: Limits.ZIP.part)
      // Nothing is certain of what is beyond it.
      guard let bytes, !bytes.isCut else { return }
      targets = Self.targets(bytes.bytes)
    }
    let place = part.place(before: window.byteCount)
    for item in listed where faultsLeft > 0 {
      guard let target = item.relationships.lazy.compactMap({ targets[$0] }).first else {
        add(
          Fault(
            "part-missing", clause: "ISO/IEC 29500-2 6.5", at: place,
            "The document lists a \(item.what) that is nowhere: no relationship of "
              + "\(quotedName(Array(main.utf8))) leads to it."), into: &reading)
        continue
      }
      try checkListed(
        OpenPackage.partName(target, from: String(folder)), item.what, listedAt: place, in: &window,
        into: &reading)
    }
  }

  private mutating func add(_ fault: Fault, into reading: inout Reading) {
    reading.add(fault)
    faultsLeft -= 1
  }

  /// Checks a sheet or a slide.
  private mutating func checkListed(
    _ name: String, _ what: String, listedAt place: UInt64, in window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    // A name with escapes could be written in several ways.
    guard name.utf8.allSatisfy({ $0 < 0x80 && $0 != 0x25 }) else { return }
    guard let member = member(name) else {
      return add(
        Fault(
          "part-missing", clause: "ISO/IEC 29500-2 6.5", at: place,
          "The document lists the \(what) \(quotedName(Array(name.utf8))), which is missing."),
        into: &reading)
    }
    try checkMarkup(of: member, name, in: &window, into: &reading)
  }

  /// Checks that a part is well-formed XML.
  private mutating func checkMarkup(
    of member: ZIPMember, _ name: String, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    guard faultsLeft > 0, let data = try OpenPackage.data(of: member, in: &window) else { return }
    let place = member.place(before: window.byteCount)
    let shown = quotedName(Array(name.utf8))
    guard member.uncompressedSize <= outputLeft else {
      let size = Limits.size(allOutput)
      return reading.leaveUnchecked(
        UncheckedPart("whether \(shown) is well-formed XML", limit: "\(size) decompressed", at: place))
    }
    outputLeft -= member.uncompressedSize
    switch try Self.scan(member, data, in: &window) {
    case .wellFormed, .unknown: break
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
  }

  private static func scan(
    _ member: ZIPMember, _ data: Range<UInt64>, in window: inout ByteWindow
  ) throws(ReadError) -> XMLScan.Outcome {
    var scan = XMLScan()
    let isDeflated = member.method == ZIPMember.deflated
    if isDeflated {
      let outcome = try window.unpackMemberData(in: data, expecting: member.uncompressedSize) { bytes in
        scan.update(bytes)
        return scan.finish()
      }
      if let outcome { return outcome }
    }
    var output = [UInt8](repeating: 0, count: isDeflated ? 1 << 16 : 0)
    _ = try MemberData(
      &window, in: data, isDeflated: isDeflated, limit: member.uncompressedSize, output: &output
    ) { scan.update($0) }
    return scan.finish()
  }

  /// What a workbook or a presentation lists, with the relationships of which one leads there.
  private static func listed(
    _ bytes: [UInt8], _ items: [String: String]
  ) -> [(what: String, relationships: [String])] {
    var markup = Markup(bytes)
    var listed: [(what: String, relationships: [String])] = []
    while let tag = markup.nextTag() {
      guard let what = items[tag.name] else { continue }
      // `r:id`; a slide has an `id` of its own, too, by which sections list it again. That of a sheet of old macros is
      // empty.
      let relationships = tag.attributes.filter { $0.name == "id" && $0.hasPrefix && !$0.value.isEmpty }
        .map(\.value)
      if !relationships.isEmpty { listed.append((what, relationships)) }
    }
    return listed
  }

  /// The elements that list parts, and what those are; nil for a document of one part.
  private static func items(_ family: MediaType.Family?) -> [String: String]? {
    switch family {
    case .workbook: ["sheet": "sheet"]
    case .presentation: ["sldId": "slide"]
    default: nil
    }
  }

  /// The targets of the relationships within the document, by their identifiers.
  private static func targets(_ bytes: [UInt8]) -> [String: String] {
    var markup = Markup(bytes)
    var targets: [String: String] = [:]
    while let tag = markup.nextTag() {
      guard tag.name == "Relationship", tag["TargetMode"] != "External", let id = tag["Id"],
        let target = tag["Target"]
      else { continue }
      targets[id] = target
    }
    return targets
  }
}

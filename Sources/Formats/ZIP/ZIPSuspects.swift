// ISO/IEC 29500-1, 15.2.9 "Embedded object part" and 15.2.10 "Embedded package part"; ISO/IEC 29500-2, 6.5
// "Relationships".

internal import PreflightFacts
internal import PreflightBytes

/// The members of an Office document that may do something beside being shown: programs, embedded objects,
/// and the lists of what lies outside.
struct ZIPSuspects {
  private static let maximumCount = 16

  /// So much of an embedded object is unpacked, the second where the first isn't enough: its directory stands
  /// at its start, as Office writes it.
  private static let objectByteCounts: [UInt64] = [1 << 14, 1 << 20]

  private var programs: [(member: ZIPMember, name: String)] = []
  private var objects: [ZIPMember] = []
  private var relationships: [ZIPMember] = []
  private var externalLinks: [ZIPMember] = []

  mutating func note(_ name: borrowing ByteSpan, of member: ZIPMember) {
    let count = name.bytes.byteCount
    // A folder is none of them, and most members end in `.xml`.
    guard count > 5, name[count - 1] != 0x2f else { return }
    if name.isPart(endingWith: ".xml") {
      if externalLinks.count < Self.maximumCount, name.isPart(under: "xl/externallinks/") {
        externalLinks.append(member)
      }
    } else if name.isPart(endingWith: ".bin") {
      if objects.count < Self.maximumCount, name.hasFolder("embeddings") { objects.append(member) }
    } else if name.isPart(endingWith: ".rels") {
      if relationships.count < Self.maximumCount, name.isPart(under: "word/_rels/") {
        relationships.append(member)
      }
    } else if programs.count < Self.maximumCount, name.hasShortExtension,
      ProgramName.isProgram(endOf: name.lastBytes(20))
    {
      programs.append((member, String(decoding: name.lastBytes(256), as: UTF8.self)))
    }
  }

  /// Notes what they turn out to be in an Office document.
  func read(in window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    for (member, name) in programs {
      let shown = quotedName(Array(ProgramName.lastPart(name).utf8))
      reading.add(
        HiddenContent(
          .program, at: member.place(before: window.byteCount), "the program \(shown) among its parts"))
    }
    for member in relationships {
      guard let bytes = try OpenPackage.bytes(of: member, in: &window) else { continue }
      Self.noteOutside(bytes, at: member.place(before: window.byteCount), into: &reading)
    }
    for member in externalLinks {
      guard let bytes = try OpenPackage.bytes(of: member, in: &window, upTo: 1 << 16) else { continue }
      Self.noteConversation(bytes, at: member.place(before: window.byteCount), into: &reading)
    }
    for member in objects {
      for limit in Self.objectByteCounts {
        guard let bytes = try OpenPackage.bytes(of: member, in: &window, upTo: limit) else { break }
        let isEnough = try? Self.noteObject(bytes, at: member.place(before: window.byteCount), into: &reading)
        if isEnough == true || bytes.count < limit { break }
      }
    }
  }

  /// - Returns: Whether all that had to be seen was there; an object that makes no sense holds nothing that
  ///   could be started.
  private static func noteObject(
    _ bytes: [UInt8], at offset: UInt64, into reading: inout Reading
  ) throws(ReadError) -> Bool {
    var inner = ByteWindow(MemorySource(bytes))
    guard try inner.available(at: 0, upTo: 8).has(CompoundFileHeader.signature) else { return true }
    var span = try inner.span(at: 0, count: CompoundFileHeader.byteCount)
    let header = try CompoundFileHeader(parsing: &span)
    guard header.isPlausible else { return true }
    let file = try CompoundFile(header, in: &inner)
    let isRead = try PackagedFile.notePrograms(in: file, place: offset, &inner, into: &reading)
    return isRead && !file.fat.isCut && file.directoryDefect == nil
  }

  /// Notes what Word fetches from elsewhere as soon as the document is opened. What lies in the sender's own
  /// folders, as the template mostly does, is not found elsewhere and harms nobody.
  private static func noteOutside(_ bytes: [UInt8], at offset: UInt64, into reading: inout Reading) {
    var markup = Markup(bytes)
    while let tag = markup.nextTag() {
      guard tag.name == "Relationship", tag["TargetMode"] == "External", let type = tag["Type"],
        let target = tag["Target"], isRemote(target)
      else { continue }
      let shown = quotedName(Array(target.utf8))
      if type.hasSuffix("/attachedTemplate") {
        reading.add(
          HiddenContent(
            .launchAction, at: offset, "a template, with its macros, that Word fetches from \(shown)"))
      } else if type.hasSuffix("/oleObject") || type.hasSuffix("/frame") {
        reading.add(
          HiddenContent(.launchAction, at: offset, "an object that Word fetches from \(shown) and runs"))
      }
    }
  }

  /// Notes a DDE link (ISO/IEC 29500-1, 18.14.5) that Excel starts a shell for. Links to other programs,
  /// such as those of stock exchanges, are what the format has them for.
  private static func noteConversation(_ bytes: [UInt8], at offset: UInt64, into reading: inout Reading) {
    let shells: Set<String> = [
      "cmd", "powershell", "pwsh", "mshta", "wscript", "cscript", "rundll32", "regsvr32", "certutil",
      "msiexec",
    ]
    var markup = Markup(bytes)
    while let tag = markup.nextTag() {
      guard tag.name == "ddeLink", let service = tag["ddeService"] else { continue }
      let program = ProgramName.lastPart(service).lowercased()
      let isShell = shells.contains(program) || ProgramName.isProgram(program)
      guard isShell || tag["ddeTopic"]?.lowercased().contains(".exe") == true else { continue }
      let command = service + " " + (tag["ddeTopic"] ?? "")
      reading.add(
        HiddenContent(
          .launchAction, at: offset, "a link (DDE) for which Excel starts \(quotedName(Array(command.utf8)))")
      )
    }
  }

  private static func isRemote(_ target: String) -> Bool {
    let lower = target.lowercased()
    return ["http:", "https:", "ftp:", "mhtml:", "script:", "\\\\"].contains { lower.hasPrefix($0) }
      || lower.hasPrefix("file://") && !lower.hasPrefix("file:///")
      || lower.hasPrefix("file:///\\\\")
  }
}

extension ByteSpan {
  /// Whether a dot stands so near the end that an extension of programs may follow it.
  fileprivate var hasShortExtension: Bool {
    let count = bytes.byteCount
    for index in max(0, count - 20)..<count where self[index] == 0x2e { return true }
    return false
  }

  /// Up to `count` bytes from the end.
  fileprivate func lastBytes(_ count: Int) -> [UInt8] {
    var last: [UInt8] = []
    for index in max(0, bytes.byteCount - count)..<bytes.byteCount {
      if let byte = self[index] { last.append(byte) }
    }
    return last
  }

  /// Whether a folder of this name, given in lower case, is on the way to the part.
  fileprivate func hasFolder(_ name: StaticString) -> Bool {
    let count = name.utf8CodeUnitCount
    var index = 0
    while let slash = firstIndex(of: 0x2f, from: index) {
      if slash - index == count, has(ignoringCase: name, at: index) { return true }
      index = slash + 1
    }
    return false
  }
}

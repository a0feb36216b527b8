// ISO/IEC 29500-1, 15.2.9 "Embedded object part" and 15.2.10 "Embedded package part"; ISO/IEC 29500-2, 6.5
// "Relationships".

internal import PreflightFacts
internal import PreflightBytes

/// The members of an Office document that may be active content: programs, embedded objects, and the lists of
/// external links.
struct ZIPSuspects {
  private var programs: [(member: ZIPMember, name: String)] = []
  private var objects: [ZIPMember] = []
  private var relationships: [ZIPMember] = []
  private var externalLinks: [ZIPMember] = []
  /// The first member over the limit for its kind.
  private var unchecked: ZIPMember?

  mutating func note(_ name: borrowing ByteSpan, of member: ZIPMember) {
    let count = name.bytes.byteCount
    // Directories are none of these, and most members end in `.xml`.
    guard count > 5, name[count - 1] != 0x2f else { return }
    if name.isPart(endingWith: ".xml") {
      if name.isPart(under: "xl/externallinks/") { note(member, in: \.externalLinks) }
    } else if name.isPart(endingWith: ".bin") {
      if name.hasFolder("embeddings") { note(member, in: \.objects) }
    } else if name.isPart(endingWith: ".rels") {
      if name.isPart(under: "word/_rels/") { note(member, in: \.relationships) }
    } else if programs.count < Limits.ZIP.suspects, name.hasShortExtension,
      ProgramName.isProgram(endOf: name.lastBytes(20))
    {
      programs.append((member, String(decoding: name.lastBytes(256), as: UTF8.self)))
    }
  }

  private mutating func note(_ member: ZIPMember, in list: WritableKeyPath<ZIPSuspects, [ZIPMember]>) {
    if self[keyPath: list].count < Limits.ZIP.suspects {
      self[keyPath: list].append(member)
    } else {
      unchecked = unchecked ?? member
    }
  }

  /// Reports the active content that they turn out to be in an Office document.
  func read(in window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    for (member, name) in programs {
      let shown = quotedName(Array(ProgramName.lastPart(name).utf8))
      reading.add(
        HiddenContent(
          .program, at: member.place(before: window.byteCount), "the program \(shown) among its parts"))
    }
    if let unchecked {
      let count = Limits.ZIP.suspects
      reading.leaveUnchecked(
        UncheckedPart(
          "embedded objects and links after the first \(count)", limit: "\(count) of a kind",
          at: unchecked.place(before: window.byteCount)))
    }
    for member in relationships {
      let part = try OpenPackage.part(member, "relationships", in: &window, into: &reading)
      guard let part else { continue }
      Self.noteOutside(part.bytes, at: member.place(before: window.byteCount), into: &reading)
    }
    for member in externalLinks {
      let limit = Limits.ZIP.externalLink
      guard let start = try OpenPackage.bytes(of: member, in: &window, upTo: limit) else { continue }
      let place = member.place(before: window.byteCount)
      if !Self.noteConversation(start.bytes, at: place, into: &reading), start.isCut {
        let size = Limits.size(limit)
        reading.leaveUnchecked(
          UncheckedPart("links after their first \(size)", limit: "\(size) decompressed", at: place))
      }
    }
    var left = Limits.ZIP.allObjects
    for member in objects { try Self.noteObject(member, left: &left, in: &window, into: &reading) }
  }

  /// Notes what an embedded object contains. More of it is decompressed if the start isn't enough.
  ///
  /// - Parameter left: How many more bytes of objects may be decompressed.
  private static func noteObject(
    _ member: ZIPMember, left: inout UInt64, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    let place = member.place(before: window.byteCount)
    for limit in Limits.ZIP.objects where limit <= left {
      guard let start = try OpenPackage.bytes(of: member, in: &window, upTo: limit) else { return }
      left -= min(left, UInt64(start.bytes.count))
      let isEnough = try? noteObject(start.bytes, at: place, into: &reading)
      if isEnough == true || !start.isCut { return }
    }
    let one = Limits.size(Limits.ZIP.objects.last ?? 0)
    let all = Limits.size(Limits.ZIP.allObjects)
    reading.leaveUnchecked(
      UncheckedPart(
        "the contents of large embedded objects", limit: "\(one) per object and \(all) in total", at: place))
  }

  /// - Returns: Whether all relevant data was available; an invalid object contains nothing that could be
  ///   started.
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
    return isRead && file.directoryDefect == nil
  }

  /// Notes what Word loads from elsewhere when the document is opened. Files in the sender's own folders,
  /// where the template usually is, aren't found on other machines and are harmless.
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
            .launchAction, at: offset, "a remote template, with its macros, that Word loads from \(shown)"))
      } else if type.hasSuffix("/oleObject") || type.hasSuffix("/frame") {
        reading.add(
          HiddenContent(.launchAction, at: offset, "a remote object that Word loads from \(shown) and runs"))
      }
    }
  }

  /// Notes a DDE link (ISO/IEC 29500-1, 18.14.5) that makes Excel start a shell. Links to other programs,
  /// such as those of stock exchanges, are normal use.
  ///
  /// - Returns: Whether the link's target was read.
  private static func noteConversation(
    _ bytes: [UInt8], at offset: UInt64, into reading: inout Reading
  ) -> Bool {
    let shells: Set<String> = [
      "cmd", "powershell", "pwsh", "mshta", "wscript", "cscript", "rundll32", "regsvr32", "certutil",
      "msiexec",
    ]
    var markup = Markup(bytes)
    while let tag = markup.nextTag() {
      if tag.name == "externalBook" || tag.name == "oleLink" { return true }
      guard tag.name == "ddeLink", let service = tag["ddeService"] else { continue }
      let program = ProgramName.lastPart(service).lowercased()
      let isShell = shells.contains(program) || ProgramName.isProgram(program)
      guard isShell || tag["ddeTopic"]?.lowercased().contains(".exe") == true else { return true }
      let command = service + " " + (tag["ddeTopic"] ?? "")
      reading.add(
        HiddenContent(
          .launchAction, at: offset, "a DDE link that makes Excel start \(quotedName(Array(command.utf8)))")
      )
      return true
    }
    return false
  }

  private static func isRemote(_ target: String) -> Bool {
    let lower = target.lowercased()
    return ["http:", "https:", "ftp:", "mhtml:", "script:", "\\\\"].contains { lower.hasPrefix($0) }
      || lower.hasPrefix("file://") && !lower.hasPrefix("file:///")
      || lower.hasPrefix("file:///\\\\")
  }
}

extension ByteSpan {
  /// Whether a dot is close enough to the end that a program's extension may follow it.
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

  /// Whether a directory of this name, given in lower case, is in the part's path.
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

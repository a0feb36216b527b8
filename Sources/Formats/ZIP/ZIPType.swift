internal import PreflightFacts
internal import PreflightBytes

/// Detects the archive's type from the names of its members and from the few members that declare it.
enum ZIPType {
  /// Decides for an archive with a directory; `members` is the whole directory unless it is nil.
  static func find(
    _ contents: ZIPContents, _ end: EndOfCentralDirectory, members: [ZIPMember]?,
    in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    reading.facts.encrypted = contents.isEncrypted
    if let type = try declared(contents, in: &window) {
      reading.mediaType = type
      return try readOpenDocument(contents, in: &window, into: &reading)
    }
    if contents.contentTypes != nil || contents.relationships != nil {
      let package = try OpenPackage(contents, in: &window, into: &reading)
      if let type = package.type, !type.isOffice {
        reading.mediaType = type.mediaType
        return
      }
      let isOffice = package.type != nil || package.suggestedType(contents.hints) != nil
      if isOffice, contents.contentTypes != nil || package.mainPart != nil {
        readOffice(package, contents, end, members: members, into: &reading)
        if contents.hints.contains(.javaManifest) {
          reading.add(HiddenContent(.otherFormat, at: end.directoryOffset, "a Java program"))
        }
        return try contents.suspects.read(in: &window, into: &reading)
      }
    }
    if let type = try conventional(contents, in: &window) { reading.mediaType = type }
  }

  /// Decides for an archive of which only the front is present.
  static func findInFragment(
    _ contents: ZIPContents, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    if contents.isEncrypted { reading.facts.encrypted = true }
    if let type = try declared(contents, in: &window) {
      reading.mediaType = type
      return
    }
    let package = try OpenPackage(contents, in: &window, into: &reading)
    if let type = package.type?.mediaType ?? package.suggestedType(contents.hints) {
      reading.mediaType = type
      if package.type?.isOffice != false {
        reading.facts.encrypted = false
        // Macros may be in the part that is gone.
        if package.hasMacros == true { reading.facts.hasMacros = true }
      }
    } else if let type = try conventional(contents, in: &window) {
      reading.mediaType = type
    }
  }

  // MARK: Office

  private static func readOffice(
    _ package: OpenPackage, _ contents: ZIPContents, _ end: EndOfCentralDirectory,
    members: [ZIPMember]?, into reading: inout Reading
  ) {
    reading.mediaType = package.type?.mediaType ?? package.suggestedType(contents.hints)
    reading.facts.hasMacros = package.hasMacros
    if contents.contentTypes == nil {
      reading.add(
        Fault(
          "content-types-missing", clause: "ISO/IEC 29500-2 6.2.3.2", at: end.directoryOffset,
          "The document lacks the part “[Content_Types].xml”."))
    } else if package.hasContentTypes, package.type == nil {
      reading.add(
        Fault(
          "main-content-type-missing", clause: "ISO/IEC 29500-2 6.2.3.2",
          at: contents.contentTypes?.place(before: end.offset),
          "The part “[Content_Types].xml” doesn't declare the document type."))
    }
    if contents.relationships == nil {
      reading.add(
        Fault(
          "relationships-missing", clause: "ISO/IEC 29500-2 6.5.2", at: end.directoryOffset,
          "The document lacks the part “_rels/.rels”."))
    }
    if let member = contents.unusualMember {
      reading.add(
        Fault(
          "compression-not-allowed", clause: "ISO/IEC 29500-2 Annex B", at: member.place(before: end.offset),
          "A part of the document uses a compression method that Office documents don't allow.",
          expected: "stored or deflated", actual: "method \(member.method)"))
    }
    // A name with escapes could be written in several ways.
    guard let main = package.mainPart, main.utf8.allSatisfy({ $0 < 0x80 && $0 != 0x25 }) else { return }
    guard let members else {
      return reading.leaveUnchecked(
        UncheckedPart(
          "whether the main document part exists", limit: "\(Limits.ZIP.members) members",
          at: end.directoryOffset))
    }
    if !members.contains(where: { $0.nameHash == partNameHash(main) }) {
      reading.add(
        Fault(
          "main-part-missing", clause: "ISO/IEC 29500-1 9.1.9",
          at: contents.relationships?.place(before: end.offset),
          "The main document part \(quotedName(Array(main.utf8))) is missing."))
    }
  }

  // MARK: Declared in a member "mimetype"

  private static func declared(
    _ contents: ZIPContents, in window: inout ByteWindow
  ) throws(ReadError) -> MediaType? {
    guard let member = contents.mimetype,
      let start = try OpenPackage.bytes(of: member, in: &window, upTo: Limits.ZIP.mediaType)
    else { return nil }
    let text = String(decoding: start.bytes.prefix { $0 > 0x20 && $0 < 0x7f }, as: UTF8.self)
    return declarable.contains(text) ? MediaType(rawValue: text) : nil
  }

  /// OpenDocument encrypts the members' contents in a way that the ZIP directory doesn't show (OpenDocument
  /// 1.3 part 2, 3.4); the manifest does.
  private static func readOpenDocument(
    _ contents: ZIPContents, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    guard !contents.isEncrypted else { return }
    reading.facts.encrypted = nil
    guard let manifest = contents.openDocumentManifest,
      let part = try OpenPackage.part(manifest, "the manifest", in: &window, into: &reading)
    else { return }
    var markup = Markup(part.bytes)
    // What isn't in one part of the manifest may be in the rest.
    reading.facts.encrypted = part.isCut ? nil : false
    while let tag = markup.nextTag() {
      if tag.name == "encryption-data" { reading.facts.encrypted = true }
    }
  }

  /// The allowed values of a member "mimetype". Other values are ignored: an image's type there must not make
  /// the archive an image.
  private static let declarable: Set<String> = {
    let document = "application/vnd.oasis.opendocument."
    let star = "application/vnd.sun.xml."
    let documents = [
      "text", "text-template", "text-web", "text-master", "text-master-template", "spreadsheet",
      "spreadsheet-template", "presentation", "presentation-template", "graphics",
      "graphics-template", "chart", "chart-template", "formula", "formula-template", "image",
      "image-template", "base", "database",
    ]
    let stars = [
      "writer", "writer.template", "writer.global", "calc", "calc.template", "impress",
      "impress.template", "draw", "draw.template", "math", "base",
    ]
    let others = [
      "application/epub+zip", "application/x-krita", "image/openraster", "application/vnd.recordare.musicxml",
      "application/vnd.etsi.asic-e+zip", "application/vnd.etsi.asic-s+zip",
      "application/vnd.adobe.indesign-idml-package", "application/hwp+zip",
    ]
    return Set(documents.map { document + $0 } + stars.map { star + $0 } + others)
  }()

  // MARK: By convention

  private static func conventional(
    _ contents: ZIPContents, in window: inout ByteWindow
  ) throws(ReadError) -> MediaType? {
    let hints = contents.hints
    if hints.contains([.androidManifest, .androidCode]) {
      return "application/vnd.android.package-archive"
    }
    if hints.contains(.mozillaInstaller) || hints.contains([.extensionManifest, .mozillaSignature]) {
      return "application/x-xpinstall"
    }
    if hints.contains(.java) { return "application/java-archive" }
    if let document = contents.iWorkDocument {
      return try iWork(document, hints: hints, in: &window)
    }
    if hints.contains(.keynote09) { return "application/vnd.apple.keynote" }
    if hints.contains(.numbers09) { return "application/vnd.apple.numbers" }
    if hints.contains(.pages09) { return "application/vnd.apple.pages" }
    if hints.contains(.fixedDocument) { return "application/vnd.ms-xpsdocument" }
    if hints.contains(.threeDModel) { return "model/3mf" }
    if hints.contains(.sceneDescription) { return "model/vnd.usdz+zip" }
    if hints.contains(.placemarks) { return "application/vnd.google-earth.kmz" }
    return nil
  }

  /// Distinguishes iWork's three programs, whose archives have the same layout: by the slides, and by the
  /// number of the message at the start of the document, which is 10000 in Pages.
  private static func iWork(
    _ document: ZIPMember, hints: ZIPContents.Hints, in window: inout ByteWindow
  ) throws(ReadError) -> MediaType {
    if hints.contains(.keynoteSlides) { return "application/vnd.apple.keynote" }
    let head = try OpenPackage.bytes(of: document, in: &window, upTo: Limits.ZIP.messageHead)?.bytes ?? []
    let isPages = head.indices.contains { head[$0...].starts(with: [0x08, 0x90, 0x4e]) }
    return isPages ? "application/vnd.apple.pages" : "application/vnd.apple.numbers"
  }
}

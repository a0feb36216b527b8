internal import PreflightFacts
internal import PreflightBytes

/// What the members' names reveal about the archive's type, and the few members that have to be read for the
/// rest.
struct ZIPContents {
  private(set) var contentTypes: ZIPMember?
  private(set) var relationships: ZIPMember?
  private(set) var mimetype: ZIPMember?
  private(set) var openDocumentManifest: ZIPMember?
  private(set) var iWorkDocument: ZIPMember?
  /// A member with a compression method that packages don't allow.
  private(set) var unusualMember: ZIPMember?
  /// Members for programs, for objects that may contain some, and for links out of the document.
  private(set) var suspects = ZIPSuspects()
  private(set) var hints: Hints = []
  /// Whether a member can't be read without a password.
  private(set) var isEncrypted = false
  private var isFirst = true

  struct Hints: OptionSet {
    let rawValue: UInt32
    static let word = Hints(rawValue: 1 << 0)
    static let excel = Hints(rawValue: 1 << 1)
    static let powerPoint = Hints(rawValue: 1 << 2)
    static let visio = Hints(rawValue: 1 << 3)
    static let macros = Hints(rawValue: 1 << 4)
    static let java = Hints(rawValue: 1 << 5)
    static let androidManifest = Hints(rawValue: 1 << 6)
    static let androidCode = Hints(rawValue: 1 << 7)
    static let keynoteSlides = Hints(rawValue: 1 << 8)
    static let keynote09 = Hints(rawValue: 1 << 9)
    static let numbers09 = Hints(rawValue: 1 << 10)
    static let pages09 = Hints(rawValue: 1 << 11)
    static let placemarks = Hints(rawValue: 1 << 12)
    static let extensionManifest = Hints(rawValue: 1 << 13)
    static let mozillaSignature = Hints(rawValue: 1 << 14)
    static let mozillaInstaller = Hints(rawValue: 1 << 15)
    static let fixedDocument = Hints(rawValue: 1 << 16)
    static let threeDModel = Hints(rawValue: 1 << 17)
    static let sceneDescription = Hints(rawValue: 1 << 18)
    static let javaManifest = Hints(rawValue: 1 << 19)
  }

  mutating func note(_ name: borrowing ByteSpan, of member: ZIPMember) {
    if member.flags.contains(.encrypted) { isEncrypted = true }
    if !Self.packageMethods.contains(member.method) { unusualMember = unusualMember ?? member }
    if isFirst {
      // Java's own tools put this directory first, with or without a manifest.
      if name.isPart(under: "meta-inf/") { hints.insert(.java) }
      if name.isPart(endingWith: ".usdc") || name.isPart(endingWith: ".usda") {
        hints.insert(.sceneDescription)
      }
    }
    isFirst = false
    suspects.note(name, of: member)
    noteOfficeParts(name, of: member)
    noteOthers(name, of: member)
  }

  /// Stored and deflated; and Deflate64, which Microsoft's readers accept.
  private static let packageMethods: Set<UInt16> = [ZIPMember.stored, ZIPMember.deflated, 9]

  private mutating func noteOfficeParts(_ name: borrowing ByteSpan, of member: ZIPMember) {
    if name.isPart("[content_types].xml") {
      contentTypes = contentTypes ?? member
    } else if name.isPart("_rels/.rels") {
      relationships = relationships ?? member
    } else if name.isPart(under: "word/") {
      hints.insert(.word)
    } else if name.isPart(under: "xl/") {
      hints.insert(.excel)
      if name.isPart(under: "xl/macrosheets/") { hints.insert(.macros) }
    } else if name.isPart(under: "ppt/") {
      hints.insert(.powerPoint)
    } else if name.isPart(under: "visio/") {
      hints.insert(.visio)
    } else if name.isPart(endingWith: ".fdseq") {
      hints.insert(.fixedDocument)
    } else if name.isPart("3d/3dmodel.model") {
      hints.insert(.threeDModel)
    }
    if name.isPart(endingWith: "vbaproject.bin") { hints.insert(.macros) }
  }

  private mutating func noteOthers(_ name: borrowing ByteSpan, of member: ZIPMember) {
    if name.isPart("mimetype") {
      mimetype = mimetype ?? member
    } else if name.isPart(under: "meta-inf/") {
      if name.isPart("meta-inf/manifest.xml") {
        openDocumentManifest = openDocumentManifest ?? member
      }
      if name.isPart("meta-inf/manifest.mf") { hints.formUnion([.java, .javaManifest]) }
      if name.isPart("meta-inf/mozilla.rsa") || name.isPart("meta-inf/cose.sig") {
        hints.insert(.mozillaSignature)
      }
    } else if name.isPart(under: "index/") {
      if name.isPart("index/document.iwa") { iWorkDocument = iWorkDocument ?? member }
      if name.isPart(under: "index/slide") || name.isPart(under: "index/masterslide")
        || name.isPart(under: "index/templateslide")
      {
        hints.insert(.keynoteSlides)
      }
    } else if name.isRootPart {
      noteRootPart(name)
    }
  }

  private mutating func noteRootPart(_ name: borrowing ByteSpan) {
    if name.isPart("androidmanifest.xml") { hints.insert(.androidManifest) }
    if name.isPart("classes.dex") || name.isPart("resources.arsc") { hints.insert(.androidCode) }
    if name.isPart(endingWith: ".kml") { hints.insert(.placemarks) }
    if name.isPart("manifest.json") { hints.insert(.extensionManifest) }
    if name.isPart("install.rdf") { hints.insert(.mozillaInstaller) }
    if name.isPart("index.apxl") || name.isPart("index.apxl.gz") { hints.insert(.keynote09) }
    if name.isPart("index.numbers") { hints.insert(.numbers09) }
    if name.isPart("buildversionhistory.plist") { hints.insert(.pages09) }
  }
}

internal import PreflightFacts

/// The type by the streams in the root of a compound file, or by the root's class.
///
/// Nested storages contain embedded objects of any kind, which must not decide.
enum OLEType {
  case word, excel, powerPoint
  /// An OOXML package that is encrypted as a whole (MS-OFFCRYPTO 2.3.4).
  case encryptedPackage
  case other(MediaType)

  static let unknown: MediaType = "application/x-ole-storage"

  var mediaType: MediaType {
    switch self {
    case .word: "application/msword"
    case .excel: "application/vnd.ms-excel"
    case .powerPoint: "application/vnd.ms-powerpoint"
    case .encryptedPackage: "application/encrypted"
    case .other(let mediaType): mediaType
    }
  }

  /// Decides by the streams in the root.
  init?(_ directory: CompoundDirectory) {
    var names: Set<CompoundName> = []
    for entry in directory.rootEntries { if let name = entry.name { names.insert(name) } }
    self.init(names, class: directory.rootClass)
  }

  /// Decides by the names of streams; if there are several, the class decides.
  init?(_ names: Set<CompoundName>, class: ClassIdentifier?) {
    let found = Self.names.filter { names.isSuperset(of: $0.names) }.map(\.type)
    guard let first = found.first else { return nil }
    let ofClass = `class`.flatMap { Self.classes[$0] }
    self = found.first { $0.mediaType == ofClass?.mediaType } ?? first
  }

  /// Decides by the root's class.
  init?(class: ClassIdentifier?) {
    guard let type = `class`.flatMap({ Self.classes[$0] }) else { return nil }
    self = type
  }

  /// Whether a document of this type needs its stream.
  var needsStream: Bool {
    switch self {
    case .word, .excel, .powerPoint, .encryptedPackage: true
    case .other: false
    }
  }

  private static let names: [(names: Set<CompoundName>, type: OLEType)] = [
    ([.encryptedPackage], .encryptedPackage),
    ([.wordDocument], .word),
    ([.workbook], .excel),
    ([.book], .excel),
    ([.powerPointDocument], .powerPoint),
    ([.powerPoint4], .powerPoint),
    ([.visioDocument], .other("application/vnd.visio")),
    ([.messageProperties, .messageNames], .other("application/vnd.ms-outlook")),
    ([.quill], .other("application/vnd.ms-publisher")),
    ([.worksText], .other("application/vnd.ms-works")),
    ([.worksBook], .other("application/vnd.ms-works")),
    ([.hangul], .other("application/x-hwp")),
  ]

  /// The first 32 bits identify the classes whose identifiers end in 0000-0000-C000-000000000046.
  private static func ole(_ number: UInt32) -> ClassIdentifier {
    ClassIdentifier(high: UInt64(number.byteSwapped) << 32, low: 0xc000_0000_0000_0046)
  }

  private static let classes: [ClassIdentifier: OLEType] = [
    ole(0x0002_0900): .word,
    ole(0x0002_0906): .word,
    ole(0x0002_0810): .excel,
    ole(0x0002_0820): .excel,
    ole(0x0004_4851): .powerPoint,
    .init(high: 0x70ae_7bea_3bfb_cd11, low: 0xa903_00aa_0051_0ea3): .powerPoint,
    .init(high: 0x108d_8164_9b4f_cf11, low: 0x86ea_00aa_00b9_29e8): .powerPoint,
    ole(0x0002_1a11): .other("application/vnd.visio"),
    ole(0x0002_1a13): .other("application/vnd.visio"),
    ole(0x0002_1a14): .other("application/vnd.visio"),
    ole(0x0002_0d0b): .other("application/vnd.ms-outlook"),
    ole(0x0006_f046): .other("application/vnd.ms-outlook"),
    ole(0x000c_1082): .other("application/x-msi"),
    ole(0x000c_1084): .other("application/x-msi"),
    ole(0x000c_1086): .other("application/x-msi"),
    ole(0x0002_1302): .other("application/vnd.ms-works"),
    ole(0x0002_1303): .other("application/vnd.ms-works"),
    .init(high: 0xc2db_cd28_e20a_ce11, low: 0xa29a_00aa_004a_1a72): .other("application/vnd.ms-works"),
    .init(high: 0xc3db_cd28_e20a_ce11, low: 0xa29a_00aa_004a_1a72): .other("application/vnd.ms-works"),
    .init(high: 0xb25a_a40e_0a9e_d111, low: 0xa407_00c0_4fb9_32ba): .other("application/vnd.ms-works"),
    .init(high: 0x0112_0200_0000_0000, low: 0x00c0_0000_0000_0046):
      .other("application/vnd.ms-publisher"),
    .init(high: 0x3a8f_b774_c8c8_d111, low: 0xbe11_00c0_4fb6_faf1):
      .other("application/vnd.ms-project"),
  ]
}

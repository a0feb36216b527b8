package import PreflightFacts
internal import PreflightBytes

/// The document's type by the content type of a package's main part.
struct OfficeType {
  let mediaType: MediaType
  let isMacroEnabled: Bool
  /// Whether the package is a document of Word, Excel, PowerPoint or Visio.
  let isOffice: Bool
  /// Whether other documents also have parts of this content type.
  let isCommon: Bool

  /// The type for a main part's content type, in any case and with parameters.
  init?(contentType: String) {
    // By bytes: a package has twenty parts or more, and text comparison by characters takes a hundred times
    // as long.
    let space = UInt8(ascii: " ")
    let essence = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }.drop { $0 == space }
    let name = essence.prefix { $0 != space }.map(\.asciiLowercased)
    guard let entry = Self.table[String(decoding: name, as: UTF8.self)] else { return nil }
    self = entry
  }

  private init(
    _ mediaType: MediaType, macros: Bool = false, office: Bool = true, common: Bool = false
  ) {
    self.mediaType = mediaType
    isMacroEnabled = macros
    isOffice = office
    isCommon = common
  }

  private static let open = "application/vnd.openxmlformats-officedocument."

  /// By content type in lower case (ISO/IEC 29500-1, 11.3, 12.3 and 13.3; MS-OFFMACRO2, 2.2; MS-XLSB,
  /// 2.1.7; MS-VSDX, 2.2.3; ECMA-388, 10).
  private static let table: [String: OfficeType] = [
    open + "wordprocessingml.document.main+xml": .init(.docx),
    open + "wordprocessingml.template.main+xml":
      .init("application/vnd.openxmlformats-officedocument.wordprocessingml.template"),
    "application/vnd.ms-word.document.macroenabled.main+xml":
      .init("application/vnd.ms-word.document.macroEnabled.12", macros: true),
    "application/vnd.ms-word.template.macroenabledtemplate.main+xml":
      .init("application/vnd.ms-word.template.macroEnabled.12", macros: true),

    open + "spreadsheetml.sheet.main+xml": .init(.xlsx),
    open + "spreadsheetml.template.main+xml":
      .init("application/vnd.openxmlformats-officedocument.spreadsheetml.template"),
    "application/vnd.ms-excel.sheet.macroenabled.main+xml":
      .init("application/vnd.ms-excel.sheet.macroEnabled.12", macros: true),
    "application/vnd.ms-excel.template.macroenabled.main+xml":
      .init("application/vnd.ms-excel.template.macroEnabled.12", macros: true),
    "application/vnd.ms-excel.addin.macroenabled.main+xml":
      .init("application/vnd.ms-excel.addin.macroEnabled.12", macros: true),
    // The binary workbook's type mentions macros whether it has any or not.
    "application/vnd.ms-excel.sheet.binary.macroenabled.main":
      .init("application/vnd.ms-excel.sheet.binary.macroEnabled.12"),

    open + "presentationml.presentation.main+xml": .init(.pptx),
    open + "presentationml.slideshow.main+xml":
      .init("application/vnd.openxmlformats-officedocument.presentationml.slideshow"),
    open + "presentationml.template.main+xml":
      .init("application/vnd.openxmlformats-officedocument.presentationml.template"),
    open + "presentationml.slide+xml":
      .init("application/vnd.openxmlformats-officedocument.presentationml.slide", common: true),
    "application/vnd.ms-powerpoint.presentation.macroenabled.main+xml":
      .init("application/vnd.ms-powerpoint.presentation.macroEnabled.12", macros: true),
    "application/vnd.ms-powerpoint.slideshow.macroenabled.main+xml":
      .init("application/vnd.ms-powerpoint.slideshow.macroEnabled.12", macros: true),
    "application/vnd.ms-powerpoint.template.macroenabled.main+xml":
      .init("application/vnd.ms-powerpoint.template.macroEnabled.12", macros: true),
    "application/vnd.ms-powerpoint.addin.macroenabled.main+xml":
      .init("application/vnd.ms-powerpoint.addin.macroEnabled.12", macros: true),
    open + "thememanager+xml": .init("application/vnd.ms-officetheme", common: true),

    "application/vnd.ms-visio.drawing.main+xml": .init("application/vnd.ms-visio.drawing"),
    "application/vnd.ms-visio.stencil.main+xml": .init("application/vnd.ms-visio.stencil"),
    "application/vnd.ms-visio.template.main+xml": .init("application/vnd.ms-visio.template"),
    "application/vnd.ms-visio.drawing.macroenabled.main+xml":
      .init("application/vnd.ms-visio.drawing.macroEnabled.12", macros: true),
    "application/vnd.ms-visio.stencil.macroenabled.main+xml":
      .init("application/vnd.ms-visio.stencil.macroEnabled.12", macros: true),
    "application/vnd.ms-visio.template.macroenabled.main+xml":
      .init("application/vnd.ms-visio.template.macroEnabled.12", macros: true),

    "application/vnd.ms-package.xps-fixeddocumentsequence+xml":
      .init("application/vnd.ms-xpsdocument", office: false),
    "application/oxps-fixeddocumentsequence+xml": .init("application/oxps", office: false),
    "application/vnd.ms-package.3dmanufacturing-3dmodel+xml": .init("model/3mf", office: false),
  ]
}

extension MediaType {
  package static let zip: MediaType = "application/zip"
  package static let docx: MediaType =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
  package static let xlsx: MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
  package static let pptx: MediaType =
    "application/vnd.openxmlformats-officedocument.presentationml.presentation"
  package static let docm: MediaType = "application/vnd.ms-word.document.macroEnabled.12"
  package static let dotm: MediaType = "application/vnd.ms-word.template.macroEnabled.12"
  package static let xlsm: MediaType = "application/vnd.ms-excel.sheet.macroEnabled.12"
  package static let xltm: MediaType = "application/vnd.ms-excel.template.macroEnabled.12"
  package static let xlsb: MediaType = "application/vnd.ms-excel.sheet.binary.macroEnabled.12"
  package static let pptm: MediaType = "application/vnd.ms-powerpoint.presentation.macroEnabled.12"
  package static let ppsm: MediaType = "application/vnd.ms-powerpoint.slideshow.macroEnabled.12"
}

// ISO/IEC 29500-1, 11.3, 12.3 and 13.3; ISO/IEC 29500-4 for the namespaces of documents that aren't strict.

internal import PreflightFacts

/// What a kind of Office document consists of.
struct OfficeKind {
  /// What a part has to be.
  struct Part {
    /// As in "isn't a …".
    let what: String
    /// The names of its root element.
    let roots: Set<String>
    /// The namespaces of its root element.
    let namespaces: Set<String>
    let clause: String

    /// Whether a root element is one of such a part. Another version of it may be in it instead (ISO/IEC 29500-3, 7.6).
    func isRoot(_ tag: Markup.Tag) -> Bool {
      if tag.name == "AlternateContent" { return true }
      return roots.contains(tag.name) && tag.namespace.map(namespaces.contains) == true
    }
  }

  /// The part at which reading starts.
  let main: Part
  /// The element without which the main part has nothing to show.
  let content: (element: String, clause: String)?
  /// The element of the main part that lists others, and what those are.
  let list: (element: String, part: Part)?
  /// Which other parts are read to show the document, by the types of the relationships that lead there. Programs
  /// refuse it, or offer to repair it, if one isn't well-formed.
  let read: Set<String>

  /// The kind of a document's family; nil if nothing is known of its parts.
  init?(_ family: MediaType.Family?) {
    switch family {
    case .text: self = .document
    case .workbook: self = .workbook
    case .presentation: self = .presentation
    default: return nil
    }
  }

  private init(
    main: Part, content: (String, String)?, list: (String, Part)?, read: Set<String>
  ) {
    (self.main, self.content, self.list, self.read) = (main, content, list, read)
  }

  private static let document = OfficeKind(
    main: Part(
      what: "text", roots: ["document"], namespaces: namespaces("wordprocessingml"),
      clause: "ISO/IEC 29500-1 11.3.10"),
    content: ("body", "ISO/IEC 29500-1 17.2.2"), list: nil,
    read: [
      "styles", "numbering", "settings", "theme", "fontTable", "header", "footer", "footnotes", "endnotes",
    ])

  private static let workbook = OfficeKind(
    main: Part(
      what: "workbook", roots: ["workbook"], namespaces: namespaces("spreadsheetml"),
      clause: "ISO/IEC 29500-1 12.3.23"),
    content: ("sheet", "ISO/IEC 29500-1 18.2.20"),
    list: (
      "sheet",
      Part(
        what: "sheet", roots: ["worksheet", "chartsheet", "dialogsheet", "macrosheet"],
        // That of sheets of old macros is Excel's own.
        namespaces: namespaces("spreadsheetml").union(["http://schemas.microsoft.com/office/excel/2006/main"]
        ),
        clause: "ISO/IEC 29500-1 12.3.24")
    ),
    read: ["styles", "theme", "sharedStrings"])

  private static let presentation = OfficeKind(
    main: Part(
      what: "presentation", roots: ["presentation"], namespaces: namespaces("presentationml"),
      clause: "ISO/IEC 29500-1 13.3.6"),
    // One without slides can be opened.
    content: nil,
    list: (
      "sldId",
      Part(
        what: "slide", roots: ["sld"], namespaces: namespaces("presentationml"),
        clause: "ISO/IEC 29500-1 13.3.8")
    ),
    read: ["slideMaster", "slideLayout", "theme"])

  private static func namespaces(_ language: String) -> Set<String> {
    [
      "http://schemas.openxmlformats.org/\(language)/2006/main",
      "http://purl.oclc.org/ooxml/\(language)/main",
    ]
  }
}

/// A relationship of a part to another one within the package (ISO/IEC 29500-2, 6.5).
struct OfficeRelationship {
  let id: String
  /// The last word of its type, if that is one of ISO/IEC 29500; otherwise empty.
  let type: Substring
  let target: String

  private static let types = [
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/",
  ]

  /// Those that a part lists.
  static func all(in bytes: [UInt8]) -> [OfficeRelationship] {
    var markup = Markup(bytes)
    var all: [OfficeRelationship] = []
    while let tag = markup.nextTag() {
      guard tag.name == "Relationship", tag["TargetMode"] != "External", let id = tag["Id"],
        let target = tag["Target"]
      else { continue }
      let type = tag["Type"] ?? ""
      let start = types.first(where: type.hasPrefix)
      all.append(
        OfficeRelationship(id: id, type: start.map { type.dropFirst($0.count) } ?? "", target: target))
    }
    return all
  }
}

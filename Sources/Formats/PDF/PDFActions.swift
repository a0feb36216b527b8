// ISO 32000-2:2020, 12.6 "Actions", 12.7 "Forms", 7.7.4 "Name dictionary" and 7.9.6 "Name trees";
// XML Forms Architecture 3.3.

internal import PreflightFacts
internal import PreflightBytes

/// Active content of a document: scripts and actions that start programs, in the catalog, the form and the
/// first pages.
///
/// The catalog's references are followed, and limits that prevent this are reported. Of the fields and pages,
/// only some are checked.
struct PDFActions {
  var walk: PDFWalk
  private(set) var found: [HiddenContent] = []
  private var pages = 0
  /// The limit that prevented checking all that the catalog refers to.
  private var limit: String?
  /// What was not looked at of that.
  private var unchecked: [UncheckedPart] = []

  /// Notes the actions and the attached programs of a document.
  static func note(
    in document: inout PDFDocument, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    document.searchesFile = document.isRebuilt
    // A small file is in memory as a whole.
    if window.byteCount > UInt64(ByteWindow.usualReadAhead) { window.readAhead = 8 << 10 }
    defer { window.readAhead = ByteWindow.usualReadAhead }
    var actions = PDFActions(walk: PDFWalk(document, window))
    do { try actions.read(&document, &window) } catch {
      switch error.reason {
      case .source: throw error
      case .enough: reading.leaveUnchecked(.rest(from: error.offset, of: window.byteCount))
      // What makes no sense runs nowhere.
      case .endOfData, .implausible: break
      }
    }
    for content in actions.found { reading.add(content) }
    for part in actions.unchecked { reading.leaveUnchecked(part) }
  }

  private init(walk: PDFWalk) { self.walk = walk }

  mutating func add(_ content: HiddenContent) { found.append(content) }

  private mutating func read(
    _ document: inout PDFDocument, _ window: inout ByteWindow
  ) throws(ReadError) {
    guard let catalog = try walk.resolve(document.trailer[.root], from: nil, &document, &window),
      let entries = catalog.dictionary
    else { return }
    try readAction(
      entries[.openAction], from: catalog.offset, "when the document is opened", isAutomatic: true,
      &document, &window)
    try readTriggers(
      entries[.aa], from: catalog.offset, "when the document is printed, saved or closed", &document,
      &window)
    if let names = try walk.resolve(entries[.names], from: catalog.offset, &document, &window),
      let trees = names.dictionary
    {
      try readNames(trees[.javaScript], from: names.offset, 0, &document, &window) {
        (actions, value, offset, document, window) throws(ReadError) in
        try actions.readAction(
          value, from: offset, "when the document is opened", isAutomatic: true, &document, &window)
      }
      try readNames(trees[.embeddedFiles], from: names.offset, 0, &document, &window) {
        (actions, value, offset, document, window) throws(ReadError) in
        try actions.readAttachment(value, from: offset, &document, &window)
      }
    }
    let form = try walk.resolve(entries[.acroForm], from: catalog.offset, &document, &window)
    if let form, let fields = form.dictionary,
      let packets = try walk.resolve(fields[.xfa], from: form.offset, &document, &window)
    {
      try readXFA(packets, &document, &window)
    }
    noteLimits(document, at: catalog.offset)
    if let form { try readFields(form, &document, &window) }
    try readPages(entries[.pages], from: catalog.offset, 0, &document, &window)
  }

  /// Reports the limits that were reached while following the catalog's references, which ends here.
  private mutating func noteLimits(_ document: PDFDocument, at offset: UInt64?) {
    unchecked = document.unchecked
    if walk.isExhausted {
      let size = Limits.size(Limits.PDFActions.bytesRead)
      limit = limit ?? "\(Limits.PDFActions.objects) objects and \(size) of them"
    }
    guard let limit else { return }
    unchecked.append(
      UncheckedPart("the rest of the document's scripts and attachments", limit: limit, at: offset))
  }

  // MARK: Actions

  /// Reads an action and those chained to it; a destination isn't one.
  ///
  /// - Parameters:
  ///   - occasion: When it runs, such as "when the document is opened".
  ///   - isAutomatic: Whether it runs without a click.
  private mutating func readAction(
    _ object: PDFObject?, from offset: UInt64?, _ occasion: String, isAutomatic: Bool, depth: Int = 0,
    _ document: inout PDFDocument, _ window: inout ByteWindow
  ) throws(ReadError) {
    guard depth < Limits.PDFActions.depth else {
      limit = "\(Limits.PDFActions.depth) chained actions"
      return
    }
    guard let action = try walk.resolve(object, from: offset, &document, &window) else { return }
    // What may be followed is an array as well.
    if depth > 0, let several = action.object.array {
      if several.count > Limits.PDFActions.nextActions {
        limit = "\(Limits.PDFActions.nextActions) actions after an action"
      }
      for next in several.prefix(Limits.PDFActions.nextActions) {
        try readAction(
          next, from: action.offset, occasion, isAutomatic: isAutomatic, depth: depth + 1, &document,
          &window)
      }
      return
    }
    guard let entries = action.dictionary else { return }
    switch entries[.s]?.name {
    case "JavaScript", "Rendition":
      if try isScript(entries[.js], from: action.offset, &document, &window) {
        add(HiddenContent(.script, at: action.offset, "JavaScript that runs \(occasion)"))
      }
    case "Launch":
      try readLaunch(entries, action, occasion, isAutomatic: isAutomatic, &document, &window)
    default: break
    }
    if let next = entries[.next] {
      try readAction(
        next, from: action.offset, occasion, isAutomatic: isAutomatic, depth: depth + 1, &document, &window)
    }
  }

  /// Whether there is a script: some writers leave an empty one.
  private mutating func isScript(
    _ object: PDFObject?, from offset: UInt64?, _ document: inout PDFDocument, _ window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    guard let script = try walk.resolve(object, from: offset, &document, &window) else { return false }
    if let string = script.object.string { return string.contains { !$0.isPDFWhitespace } }
    guard let length = script.dictionary?[.length] else { return false }
    return length.integer.map { $0 > 0 } ?? true
  }

  /// A click that opens a document next to this one is harmless: programs write such links for their own
  /// files. A click that starts a program is not, and neither is anything that starts without a click.
  private mutating func readLaunch(
    _ entries: PDFDictionary, _ action: PDFWalk.Place, _ occasion: String, isAutomatic: Bool,
    _ document: inout PDFDocument, _ window: inout ByteWindow
  ) throws(ReadError) {
    let windows = try walk.resolve(entries[.win], from: action.offset, &document, &window)?.dictionary
    let target = try walk.resolve(entries[.f] ?? windows?[.f], from: action.offset, &document, &window)
    let name = try target.flatMapName { (target) throws(ReadError) in
      try fileName(target, &document, &window)
    }
    guard isAutomatic || windows?[.p] != nil || name.map(ProgramName.isProgram) == true else { return }
    let what = name.map { " " + quotedName(Array($0.utf8)) } ?? " another program or file"
    add(HiddenContent(.launchAction, at: action.offset, "an action that starts\(what) \(occasion)"))
  }

  /// The actions of a dictionary of triggers (12.6.3).
  private mutating func readTriggers(
    _ object: PDFObject?, from offset: UInt64?, _ occasion: String, _ document: inout PDFDocument,
    _ window: inout ByteWindow
  ) throws(ReadError) {
    guard let object, let triggers = try walk.resolve(object, from: offset, &document, &window),
      let entries = triggers.dictionary
    else { return }
    for key in PDFKey.triggers {
      try readAction(
        entries[key], from: triggers.offset, occasion, isAutomatic: true, &document, &window)
    }
  }

  // MARK: Forms and pages

  private mutating func readFields(
    _ form: PDFWalk.Place, _ document: inout PDFDocument, _ window: inout ByteWindow
  ) throws(ReadError) {
    guard let entries = form.dictionary,
      let fields = try walk.resolve(entries[.fields], from: form.offset, &document, &window)?.object.array
    else { return }
    for field in fields.prefix(Limits.PDFActions.fields) {
      try readField(field, from: form.offset, 0, &document, &window)
    }
  }

  private mutating func readField(
    _ object: PDFObject, from offset: UInt64?, _ depth: Int, _ document: inout PDFDocument,
    _ window: inout ByteWindow
  ) throws(ReadError) {
    guard depth < Limits.PDFActions.depth,
      let field = try walk.resolve(object, from: offset, &document, &window), let entries = field.dictionary
    else { return }
    try readTriggers(
      entries[.aa], from: field.offset, "when a field is filled in", &document, &window)
    try readAction(
      entries[.a], from: field.offset, "when a page is clicked", isAutomatic: false, &document, &window)
    guard let kids = entries[.kids]?.array else { return }
    for kid in kids.prefix(Limits.PDFActions.fields) {
      try readField(kid, from: field.offset, depth + 1, &document, &window)
    }
  }

  /// An XFA form is a stream, or an array of names and streams; the scripts are in the template.
  private mutating func readXFA(
    _ packets: PDFWalk.Place, _ document: inout PDFDocument, _ window: inout ByteWindow
  ) throws(ReadError) {
    var stream: PDFObject? = packets.object
    var offset = packets.offset
    var place: PDFWalk.Place? = packets
    if let array = packets.object.array {
      let index = array.firstIndex { $0.string == Array("template".utf8) }
      stream = index.flatMap { array.indices.contains($0 + 1) ? array[$0 + 1] : nil }
      place = try walk.resolve(stream, from: offset, &document, &window)
      offset = place?.offset
    }
    let size = Limits.PDFActions.template
    guard let place, let bytes = try walk.bytes(of: place, upTo: size, document, &window) else { return }
    if ByteSpan(bytes.span.bytes, at: 0).firstIndex(of: "<script") != nil {
      add(HiddenContent(.script, at: offset, "a form with scripts (XFA)"))
    } else if bytes.count == size {
      limit = "\(Limits.size(size)) of a form (XFA)"
    }
  }

  private mutating func readPages(
    _ object: PDFObject?, from offset: UInt64?, _ depth: Int, _ document: inout PDFDocument,
    _ window: inout ByteWindow
  ) throws(ReadError) {
    guard depth < Limits.PDFActions.pageTree, pages < Limits.PDFActions.pages,
      let node = try walk.resolve(object, from: offset, &document, &window), let entries = node.dictionary
    else { return }
    if let kids = try walk.resolve(entries[.kids], from: node.offset, &document, &window)?.object.array {
      for kid in kids where pages < Limits.PDFActions.pages {
        try readPages(kid, from: node.offset, depth + 1, &document, &window)
      }
      return
    }
    pages += 1
    try readTriggers(entries[.aa], from: node.offset, "when a page is shown", &document, &window)
    let annotations = try walk.resolve(entries[.annots], from: node.offset, &document, &window)
    guard let annotations, let array = annotations.object.array else { return }
    for annotation in array.prefix(Limits.PDFActions.annotations) {
      try readAnnotation(annotation, from: annotations.offset, &document, &window)
    }
  }

  private mutating func readAnnotation(
    _ object: PDFObject, from offset: UInt64?, _ document: inout PDFDocument, _ window: inout ByteWindow
  ) throws(ReadError) {
    guard let annotation = try walk.resolve(object, from: offset, &document, &window),
      let entries = annotation.dictionary
    else { return }
    try readAction(
      entries[.a], from: annotation.offset, "when a page is clicked", isAutomatic: false, &document, &window)
    try readTriggers(
      entries[.aa], from: annotation.offset,
      entries[.ft] == nil ? "when a page is shown or touched" : "when a field is filled in", &document,
      &window)
    if entries[.subtype]?.name == "FileAttachment" {
      try readAttachment(entries[.fs], from: annotation.offset, &document, &window)
    }
  }

  // MARK: Names

  typealias NameReader = (
    inout PDFActions, PDFObject, UInt64?, inout PDFDocument, inout ByteWindow
  ) throws(ReadError) -> Void

  /// Goes through the values of a name tree.
  private mutating func readNames(
    _ object: PDFObject?, from offset: UInt64?, _ depth: Int, _ document: inout PDFDocument,
    _ window: inout ByteWindow, _ body: NameReader
  ) throws(ReadError) {
    guard let object else { return }
    guard depth < Limits.PDFActions.depth else {
      limit = "\(Limits.PDFActions.depth) levels of a name tree"
      return
    }
    guard let node = try walk.resolve(object, from: offset, &document, &window), let entries = node.dictionary
    else { return }
    if let names = try walk.resolve(entries[.names], from: node.offset, &document, &window)?.object.array {
      if names.count > 2 * Limits.PDFActions.names {
        limit = "\(Limits.PDFActions.names) names in a node of a name tree"
      }
      for (index, value) in names.prefix(2 * Limits.PDFActions.names).enumerated() where index % 2 == 1 {
        try body(&self, value, node.offset, &document, &window)
      }
    }
    if let kids = entries[.kids]?.array {
      if kids.count > Limits.PDFActions.nodes {
        limit = "\(Limits.PDFActions.nodes) nodes in a node of a name tree"
      }
      for kid in kids.prefix(Limits.PDFActions.nodes) {
        try readNames(kid, from: node.offset, depth + 1, &document, &window, body)
      }
    }
  }
}

extension Optional where Wrapped == PDFWalk.Place {
  /// `flatMap` with a typed throw.
  fileprivate func flatMapName(
    _ transform: (PDFWalk.Place) throws(ReadError) -> String?
  ) throws(ReadError) -> String? {
    guard let self else { return nil }
    return try transform(self)
  }
}

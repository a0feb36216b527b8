// Extensible Markup Language (XML) 1.0, fifth edition; Namespaces in XML 1.0, third edition.

internal import PreflightBytes

/// Scans an XML document once, block by block, for whether it is well-formed (2.1), as far as that is certain without
/// a DTD. Of prefixes only those are found that nothing in the document declares.
struct XMLScan {
  /// What came out.
  enum Outcome: Equatable {
    case wellFormed
    /// What every parser stops at, as the end of a sentence, and where in the document.
    case malformed(String, clause: String, at: UInt64)
    /// Elements are nested deeper than is followed.
    case tooDeep
    /// It has an encoding that isn't read here, or a DTD, which may declare anything.
    case unknown
  }

  private enum State {
    /// Outside tags.
    case content
    /// After `<`.
    case open
    case startName, withinTag, attributeName, equals, quote, value, afterValue, slash
    case endName, afterEndName
    case reference
    /// After `<!`.
    case declaration
    case comment, characterData, instruction
  }

  private enum Width { case narrow, bigEndian, littleEndian }

  /// The beginning of the document.
  private(set) var start: [UInt8] = []
  private let startLimit: Int

  private var outcome: Outcome?
  private var state = State.content
  /// The first bytes, which tell the encoding.
  private var head: [UInt8] = []
  private var width = Width.narrow
  /// The first byte of a code unit of UTF-16.
  private var half: UInt8?
  /// Whether bytes beyond ASCII are UTF-8, rather than of an 8-bit set.
  private var isUTF8 = true
  private var form = UTF8Form()
  /// The last bytes beyond ASCII.
  private var character: UInt32 = 0
  private var offset: UInt64 = 0
  /// A number for the name of each open element.
  private var elements: [UInt64] = []
  private var hasRoot = false
  /// A number for the name of the current tag (64-bit FNV-1a).
  private var name: UInt64 = 0
  /// Those of the current tag's attributes, and of the one whose name is read.
  private var attributes: [UInt64] = []
  private var attribute: UInt64 = 0
  /// The prefix of the name that is read.
  private var prefix: UInt64?
  /// The prefixes that were used, with the place of the first use, and those that were declared.
  private var usedPrefixes: [(prefix: UInt64, offset: UInt64)] = []
  private var declaredPrefixes = [xml, xmlns]
  /// The quotation mark of the current attribute value; 0 outside one.
  private var mark: UInt8 = 0
  /// The start of a reference, a declaration or an instruction.
  private var word: [UInt8] = []
  private var wordStart: UInt64 = 0
  /// How many bytes of the mark that ends a comment or the like have just been seen.
  private var endMarks = 0

  /// - Parameter count: How many bytes of its beginning to keep.
  init(keeping count: Int) { startLimit = count }

  /// Adds the next block.
  mutating func update(_ bytes: RawSpan) {
    let block = ByteSpan(bytes, at: 0)
    var index = 0
    while start.count < startLimit, let byte = block[index] {
      start.append(byte)
      index += 1
    }
    index = 0
    while head.count < 4, let byte = block[index] {
      head.append(byte)
      index += 1
      if head.count == 4 { begin() }
    }
    while outcome == nil, let byte = block[index] {
      takeByte(byte)
      index += 1
    }
  }

  /// What the document is, after its last block.
  mutating func finish() -> Outcome {
    if head.count < 4 { begin() }
    if let outcome { return outcome }
    if head.isEmpty { return .malformed("it is empty", clause: "XML 1.0 2.1", at: 0) }
    if !hasRoot, state == .content {
      return .malformed("it has no root element", clause: "XML 1.0 2.1", at: offset)
    }
    if !elements.isEmpty || state != .content {
      return .malformed("it ends within an element", clause: "XML 1.0 2.1", at: offset)
    }
    if declaredPrefixes.count < Limits.ZIP.names,
      let stray = usedPrefixes.first(where: { !declaredPrefixes.contains($0.prefix) })
    {
      return .malformed(
        "it has a name with a prefix that isn't declared", clause: "XML Namespaces 5", at: stray.offset)
    }
    return .wellFormed
  }

  // MARK: Characters

  /// Decides about the encoding by the first four bytes (appendix F).
  private mutating func begin() {
    var start = 0
    if head.starts(with: [0xfe, 0xff]) {
      (width, start) = (.bigEndian, 2)
    } else if head.starts(with: [0xff, 0xfe]) {
      (width, start) = (.littleEndian, 2)
    } else if head.starts(with: [0xef, 0xbb, 0xbf]) {
      start = 3
    } else if Self.otherStarts.contains(where: head.starts) {
      outcome = .unknown
    }
    offset = UInt64(start)
    for byte in head[start...] where outcome == nil { takeByte(byte) }
  }

  /// `<` in UTF-16 and UTF-32 without a byte order mark, and in EBCDIC.
  private static let otherStarts: [[UInt8]] = [
    [0x3c, 0], [0, 0x3c], [0, 0, 0, 0x3c], [0x4c, 0x6f, 0xa7, 0x94],
  ]

  private mutating func takeByte(_ byte: UInt8) {
    defer { offset += 1 }
    if width != .narrow {
      guard let first = half else {
        half = byte
        return
      }
      half = nil
      let (high, low) = width == .bigEndian ? (first, byte) : (byte, first)
      if high == 0xff, low >= 0xfe { return failCharacter(0xff00 | UInt32(low)) }
      // Beyond ASCII, all characters are alike here.
      return take(high == 0 ? low : 0xff)
    }
    if isUTF8, byte >= 0x80 || !form.isComplete {
      guard form.take(byte) else {
        return fail("it has bytes that aren't UTF-8", "XML 1.0 4.3.3", at: offset)
      }
      character = character << 8 | UInt32(byte)
      // U+FFFE and U+FFFF.
      if form.isComplete, character & 0xff_fffe == 0xef_bfbe { return failCharacter(0xff40 | UInt32(byte)) }
    }
    take(byte)
  }

  private mutating func failCharacter(_ value: UInt32) {
    fail(
      "it has a character that XML forbids, U+\(String(value, radix: 16, uppercase: true))", "XML 1.0 2.2",
      at: offset)
  }

  private mutating func fail(_ words: String, _ clause: String, at offset: UInt64) {
    outcome = .malformed(words, clause: clause, at: offset)
  }

  // MARK: Markup

  private mutating func take(_ byte: UInt8) {
    if byte < 0x20, !Self.isSpace(byte) {
      return fail("it has a control character, \(UInt32(byte))", "XML 1.0 2.2", at: offset)
    }
    switch state {
    case .content: takeContent(byte)
    case .open: takeOpen(byte)
    case .startName, .withinTag, .attributeName, .equals, .quote, .afterValue, .slash: takeTag(byte)
    case .value: takeValue(byte)
    case .endName, .afterEndName: takeEndTag(byte)
    case .reference: takeReference(byte)
    case .declaration: takeDeclaration(byte)
    case .comment:
      if endMarks == 2, byte != UInt8(ascii: ">") {
        return fail("a comment has -- in it", "XML 1.0 2.5", at: offset)
      }
      takeToEnd(byte, UInt8(ascii: "-"), count: 2)
    case .characterData: takeToEnd(byte, UInt8(ascii: "]"), count: 2)
    case .instruction:
      if word.count < Self.longestDeclaration { word.append(byte) }
      if takeToEnd(byte, UInt8(ascii: "?"), count: 1) { noteInstruction() }
    }
  }

  private mutating func takeContent(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "<"): state = .open
    case UInt8(ascii: "&") where !elements.isEmpty: startWord(.reference)
    default:
      guard elements.isEmpty, !Self.isSpace(byte) else { return }
      fail("it has text outside its root element", "XML 1.0 2.1", at: offset)
    }
  }

  private mutating func takeOpen(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "!"): startWord(.declaration)
    case UInt8(ascii: "?"): startWord(.instruction)
    case UInt8(ascii: "/"):
      name = Self.emptyName
      state = .endName
    default:
      guard Self.isNameStart(byte) else { return failTag() }
      guard !hasRoot || !elements.isEmpty else {
        return fail("it has a second root element", "XML 1.0 2.1", at: offset)
      }
      name = Self.emptyName
      prefix = nil
      attributes.removeAll(keepingCapacity: true)
      addToName(byte)
      state = .startName
    }
  }

  /// Within a start tag or the tag of an empty element (3.1), outside attribute values.
  private mutating func takeTag(_ byte: UInt8) {
    let isSpace = Self.isSpace(byte)
    switch (state, byte) {
    case (.startName, _) where Self.isName(byte):
      if byte == UInt8(ascii: ":"), prefix == nil {
        prefix = name
        use(name)
      }
      addToName(byte)
    case (.attributeName, _) where Self.isName(byte):
      if byte == UInt8(ascii: ":"), prefix == nil {
        prefix = attribute
        attribute = Self.emptyName
      } else {
        attribute = Self.adding(byte, to: attribute)
      }
    case (.attributeName, _) where isSpace || byte == UInt8(ascii: "="):
      state = isSpace ? .equals : .quote
      noteAttribute()
    case (.equals, UInt8(ascii: "=")): state = .quote
    case (.equals, _) where isSpace, (.quote, _) where isSpace: break
    case (.quote, UInt8(ascii: "\"")), (.quote, UInt8(ascii: "'")):
      mark = byte
      state = .value
    case (.slash, UInt8(ascii: ">")):
      hasRoot = true
      state = .content
    case (.startName, UInt8(ascii: ">")), (.withinTag, UInt8(ascii: ">")), (.afterValue, UInt8(ascii: ">")):
      guard elements.count < Limits.ZIP.elements else {
        outcome = .tooDeep
        return
      }
      elements.append(name)
      hasRoot = true
      state = .content
    case (.startName, UInt8(ascii: "/")), (.withinTag, UInt8(ascii: "/")), (.afterValue, UInt8(ascii: "/")):
      state = .slash
    case (.startName, _) where isSpace, (.withinTag, _) where isSpace, (.afterValue, _) where isSpace:
      state = .withinTag
    case (.withinTag, _) where Self.isNameStart(byte):
      prefix = nil
      attribute = Self.adding(byte, to: Self.emptyName)
      state = .attributeName
    default: failTag()
    }
  }

  /// Notes the name of an attribute, which occurs once in a tag (3.1), and its prefix.
  private mutating func noteAttribute() {
    if let prefix {
      if prefix == Self.xmlns { declare(attribute) } else { use(prefix) }
    }
    // `a:b` isn't `b:a`.
    let name = attribute ^ (prefix ?? 0).byteSwapped
    // In UTF-16, names beyond ASCII aren't told apart.
    if width == .narrow, attributes.contains(name) {
      return fail("a tag has an attribute twice", "XML 1.0 3.1", at: offset)
    }
    if attributes.count < Limits.ZIP.names { attributes.append(name) }
  }

  private mutating func use(_ prefix: UInt64) {
    if usedPrefixes.contains(where: { $0.prefix == prefix }) { return }
    if usedPrefixes.count < Limits.ZIP.names { usedPrefixes.append((prefix, offset)) }
  }

  private mutating func declare(_ prefix: UInt64) {
    if declaredPrefixes.count < Limits.ZIP.names, !declaredPrefixes.contains(prefix) {
      declaredPrefixes.append(prefix)
    }
  }

  private mutating func takeValue(_ byte: UInt8) {
    switch byte {
    case mark:
      mark = 0
      state = .afterValue
    case UInt8(ascii: "&"): startWord(.reference)
    case UInt8(ascii: "<"): failTag()
    default: break
    }
  }

  private mutating func takeEndTag(_ byte: UInt8) {
    if byte == UInt8(ascii: ">") {
      guard elements.popLast() == name else {
        return fail("an end tag doesn't fit the open element", "XML 1.0 3", at: offset)
      }
      state = .content
    } else if Self.isSpace(byte) {
      state = .afterEndName
    } else if state == .endName, Self.isName(byte) {
      addToName(byte)
    } else {
      failTag()
    }
  }

  private mutating func failTag() { fail("a tag is malformed", "XML 1.0 3.1", at: offset) }

  /// References (4.1): to characters, and to the five entities that need no declaration (4.6).
  private mutating func takeReference(_ byte: UInt8) {
    if byte != UInt8(ascii: ";") {
      word.append(byte)
      let isPart = Self.isName(byte) || word == [UInt8(ascii: "#")]
      guard isPart, word.count <= Self.longestReference else {
        return fail("an & isn't part of a reference", "XML 1.0 4.1", at: wordStart)
      }
      return
    }
    let text = String(decoding: word, as: UTF8.self)
    guard Self.entities.contains(text) || Self.isCharacter(text) else {
      return fail("it refers to an entity or a character that there isn't", "XML 1.0 4.1", at: wordStart)
    }
    state = mark == 0 ? .content : .value
  }

  private static let entities: Set<String> = ["amp", "lt", "gt", "quot", "apos"]

  /// Longer than any reference but one with dozens of zeros.
  private static let longestReference = 64

  /// Whether the text is that of a reference to an allowed character (2.2): `#38` or `#x26`.
  private static func isCharacter(_ text: String) -> Bool {
    let isHexadecimal = text.hasPrefix("#x")
    let digits = text.dropFirst(isHexadecimal ? 2 : 1)
    guard text.hasPrefix("#"), digits.first != "+", digits.first != "-",
      let value = UInt32(digits, radix: isHexadecimal ? 16 : 10)
    else { return false }
    switch value {
    case 0x09, 0x0a, 0x0d, 0x20...0xd7ff, 0xe000...0xfffd, 0x1_0000...0x10_ffff: return true
    default: return false
    }
  }

  /// After `<!`: a comment (2.5), a CDATA section (2.7), or a document type declaration (2.8).
  private mutating func takeDeclaration(_ byte: UInt8) {
    word.append(byte)
    if word.elementsEqual("--".utf8) {
      state = .comment
    } else if word.elementsEqual("[CDATA[".utf8) {
      guard !elements.isEmpty else {
        return fail("it has text outside its root element", "XML 1.0 2.1", at: wordStart)
      }
      state = .characterData
    } else if word.elementsEqual("DOCTYPE".utf8) {
      outcome = .unknown
    } else if !["--", "[CDATA[", "DOCTYPE"].contains(where: { $0.utf8.starts(with: word) }) {
      failTag()
    }
  }

  /// Whether a comment, a CDATA section or an instruction ends with a byte: a `>` after at least `count` marks.
  @discardableResult
  private mutating func takeToEnd(_ byte: UInt8, _ endMark: UInt8, count: Int) -> Bool {
    if byte == endMark {
      endMarks += 1
      return false
    }
    defer { endMarks = 0 }
    guard byte == UInt8(ascii: ">"), endMarks >= count else { return false }
    state = .content
    return true
  }

  /// The longest XML declaration: with a version, an encoding and whether it stands alone, it has 60 bytes.
  private static let longestDeclaration = 256

  /// The XML declaration (2.8) precedes everything, and tells the encoding (4.3.3).
  private mutating func noteInstruction() {
    guard word.starts(with: "xml".utf8), word.count > 3, Self.isSpace(word[3]) else { return }
    let first: UInt64 = head.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : width == .narrow ? 0 : 2
    guard wordStart == first + (width == .narrow ? 1 : 3) else {
      return fail("something precedes its XML declaration", "XML 1.0 2.8", at: wordStart)
    }
    let pieces = String(decoding: word, as: UTF8.self).lowercased().split { $0 == "\"" || $0 == "'" }
    guard width == .narrow, let label = pieces.firstIndex(where: { $0.contains("encoding") }),
      label + 1 < pieces.count
    else { return }
    let encoding = pieces[label + 1]
    if ["iso-8859-", "windows-125"].contains(where: encoding.hasPrefix) {
      isUTF8 = false
    } else if !["utf-8", "utf8", "us-ascii", "ascii"].contains(encoding) {
      outcome = .unknown
    }
  }

  private mutating func startWord(_ state: State) {
    word = []
    wordStart = offset
    endMarks = 0
    self.state = state
  }

  private static let emptyName: UInt64 = 0xcbf2_9ce4_8422_2325

  private static let xml = number(of: "xml")
  private static let xmlns = number(of: "xmlns")

  private static func number(of name: String) -> UInt64 {
    name.utf8.reduce(emptyName) { adding($1, to: $0) }
  }

  private mutating func addToName(_ byte: UInt8) { name = Self.adding(byte, to: name) }

  private static func adding(_ byte: UInt8, to name: UInt64) -> UInt64 {
    (name ^ UInt64(byte)) &* 0x100_0000_01b3
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
  }

  /// Whether a name can begin with a byte (2.3).
  private static func isNameStart(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte.isASCIILetter || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":")
  }

  private static func isName(_ byte: UInt8) -> Bool {
    isNameStart(byte) || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }
}

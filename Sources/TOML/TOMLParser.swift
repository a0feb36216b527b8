extension TOMLTable {
  /// Parses a document.
  ///
  /// - Parameters:
  ///   - bytes: The document in UTF-8.
  ///   - mistakes: Receives each error in the order of the text. After an error the parser continues at the
  ///     next line or sooner, so the table holds whatever could be read.
  package init(parsing bytes: [UInt8], mistakes: inout [Mistake]) {
    if let position = TOMLPosition(ofInvalidUTF8In: bytes) {
      // The text has another encoding: an error for each letter would be redundant.
      mistakes.append(Mistake(position, "invalid UTF-8"))
      self.init()
      return
    }
    var parser = TOMLParser(bytes)
    parser.parse()
    self = parser.root
    // An unterminated string is reported after the errors in it, but starts before them.
    mistakes += parser.mistakes.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
  }
}

/// Reads the lines of a TOML document: headers, and keys with their values (TOML 1.0.0, "Keys" to "Array of Tables").
private struct TOMLParser {
  private var scanner: TOMLScanner
  private(set) var root = TOMLTable()

  /// The keys from the root to the table that the last header named.
  private var path: [TOMLKeyPart] = []

  /// That table, taken out of the document while it is filled.
  private var current = TOMLTable()

  /// Whether the table exists. After an invalid header it doesn't, and what follows is parsed only for
  /// errors.
  private var isInDocument = true

  init(_ bytes: [UInt8]) { scanner = TOMLScanner(bytes) }

  var mistakes: [Mistake] { scanner.mistakes }

  mutating func parse() {
    defer { putBack() }
    while true {
      scanner.skipBlankLines()
      guard !scanner.isAtEnd, !scanner.mistakes.areTooMany else { return }
      let before = scanner.mistakes.count
      do {
        if scanner.peek == "[" { try parseHeader() } else { try parseKeyValue() }
        // One error is enough of a line.
        if scanner.mistakes.count == before { try scanner.expectEndOfLine() } else { scanner.skipLine() }
      } catch {
        scanner.report(error)
        scanner.skipLine()
      }
    }
  }

  private mutating func parseHeader() throws(TOMLFailure) {
    putBack()
    isInDocument = false
    let before = scanner.mistakes.count
    let position = scanner.position
    let isArray = scanner.has("[[")
    scanner.advance(isArray ? 2 : 1)
    path = try scanner.key()
    guard scanner.has(isArray ? "]]" : "]") else {
      throw scanner.expected("'\(isArray ? "]]" : "]")' after the table's name")
    }
    scanner.advance(isArray ? 2 : 1)
    guard scanner.mistakes.count == before else { return }
    try Self.open(path[...], in: &root, isArray: isArray, at: position)
    isInDocument = Self.exchange(&current, at: path[...], in: &root)
  }

  /// Puts the completed table in its place.
  private mutating func putBack() {
    if isInDocument { _ = Self.exchange(&current, at: path[...], in: &root) }
    current = TOMLTable()
  }

  private mutating func parseKeyValue() throws(TOMLFailure) {
    let before = scanner.mistakes.count
    let keys = try scanner.key()
    try scanner.expectEquals()
    let node = try scanner.value(depth: path.count + keys.count)
    // A value with an error in it isn't the intended one.
    guard let node, scanner.mistakes.count == before else { return }
    try current.insert(node, keys: keys[...])
  }

  /// Creates the table that a header names, or appends one to the array of tables that it names.
  private static func open(
    _ keys: ArraySlice<TOMLKeyPart>, in table: inout TOMLTable, isArray: Bool, at position: TOMLPosition
  ) throws(TOMLFailure) {
    guard let key = keys.first else { return }
    let isLast = keys.count == 1
    guard let index = table.index(of: key.name) else {
      var child = TOMLTable()
      child.origin = isLast ? .header : .implicit
      if !isLast { try open(keys.dropFirst(), in: &child, isArray: isArray, at: position) }
      let node = TOMLNode(value: .table(child), position: position)
      let value = isLast && isArray ? TOMLNode(value: .array([node]), position: position) : node
      table.append(.init(key: key.name, position: key.position, node: value))
      return
    }
    if var child = table.entries[index].node.value.takeTable() {
      defer { table.entries[index].node.value = .table(child) }
      guard child.origin != .inline else {
        throw TOMLFailure(key.position, "'\(key.name)' is an inline table and can't be extended")
      }
      if isLast {
        guard !isArray else {
          throw TOMLFailure(key.position, "'\(key.name)' is a table, not an array of tables")
        }
        guard child.origin == .implicit else {
          throw TOMLFailure(key.position, "duplicate table '\(key.name)'")
        }
        child.origin = .header
      } else {
        try open(keys.dropFirst(), in: &child, isArray: isArray, at: position)
      }
    } else if var nodes = table.entries[index].node.value.takeArray() {
      defer { table.entries[index].node.value = .array(nodes) }
      guard let origin = nodes.last?.value.tableOrigin, origin != .inline else {
        throw TOMLFailure(key.position, "'\(key.name)' is an array and can't be extended")
      }
      if isLast {
        guard isArray else {
          throw TOMLFailure(
            key.position, "'\(key.name)' is an array of tables; expected a header in double brackets")
        }
        var new = TOMLTable()
        new.origin = .header
        nodes.append(TOMLNode(value: .table(new), position: position))
      } else {
        try nodes[nodes.count - 1].changeTable { table throws(TOMLFailure) in
          try open(keys.dropFirst(), in: &table, isArray: isArray, at: position)
        }
      }
    } else {
      let kind = table.entries[index].node.value.kind
      throw TOMLFailure(key.position, "'\(key.name)' is \(kind), not a table")
    }
  }

  /// Swaps a table with the one that a header names; false if there is none.
  private static func exchange(
    _ current: inout TOMLTable, at path: ArraySlice<TOMLKeyPart>, in table: inout TOMLTable
  ) -> Bool {
    guard let key = path.first else {
      swap(&current, &table)
      return true
    }
    guard let index = table.index(of: key.name) else { return false }
    return table.entries[index].node.changeTable { table in
      exchange(&current, at: path.dropFirst(), in: &table)
    } ?? false
  }
}

extension TOMLTable {
  /// Inserts a value under a dotted key.
  ///
  /// Dotted keys may add to tables from dotted keys and to tables without their own header, but to nothing
  /// that was defined elsewhere.
  mutating func insert(_ node: TOMLNode, keys: ArraySlice<TOMLKeyPart>) throws(TOMLFailure) {
    guard let key = keys.first else { return }
    let index = index(of: key.name)
    guard keys.count > 1 else {
      if index != nil { throw TOMLFailure(key.position, "duplicate key '\(key.name)'") }
      append(.init(key: key.name, position: key.position, node: node))
      return
    }
    guard let index else {
      var child = TOMLTable()
      child.origin = .dotted
      try child.insert(node, keys: keys.dropFirst())
      let table = TOMLNode(value: .table(child), position: key.position)
      append(.init(key: key.name, position: key.position, node: table))
      return
    }
    switch entries[index].node.value.tableOrigin {
    case .implicit, .dotted: break
    case .inline:
      throw TOMLFailure(key.position, "'\(key.name)' is an inline table and can't be extended")
    case .header:
      throw TOMLFailure(key.position, "'\(key.name)' has its own header; expected its keys below that")
    case nil:
      throw TOMLFailure(key.position, "'\(key.name)' is \(entries[index].node.value.kind), not a table")
    }
    try entries[index].node.changeTable { child throws(TOMLFailure) in
      child.origin = .dotted
      try child.insert(node, keys: keys.dropFirst())
    }
  }
}

extension TOMLPosition {
  /// Where the bytes stop being UTF-8; nil if they don't.
  fileprivate init?(ofInvalidUTF8In bytes: [UInt8]) {
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    var iterator = bytes.makeIterator()
    var parser = UTF8.ForwardParser()
    var line = 1
    var column = bytes.starts(with: TOMLScanner.byteOrderMark) ? 0 : 1
    while case .valid(let encoded) = parser.parseScalar(from: &iterator) {
      column += 1
      if UTF8.decode(encoded) == "\n" { (line, column) = (line + 1, 1) }
    }
    self.init(line: line, column: column)
  }
}

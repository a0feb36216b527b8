/// A TOML 1.0 document of which every key and value knows its line and column.
///
/// Policies and folder configurations are written by people, who are to be told of each mistake where
/// it stands, a key that means nothing included. That needs a position on every node and a reader that
/// goes on after a mistake; TOML's dates and times have no use here and are reported as mistakes.
package struct TOMLTable: Sendable {
  /// One key with its value.
  package struct Entry: Sendable {
    package let key: String
    package let position: TOMLPosition
    package fileprivate(set) var node: TOMLNode
  }

  /// The entries in the order in which they were written.
  package fileprivate(set) var entries: [Entry] = []

  /// How the table came about, which decides whether it may be added to.
  fileprivate var origin = Origin.implicit

  fileprivate enum Origin { case implicit, header, dotted, inline }

  package init() {}

  package subscript(key: String) -> TOMLNode? { entries.first { $0.key == key }?.node }

  /// The table without one of its keys.
  package func without(_ key: String) -> TOMLTable {
    var copy = self
    copy.entries.removeAll { $0.key == key }
    return copy
  }

  fileprivate func index(of key: String) -> Int? { entries.firstIndex { $0.key == key } }
}

/// A value and where it begins.
package struct TOMLNode: Sendable {
  package var value: TOMLValue
  package let position: TOMLPosition

  /// Changes the table that the node is, or the last of the tables that it is an array of, where it stands.
  ///
  /// - Returns: What `change` returns; nil where the node is neither.
  @discardableResult
  fileprivate mutating func changeTable<Result, Failure: Error>(
    _ change: (inout TOMLTable) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    if var table = value.takeTable() {
      defer { value = .table(table) }
      return try change(&table)
    }
    guard var nodes = value.takeArray() else { return nil }
    defer { value = .array(nodes) }
    guard case .table = nodes.last?.value else { return nil }
    return try nodes[nodes.count - 1].changeTable(change)
  }
}

/// The kinds of value that are used here.
package enum TOMLValue: Sendable {
  case string(String)
  case integer(Int)
  case float(Double)
  case boolean(Bool)
  case array([TOMLNode])
  case table(TOMLTable)

  // A table or an array that is to be changed is taken out and put back: with two owners it would be copied, and a
  // document with many tables be read in the square of their number.

  fileprivate mutating func takeTable() -> TOMLTable? {
    guard case .table(let table) = self else { return nil }
    self = .boolean(false)
    return table
  }

  fileprivate mutating func takeArray() -> [TOMLNode]? {
    guard case .array(let nodes) = self else { return nil }
    self = .boolean(false)
    return nodes
  }

  /// The kind's name with an article, for messages.
  package var kind: String {
    switch self {
    case .string: "a string"
    case .integer: "a whole number"
    case .float: "a number"
    case .boolean: "true or false"
    case .array: "an array"
    case .table: "a table"
    }
  }
}

/// A place in a text, both counted from 1; the column counts Unicode scalars.
package struct TOMLPosition: Sendable, Hashable, Comparable {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static func < (a: Self, b: Self) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// One mistake in a text that a person wrote.
public struct Mistake: Sendable, Hashable, CustomStringConvertible {
  /// The line, from 1.
  public let line: Int
  /// The column in Unicode scalars, from 1.
  public let column: Int
  /// What is wrong, as a sentence without a full stop.
  public let message: String

  /// `LINE:COLUMN: message`.
  public var description: String { "\(line):\(column): \(message)" }

  package init(_ position: TOMLPosition, _ message: String) {
    line = position.line
    column = position.column
    self.message = message
  }
}

extension TOMLTable {
  /// Parses a document.
  ///
  /// - Parameters:
  ///   - bytes: The document in UTF-8.
  ///   - mistakes: Gets each mistake in the order of the text. After a mistake the parser goes
  ///     on at the next line, so the table holds whatever could be read.
  package init(parsing bytes: [UInt8], mistakes: inout [Mistake]) {
    var parser = TOMLParser(bytes)
    parser.parse()
    self = parser.root
    mistakes += parser.mistakes
  }
}

private struct TOMLParser {
  private var scanner: TOMLScanner
  private(set) var root = TOMLTable()
  private(set) var mistakes: [Mistake] = []

  /// The keys from the root to the table that the last header named.
  private var path: [TOMLKeyPart] = []

  /// That table, taken out of the document while it is filled.
  private var current = TOMLTable()

  /// Whether there is such a table: a header that was itself a mistake may have none, and what follows it was
  /// reported with it.
  private var isInDocument = true

  init(_ bytes: [UInt8]) { scanner = TOMLScanner(bytes) }

  mutating func parse() {
    while true {
      scanner.skipBlankLines()
      guard !scanner.isAtEnd else { return putBack() }
      do {
        if scanner.peek == "[" { try parseHeader() } else { try parseKeyValue() }
        try scanner.expectEndOfLine()
      } catch {
        mistakes.append(error.mistake)
        scanner.skipLine()
      }
    }
  }

  private mutating func parseHeader() throws(TOMLFailure) {
    let position = scanner.position
    let isArray = scanner.has("[[")
    scanner.advance(isArray ? 2 : 1)
    let keys = try scanner.key()
    guard scanner.has(isArray ? "]]" : "]") else {
      throw TOMLFailure(scanner.position, "expected \(isArray ? "]]" : "]") after the table's name")
    }
    scanner.advance(isArray ? 2 : 1)
    putBack()
    path = keys
    defer { isInDocument = Self.exchange(&current, at: path[...], in: &root) }
    try Self.open(keys[...], in: &root, isArray: isArray, at: position)
  }

  /// Puts the table that was filled where it belongs.
  private mutating func putBack() {
    if isInDocument { _ = Self.exchange(&current, at: path[...], in: &root) }
    current = TOMLTable()
  }

  private mutating func parseKeyValue() throws(TOMLFailure) {
    let keys = try scanner.key()
    try scanner.expect("=", "expected = after the key")
    let node = try scanner.value(depth: 0)
    try current.insert(node, keys: keys[...])
  }

  /// Makes the table that a header names, or adds one to the array of tables that it names.
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
      table.entries.append(.init(key: key.name, position: key.position, node: value))
      return
    }
    if var child = table.entries[index].node.value.takeTable() {
      defer { table.entries[index].node.value = .table(child) }
      if isLast {
        guard !isArray, child.origin == .implicit else {
          throw TOMLFailure(key.position, "the table '\(key.name)' is defined twice")
        }
        child.origin = .header
      } else {
        guard child.origin != .inline else {
          throw TOMLFailure(key.position, "'\(key.name)' is closed: it was written in one piece")
        }
        try open(keys.dropFirst(), in: &child, isArray: isArray, at: position)
      }
    } else if var nodes = table.entries[index].node.value.takeArray() {
      defer { table.entries[index].node.value = .array(nodes) }
      guard case .table(let last) = nodes.last?.value, last.origin != .inline else {
        throw TOMLFailure(key.position, "'\(key.name)' is not an array of tables")
      }
      if isLast {
        guard isArray else { throw TOMLFailure(key.position, "'\(key.name)' is an array of tables") }
        var new = TOMLTable()
        new.origin = .header
        nodes.append(TOMLNode(value: .table(new), position: position))
      } else {
        try nodes[nodes.count - 1].changeTable { table throws(TOMLFailure) in
          try open(keys.dropFirst(), in: &table, isArray: isArray, at: position)
        }
      }
    } else {
      throw TOMLFailure(key.position, "'\(key.name)' is a value, not a table")
    }
  }

  /// Exchanges a table with the one that a header names; false where there is none.
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
  fileprivate mutating func insert(
    _ node: TOMLNode, keys: ArraySlice<TOMLKeyPart>
  ) throws(TOMLFailure) {
    guard let key = keys.first else { return }
    let index = index(of: key.name)
    guard keys.count > 1 else {
      if index != nil { throw TOMLFailure(key.position, "the key '\(key.name)' is given twice") }
      entries.append(.init(key: key.name, position: key.position, node: node))
      return
    }
    guard let index else {
      var child = TOMLTable()
      child.origin = .dotted
      try child.insert(node, keys: keys.dropFirst())
      entries.append(
        .init(
          key: key.name, position: key.position,
          node: TOMLNode(value: .table(child), position: key.position)))
      return
    }
    guard case .table(let child) = entries[index].node.value, child.origin == .dotted else {
      throw TOMLFailure(key.position, "'\(key.name)' can't be added to here")
    }
    try entries[index].node.changeTable { child throws(TOMLFailure) in
      try child.insert(node, keys: keys.dropFirst())
    }
  }

  /// A table written in braces, which nothing can be added to.
  package static func inline(_ pairs: [(keys: [TOMLKeyPart], node: TOMLNode)]) throws(TOMLFailure) -> Self {
    var table = TOMLTable()
    for pair in pairs { try table.insert(pair.node, keys: pair.keys[...]) }
    table.origin = .inline
    return table
  }
}

/// One part of a dotted key.
package struct TOMLKeyPart: Sendable {
  package let name: String
  package let position: TOMLPosition
}

/// A mistake on its way up to where parsing goes on.
package struct TOMLFailure: Error {
  package let mistake: Mistake

  package init(_ position: TOMLPosition, _ message: String) { mistake = Mistake(position, message) }
}

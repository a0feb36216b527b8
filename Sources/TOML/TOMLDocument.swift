/// A table of a TOML 1.0.0 document, in which every key and value knows its line and column.
///
/// Policies and configurations are written by people. Every error is reported at its position, including
/// unknown keys. That needs a position on every node and a parser that continues after an error. TOML's dates
/// and times aren't needed and are reported as unsupported.
package struct TOMLTable: Sendable {
  /// One key with its value.
  package struct Entry: Sendable {
    /// The key, without its quotes.
    package let key: String
    /// Where the key begins.
    package let position: TOMLPosition
    /// The value.
    package internal(set) var node: TOMLNode
  }

  /// The entries in the order of the text.
  package internal(set) var entries: [Entry] = []

  /// The index of each key among the entries, once there are many: a linear search for each added key would
  /// take quadratic time.
  private var places: [ExactKey: Int] = [:]

  /// How the table came about, which decides what may be added to it.
  var origin = Origin.implicit

  enum Origin {
    /// A header named a table below it, but no header named the table itself.
    case implicit
    /// A header named it.
    case header
    /// A dotted key named a value in it.
    case dotted
    /// It was written in braces.
    case inline
  }

  package init() {}

  /// The value of a key.
  package subscript(key: String) -> TOMLNode? { index(of: key).map { entries[$0].node } }

  /// The table without one of its keys.
  package func without(_ key: String) -> TOMLTable {
    var copy = TOMLTable()
    copy.origin = origin
    for entry in entries where ExactKey(entry.key) != ExactKey(key) { copy.append(entry) }
    return copy
  }

  /// Up to this many entries, a linear search is used.
  private static let few = 16

  func index(of key: String) -> Int? {
    let key = ExactKey(key)
    guard entries.count > Self.few else { return entries.firstIndex { ExactKey($0.key) == key } }
    return places[key]
  }

  /// Adds an entry with a key that the table doesn't have.
  mutating func append(_ entry: Entry) {
    entries.append(entry)
    guard entries.count > Self.few else { return }
    for index in places.count..<entries.count { places[ExactKey(entries[index].key)] = index }
  }
}

/// A key as bytes. `String` compares what a reader sees, so an accented letter equals the letter followed by
/// a combining accent; in TOML these are two keys.
private struct ExactKey: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (a: Self, b: Self) -> Bool {
    // Most keys differ, which `String` detects quickly.
    a.text == b.text && a.text.utf8.elementsEqual(b.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
    hasher.combine(text.utf8.count)
  }
}

/// A value and where it begins.
package struct TOMLNode: Sendable {
  /// The value.
  package internal(set) var value: TOMLValue
  /// Where the value begins; for a table made by a header or a dotted key, where that begins.
  package let position: TOMLPosition

  /// Changes, in place, the table that the node is, or the last table of the array that it is.
  ///
  /// - Returns: What `change` returns; nil if the node is neither.
  @discardableResult
  mutating func changeTable<Result, Failure: Error>(
    _ change: (inout TOMLTable) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    if var table = value.takeTable() {
      defer { value = .table(table) }
      return try change(&table)
    }
    guard var nodes = value.takeArray() else { return nil }
    defer { value = .array(nodes) }
    guard nodes.last?.value.tableOrigin != nil else { return nil }
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

  // A table or an array is taken out, changed and put back. With two owners it would be copied, and reading a
  // document with many tables would take quadratic time.

  mutating func takeTable() -> TOMLTable? {
    guard case .table(let table) = self else { return nil }
    self = .boolean(false)
    return table
  }

  mutating func takeArray() -> [TOMLNode]? {
    guard case .array(let nodes) = self else { return nil }
    self = .boolean(false)
    return nodes
  }

  /// How the table was created; nil if the value isn't a table.
  var tableOrigin: TOMLTable.Origin? { if case .table(let table) = self { table.origin } else { nil } }

  /// The type's name with an article, for messages.
  package var kind: String {
    switch self {
    case .string: "a string"
    case .integer: "an integer"
    case .float: "a float"
    case .boolean: "a boolean"
    case .array: "an array"
    case .table: "a table"
    }
  }
}

/// A position in a text, counted from 1; the column counts Unicode scalars.
package struct TOMLPosition: Sendable, Hashable, Comparable {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static func < (a: Self, b: Self) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// One error in a text that a person wrote.
package struct Mistake: Sendable, Hashable, CustomStringConvertible {
  /// The line, from 1.
  package let line: Int
  /// The column in Unicode scalars, from 1.
  package let column: Int
  /// What is wrong, as a sentence without a full stop. It may quote the text, so its length is bounded, and
  /// characters that affect a terminal or the text direction are escaped.
  package let message: String

  /// `LINE:COLUMN: message`.
  package var description: String { "\(line):\(column): \(message)" }

  /// The maximum number of errors reported for one text: a file that isn't TOML has an error on every line.
  fileprivate static let limit = 1000

  /// Longer than any message without a quotation.
  private static let maximumLength = 500

  package init(_ position: TOMLPosition, _ message: String) {
    line = position.line
    column = position.column
    var shown = ""
    var length = 0
    for scalar in message.unicodeScalars {
      length += 1
      guard length <= Self.maximumLength else {
        shown += "…"
        break
      }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: shown += scalar.codeName
      default: shown.unicodeScalars.append(scalar)
      }
    }
    self.message = shown
  }
}

extension [Mistake] {
  /// Whether no more are added.
  var areTooMany: Bool { count > Mistake.limit }

  /// Adds an error, or a note that there are too many.
  mutating func add(_ mistake: Mistake) {
    guard !areTooMany else { return }
    guard count == Mistake.limit else { return append(mistake) }
    let position = TOMLPosition(line: mistake.line, column: mistake.column)
    append(Mistake(position, "more than \(Mistake.limit) errors; the rest are not reported"))
  }
}

extension Unicode.Scalar {
  /// `U+` and at least four digits.
  var codeName: String {
    let digits = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

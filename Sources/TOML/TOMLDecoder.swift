/// Reads values from a parsed document and collects all errors: missing keys, values of the wrong type,
/// unknown keys.
package struct TOMLDecoder {
  /// The errors, in the order found.
  package private(set) var mistakes: [Mistake] = []

  package init() {}

  /// Reports an error.
  package mutating func report(_ position: TOMLPosition, _ message: String) {
    mistakes.add(Mistake(position, message))
  }

  /// Adds errors that were found elsewhere.
  package mutating func add(_ more: [Mistake]) {
    for mistake in more { mistakes.add(mistake) }
  }

  /// Reports every key of `table` that isn't in `known`, with the most similar known key.
  package mutating func check(_ table: TOMLTable, keys known: [String], in place: String) {
    for entry in table.entries where !known.contains(entry.key) {
      // Searching for a similar key takes longer than reading the key.
      guard !mistakes.areTooMany else { return }
      report(entry.position, "unknown key '\(entry.key)' in \(place)" + Self.suggestion(entry.key, known))
    }
  }

  package mutating func string(_ table: TOMLTable, _ key: String) -> String? {
    guard let node = table[key] else { return nil }
    return string(node, as: key)
  }

  package mutating func string(_ node: TOMLNode, as name: String) -> String? {
    if case .string(let text) = node.value { return text }
    report(node.position, "\(name) must be a string, not \(node.value.kind)")
    return nil
  }

  /// A string that isn't empty.
  package mutating func name(_ table: TOMLTable, _ key: String) -> String? {
    guard let node = table[key], let text = string(node, as: key) else { return nil }
    if text.isEmpty { report(node.position, "\(key) must not be empty") }
    return text.isEmpty ? nil : text
  }

  package mutating func integer(_ table: TOMLTable, _ key: String) -> Int? {
    guard let node = table[key] else { return nil }
    if case .integer(let value) = node.value, value >= 0 { return value }
    report(node.position, "\(key) must be an integer of at least 0")
    return nil
  }

  package mutating func number(_ table: TOMLTable, _ key: String) -> Double? {
    guard let node = table[key] else { return nil }
    switch node.value {
    case .integer(let value): return Double(value)
    case .float(let value): return value
    default:
      report(node.position, "\(key) must be a number, not \(node.value.kind)")
      return nil
    }
  }

  package mutating func boolean(_ table: TOMLTable, _ key: String) -> Bool? {
    guard let node = table[key] else { return nil }
    if case .boolean(let value) = node.value { return value }
    report(node.position, "\(key) must be true or false, not \(node.value.kind)")
    return nil
  }

  package mutating func table(_ table: TOMLTable, _ key: String) -> TOMLTable? {
    guard let node = table[key] else { return nil }
    return self.table(node, as: key)
  }

  package mutating func table(_ node: TOMLNode, as name: String) -> TOMLTable? {
    if case .table(let table) = node.value { return table }
    report(node.position, "\(name) must be a table, not \(node.value.kind)")
    return nil
  }

  package mutating func array(_ table: TOMLTable, _ key: String) -> [TOMLNode]? {
    guard let node = table[key] else { return nil }
    if case .array(let nodes) = node.value { return nodes }
    report(node.position, "\(key) must be an array, not \(node.value.kind)")
    return nil
  }

  package mutating func strings(_ table: TOMLTable, _ key: String) -> [(
    text: String, position: TOMLPosition
  )]? {
    guard let nodes = array(table, key) else { return nil }
    var texts: [(text: String, position: TOMLPosition)] = []
    for node in nodes {
      if let text = string(node, as: "each of \(key)") { texts.append((text, node.position)) }
    }
    return texts
  }

  /// One of a closed set of names.
  package mutating func choice<T>(
    _ text: String, at position: TOMLPosition, _ what: String, among all: [(name: String, value: T)]
  ) -> T? {
    if let found = all.first(where: { $0.name == text }) { return found.value }
    guard !mistakes.areTooMany else { return nil }
    report(position, "unknown \(what) '\(text)'" + Self.suggestion(text, all.map(\.name)))
    return nil
  }

  /// "; did you mean 'x'?" if a known name is similar; otherwise the known names if there are few.
  package static func suggestion(_ word: String, _ known: [String]) -> String {
    let near =
      known.map { (name: $0, distance: distance(word, $0)) }
      .filter { $0.distance <= max(1, min(word.count, maximumLength) / 3) }
      .min { $0.distance < $1.distance }
      ?? known.first { word.count > ($0.hasPrefix(word) ? 2 : 3) && shortens(word, $0) }.map {
        (name: $0, distance: 0)
      }
    if let near { return "; did you mean '\(near.name)'?" }
    return known.isEmpty || known.count > 16 ? "" : "; choose from \(known.joined(separator: ", "))"
  }

  /// Whether a word is a name with letters left out, such as `wacloud` for `whatsapp-cloud`.
  private static func shortens(_ word: String, _ name: String) -> Bool {
    var rest = name.lowercased()[...]
    return word.first?.lowercased() == name.first?.lowercased()
      && word.lowercased().allSatisfy { letter in
        guard let place = rest.firstIndex(of: letter) else { return false }
        rest = rest[rest.index(after: place)...]
        return true
      }
  }

  /// As much of a word is compared.
  private static let maximumLength = 64

  /// The number of letters to insert, delete, replace or swap with their neighbor to get from one word to the
  /// other.
  private static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.prefix(maximumLength).lowercased())
    let b = Array(b.prefix(maximumLength).lowercased())
    var rows = [Array(0...b.count)]
    for (i, x) in a.enumerated() {
      var row = [i + 1]
      for (j, y) in b.enumerated() {
        var best = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (x == y ? 0 : 1))
        if i > 0, j > 0, x == b[j - 1], y == a[i - 1] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}

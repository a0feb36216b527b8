import PreflightTOML
import Testing

/// Long and deep documents. A reader that takes the square of their length for one of these doesn't come to an end.
@Suite struct SizeTests {
  private static let many = 100_000

  /// Lines of which each has a key of its own.
  private static func lines(_ before: String, _ after: String) -> String {
    (0..<many).map { "\(before)k\($0)\(after)" }.joined()
  }

  @Test(arguments: [
    ("", " = 1\n"), ("", ".a = 1\n"), ("[", "]\na = 1\n"), ("[", ".a]\nb = 1\n"), ("[[", "]]\n"),
  ])
  func manyInTheDocument(before: String, after: String) {
    let (table, mistakes) = parse(Self.lines(before, after))
    #expect(mistakes == [])
    expectAllKeys(of: table)
  }

  @Test(arguments: [
    ("", "a.", " = 1\n", ""), ("", "[a.", "]\nb = 1\n", ""), ("[a]\n", "", " = 1\n", ""),
    ("[a]\n", "", ".b = 1\n", ""), ("a = {", "", " = 1, ", "last = 1}"),
  ])
  func manyInATable(start: String, before: String, after: String, end: String) {
    let (table, mistakes) = parse(start + Self.lines(before, after) + end)
    #expect(mistakes == [])
    guard case .table(let inner) = table["a"]?.value else {
      Issue.record("there is no table")
      return
    }
    expectAllKeys(of: inner.without("last"))
  }

  @Test(arguments: [
    ("", "[[a]]\nb = 1\n", ""), ("a = [", "{b = 1},", "]"), ("a = [", "1, # é\n", "]"),
    ("a = [", "'''é''',", "]"),
  ])
  func manyInAnArray(start: String, item: String, end: String) {
    let (table, mistakes) = parse(start + String(repeating: item, count: Self.many) + end)
    #expect(mistakes == [])
    guard case .array(let nodes) = table["a"]?.value else {
      Issue.record("there is no array")
      return
    }
    #expect(nodes.count == Self.many)
  }

  @Test func manyTablesInTheLastOfAnArray() {
    let (table, mistakes) = parse("[[a]]\n" + Self.lines("[a.", "]\nb = 1\n"))
    #expect(mistakes == [])
    guard case .array(let nodes) = table["a"]?.value, case .table(let inner) = nodes.last?.value else {
      Issue.record("there is no array")
      return
    }
    expectAllKeys(of: inner)
  }

  @Test func manyKeysInTablesWithoutHeaders() {
    let (table, mistakes) = parse(Self.lines("[a.", ".b]\n") + "[a]\n" + Self.lines("", ".c = 1\n"))
    #expect(mistakes == [])
    guard case .table(let inner) = table["a"]?.value else {
      Issue.record("there is no table")
      return
    }
    expectAllKeys(of: inner)
  }

  @Test func aLongString() {
    let part = #"é \u00e9 \"# + "\n" + #" "" "#
    let (table, mistakes) = parse("a = \"\"\"" + String(repeating: part, count: Self.many) + "\"\"\"")
    #expect(mistakes == [])
    guard case .string(let text) = table["a"]?.value else {
      Issue.record("there is no string")
      return
    }
    #expect(text.unicodeScalars.count == Self.many * #"é é "" "#.count)
  }

  @Test(arguments: ["a = x\n", "[\n", "\"\n", "a = '\u{1}'\n", "a = [\n"])
  func noMoreErrorsThanAPersonReads(line: String) {
    let (_, mistakes) = parse("b = 1\n" + String(repeating: line, count: Self.many))
    #expect(mistakes.count == 1001)
    #expect(mistakes.last?.message == "more than 1000 errors; the rest are not reported")
  }

  @Test func manyErrorsInOneLine() {
    let (_, mistakes) = parse("a = [" + String(repeating: "é,", count: Self.many) + "]")
    #expect(mistakes.count == 1001)
    #expect(mistakes.prefix(1000).map(\.column) == (0..<1000).map { 6 + 2 * $0 })
  }

  @Test func nestingIsBounded() {
    #expect(
      parse("a = " + String(repeating: "[", count: 50) + String(repeating: "]", count: 50)).mistakes == [])
    #expect(
      parse("[" + Array(repeating: "a", count: 20).joined(separator: ".") + "]\nb.c = [[[1]]]").mistakes == []
    )
    for text in [
      "a = " + String(repeating: "[", count: Self.many), "a = " + String(repeating: "{a=", count: Self.many),
      "a = " + String(repeating: "[{a.b=", count: Self.many),
      Array(repeating: "a", count: Self.many).joined(separator: ".") + " = 1",
      "[" + Array(repeating: "a", count: Self.many).joined(separator: ".") + "]",
      "[" + Array(repeating: "a", count: 60).joined(separator: ".") + "]\na.a.a.a.a = 1",
    ] {
      #expect(parse(text).mistakes.map(\.message) == ["more than 64 levels of nesting"])
    }
  }

  /// All of the keys are there, in their order, and each is found.
  private func expectAllKeys(of table: TOMLTable, at location: SourceLocation = #_sourceLocation) {
    #expect(table.entries.count == Self.many, sourceLocation: location)
    let isInOrder = zip(table.entries, 0...).allSatisfy { entry, number in entry.key == "k\(number)" }
    #expect(isInOrder, sourceLocation: location)
    #expect(table.entries.allSatisfy { table[$0.key] != nil }, sourceLocation: location)
    #expect(table["none"] == nil, sourceLocation: location)
  }
}

import PreflightTOML
import Testing

/// How keys, headers and comments make a document.
@Suite struct DocumentTests {
  @Test(arguments: [
    ("", "{}"), ("\n\n", "{}"), ("# é", "{}"), ("a = 1", "{a=1}"), (" \ta\t=\t1\t", "{a=1}"),
    ("a=1#x", "{a=1}"),
    ("a = 1 # comment\n\n# more\nb = 'x#y'", #"{a=1,b="x#y"}"#), ("-_9 = 1", "{-_9=1}"),
    (#""quoted \u00e9".'x y' = 1"#, "{quoted é={x y=1}}"), ("'' = 1", "{=1}"),
    ("a . 'b' .c = 1", "{a={b={c=1}}}"),
    ("1.2 = 3", "{1={2=3}}"), ("true = false", "{true=false}"), ("a.b = 1\na.c = 2", "{a={b=1,c=2}}"),
    ("a.b = 1\nc = 2\na.d = 3", "{a={b=1,d=3},c=2}"),
  ])
  func keys(text: String, expected: String) { expect(text, reads: expected) }

  @Test(arguments: [
    ("[a]\nb = 1\n[a.c]\nd = 2\n[e]", "{a={b=1,c={d=2}},e={}}"),
    ("[a.b]\nc = 1\n[a]\nd = 2", "{a={b={c=1},d=2}}"),
    (" [ a . 'b' ] # c\nd = 1", "{a={b={d=1}}}"), ("['']\na = 1", "{={a=1}}"),
    ("[a]\nb.c = 1\n[a.b.d]\ne = 2", "{a={b={c=1,d={e=2}}}}"),
    // What has no header of its own yet may get keys from the table above it.
    ("[a.b.c]\n[a]\nb.d = 1", "{a={b={c={},d=1}}}"),
  ])
  func tables(text: String, expected: String) { expect(text, reads: expected) }

  @Test(arguments: [
    ("[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3", "{a=[{b=1},{b=2,c={d=3}}]}"),
    ("[[a]]\n[[a]]", "{a=[{},{}]}"),
    ("[[ a.b ]]\n[a]\nc = 1", "{a={b=[{}],c=1}}"),
    ("[[a]]\n[[a.b]]\nc = 1\n[[a.b]]\n[[a]]\n[[a.b]]\nc = 2", "{a=[{b=[{c=1},{}]},{b=[{c=2}]}]}"),
    ("[[a]]\n[a.b.c]\n[[a]]\n[a.b.c]\nd = 1", "{a=[{b={c={}}},{b={c={d=1}}}]}"),
  ])
  func arraysOfTables(text: String, expected: String) { expect(text, reads: expected) }

  @Test func aByteOrderMarkAndCarriageReturnsBeforeLineFeedsArePassedOver() {
    expect("\u{feff}a = 1\r\n[b] # x\r\n\r\nc = 2\r\n", reads: "{a=1,b={c=2}}")
    #expect(parse("\u{feff}a = 1").table["a"]?.position == TOMLPosition(line: 1, column: 5))
    #expect(parse("\r\na = 1").table["a"]?.position == TOMLPosition(line: 2, column: 5))
  }

  @Test func keysAreComparedByTheirBytes() throws {
    let (table, mistakes) = parse("'\u{e9}' = 1\n'e\u{301}' = 2")
    #expect(mistakes == [])
    #expect(table.entries.map { Array($0.key.utf8) } == [[0xc3, 0xa9], [0x65, 0xcc, 0x81]])
    #expect(try flat(#require(table["e\u{301}"]).value) == "2")
    #expect(table.without("\u{e9}").entries.count == 1)
  }

  @Test func aTableKnowsItsKeys() throws {
    let table = parse("a = 1\nb = 2\nc = 3").table
    #expect(try flat(#require(table["b"]).value) == "2")
    #expect(table["d"] == nil)
    #expect(flat(table.without("b")) == "{a=1,c=3}")
    #expect(flat(table.without("d")) == "{a=1,b=2,c=3}")
    #expect(TOMLTable().entries.isEmpty)
  }

  private func expect(_ text: String, reads expected: String, at location: SourceLocation = #_sourceLocation)
  {
    let (table, mistakes) = parse(text)
    #expect(mistakes == [], sourceLocation: location)
    #expect(flat(table) == expected, sourceLocation: location)
  }
}

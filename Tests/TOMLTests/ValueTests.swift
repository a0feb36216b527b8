import PreflightTOML
import Testing

/// Each kind of value, and each form in which it may be written.
@Suite struct ValueTests {
  /// The value that the text stands for, in one line; nil where there is an error.
  private func value(_ text: String) -> String? {
    let (table, mistakes) = parse("a = \(text)")
    guard mistakes.isEmpty, table.entries.count == 1, let node = table["a"] else { return nil }
    return flat(node.value)
  }

  @Test(arguments: [
    ("0", "0"), ("+0", "0"), ("-0", "0"), ("7", "7"), ("-7", "-7"), ("+3", "3"), ("1_000", "1000"),
    ("1_2_3", "123"), ("0xff", "255"), ("0xDEAD_beef", "3735928559"), ("0x00f", "15"), ("0o17", "15"),
    ("0b1_1", "3"), ("9223372036854775807", "9223372036854775807"),
    ("-9223372036854775808", "-9223372036854775808"), ("0x7fffffffffffffff", "9223372036854775807"),
  ])
  func integers(text: String, expected: String) { #expect(value(text) == expected) }

  @Test(arguments: [
    ("1.5", "1.5"), ("+1.0", "1.0"), ("-0.25", "-0.25"), ("0.0", "0.0"), ("-0.0", "-0.0"), ("1e3", "1000.0"),
    ("1E+3", "1000.0"), ("1e-03", "0.001"), ("6.626e-34", "6.626e-34"), ("1_0.0_1", "10.01"), ("0e0", "0.0"),
    ("1e1_0", "10000000000.0"), ("inf", "inf"), ("+inf", "inf"), ("-inf", "-inf"), ("nan", "nan"),
    ("+nan", "nan"), ("-nan", "nan"),
  ])
  func floats(text: String, expected: String) { #expect(value(text) == expected) }

  @Test(arguments: [("true", "true"), ("false", "false")])
  func booleans(text: String, expected: String) { #expect(value(text) == expected) }

  @Test(arguments: [
    (#""""#, ""), (#""x""#, "x"), (#""it's""#, "it's"), (#""a#b""#, "a#b"), (#""é😀""#, "é😀"),
    (#""\b\t\n\f\r\"\\""#, "\u{8}\t\n\u{c}\r\"\\"), (#""\u00e9\u00E9""#, "éé"), (#""\U0001F600""#, "😀"),
    (#""\u0000""#, "\0"), ("\"a\tb\"", "a\tb"), (#""C:\\x""#, #"C:\x"#),
  ])
  func basicStrings(text: String, expected: String) { #expect(value(text) == "\"\(expected)\"") }

  @Test(arguments: [("''", ""), (#"'C:\x'"#, #"C:\x"#), (#"'"x"'"#, #""x""#), ("'a\tb'", "a\tb")])
  func literalStrings(text: String, expected: String) { #expect(value(text) == "\"\(expected)\"") }

  @Test(arguments: [
    (#""""""""#, ""), ("\"\"\"\nx\"\"\"", "x"), ("\"\"\"\n\nx\"\"\"", "\nx"),
    ("\"\"\"a\nb\n\"\"\"", "a\nb\n"),
    (#""""a"b""c""""#, #"a"b""c"#), (#""""x"""""#, #"x""#), (#""""x""""""#, #"x"""#), (#"""""""""#, #"""#),
    ("\"\"\"a \\\n   b\"\"\"", "a b"), ("\"\"\"a\\ \t\n\n \t\n b\"\"\"", "ab"), ("\"\"\"a\\\n\"\"\"", "a"),
    (#""""\"""\u0041""""#, #"""""# + "A"),
  ])
  func multilineBasicStrings(text: String, expected: String) { #expect(value(text) == "\"\(expected)\"") }

  @Test(arguments: [
    ("''''''", ""), ("'''\nx'''", "x"), ("'''it's'''", "it's"), ("'''a''b''''", "a''b'"),
    ("'''x'''''", "x''"),
    ("'''a\\\nb'''", "a\\\nb"),
  ])
  func multilineLiteralStrings(text: String, expected: String) { #expect(value(text) == "\"\(expected)\"") }

  @Test func lineEndsInTextAreTheSameHoweverTheFileWasSaved() {
    #expect(value("\"\"\"\r\na\r\nb\\\r\n  c\r\n\"\"\"") == "\"a\nbc\n\"")
    #expect(value("'''\r\na\r\nb'''") == "\"a\nb\"")
  }

  @Test(arguments: [
    ("[]", "[]"), ("[ ]", "[]"), ("[1]", "[1]"), ("[1, 2,\n 3, # c\n\n]", "[1,2,3]"), ("[1\n,2\n]", "[1,2]"),
    ("[[1], [], ['x', 1.5, true]]", #"[[1],[],["x",1.5,true]]"#), ("[{b = 1}, {}]", "[{b=1},{}]"),
    ("[\r\n1,\r\n]", "[1]"),
  ])
  func arrays(text: String, expected: String) { #expect(value(text) == expected) }

  @Test(arguments: [
    ("{}", "{}"), ("{ }", "{}"), ("{b=1}", "{b=1}"), ("{ b = 1 , 'c d' = {e = []} }", "{b=1,c d={e=[]}}"),
    ("{ b.c = 1, b.d = 2 }", "{b={c=1,d=2}}"), ("{b = [\n1,\n2\n]}", "{b=[1,2]}"),
    ("{b = '''\nx\ny'''}", "{b=\"x\ny\"}"),
  ])
  func inlineTables(text: String, expected: String) { #expect(value(text) == expected) }

  @Test func everyValueKnowsWhereItBegins() throws {
    let text = """
      [t]
      "é" = [1,
        { a.b = 'x' }]
      [[u.v]]
      """
    let table = parse(text).table
    let t = try #require(table["t"])
    #expect(t.position == TOMLPosition(line: 1, column: 1))
    guard case .table(let inner) = t.value, case .array(let nodes) = inner["é"]?.value else {
      Issue.record("the table isn't read")
      return
    }
    #expect(table.entries.map(\.position) == [.init(line: 1, column: 2), .init(line: 4, column: 3)])
    #expect(inner["é"]?.position == TOMLPosition(line: 2, column: 7))
    #expect(nodes.map(\.position) == [.init(line: 2, column: 8), .init(line: 3, column: 3)])
    guard case .table(let last) = nodes[1].value, case .table(let a) = last["a"]?.value else {
      Issue.record("the inline table isn't read")
      return
    }
    #expect(last["a"]?.position == TOMLPosition(line: 3, column: 5))
    #expect(a["b"]?.position == TOMLPosition(line: 3, column: 11))
    guard case .table(let u) = table["u"]?.value, case .array(let tables) = u["v"]?.value else {
      Issue.record("the array of tables isn't read")
      return
    }
    #expect(tables.map(\.position) == [.init(line: 4, column: 1)])
  }
}

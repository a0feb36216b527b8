import PreflightTOML
import Testing

/// Each kind of error, where it stands, and what is read in spite of it.
@Suite struct ErrorTests {
  @Test(arguments: [
    ("a", "1:2: expected '=' after the key, found the end of the file"),
    ("a\n= 1", "1:2: expected '=' after the key, found the end of the line|2:1: expected a key, found '='"),
    ("a 1", "1:3: expected '=' after the key, found '1'"), ("= 1", "1:1: expected a key, found '='"),
    ("a. = 1", "1:4: expected a key, found '='"), (".a = 1", "1:1: expected a key, found '.'"),
    ("é = 1", "1:1: expected a key, found 'é'"),
    (#""""a""" = 1"#, "1:3: expected '=' after the key, found '\"'"),
    ("\"a\nb\" = 1", "1:1: unterminated string on this line|2:2: expected '=' after the key, found '\"'"),
    ("\u{feff}\u{feff}a = 1", "1:1: expected a key, found 'U+FEFF'"),
    ("a = 1\rb = 2", "1:6: expected the end of the line, found 'U+000D'"),
    ("\ra = 1", "1:1: expected a key, found 'U+000D'"),
  ])
  func keys(text: String, expected: String) { expect(text, reports: expected) }

  @Test(arguments: [
    ("a =", "1:4: expected a value, found the end of the file"),
    ("a = \n", "1:5: expected a value, found the end of the line"),
    ("a = # x", "1:5: expected a value, found '#'"),
    ("a = 1 2", "1:7: expected the end of the line, found '2'"),
    ("a = 1 b = 2", "1:7: expected the end of the line, found 'b'"),
    ("a = yes", "1:5: invalid value 'yes'; strings need quotes"),
    ("a = True", "1:5: invalid value 'True'; strings need quotes"),
    ("a = two words # c", "1:5: invalid value 'two words'; strings need quotes"),
    ("a = infinity", "1:5: invalid value 'infinity'; strings need quotes"),
    ("a = é", "1:5: invalid value 'é'; strings need quotes"),
  ])
  func values(text: String, expected: String) { expect(text, reports: expected) }

  @Test(arguments: [
    "01", "-01", "0_0", "1__0", "1_", "+_1", "--1", "+-1", "1.", ".5", "-.5", "1.e5", "1._5", "1_.5", "1.5_",
    "1e", "1e+",
    "1e_5", "1e5_", "1e5.0", "1.5.2", "00.5", "1a", "0x", "0xg", "0x_f", "0xf_", "0XFF", "+0x1", "-0b1",
    "0b2", "0o8", "0b",
    "+", "-", "+in", "0x1.8p3", "1١",
  ])
  func numbers(text: String) { expect("a = \(text)", reports: "1:5: invalid number '\(text)'") }

  @Test(arguments: [
    "9223372036854775808", "-9223372036854775809", "0x8000000000000000", "1_000_000_000_000_000_000_000",
  ])
  func integersBeyond64Bits(text: String) {
    expect("a = \(text)", reports: "1:5: the integer '\(text)' doesn't fit in 64 bits")
  }

  @Test(arguments: [
    "2020-01-01", "10:00:00", "2020-01-01T10:00:00Z", "2020-01-01 10:00:00.5+01:00", "2020-13-99",
  ])
  func datesAndTimes(text: String) {
    expect("a = \(text) # c", reports: "1:5: dates and times are not supported")
    expect("a = [\(text), 1]", reports: "1:6: dates and times are not supported")
  }

  @Test(arguments: [
    (#""x"#, "1:5: unterminated string on this line"),
    ("\"x\ny\"", "1:5: unterminated string on this line|2:2: expected '=' after the key, found '\"'"),
    ("'x", "1:5: unterminated string on this line"),
    (#""x\""#, "1:5: unterminated string on this line"),
    (#""""x"#, "1:5: unterminated string"), ("'''x\n\n''", "1:5: unterminated string"),
    (#""""x\""#, "1:5: unterminated string"),
    (#""""x""""""""#, "1:14: expected the end of the line, found '\"'"),
    (#""\x""#, #"1:6: invalid escape '\x'"#),
    (#""\é\e""#, #"1:6: invalid escape '\é'|1:8: invalid escape '\e'"#),
    (#""\ud800""#, "1:6: invalid escape; U+d800 is not a Unicode scalar value"),
    (#""\U00110000""#, "1:6: invalid escape; U+00110000 is not a Unicode scalar value"),
    (#""\u12""#, "1:6: invalid escape; expected 4 hexadecimal digits"),
    (#""\U0001F60""#, "1:6: invalid escape; expected 8 hexadecimal digits"),
    (#""""\ x""""#, #"1:8: invalid escape '\ '"#),
    ("\"\"\"\n\\\rx\"\"\"", "2:1: invalid escape|2:2: invalid control character U+000D"),
    ("\"\\\n", "1:5: unterminated string on this line|1:6: invalid escape"),
  ])
  func strings(text: String, expected: String) {
    expect("a = " + text, reports: expected)
  }

  @Test(arguments: Array(0..<UInt8(0x20)) + [0x7f])
  func controlCharacters(byte: UInt8) {
    let digits = String(byte, radix: 16, uppercase: true)
    let name = "U+00" + (digits.count == 1 ? "0" : "") + digits
    let control = String(Unicode.Scalar(byte))
    guard control != "\t", control != "\n" else { return }
    expect("a = 1 # é\(control)", reports: "1:10: invalid control character \(name)")
    expect("a = 'é\(control)'", reports: "1:7: invalid control character \(name)")
    expect("a = \"\(control)\"", reports: "1:6: invalid control character \(name)")
    expect("a = '''\n\(control)'''", reports: "2:1: invalid control character \(name)")
    expect("a = \"\"\"\n\(control)\"\"\"", reports: "2:1: invalid control character \(name)")
    expect("a\(control) = 1", reports: "1:2: expected '=' after the key, found '\(name)'")
    expect(
      "a = [\n1\(control)]",
      reports: control == "\r"
        ? "2:2: expected ',' or ']' in the array, found 'U+000D'" : "2:1: invalid number '1\(name)'")
  }

  @Test(
    arguments: [
      ([0xff], "1:1: invalid UTF-8"), (Array("# é\n# ".utf8) + [0xc3], "2:3: invalid UTF-8"),
      (Array("\u{feff}# é".utf8) + [0xe9, 0x0a], "1:4: invalid UTF-8"),
      (Array("a = '".utf8) + [0xed, 0xa0, 0x80, 0x27], "1:6: invalid UTF-8"),
      (Array("a = '".utf8) + [0xc0, 0x80, 0x27], "1:6: invalid UTF-8"),
      ([0xff, 0xfe, 0x61, 0x00], "1:1: invalid UTF-8"),
    ] as [([UInt8], String)])
  func invalidUTF8(bytes: [UInt8], expected: String) {
    let (table, mistakes) = parse(bytes)
    #expect(mistakes.map(\.description) == [expected])
    #expect(table.entries.isEmpty)
  }

  @Test(arguments: [
    ("a = [1", "1:7: expected ',' or ']' in the array, found the end of the file"),
    ("a = [", "1:6: expected a value, found the end of the file"),
    ("a = [1 2]", "1:8: expected ',' or ']' in the array, found '2'"),
    ("a = [,]", "1:6: expected a value, found ','"),
    ("a = [1,,2]", "1:8: expected a value, found ','"),
    ("a = [1}", "1:7: expected ',' or ']' in the array, found '}'"),
    (
      "a = [x, 1, y]",
      "1:6: invalid value 'x'; strings need quotes|1:12: invalid value 'y'; strings need quotes"
    ),
    ("a = []]", "1:7: expected the end of the line, found ']'"),
    ("a = {b = 1", "1:11: expected ',' or '}' in the inline table, found the end of the file"),
    (
      "a = {b = 1\n}",
      "1:11: expected ',' or '}' in the inline table, found the end of the line|2:1: expected a key, found '}'"
    ),
    ("a = {\n}", "1:6: expected a key, found the end of the line|2:1: expected a key, found '}'"),
    ("a = {b = 1,}", "1:12: expected a key, found '}'"), ("a = {,}", "1:6: expected a key, found ','"),
    ("a = {b}", "1:7: expected '=' after the key, found '}'"),
    ("a = {b = 1 c = 2}", "1:12: expected ',' or '}' in the inline table, found 'c'"),
    ("a = {b = 1, b = 2}", "1:13: duplicate key 'b'"),
    ("a = {b = {}, b.c = 2}", "1:14: 'b' is an inline table and can't be extended"),
    ("a = {b.c = 1, b = 2}", "1:15: duplicate key 'b'"),
    ("a = {b = 1, b.c = 2}", "1:13: 'b' is an integer, not a table"),
  ])
  func arraysAndInlineTables(text: String, expected: String) { expect(text, reports: expected) }

  @Test(arguments: [
    ("[a", "1:3: expected ']' after the table's name, found the end of the file"),
    ("[a b]", "1:4: expected ']' after the table's name, found 'b'"),
    ("[]", "1:2: expected a key, found ']'"), ("[a.]", "1:4: expected a key, found ']'"),
    ("[a]]", "1:4: expected the end of the line, found ']'"),
    ("[a] b = 1", "1:5: expected the end of the line, found 'b'"),
    ("[[a]", "1:4: expected ']]' after the table's name, found ']'"),
    ("[[a] ]", "1:4: expected ']]' after the table's name, found ']'"),
    ("[ [a]]", "1:3: expected a key, found '['"),
    (
      "[a\n]",
      "1:3: expected ']' after the table's name, found the end of the line|2:1: expected a key, found ']'"
    ),
    (#"["\x"]"#, #"1:3: invalid escape '\x'"#),
  ])
  func headers(text: String, expected: String) { expect(text, reports: expected) }

  @Test(arguments: [
    ("x = 1\na = 1\na = 2", "3:1: duplicate key 'a'"), ("a = 1\n'a' = 2", "2:1: duplicate key 'a'"),
    ("a.b = 1\na = 2", "2:1: duplicate key 'a'"),
    ("a.b = 1\na.b = 2", "2:3: duplicate key 'b'"), ("a = 1\na.b = 2", "2:1: 'a' is an integer, not a table"),
    ("a = []\na.b = 2", "2:1: 'a' is an array, not a table"),
    ("a = {b = 1}\na.c = 2", "2:1: 'a' is an inline table and can't be extended"),
    ("[a]\n[a]", "2:2: duplicate table 'a'"), ("[a.b]\n[a]\n[a.b]", "3:4: duplicate table 'b'"),
    ("a = 1\n[a]", "2:2: 'a' is an integer, not a table"),
    ("a = 'x'\n[a.b]", "2:2: 'a' is a string, not a table"),
    ("a = 1.5\n[[a]]", "2:3: 'a' is a float, not a table"),
    ("a = true\n[a.b.c]", "2:2: 'a' is a boolean, not a table"),
    ("a.b = 1\n[a]", "2:2: duplicate table 'a'"), ("[a]\nb.c.d = 1\n[a.b.c]", "3:6: duplicate table 'c'"),
    ("a = {}\n[a]", "2:2: 'a' is an inline table and can't be extended"),
    ("a = {b = {}}\n[a.b]", "2:2: 'a' is an inline table and can't be extended"),
    ("a = {b.c = 1}\n[a.b.d]", "2:2: 'a' is an inline table and can't be extended"),
    ("a = {}\n[[a.b]]", "2:3: 'a' is an inline table and can't be extended"),
    ("a = [1]\n[[a]]", "2:3: 'a' is an array and can't be extended"),
    ("a = []\n[[a]]", "2:3: 'a' is an array and can't be extended"),
    ("a = [{}]\n[a.b]", "2:2: 'a' is an array and can't be extended"),
    ("a = [{}]\n[[a]]", "2:3: 'a' is an array and can't be extended"),
    ("[[a]]\n[a]", "2:2: 'a' is an array of tables; expected a header in double brackets"),
    ("[a]\n[[a]]", "2:3: 'a' is a table, not an array of tables"),
    ("[a.b]\n[[a]]", "2:3: 'a' is a table, not an array of tables"),
    ("a.b = 1\n[[a]]", "2:3: 'a' is a table, not an array of tables"),
    ("[[a]]\n[a.b]\n[a.b]", "3:4: duplicate table 'b'"),
    ("[[a]]\nb = 1\n[a.b]", "3:4: 'b' is an integer, not a table"),
    ("[a.b.c]\n[a]\nb.c.d = 1", "3:3: 'c' has its own header; expected its keys below that"),
    ("[[a.b]]\n[a]\nb.c = 1", "3:1: 'b' is an array, not a table"),
    ("[a.b.c]\n[a]\nb.d = 1\n[a.b]", "4:4: duplicate table 'b'"),
  ])
  func whatIsDefinedTwice(text: String, expected: String) { expect(text, reports: expected) }

  @Test func readingGoesOnAtTheNextLine() {
    let (table, mistakes) = parse("a = \nb = 2\nc = x\nd = 4\nb = 5\n[e\nf = 6\n[g]\nf = [x,\n1]\nh = 7")
    #expect(mistakes.map(\.line) == [1, 3, 5, 6, 9])
    #expect(flat(table) == "{b=2,d=4,g={h=7}}")
  }

  @Test func whatFollowsAHeaderWithAnErrorIsReadForItsOwnErrorsOnly() {
    let (table, mistakes) = parse("[a]\nb = 1\n[a]\nb = 2\nc = x\n[a.b]\nb = 3\n[d]\ne = 4\n[\nb = 5")
    #expect(mistakes.map(\.line) == [3, 5, 6, 10])
    #expect(flat(table) == "{a={b=1},d={e=4}}")
  }

  @Test func errorsInsideAStringAreInTheOrderOfTheText() {
    expect(#"a = "\x"#, reports: #"1:5: unterminated string on this line|1:6: invalid escape '\x'"#)
    let (table, mistakes) = parse("a = \"\"\"\n\\x\n\u{1}\nb = 1\"\"\"\nc = 2")
    #expect(mistakes.map(\.line) == [2, 3])
    #expect(flat(table) == "{c=2}")
  }

  @Test func messagesAreBoundedAndHoldNothingThatChangesATerminal() {
    let (_, mistakes) = parse(
      "a = x\u{1b}[31m\u{202e}\n\"\\u001b\" = 1\n\"\\u001b\" = 1\nb = "
        + String(repeating: "é", count: 10_000))
    #expect(
      mistakes.map(\.message).prefix(2) == [
        "invalid value 'xU+001B[31mU+202E'; strings need quotes", "duplicate key 'U+001B'",
      ])
    #expect(mistakes[2].message.count < 1000)
    #expect(mistakes[2].message.hasSuffix("…"))
  }
}

private func expect(_ text: String, reports expected: String, at location: SourceLocation = #_sourceLocation)
{
  #expect(
    parse(text).mistakes.map(\.description).joined(separator: "|") == expected, sourceLocation: location)
}

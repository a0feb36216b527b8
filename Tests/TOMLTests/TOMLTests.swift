import PreflightTOML
@testable import PreflightTestSupport
import Testing

@testable import PreflightPolicy

@Suite struct TOMLTests {
  private func parse(_ text: String) -> (TOMLTable, [Mistake]) {
    var mistakes: [Mistake] = []
    let table = TOMLTable(parsing: Array(text.utf8), mistakes: &mistakes)
    return (table, mistakes)
  }

  /// The document as a canonical text, to compare with.
  private func flat(_ value: TOMLValue) -> String {
    switch value {
    case .string(let text): "\"\(text)\""
    case .integer(let number): "\(number)"
    case .float(let number): "\(number)"
    case .boolean(let bool): "\(bool)"
    case .array(let nodes): "[" + nodes.map { flat($0.value) }.joined(separator: ",") + "]"
    case .table(let table):
      "{" + table.entries.map { "\($0.key)=\(flat($0.node.value))" }.joined(separator: ",") + "}"
    }
  }

  @Test(arguments: [
    ("a = 1", "{a=1}"),
    ("a = 1 # comment\n\n# more\nb = 'x#y'", #"{a=1,b="x#y"}"#),
    ("a = \"\\u00e9\\n\\t\\\"\\\\\"", "{a=\"é\n\t\"\\\"}"),
    ("a = 'C:\\x'", #"{a="C:\x"}"#),
    ("a = \"\"\"\none\ntwo\"\"\"", "{a=\"one\ntwo\"}"),
    ("a = \"\"\"one \\\n   two\"\"\"", #"{a="one two"}"#),
    ("a = '''it's'''", #"{a="it's"}"#),
    ("a = \"\"\"\"\"\"", #"{a=""}"#),
    ("a = \"\"\"x\"\"\"\"", "{a=\"x\"\"}"),
    ("a = 0xff\nb = 0o17\nc = 0b11\nd = 1_000\ne = -7\nf = +3", "{a=255,b=15,c=3,d=1000,e=-7,f=3}"),
    ("a = 1.5\nb = 1e3\nc = -0.25", "{a=1.5,b=1000.0,c=-0.25}"),
    ("a = true\nb = false", "{a=true,b=false}"),
    ("a = [1, 2,\n 3, # c\n]", "{a=[1,2,3]}"),
    ("a = { b = 1, c.d = \"x\" }", #"{a={b=1,c={d="x"}}}"#),
    ("[a]\nb = 1\n[a.c]\nd = 2\n[e]", "{a={b=1,c={d=2}},e={}}"),
    ("[a.b]\nc = 1\n[a]\nd = 2", "{a={b={c=1},d=2}}"),
    ("[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3", "{a=[{b=1},{b=2,c={d=3}}]}"),
    ("\"quoted key\".'x y' = 1", "{quoted key={x y=1}}"),
    ("a.b = 1\na.c = 2", "{a={b=1,c=2}}"),
    ("\u{feff}a = 1\r\nb = 2\r\n", "{a=1,b=2}"),
    ("", "{}"),
  ])
  func readsDocuments(text: String, expected: String) {
    let (table, mistakes) = parse(text)
    #expect(mistakes == [])
    #expect(flat(.table(table)) == expected)
  }

  @Test(arguments: [
    ("a = ", 1, 5), ("a 1", 1, 3), ("= 1", 1, 1), ("a = \"x", 1, 5), ("a = [1", 1, 7), ("a = {b = 1", 1, 11),
    ("a = 1 2", 1, 7), ("[a", 1, 3), ("a = 01", 1, 5), ("a = 1__0", 1, 5), ("a = 1.", 1, 5),
    ("a = 2020-01-01", 1, 5), ("a = yes", 1, 5), ("a = \"\\x\"", 1, 6), ("a = \"\\ud800\"", 1, 6),
    ("x = 1\na = 1\na = 2", 3, 1), ("[a]\n[a]", 2, 2), ("a = 1\n[a]", 2, 2), ("a = {b = 1}\na.c = 2", 2, 1),
    ("a = [1]\n[[a]]", 2, 3), ("[[a]]\n[a]", 2, 2), ("a = \"\"\"x", 1, 5), ("é = 1", 1, 1),
  ])
  func tellsWhereAMistakeStands(text: String, line: Int, column: Int) {
    let (_, mistakes) = parse(text)
    #expect(mistakes.map { [$0.line, $0.column] } == [[line, column]])
  }

  @Test func goesOnAfterAMistake() {
    let (table, mistakes) = parse("a = \nb = 2\nc = x\nd = 4")
    #expect(mistakes.map(\.line) == [1, 3])
    #expect(flat(.table(table)) == "{b=2,d=4}")
  }

  @Test func deepNestingIsAMistakeAndNoOverflow() {
    #expect(!parse("a = " + String(repeating: "[", count: 100_000)).1.isEmpty)
    #expect(!parse(Array(repeating: "a", count: 100_000).joined(separator: ".") + " = 1").1.isEmpty)
    #expect(!parse("a = " + String(repeating: "{a=", count: 100_000)).1.isEmpty)
  }
}

import PreflightTOML
import Testing

/// Values taken out of a document, and what is reported where they are of another kind.
@Suite struct DecoderTests {
  private let table = parse(
    """
    string = 'x'
    integer = 1
    negative = -1
    float = 1.5
    boolean = true
    array = ['x', 1, 'y']
    table = { a = 1 }
    """
  ).table

  private func errors(_ decode: (inout TOMLDecoder) -> Void) -> [String] {
    var decoder = TOMLDecoder()
    decode(&decoder)
    return decoder.mistakes.map(\.description)
  }

  @Test func valuesOfTheRightKind() {
    var decoder = TOMLDecoder()
    #expect(decoder.string(table, "string") == "x")
    #expect(decoder.integer(table, "integer") == 1)
    #expect(decoder.number(table, "integer") == 1)
    #expect(decoder.number(table, "negative") == -1)
    #expect(decoder.number(table, "float") == 1.5)
    #expect(decoder.boolean(table, "boolean") == true)
    #expect(decoder.array(table, "array")?.count == 3)
    #expect(decoder.table(table, "table")?.entries.map(\.key) == ["a"])
    #expect(decoder.mistakes == [])
  }

  @Test func whatIsMissingIsNoError() {
    var decoder = TOMLDecoder()
    #expect(decoder.string(table, "none") == nil)
    #expect(decoder.integer(table, "none") == nil)
    #expect(decoder.number(table, "none") == nil)
    #expect(decoder.boolean(table, "none") == nil)
    #expect(decoder.array(table, "none") == nil)
    #expect(decoder.strings(table, "none") == nil)
    #expect(decoder.table(table, "none") == nil)
    #expect(decoder.mistakes == [])
  }

  @Test func valuesOfAnotherKind() {
    let found = errors { decoder in
      #expect(decoder.string(table, "integer") == nil)
      #expect(decoder.integer(table, "negative") == nil)
      #expect(decoder.integer(table, "float") == nil)
      #expect(decoder.number(table, "string") == nil)
      #expect(decoder.boolean(table, "float") == nil)
      #expect(decoder.array(table, "boolean") == nil)
      #expect(decoder.table(table, "array") == nil)
      #expect(decoder.string(table, "table") == nil)
    }
    #expect(
      found == [
        "2:11: integer must be a string, not an integer", "3:12: negative must be an integer of at least 0",
        "4:9: float must be an integer of at least 0", "1:10: string must be a number, not a string",
        "4:9: float must be true or false, not a float", "5:11: boolean must be an array, not a boolean",
        "6:9: array must be a table, not an array", "7:9: table must be a string, not a table",
      ])
  }

  @Test func stringsOfAnArray() {
    var decoder = TOMLDecoder()
    #expect(decoder.strings(table, "array")?.map(\.text) == ["x", "y"])
    #expect(decoder.mistakes.map(\.description) == ["6:15: each of array must be a string, not an integer"])
  }

  @Test func unknownKeys() {
    let found = errors {
      $0.check(parse("nmae = 1\nname = 2\nother = 3").table, keys: ["name", "title"], in: "a policy")
    }
    #expect(
      found == [
        "1:1: unknown key 'nmae' in a policy; did you mean 'name'?",
        "3:1: unknown key 'other' in a policy; choose from name, title",
      ])
  }

  @Test func oneOfAClosedSet() {
    let position = TOMLPosition(line: 1, column: 2)
    var decoder = TOMLDecoder()
    #expect(decoder.choice("on", at: position, "switch", among: [("on", 1), ("off", 0)]) == 1)
    #expect(decoder.choice("of", at: position, "switch", among: [("on", 1), ("off", 0)]) == nil)
    #expect(decoder.mistakes.map(\.description) == ["1:2: unknown switch 'of'; did you mean 'on'?"])
  }

  @Test(arguments: [
    ("nmae", "; did you mean 'name'?"), ("NAME", "; did you mean 'name'?"), ("nam", "; did you mean 'name'?"),
    ("sourcefile", "; choose from name, source"), ("sou", "; did you mean 'source'?"),
    ("", "; choose from name, source"),
  ])
  func suggestions(word: String, expected: String) {
    #expect(TOMLDecoder.suggestion(word, ["name", "source"]) == expected)
  }

  @Test func nothingIsSuggestedWhereNothingIsNear() {
    #expect(TOMLDecoder.suggestion("x", []) == "")
    #expect(TOMLDecoder.suggestion("none of them", (0..<17).map { "key\($0)" }) == "")
    #expect(TOMLDecoder.suggestion(String(repeating: "x", count: 10_000), ["name"]) == "; choose from name")
  }

  @Test func errorsFromElsewhere() {
    let (table, mistakes) = parse("a = \nb = 1")
    let found = errors { decoder in
      decoder.add(mistakes)
      decoder.report(TOMLPosition(line: 7, column: 8), "wrong")
      _ = decoder.string(table, "b")
    }
    #expect(
      found == [
        "1:5: expected a value, found the end of the line", "7:8: wrong",
        "2:5: b must be a string, not an integer",
      ])
  }

  @Test func noMoreErrorsThanAPersonReads() {
    let table = parse((0..<100_000).map { "k\($0) = 1\n" }.joined()).table
    let found = errors { decoder in
      decoder.check(table, keys: ["name"], in: "a policy")
      _ = decoder.choice("x", at: TOMLPosition(line: 1, column: 1), "key", among: [("y", 1)])
    }
    #expect(found.count == 1001)
    #expect(found.last == "1001:1: more than 1000 errors; the rest are not reported")
  }

  @Test func positionsAreOrdered() {
    #expect(TOMLPosition(line: 1, column: 9) < TOMLPosition(line: 2, column: 1))
    #expect(TOMLPosition(line: 2, column: 1) < TOMLPosition(line: 2, column: 2))
  }
}

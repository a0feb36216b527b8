import MediaPreflight
import Testing

/// A call becomes lines of an HTTP message and of a shell command: nothing in a policy breaks out of them.
@Suite struct CallLineTests {
  @Test(arguments: [
    (#"host = "a\r\nX: y""#, "is not a host"),
    (#"path = "/a\nX: y""#, "is not a path"),
    ("headers = { \"A\\nB\" = \"c\" }", "is not a header name"),
    ("headers = { A = \"b\\u0000\" }", "a header value can't contain control characters"),
    ("path = \"/{nobody}\"", "unknown field '{nobody}'"),
  ])
  func whatBreaksOutOfALineIsReported(line: String, message: String) throws {
    let text = "name = \"own\"\nextends = \"waconnect\"\n[service]\n\(line)\n"
    let error = #expect(throws: PolicyError.self) { try Policy(parsing: text, name: "own.toml") }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}

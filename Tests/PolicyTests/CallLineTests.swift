import MediaPreflight
import Testing

/// A call becomes lines of an HTTP message and of a shell command: nothing in a policy breaks out of them.
@Suite struct CallLineTests {
  @Test(arguments: [
    (#"host = "a\r\nX: y""#, "a host can't contain control characters"),
    (#"path = "/a\nX: y""#, "a path can't contain control characters"),
    ("headers = { \"A\\nB\" = \"c\" }", "a header name can't contain control characters"),
    ("headers = { A = \"b\\u0000\" }", "a header value can't contain control characters"),
    ("path = \"/{nobody}\"", "unknown field '{nobody}'"),
  ])
  func whatBreaksOutOfALineIsReported(line: String, message: String) throws {
    let text = "name = \"own\"\nextends = \"waconnect\"\n[service]\n\(line)\n"
    let error = #expect(throws: PolicyError.self) { try Policy(parsing: text, name: "own.toml") }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}

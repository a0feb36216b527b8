import Foundation
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// The hook's protocol, used by a Swift program without the executable.
@Suite struct HookProtocolTests {
  private let hook = Hook(engine)

  private func answer(_ line: String, number: Int = 1) throws -> CheckResult {
    try hook.answer(Array(line.utf8), number: number).result
  }

  @Test func checksAFile() throws {
    let file = Fixture.folder + "pictures/cmyk.jpg"
    let result = try answer(#"{"file": "\#(file)", "endpoint": "image"}"#)
    #expect(result.findings.map(\.code) == [.colorModelNotAllowed])
    let line = String(decoding: result.json, as: UTF8.self)
    #expect(line.hasPrefix(#"{"path":"\#(file)","verdict":"rejected","endpoint":"image""#))
    #expect(!line.contains("\n"))
  }

  /// Clients write optional fields as null.
  @Test func nullIsAsIfTheKeyWereMissing() throws {
    let file = Fixture.folder + "pictures/rgb.jpg"
    let nulls = #""to":null,"caption":null,"mediaUrl":null,"depth":null,"declaredType":null,"probe":null"#
    #expect(try answer(#"{"file":"\#(file)",\#(nulls)}"#).verdict == .accepted)
    let messages = [
      #"{"endpoint":"image","to":"1"}"#, #"{"endpoint":"image","to":"1",\#(nulls.dropFirst(10))}"#,
    ]
    let findings = try messages.map { try answer($0).findings.map(\.code) }
    #expect(findings[0] == findings[1] && !findings[0].isEmpty)
  }

  @Test(arguments: [
    ("", "line 7 is not one JSON object"), ("{hello,", "line 7 is not one JSON object"),
    ("{} {}", "line 7 is not one JSON object"), ("{},", "line 7 is not one JSON object"),
    (#"{"file": "a",}"#, "line 7 is not one JSON object"), (#"{"file": "a" "b"}"#, "line 7 is not one"),
    (#"{"file": "\ud83d"}"#, "line 7 is not one JSON object"), ("{\"file\": \"a\tb\"}", "line 7 is not one"),
    (#"{"file": 01}"#, "line 7 is not one JSON object"), (#"{"file": 1.}"#, "line 7 is not one JSON object"),
    (#"{"file": [1, {"a": [}]}"#, "line 7 is not one JSON object"),
    (#"{"file": "\u+123"}"#, "line 7 is not one"),
    (#"{"file": [1, {"a": []}, "b", -1e9, true, null]}"#, "line 7 has a value of 'file' that is not text"),
    (#"{"file": "a", "to": "1", "\u0066ile": "b"}"#, "line 7 has the key 'file' twice"),
    (#"{"depth": "deep"}"#, "line 7 has the unknown depth 'deep'"),
    (#"{"id": {}}"#, "line 7 has an 'id' that is neither text nor a number"),
    ("{}", "line 7 has neither a file nor an endpoint"),
    (#"{"endpoint": "fax"}"#, "line 7 has the unknown endpoint 'fax'"),
    (#"{"file": 1}"#, "line 7 has a value of 'file' that is not text"),
    (#"{"file": "a\u0000b"}"#, "line 7 has a NUL in the path of the file"),
  ])
  func malformedRequestsAreReported(line: String, reason: String) throws {
    let result = try answer(line, number: 7)
    #expect(result.findings.map(\.code) == [.invalidRequest] && result.verdict == .rejected)
    #expect(result.findings.first?.message.contains(reason) == true, "\(result.findings)")
  }

  /// The ID is returned byte for byte: numbers larger than any integer type, escapes in strings.
  @Test(arguments: [
    "7", "-0.5e+3", "12345678901234567890123", #""a\u00e9\"b""#, "\"né\"", "null",
  ])
  func idIsReturnedUnchanged(id: String) throws {
    let lines = [
      #"{"id": \#(id), "endpoint": "image"}"#, #"{"endpoint": "image", "id":\#(id)}"#,
      #"{"file": {"a": [1, 2]}, "id": \#(id) }"#,
    ]
    for line in lines {
      let answer = try hook.answer(Array(line.utf8), number: 1)
      #expect(answer.id == id)
      #expect(String(decoding: answer.json, as: UTF8.self).hasPrefix("{\"id\":\(id),\"path\":"))
    }
  }

  @Test func answerHasNoIDIfTheRequestHasNone() throws {
    for line in [#"{"endpoint": "image"}"#, #"{"id": 1, "id": 1}x"#, #"{"id": [1]}"#] {
      let answer = try hook.answer(Array(line.utf8), number: 1)
      #expect(answer.id == nil && answer.json.starts(with: Array("{\"path\":".utf8)), "\(line)")
    }
  }

  @Test func deepNesting() throws {
    let count = (1 << 19) - 100
    let nested = String(repeating: "[", count: count) + String(repeating: "]", count: count)
    #expect(
      try answer(#"{"file":\#(nested)}"#).findings.first?.message.contains("'file' that is not text") == true)
    #expect(
      try answer(String(repeating: "{\"a\":", count: 1 << 17)).findings.map(\.code) == [.invalidRequest])
  }

  @Test func depthIsSetByTheRequest() throws {
    // The image data is damaged, which only decoding detects.
    var bytes = try Fixture.bytes("pictures/sticker.webp")
    bytes[180] ^= 0xff
    let folder = try ScratchFolder()
    let path = folder.path + "/a.webp"
    try Data(bytes).write(to: URL(filePath: path))
    func codes(_ depth: String) throws -> [FindingCode] {
      try answer(#"{"file": "\#(path)", "endpoint": "sticker"\#(depth)}"#).findings.map(\.code)
    }
    #expect(try codes(#", "depth": "structure""#) == [])
    #expect(try codes(#", "depth": "content""#) == [.damagedFile])
    #expect(try codes("") == [.damagedFile])
  }

  @Test func remoteReferencesAreNotTreatedAsFiles() throws {
    for (word, words) in [
      ("https://example.com/a.jpg", "no network"), ("HTTP://example.com/a.jpg", "no network"),
      ("media-id:123", "no network"), ("media-id:x", "no such file"),
      ("httpx", "no such file"),
    ] {
      let result = try answer(#"{"file": "\#(word)"}"#)
      #expect(
        result.isUnreadable
          && result.findings.first?.message.lowercased().contains(words.lowercased()) == true,
        "\(word)")
    }
    let url = try #require(URL(string: "https://example.com/etc/hostname"))
    #expect(throws: UnsupportedURL.self) { try engine.check(contentsOf: url) }
    // The path before the NUL is that of an existing file.
    let cut = try #require(URL(string: "file://\(Fixture.folder)pictures/rgb.jpg%00.png"))
    #expect(throws: UnsupportedURL.self) { try engine.check(contentsOf: cut) }
  }

  /// A policy's field can't have a name that a request of the hook uses for something else.
  @Test func reservedNamesAreNoFields() throws {
    func isField(_ name: String) throws -> Bool {
      let line = Array(
        "{\"\(name)\":\"x\",\"mediaId\":\"5\"\(name == "endpoint" ? "" : ",\"endpoint\":\"image\"")}".utf8)
      return try Hook(engine).answer(line, number: 1).result.findings.contains { $0.code == .unknownField }
    }
    for name in Field.reservedNames { #expect(try !isField(name), "\(name)") }
    #expect(try isField("anything"))
  }
}

import Foundation
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// The hook's protocol, spoken by a Swift program without the executable.
@Suite struct HookProtocolTests {
  private let hook = Hook(engine)

  private func answer(_ line: String, number: Int = 1) throws -> CheckResult {
    try hook.answer(Array(line.utf8), number: number)
  }

  @Test func aFileIsChecked() throws {
    let file = Fixture.folder + "pictures/cmyk.jpg"
    let result = try answer(#"{"file": "\#(file)", "endpoint": "image"}"#)
    #expect(result.findings.map(\.code) == [.colorModelNotAllowed])
    let line = String(decoding: result.json, as: UTF8.self)
    #expect(line.hasPrefix(#"{"path":"\#(file)","verdict":"rejected","endpoint":"image""#))
    #expect(!line.contains("\n"))
  }

  @Test(arguments: [
    ("", "line 7 is not a JSON object"), ("{hello,", "line 7 is not a JSON object"),
    ("{}", "line 7 has neither a file nor an endpoint"),
    (#"{"endpoint": "fax"}"#, "line 7 has the unknown endpoint 'fax'"),
    (#"{"file": 1}"#, "line 7 has a value of 'file' that is not text"),
    (#"{"file": "a\u0000b"}"#, "line 7 has a NUL in the path of the file"),
  ])
  func whatCantBeReadIsSaid(line: String, reason: String) throws {
    let result = try answer(line, number: 7)
    #expect(result.findings.map(\.code) == [.invalidRequest] && result.verdict == .rejected)
    #expect(result.findings.first?.message.contains(reason) == true, "\(result.findings)")
  }

  @Test func referencesThatLeadElsewhereAreNotTakenForFiles() throws {
    for (word, words) in [
      ("https://example.com/a.jpg", "it is a URL"), ("HTTP://example.com/a.jpg", "it is a URL"),
      ("media-id:123", "it is a media ID"), ("media-id:x", "no such file"), ("httpx", "no such file"),
    ] {
      let result = try answer(#"{"file": "\#(word)"}"#)
      #expect(result.isUnreadable && result.findings.first?.message.contains(words) == true, "\(word)")
    }
    let url = try #require(URL(string: "https://example.com/etc/hostname"))
    #expect(try engine.check(contentsOf: url).isUnreadable)
    // The path before the NUL is that of a file that is there.
    let cut = try #require(URL(string: "file://\(Fixture.folder)pictures/rgb.jpg%00.png"))
    #expect(try engine.check(contentsOf: cut).isUnreadable)
  }
}

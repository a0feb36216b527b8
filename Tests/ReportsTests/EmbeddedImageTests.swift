import SystemPackage
import PreflightInspection
import Foundation
import MediaPreflight
@testable import PreflightReports
@testable import PreflightTestSupport
import Testing

/// Images that are embedded in the HTML report.
@Suite struct EmbeddedImageTests {
  private func page(_ results: [CheckResult]) throws -> String { try Shown.text("html", results) }

  /// A result that keeps its source open, as in a run with an HTML report.
  private func checked(_ source: any ByteSource, named name: String) throws -> CheckResult {
    var options = CheckOptions()
    options.keepsSource = true
    return try engine.check({ source }, as: .file(FilePath(name)), options)
  }

  private func images(_ page: String) -> [(type: String, bytes: Data)] {
    page.matches(of: /<img [^>]*src="data:([^;]*);base64,([^"]*)">/).compactMap { match in
      Data(base64Encoded: String(match.2)).map { (String(match.1), $0) }
    }
  }

  @Test(arguments: 0...4)
  func imagesAreEmbeddedUnchanged(extra: Int) throws {
    let bytes = try Fixture.bytes("pictures/rgb.jpg") + Array(repeating: 0xfb, count: extra)
    let result = try checked(MemorySource(bytes), named: "a.svg")
    let shown = images(try page([result]))
    #expect(shown.map(\.type) == ["image/jpeg"])
    #expect(shown.map { Array($0.bytes) } == [bytes])
  }

  @Test func typesWithScriptsAreNotEmbedded() throws {
    let svg = Array("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".utf8)
    let result = try checked(MemorySource(svg), named: "a.png")
    #expect(result.mediaType == "image/svg+xml")
    let text = try page([result])
    #expect(images(text).isEmpty)
    #expect(text.contains("<div class=\"image\">image/svg+xml</div>"))
  }

  @Test func replacedFileShowsTheCheckedContent() throws {
    let scratch = try ScratchFolder()
    let bytes = try Fixture.bytes("pictures/rgb.jpg")
    let path = FilePath(scratch.path).appending("a.jpg")
    let other = path.removingLastComponent().appending("b.jpg")
    try Data(bytes).write(to: URL(filePath: path.string))
    let result = try checked(FileSource(path: path), named: path.string)
    // Replace the file by another one of the same size: the page must show the one that was checked.
    try Data(repeating: 0x20, count: bytes.count).write(to: URL(filePath: other.string))
    #expect(rename(other.string, path.string) == 0)
    #expect(images(try page([result])).map { Array($0.bytes) } == [bytes])
  }

  @Test func modifiedFileIsNotShown() throws {
    let scratch = try ScratchFolder()
    let bytes = try Fixture.bytes("pictures/rgb.jpg")
    let path = FilePath(scratch.path).appending("a.jpg")
    try Data(bytes).write(to: URL(filePath: path.string))
    let result = try checked(FileSource(path: path), named: path.string)
    let file = try FileHandle(forWritingTo: URL(filePath: path.string))
    try file.write(contentsOf: Data([0]))
    try file.close()
    #expect(images(try page([result])).isEmpty)
    #expect(images(try page([result.closingSource()])).isEmpty)
  }

  @Test func largeImagesHaveAPlaceholder() throws {
    let limit = 512 << 10
    let image = try Fixture.bytes("pictures/rgb.jpg")
    for (size, isShown) in [(limit, true), (limit + 1, false)] {
      let bytes = image + Array(repeating: 0, count: size - image.count)
      let text = try page([checked(MemorySource(bytes), named: "a.jpg")])
      #expect(images(text).count == (isShown ? 1 : 0))
      #expect(text.contains("image/jpeg, too large to show") == !isShown)
    }
  }

  @Test func totalImageSizeIsLimited() throws {
    #expect(HTMLReport.pageLimit == 32 << 20)
    let bytes = try Fixture.bytes("pictures/rgb.jpg")
    let result = try checked(MemorySource(bytes), named: "a.jpg")
    for (budget, shown) in [(bytes.count * 2 - 1, 1), (bytes.count * 2, 2)] {
      let report = HTMLReport(Shown.context(), budget: budget)
      let text = String(decoding: Shown.bytes(report, [result, result, result]), as: UTF8.self)
      #expect(images(text).count == shown)
      #expect(text.components(separatedBy: "not shown: page size limit reached").count - 1 == 3 - shown)
    }
  }

  /// The page's Content-Security-Policy allows exactly its own style and script.
  @Test(arguments: ["style", "script"])
  func contentSecurityPolicyHasTheHashes(element: String) throws {
    let text = try page([])
    let start = try #require(text.range(of: "<\(element)>"))
    let end = try #require(text.range(of: "</\(element)>", range: start.upperBound..<text.endIndex))
    let policy = try #require(text.firstMatch(of: /http-equiv="Content-Security-Policy" content="([^"]*)"/)).1
    #expect(policy.hasPrefix("default-src 'none'; img-src data:; "))
    let hash = try sha256(Array(text[start.upperBound..<end.lowerBound].utf8))
    #expect(policy.contains("\(element)-src 'sha256-\(hash.base64EncodedString())'"))
  }

  /// Computes the hash with the system's tool.
  private func sha256(_ bytes: [UInt8]) throws -> Data {
    let file = FileManager.default.temporaryDirectory.appending(path: "preflight-\(UUID().uuidString)")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "sha256sum < \"$0\" || shasum -a 256 < \"$0\"", file.path]
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let hex = Array(output.prefix(64))
    try #require(hex.count == 64)
    return Data(stride(from: 0, to: 64, by: 2).compactMap { UInt8(String(hex[$0...($0 + 1)]), radix: 16) })
  }
}

import Foundation
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// The library as programs use it before an upload.
@Suite struct LibraryTests {
  private static let picture = Fixture.folder + "pictures/cmyk.jpg"

  @Test func allEntryPointsGiveTheSameResult() throws {
    let path = Self.picture
    let data = try Data(contentsOf: URL(filePath: path))
    // A slice whose first index isn't 0 is read from its start.
    let slice = (Data([1, 2, 3]) + data).dropFirst(3)
    let expected = try checked(path)
    #expect(expected.findings.map(\.code) == [.colorModelNotAllowed])
    let results = [
      try engine.check(contentsOf: URL(filePath: path), as: .image),
      try engine.check(fileAt: path, as: .image),
      try engine.check(data, named: path, as: .image),
      try engine.check(slice, named: path, as: .image),
      try engine.check([UInt8](data), named: path, as: .image),
      try engine.check(MemorySource([UInt8](data)), named: FilePath(path), as: .image),
    ]
    for result in results { #expect(result == expected) }
  }

  @Test func allAsyncEntryPointsGiveTheSameResult() async throws {
    let path = Self.picture
    let data = try Data(contentsOf: URL(filePath: path))
    let expected = try checked(path)
    let awaited = [
      try await engine.check(contentsOf: URL(filePath: path), as: .image),
      try await engine.check(fileAt: path, as: .image),
      try await engine.check(data, named: path, as: .image),
      try await engine.check([UInt8](data), named: path, as: .image),
      try await engine.check(MemorySource([UInt8](data)), named: FilePath(path), as: .image),
    ]
    for result in awaited { #expect(result == expected) }
  }

  @Test(arguments: [
    ("https://example.com/a.jpg", "'https' URLs"), ("s3://bucket/a.jpg", "'s3' URLs"),
    ("a.jpg", "URLs without a scheme"),
  ])
  func onlyFileURLsAreAccepted(text: String, words: String) throws {
    let url = try #require(URL(string: text))
    let error = #expect(throws: UnsupportedURL.self) { try engine.check(contentsOf: url) }
    #expect(error?.description.contains(words) == true && error?.description.contains(text) == true)
  }

  @Test(arguments: ["/nonexistent/a.jpg", "Fixtures", Self.picture + "\0.png"])
  func unreadableFileIsUnjudged(path: String) throws {
    let result = try engine.check(fileAt: path, as: .image)
    #expect(result.verdict == .unjudged && result.isUnreadable)
    #expect(result.findings.map(\.code) == [.unreadable])
  }

  private func checked(_ path: String) throws -> CheckResult {
    try engine.check(fileAt: FilePath(path), as: .image)
  }

  // MARK: JSON

  /// The result of every fixture round-trips through JSON, with and without a request.
  @Test func resultRoundTripsThroughJSON() throws {
    let message = MessageRequest(to: "15551234567", mediaURL: "https://example.com/a")
    let folder = try #require(FileManager.default.enumerator(atPath: Fixture.folder))
    var count = 0
    for case let name as String in folder where name.contains(".") {
      for request in [nil, message] {
        let result = try engine.check(fileAt: Fixture.folder + name, sending: request)
        let decoded = try JSONDecoder().decode(CheckResult.self, from: Data(result.json))
        // Fractions are written with three decimal places.
        #expect(decoded.json == result.json || decoded.request != nil, "\(name)")
        #expect(decoded == (try JSONDecoder().decode(CheckResult.self, from: JSONEncoder().encode(decoded))))
        #expect(decoded.findings == result.findings && decoded.request == result.request, "\(name)")
        #expect(decoded.verdict == result.verdict && decoded.endpoint == result.endpoint)
        count += 1
      }
    }
    #expect(count > 300)
  }

  @Test func uploadRoundTripsThroughJSON() throws {
    let policy = try #require(Policy.builtIn(named: "whatsapp-cloud"))
    let result = try Preflight(policy: policy).check(
      fileAt: Fixture.folder + "pictures/rgb.jpg", as: .image,
      sending: MessageRequest(to: "15551234567", phoneNumberID: "106540352242922"))
    let request = try #require(result.request)
    #expect(request.isUpload)
    let decoded = try JSONDecoder().decode(CheckResult.self, from: Data(result.json))
    #expect(decoded.request == request && decoded.request?.isUpload == true)
  }

  @Test func invalidUTF8RoundTripsThroughJSON() throws {
    let name = FilePath(Array("a".utf8) + [0xff] + Array(".jpg".utf8))
    let bytes = MemorySource(try Fixture.bytes("pictures/rgb.jpg"))
    let result = try engine.check(bytes, named: name, as: .image)
    #expect(try JSONDecoder().decode(CheckResult.self, from: Data(result.json)).name == name)
    #expect(try JSONDecoder().decode(CheckResult.self, from: JSONEncoder().encode(result)).name == name)
  }

  /// A result of `preflight inspect` has no verdict, and keeps none.
  @Test func inspectionRoundTripsThroughJSON() throws {
    let result = try engine.check(fileAt: Self.picture, as: .image)
    let text = String(decoding: result.json, as: UTF8.self)
    let inspection = text.replacing("\"verdict\":\"rejected\"", with: "\"verdict\":null")
    let decoded = try JSONDecoder().decode(CheckResult.self, from: Data(inspection.utf8))
    #expect(decoded.verdict == .unjudged && decoded.facts == result.facts)
    #expect(String(decoding: decoded.json, as: UTF8.self) == inspection)
    let without = text.replacing("\"verdict\":\"rejected\",", with: "")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(CheckResult.self, from: Data(without.utf8))
    }
  }

  @Test func builtInPoliciesHaveNames() {
    #expect(Policy.waconnect.name == "waconnect" && Policy.whatsappCloud.name == "whatsapp-cloud")
  }

  @Test func policyErrorsHavePlaces() throws {
    let error = #expect(throws: PolicyError.self) { try Policy(parsing: "name = 1\n", name: "p.toml") }
    let mistake: PolicyError.Mistake = try #require(error?.mistakes.first)
    #expect(mistake.line == 1 && mistake.column == 8 && mistake.message.contains("must be a string"))
    #expect(mistake.description == "1:8: \(mistake.message)")
  }

  @Test func resultCanBeCreatedForTests() {
    let finding = Finding(code: .fileTooLarge, severity: .error, subject: .file, message: "Too large.")
    let note = Finding(code: .partlyChecked, severity: .note, subject: .file, message: "Deep.")
    let result = CheckResult(name: "a.jpg", verdict: .rejected, endpoint: .image, findings: [note, finding])
    // The most severe first, as in the result of a check.
    #expect(result.findings == [finding, note])
  }

  // MARK: The ready request

  @Test func requestHasThePartsOfAURLRequest() throws {
    let result = try engine.check(
      fileAt: Fixture.folder + "pictures/rgb.jpg", as: .image,
      sending: MessageRequest(
        to: "+1 555 123 4567", mediaURL: "https://example.com/a.jpg", caption: "Hé \"x\""))
    let request = try #require(result.request).filling(["WACONNECT_API_KEY": "secret"])
    #expect(request.method == "POST")
    #expect(try request.url.absoluteString == "https://app.waconnect.me/api/messages/image")
    #expect(
      request.allHTTPHeaderFields == ["X-API-Key": "secret", "Content-Type": "application/json"])
    let body = try #require(request.httpBody)
    #expect(
      try JSONDecoder().decode([String: String].self, from: body) == [
        "to": "15551234567", "mediaUrl": "https://example.com/a.jpg", "caption": "Hé \"x\"",
      ])
    #expect(request.form() == nil)
  }

  @Test func uploadIsAFormWithTheFile() throws {
    let policy = try #require(Policy.builtIn(named: "whatsapp-cloud"))
    let result = try Preflight(policy: policy).check(
      fileAt: Fixture.folder + "pictures/rgb.jpg", as: .image,
      sending: MessageRequest(to: "15551234567", phoneNumberID: "106540352242922"))
    let request = try #require(result.request)
    #expect(request.httpBody == nil)
    let form = try #require(request.form(boundary: "XYZ"))
    #expect(form.contentType == "multipart/form-data; boundary=XYZ")
    let head = String(decoding: form.head, as: UTF8.self)
    #expect(
      head.hasPrefix(
        "--XYZ\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n"))
    #expect(
      head.hasSuffix(
        "--XYZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rgb.jpg\"\r\n"
          + "Content-Type: image/jpeg\r\n\r\n"))
    #expect(String(decoding: form.tail, as: UTF8.self) == "\r\n--XYZ--\r\n")
    #expect(request.form()?.contentType != request.form()?.contentType)
  }
}

import Foundation
import MediaPreflight
import Testing

@testable import PreflightTestSupport

/// What is made of an answer, whoever fetched it. `.ci/references` fetches from real servers.
@Suite struct FetchingTests {
  private func jpeg() throws -> [UInt8] { try Fixture.bytes("pictures/rgb.jpg") }

  private func codes(_ change: @escaping (inout Transfer) -> Void) throws -> [FindingCode] {
    try StandInFetcher(jpeg(), answering: change).check().findings.map(\.code)
  }

  @Test func fileBehindAURL() throws {
    let url = "https://example.com//photos/a.jpg?x=1"
    let result = try StandInFetcher(jpeg()).check(.url(url))
    #expect(result.verdict == .accepted && result.findings.isEmpty)
    #expect(result.reference == .url(url) && result.name == nil && result.endpoint == .image)
    #expect(result.url?.status == 200 && result.url?.contentType == "image/jpeg")
    let json = String(decoding: result.json, as: UTF8.self)
    #expect(json.contains("\"path\":\"\(url)\"") || json.contains("\"path\": \"\(url)\""))
    let decoded = try JSONDecoder().decode(CheckResult.self, from: Data(result.json))
    #expect(decoded == result)
    #expect(try JSONDecoder().decode(CheckResult.self, from: JSONEncoder().encode(result)) == result)
  }

  @Test func declaredTypes() throws {
    for type in ["image/jpeg", "IMAGE/JPEG; charset=binary", "image/jpg"] {
      #expect(try codes { $0.answer.contentType = type } == [], "\(type)")
    }
    for (type, severity) in [
      (nil, Severity.warning), ("application/octet-stream", .warning), ("binary/octet-stream", .warning),
      ("", .warning), ("image/png", .error), ("text/html; charset=utf-8", .error),
      ("application/zip", .error),
    ] {
      let result = try StandInFetcher(jpeg(), answering: { $0.answer.contentType = type }).check()
      #expect(
        result.findings.map { "\($0.code) \($0.severity)" } == ["url-content-type \(severity)"],
        "\(type ?? "")")
    }
  }

  @Test func limitsExactly() throws {
    #expect(try codes { $0.answer.milliseconds = 10_000 } == [])
    #expect(try codes { $0.answer.milliseconds = 10_001 } == [.urlSlow])
    #expect(try codes { $0.hasKnownEnd = false } == [.urlNoLength])
    let isDecoded = { (transfer: inout Transfer) in
      transfer.contentEncoding = "gzip"
      transfer.isDecoded = true
    }
    #expect(try codes(isDecoded) == [.urlContentEncoding])
  }

  @Test func statuses() throws {
    for (status, code) in [
      (206, nil), (204, FindingCode.urlStatus), (301, .urlRedirects), (304, .urlStatus), (308, .urlRedirects),
      (403, .urlStatus), (500, .urlStatus),
    ] {
      let result = try StandInFetcher(jpeg(), answering: { $0.answer.status = status }).check()
      #expect(result.findings.map(\.code) == [code].compactMap { $0 }, "\(status)")
      #expect(result.url?.status == status)
    }
  }

  @Test func whatWasNotLearnedIsNotRejected() throws {
    let result = try StandInFetcher(failing: .local, "this machine has no route to example.com").check()
    #expect(result.verdict == .unjudged)
    #expect(
      result.findings.first?.message == "Nothing was fetched: this machine has no route to example.com.")
    #expect(try engine.check(.url("https://example.com/a.jpg"), CheckOptions()).verdict == .unjudged)
  }

  /// The endpoint that the first bytes name decides how much is fetched.
  @Test func beginningOfALargeFile() throws {
    let bytes = try jpeg() + [UInt8](repeating: 0, count: 6 << 20)
    let fetcher = StandInFetcher(bytes, beginning: Array(bytes.prefix(64 << 10)))
    for endpoint in [Endpoint.image, nil] {
      let result = try fetcher.check(as: endpoint)
      #expect(result.findings.map(\.code) == [.fileTooLarge])
      #expect(result.findings.first?.actual == "\(bytes.count)")
      #expect(result.endpoint == .image && result.byteCount == UInt64(bytes.count))
    }
  }

  /// WhatsApp sends an upload as the type that was declared for it.
  @Test func typesOfUploads() throws {
    func codes(_ type: String) throws -> [FindingCode] {
      try StandInFetcher(jpeg(), uploadedAs: UploadedMedia(mediaType: type)).check(.mediaID("1"))
        .findings.map(\.code)
    }
    #expect(try codes("image/jpeg") == [])
    #expect(try codes("image/jpg") == [])
    #expect(try codes("image/png") == [.declaredTypeMismatch])
  }

  /// What was downloaded is the upload only if it has the size and the digest that Meta states.
  @Test func downloadsOfUploads() throws {
    let bytes = try jpeg()
    let digest = "94b9fcd03a4d8a0f3ba11ce1ab0ec2c8"
    func result(_ uploaded: UploadedMedia) throws -> CheckResult {
      try StandInFetcher(bytes, uploadedAs: uploaded).check(.mediaID("1"))
    }
    let size = UInt64(bytes.count)
    #expect(try result(UploadedMedia()).findings == [])
    #expect(try result(UploadedMedia(byteCount: size)).findings == [])
    for other in [size - 1, size + 1] {
      let finding = try result(UploadedMedia(byteCount: other)).findings.first
      #expect(finding?.code == .urlUnreachable && finding?.expected == "\(other)")
    }
    let wrong = try result(UploadedMedia(byteCount: size, sha256: digest + digest))
    #expect(wrong.findings.map(\.code) == [.urlUnreachable])
    let right = try #require(wrong.findings.first?.actual)
    let uploaded = UploadedMedia(mediaType: "image/jpeg", byteCount: size, sha256: right)
    let accepted = try result(uploaded)
    #expect(accepted.findings == [] && accepted.upload == uploaded)
    #expect(try JSONDecoder().decode(CheckResult.self, from: Data(accepted.json)) == accepted)
    #expect(try JSONDecoder().decode(CheckResult.self, from: JSONEncoder().encode(accepted)) == accepted)
  }

  /// Without the bytes, the type and size that Meta states are checked.
  @Test func uploadsThatCannotBeDownloaded() throws {
    func result(_ uploaded: UploadedMedia, status: Int? = 403, as endpoint: Endpoint? = nil) throws
      -> CheckResult
    {
      try StandInFetcher([], answering: { $0.answer.status = status }, uploadedAs: uploaded)
        .check(.mediaID("1"), as: endpoint)
    }
    let largest = UploadedMedia(mediaType: "image/jpeg", byteCount: 5_242_880)
    for status in [nil, 401, 403] {
      let result = try result(largest, status: status)
      #expect(result.verdict == .accepted && result.endpoint == .image && result.byteCount == 5_242_880)
      #expect(result.findings.map(\.code) == [.mediaNotChecked])
    }
    let gone = try result(largest, status: 404)
    #expect(gone.verdict == .rejected && gone.upload == largest)
    let tooLarge = UploadedMedia(mediaType: "image/jpeg", byteCount: 5_242_881)
    #expect(try result(tooLarge).findings.map(\.code) == [.fileTooLarge, .mediaNotChecked])
    #expect(try result(largest, as: .video).findings.map(\.code) == [.mediaTypeNotAllowed, .mediaNotChecked])
    #expect(try result(UploadedMedia(byteCount: 0)).findings.map(\.code) == [.emptyFile, .mediaNotChecked])
    #expect(try result(UploadedMedia()).findings.map(\.code) == [.mediaNotChecked])
    let broken = try StandInFetcher(failing: .unreachable, "it breaks off", uploadedAs: tooLarge)
      .check(.mediaID("1"))
    #expect(broken.findings.map(\.code) == [.urlUnreachable, .fileTooLarge] && broken.upload == tooLarge)
  }

  @Test func probedRequest() throws {
    var request = MessageRequest(to: "15551234567", mediaURL: "https://example.com/a.jpg")
    var options = CheckOptions(nil, nil, request)
    options.fetcher = try StandInFetcher(jpeg())
    let result = try #require(try engine.probe(options))
    #expect(result.verdict == .accepted && result.endpoint == .image)
    #expect(result.request?.body.first { $0.key == "mediaUrl" }?.value == .text("https://example.com/a.jpg"))
    options.fetcher = StandInFetcher(failing: .unreachable, "nothing listens")
    let failed = try #require(try engine.probe(options))
    #expect(failed.findings.map(\.code) == [.urlUnreachable] && failed.request == nil)
    #expect(failed.findings.first?.subject.rawValue == "mediaUrl")
    request.mediaID = "1"
    options.request = request
    #expect(try engine.probe(options) == nil)
  }

  /// A reference of another kind is one finding about the request, and isn't fetched.
  @Test(arguments: [
    (MessageRequest(to: "15551234567", mediaURL: "4::aW"), FindingCode.invalidMediaURL),
    (MessageRequest(to: "15551234567", mediaURL: "12345"), .invalidMediaURL),
    (MessageRequest(to: "15551234567", mediaURL: "ftp://example.com/a.jpg"), .invalidMediaURL),
    (MessageRequest(to: "15551234567", mediaID: "https://example.com/a.jpg"), .invalidMediaID),
    (MessageRequest(to: "15551234567", mediaID: "4::aW"), .invalidMediaID),
  ])
  func probedRequestWithAnotherReference(_ request: MessageRequest, code: FindingCode) throws {
    var options = CheckOptions(.image, nil, request)
    options.fetcher = try StandInFetcher(jpeg())
    let result = try engine.probe(options) ?? engine.check(request, as: .image)
    #expect(result.findings.filter { $0.code != .mediaNotChecked }.map(\.code) == [code])
    #expect(result.verdict == .rejected && result.mediaType == nil)
  }

  /// Advice about a URL is none for a media ID.
  @Test func whatCannotBeFetched() throws {
    let failing = StandInFetcher(failing: .unreachable, "nothing listens at port 1")
    let url = try #require(try failing.check().findings.first)
    #expect(url.message == "The URL can't be fetched: nothing listens at port 1.")
    #expect(url.remedy?.contains("curl -v URL") == true)
    for kind in [FetchFailure.Kind.unreachable, .refused] {
      let id = try #require(try StandInFetcher(failing: kind, "it is so").check(.mediaID("1")).findings.first)
      #expect(id.code == .urlUnreachable && id.message == "The media can't be fetched from Meta: it is so.")
      #expect(id.remedy == "Check the access token, and that Meta's API can be reached from here.")
    }
  }

  /// A login page, with or without a title and whatever it is declared as, is named as what it is.
  @Test(arguments: [
    ("<!DOCTYPE html><html><head><title>Sign in</title></head><body>Login</body></html>", ", “Sign in”"),
    ("<!DOCTYPE html><html><body><form action=login>Login</form></body></html>", ""),
    // What a stranger's page says isn't filled in.
    ("<html><head><title>{actual} {} {expected}</title></head></html>", ", “{actual} {} {expected}”"),
    ("<!DOCTYPE html><html><head><!-- <title>Old</title> --></head><body>Login</body></html>", ""),
  ])
  func webPages(page: String, title: String) throws {
    let advice =
      "Use the URL of the file itself, which has to answer without a login, or upload the file and send the media ID."
    for type in ["text/html", "image/jpeg", nil] {
      for name in ["a.jpg", "a.html", "a"] {
        let fetcher = StandInFetcher(Array(page.utf8), answering: { $0.answer.contentType = type })
        let result = try fetcher.check(.url("https://example.com/\(name)"))
        let own = result.findings.filter { $0.code == .urlContentType }
        #expect(own.map(\.message) == ["The URL leads to a web page\(title), not to a file."])
        #expect(result.findings.contains { $0.code == .mediaTypeNotAllowed })
        #expect(result.findings.allSatisfy { $0.severity == .error && $0.remedy == advice })
      }
    }
    // An upload has no URL.
    let upload = try StandInFetcher(Array(page.utf8), uploadedAs: UploadedMedia()).check(.mediaID("1"))
    #expect(upload.findings.allSatisfy { !$0.message.contains("web page,") && $0.remedy != advice })
    // A file that is at hand may be meant.
    let file = try engine.check(MemorySource(Array(page.utf8)), named: "a.html")
    #expect(file.findings.map(\.code) == [.mediaTypeNotAllowed])
    #expect(file.findings.first?.remedy?.contains("soffice") == true)
  }

  @Test func whatAServerSaysIsQuotedAsItIs() throws {
    let page = Array("<html><head><title>{actual} {}</title></head></html>".utf8)
    let result = try StandInFetcher(page, answering: { $0.answer.status = 418 }).check()
    #expect(result.findings.map(\.message) == ["The server answers 418, “{actual} {}”."])
  }

  /// A private host is refused by its name, and nothing is asked of the fetcher.
  @Test func privateHosts() throws {
    let result = try StandInFetcher(jpeg()).check(.url("https://localhost/a.jpg"))
    #expect(result.findings.map(\.code) == [.mediaURLNotPublic] && result.url == nil)
    var options = CheckOptions(.image)
    options.fetcher = try StandInFetcher(jpeg())
    options.allowsPrivateHosts = true
    #expect(try engine.check(.url("https://localhost/a.jpg"), options).verdict == .accepted)
  }

  @Test func titlesAndErrorCodes() {
    func text(_ body: String) -> [String?] {
      let text = AnswerText(Array(body.utf8))
      return [text.title, text.errorCode, text.errorMessage]
    }
    #expect(text("<html><TITLE lang=en>\n Sign in\n&amp; up </title>") == ["Sign in & up", nil, nil])
    #expect(
      text("<Error><Code>AccessDenied</Code><Message>No</Message></Error>") == [nil, "AccessDenied", "No"])
    #expect(text("<title") == [nil, nil, nil])
    #expect(
      text("<html><title>Log In &lsaquo; Blog &#8212; &#x57;P &unknown; &#xD800; a & b</title>")
        == ["Log In ‹ Blog — WP &unknown; &#xD800; a & b", nil, nil])
    #expect(text("<title></title>") == [nil, nil, nil])
    #expect(text("\u{ff}\u{d8}<<<") == [nil, nil, nil])
    #expect(text("<html><!-- <title>Old</title> --><title>New</title>") == ["New", nil, nil])
    #expect(text("<html><!--><title>New</title>") == ["New", nil, nil])
    #expect(text("<html><!-- <title>Old</title>") == [nil, nil, nil])
    #expect(text("<title>" + String(repeating: "x", count: 200))[0]?.count == 101)
  }
}

import SystemPackage
import MediaPreflight
import PreflightReports
@testable import PreflightTestSupport
import Testing

@Suite struct RequestTests {
  /// The codes of a request's findings, but for those that every request of these tests has: no file, and no file name.
  private func codes(
    _ request: MessageRequest, as endpoint: Endpoint = .document, policy: String = "waconnect"
  ) throws -> [FindingCode] {
    let policy = try #require(Policy.builtIn(named: policy))
    return Preflight(policy: policy).check(request, as: endpoint).findings.map(\.code)
      .filter { $0 != .mediaNotChecked && $0 != .missingFilename }
  }

  private let good = MessageRequest(to: "15551234567", mediaURL: "https://example.com/report.pdf")

  // MARK: The examples of WaConnect's page

  @Test func imageExampleIsReproduced() throws {
    let request = MessageRequest(
      to: "15551234567", mediaURL: "https://example.com/image.jpg", caption: "Check this out!")
    let prepared = try #require(engine.check(request, as: .image).request)
    #expect(prepared.method == "POST")
    #expect(prepared.host == "app.waconnect.me")
    #expect(prepared.path == "/api/messages/image")
    #expect(
      prepared.headers == [
        .init(name: "X-API-Key", value: "$WACONNECT_API_KEY"),
        .init(name: "Content-Type", value: "application/json"),
      ])
    #expect(
      RequestText.json.text(of: prepared)
        == #"{"to":"15551234567","mediaUrl":"https://example.com/image.jpg","caption":"Check this out!"}"#
        + "\n")
  }

  @Test func documentExampleIsReproduced() throws {
    let request = MessageRequest(
      to: "15551234567", mediaURL: "https://example.com/invoice.pdf", caption: "Your invoice",
      filename: "invoice-2024.pdf")
    let prepared = try #require(engine.check(request, as: .document).request)
    #expect(prepared.path == "/api/messages/document")
    #expect(
      RequestText.json.text(of: prepared)
        == #"{"to":"15551234567","mediaUrl":"https://example.com/invoice.pdf","caption":"Your invoice","#
        + #""filename":"invoice-2024.pdf"}"# + "\n")
  }

  // MARK: Fields

  @Test(arguments: [
    ("15551234567", true), ("+1 (555) 123-4567", true), ("1234567", true), ("123456", false),
    ("123456789012345", true), ("1234567890123456", false), ("0151234567", false), ("", false),
    ("1555.123.4567", false), ("1555123456a", false), ("+", false), ("١٢٣٤٥٦٧٨", false),
    ("++15551234567", false),
  ])
  func recipients(to: String, isValid: Bool) throws {
    var request = good
    request.to = to
    #expect(try codes(request) == (isValid ? [] : [to.isEmpty ? .missingRecipient : .invalidRecipient]))
  }

  @Test func requestNeedsARecipientAndOneReference() throws {
    #expect(try codes(MessageRequest()) == [.missingRecipient, .missingMediaReference])
    #expect(
      try codes(MessageRequest(to: "15551234567", mediaURL: "https://a.example/x.pdf", mediaID: "1"))
        == [.conflictingMediaReferences])
    #expect(try codes(MessageRequest(to: "15551234567", mediaID: "1")) == [])
  }

  @Test(
    arguments: [
      ("https://example.com/a.jpg", []), ("https://example.com", []),
      ("https://example.com:8443/a?b=c#d", []),
      ("HTTPS://EXAMPLE.COM/a", []), ("https://user:pass@example.com/a", []), ("https://8.8.8.8/a", []),
      ("https://[2606:4700::1111]/a", []), ("https://xn--bcher-kva.example/a", []),
      ("https://xn--bcher-kva.example/ü.jpg", []), ("https://172.15.0.1/", []), ("https://172.32.0.1/", []),
      ("https://localhost.example.com/", []), ("https://example.com./a", []),
      ("http://example.com/a.jpg", [.insecureMediaURL]),
      ("ftp://example.com/a.jpg", [.invalidMediaURL]), ("example.com/a.jpg", [.invalidMediaURL]),
      ("file:///etc/passwd", [.invalidMediaURL]), ("https://", [.invalidMediaURL]), ("", [.invalidMediaURL]),
      ("https:///a", [.invalidMediaURL]), ("https://exa mple.com/", [.invalidMediaURL]),
      ("https://example.com/a b.jpg", [.invalidMediaURL]), ("https://example.com:99999/", [.invalidMediaURL]),
      ("https://[::1/", [.invalidMediaURL]), ("https://?x", [.invalidMediaURL]),
      ("https://localhost/a", [.mediaURLNotPublic]), ("https://LOCALHOST:80/a", [.mediaURLNotPublic]),
      ("https://127.0.0.1/a", [.mediaURLNotPublic]), ("https://127.1/a", [.mediaURLNotPublic]),
      ("https://2130706433/a", [.mediaURLNotPublic]), ("https://0x7f.0.0.1/", [.mediaURLNotPublic]),
      ("https://017700000001/", [.mediaURLNotPublic]), ("https://%6cocalhost/", [.mediaURLNotPublic]),
      ("https://10.1.2.3/a", [.mediaURLNotPublic]), ("https://172.16.0.1/", [.mediaURLNotPublic]),
      ("https://172.31.255.255/", [.mediaURLNotPublic]), ("https://192.168.1.1/", [.mediaURLNotPublic]),
      ("https://169.254.169.254/", [.mediaURLNotPublic]), ("https://100.64.0.1/", [.mediaURLNotPublic]),
      ("https://[::1]/", [.mediaURLNotPublic]), ("https://[fe80::1]/", [.mediaURLNotPublic]),
      ("https://[fd00::1]/", [.mediaURLNotPublic]), ("https://[::ffff:10.0.0.1]/", [.mediaURLNotPublic]),
      ("https://[64:ff9b::7f00:1]/", [.mediaURLNotPublic]), ("https://intranet/a", [.mediaURLNotPublic]),
      ("https://nas.local/a", [.mediaURLNotPublic]), ("https://example.com@127.0.0.1/", [.mediaURLNotPublic]),
      ("https://lookaside.fbsbx.com/whatsapp_business/x", [.mediaURLNotPublic]),
      ("http://localhost/a", [.mediaURLNotPublic, .insecureMediaURL]),
      // A delimiter followed by a combining mark is still a delimiter.
      ("https://127.0.0.1/\u{301}a.jpg", [.mediaURLNotPublic]),
      ("https://a.example@\u{301}127.0.0.1/", [.invalidMediaURL]),
      ("https://a.example:8\u{301}/", [.invalidMediaURL]),
      // Fullwidth forms and full stops may be resolved like ASCII (UTS 46).
      ("https://１２７．０.0.1/", [.invalidMediaURL]), ("https://ｌocalhost。/", [.invalidMediaURL]),
      ("https://bücher.example/", [.invalidMediaURL]), ("https://b%C3%BCcher.example/", [.invalidMediaURL]),
      ("https://exa%6Dple.com/", []), ("https://ü:ü@example.com/", []),
      ("https://example.com%7f/", [.invalidMediaURL]),
      // 6to4 addresses contain an IPv4 address.
      ("https://[2002:7f00:1::]/", [.mediaURLNotPublic]), ("https://[2002:808:808::]/", []),
      // What has been given to nobody, or isn't routed (IANA, special-purpose address registries): both edges.
      ("https://168.63.129.16/", [.mediaURLNotPublic]), ("https://168.63.129.17/", []),
      ("https://192.0.0.192/", [.mediaURLNotPublic]), ("https://192.0.1.0/", []),
      ("https://198.17.255.255/", []), ("https://198.18.0.0/", [.mediaURLNotPublic]),
      ("https://198.19.255.255/", [.mediaURLNotPublic]), ("https://198.20.0.0/", []),
      ("https://203.0.113.9/", [.mediaURLNotPublic]), ("https://203.0.114.0/", []),
      ("https://[2001::1]/", [.mediaURLNotPublic]), ("https://[2001:1ff::1]/", [.mediaURLNotPublic]),
      ("https://[2001:200::1]/", []), ("https://[2001:db8::1]/", [.mediaURLNotPublic]),
      ("https://[64:ff9b:1::808:808]/", [.mediaURLNotPublic]), ("https://[64:ff9b::808:808]/", []),
      ("https://[3fff:fff::1]/", [.mediaURLNotPublic]), ("https://[3fff:1000::1]/", []),
      ("https://[4000::1]/", [.mediaURLNotPublic]), ("https://[100::1]/", [.mediaURLNotPublic]),
      ("https://example..com/", [.invalidMediaURL]), ("https://.example.com/", [.invalidMediaURL]),
    ] as [(String, [FindingCode])])
  func mediaURLs(url: String, expected: [FindingCode]) throws {
    var request = good
    request.mediaURL = url
    #expect(try codes(request) == expected)
  }

  /// The text alone shows it, whoever reads it: a program for the request, or one that would fetch it.
  @Test(arguments: ["bücher.example", "ｅxample.com", "example。com"])
  func hostsThatAreNotInASCII(host: String) throws {
    let url = "https://\(host)/a.jpg"
    let request = engine.check(MessageRequest(to: "15551234567", mediaURL: url), as: .image)
    let finding = try #require(request.findings.first)
    #expect(finding.code == .invalidMediaURL && finding.severity == .error && request.request == nil)
    #expect(
      finding.message
        == "The media URL is not an http or https URL with a host: its host \(host) is not in ASCII.")
    #expect(
      finding.remedy == "Write the host in ASCII letters, and an international name in Punycode (xn--…).")
    let fetched = try StandInFetcher(Fixture.bytes("pictures/rgb.jpg")).check(.url(url))
    #expect(fetched.findings.map(\.message) == [finding.message] && fetched.verdict == .rejected)
    #expect(fetched.url == nil)
  }

  @Test func metaLinksAreAWarning() throws {
    var request = good
    request.mediaURL = "https://scontent.whatsapp.net/v/x"
    let finding = try #require(engine.check(request, as: .document).findings.first)
    #expect(finding.code == .mediaURLNotPublic)
    #expect(finding.severity == .warning)
  }

  @Test(
    arguments: [
      ("123", nil), ("abc", .warning), ("12 3", .error), ("", .error), ("１２", .warning),
    ] as [(String, Severity?)])
  func mediaIDs(id: String, severity: Severity?) {
    let result = engine.check(MessageRequest(to: "15551234567", mediaID: id), as: .image)
    #expect(result.findings.first { $0.code == .invalidMediaID }?.severity == severity)
  }

  @Test func captions() throws {
    func severities(_ caption: String, as endpoint: Endpoint) -> [Severity] {
      var request = good
      request.caption = caption
      return engine.check(request, as: endpoint).findings.filter { $0.subject.rawValue == "caption" }.map(
        \.severity)
    }
    #expect(severities(String(repeating: "x", count: 1024), as: .image) == [])
    #expect(severities(String(repeating: "x", count: 1025), as: .image) == [.error])
    #expect(severities(String(repeating: "😀", count: 512), as: .image) == [])
    #expect(severities(String(repeating: "😀", count: 513), as: .image) == [.warning])
    #expect(severities(String(repeating: "😀", count: 1025), as: .image) == [.error])
    for endpoint in Policy.waconnect.endpointNames {
      let takesCaption = [.image, .video, .document].contains(endpoint)
      #expect(severities("x", as: endpoint) == (takesCaption ? [] : [.error]))
    }
  }

  @Test(
    arguments: [
      ("report.pdf", []), ("Jahresbericht 2024 (end).pdf", []), ("report", [.warning]), (".pdf", [.warning]),
      ("a/b.pdf", [.error]), ("a/\u{301}b.pdf", [.error]), ("a\\b.pdf", [.error]), ("a\nb.pdf", [.error]),
      ("", [.error]), ("..", [.error]),
      (String(repeating: "x", count: 236) + ".pdf", []),
      (String(repeating: "x", count: 237) + ".pdf", [.warning]),
    ] as [(String, [Severity])])
  func filenames(filename: String, expected: [Severity]) {
    var request = good
    request.filename = filename
    let findings = engine.check(request, as: .document).findings.filter { $0.code == .invalidFilename }
    #expect(findings.map(\.severity) == expected)
  }

  @Test func filenameIsOnlyAllowedForDocuments() throws {
    var request = good
    request.filename = "a.jpg"
    for endpoint in Policy.waconnect.endpointNames {
      #expect(try codes(request, as: endpoint) == (endpoint == .document ? [] : [.filenameNotAllowed]))
    }
  }

  @Test func unknownKeysAndPhoneNumberIDs() throws {
    var request = good
    request.fields["captoin"] = "x"
    #expect(try codes(request) == [.unknownField])
    request.fields["captoin"] = nil
    request.phoneNumberID = "12a"
    #expect(try codes(request) == [.invalidPhoneNumberID])
    request.phoneNumberID = "106540352242922"
    #expect(try codes(request) == [])
  }

  // MARK: Meta's Cloud API

  @Test func cloudAPIRequiresAPhoneNumberID() throws {
    #expect(try codes(good, policy: "whatsapp-cloud") == [.invalidPhoneNumberID])
    let cloud = Preflight(policy: try #require(Policy.builtIn(named: "whatsapp-cloud")))
    var request = good
    request.phoneNumberID = "106540352242922"
    request.caption = "Hello"
    request.filename = "report.pdf"
    let prepared = try #require(cloud.check(request, as: .document).request)
    #expect(prepared.host == "graph.facebook.com")
    #expect(prepared.path == "/v23.0/106540352242922/messages")
    #expect(
      RequestText.json.text(of: prepared)
        == #"{"messaging_product":"whatsapp","recipient_type":"individual","to":"15551234567","#
        + #""type":"document","document":{"link":"https://example.com/report.pdf","caption":"Hello","#
        + #""filename":"report.pdf"}}"# + "\n")
  }

  @Test(arguments: [
    ("audio/mono.opus", "audio/ogg; codecs=opus"), ("audio/vorbis.ogg", "audio/ogg"),
    ("mp4/aac.m4a", "audio/mp4"), ("pictures/rgb.jpg", "image/jpeg"),
  ])
  func uploadDeclaresTheActualType(name: String, type: String) throws {
    let cloud = Preflight(policy: try #require(Policy.builtIn(named: "whatsapp-cloud")))
    let result = try cloud.check(
      MemorySource(Fixture.bytes(name)), named: FilePath(name),
      as: name.hasSuffix("jpg") ? .image : .document,
      sending: MessageRequest(phoneNumberID: "106540352242922"))
    let prepared = try #require(result.request)
    #expect(prepared.isUpload && prepared.path == "/v23.0/106540352242922/media")
    #expect(prepared.body.contains(JSONMember(key: "type", value: .text(type))))
  }

  // MARK: Forms

  @Test func asAnHTTPMessage() throws {
    var request = good
    request.caption = "é"
    let prepared = try #require(engine.check(request, as: .document).request)
    let body = #"{"to":"15551234567","mediaUrl":"https://example.com/report.pdf","caption":"é"}"#
    #expect(
      RequestText.http.text(of: prepared)
        == [
          "POST /api/messages/document HTTP/1.1", "Host: app.waconnect.me", "X-API-Key: $WACONNECT_API_KEY",
          "Content-Type: application/json", "Content-Length: \(body.utf8.count)", "", body,
        ].joined(separator: "\r\n"))
  }

  @Test func asACurlCommand() throws {
    var request = good
    request.caption = "it's $HOME"
    let prepared = try #require(engine.check(request, as: .document).request)
    #expect(
      RequestText.curl.text(of: prepared) == """
        curl --fail-with-body -X POST 'https://app.waconnect.me/api/messages/document' \\
          -H "X-API-Key: $WACONNECT_API_KEY" \\
          -H "Content-Type: application/json" \\
          --data-raw '{"to":"15551234567","mediaUrl":"https://example.com/report.pdf","caption":"it'\\''s $HOME"}'

        """)
  }
}

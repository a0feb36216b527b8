import SystemPackage
import MediaPreflight
import PreflightReports
@testable import PreflightTestSupport
import Testing

/// The endpoints that only the Cloud API has: voice messages, the headers of template messages, the cards of a carousel,
/// and the samples that templates are created with.
@Suite struct TemplateTests {
  private let cloud = Preflight(policy: .whatsappCloud, sharing: engine)

  private static let headers: [Endpoint] = [.templateImage, .templateVideo, .templateGIF, .templateDocument]
  private static let cards: [Endpoint] = [.templateCardImage, .templateCardVideo]
  private static let opted = [Endpoint.voice] + headers + cards + [.templateSample]

  /// A message with all that an endpoint needs.
  private func message(
    at endpoint: Endpoint, _ change: (inout MessageRequest) -> Void = { _ in }
  ) -> MessageRequest {
    var message = MessageRequest(
      to: "15551234567", mediaID: "1013859600285441", phoneNumberID: "106540352242922")
    if endpoint != .voice {
      message.template = "order_update"
      message.language = "en_US"
    }
    if endpoint == .templateDocument { message.filename = "order.pdf" }
    if Self.cards.contains(endpoint) { message.card = "0" }
    change(&message)
    return message
  }

  private func check(_ message: MessageRequest, as endpoint: Endpoint) -> CheckResult {
    cloud.check(message, as: endpoint)
  }

  /// The findings of a message's fields.
  private func findings(_ message: MessageRequest, as endpoint: Endpoint) -> [Finding] {
    check(message, as: endpoint).findings.filter { $0.code != .mediaNotChecked }
  }

  private func check(_ fixture: String, as endpoint: Endpoint) throws -> CheckResult {
    try cloud.check(MemorySource(Fixture.bytes(fixture)), named: FilePath(fixture), as: endpoint)
  }

  // MARK: What is sent

  private func body(_ message: MessageRequest, as endpoint: Endpoint) -> String? {
    check(message, as: endpoint).request.flatMap(RequestText.json.text)
  }

  private static let start =
    #"{"messaging_product":"whatsapp","recipient_type":"individual","to":"15551234567","#

  private static func template(_ components: String) -> String {
    start + #""type":"template","template":{"name":"order_update","language":{"code":"en_US"},"#
      + #""components":[\#(components)]}}"# + "\n"
  }

  private static func header(_ parameter: String) -> String {
    #"{"type":"header","parameters":[\#(parameter)]}"#
  }

  @Test(arguments: [
    (Endpoint.templateImage, #"{"type":"image","image":{"id":"1013859600285441"}}"#),
    (.templateVideo, #"{"type":"video","video":{"id":"1013859600285441"}}"#),
    (.templateGIF, #"{"type":"GIF","gif":{"id":"1013859600285441"}}"#),
    (.templateDocument, #"{"type":"document","document":{"id":"1013859600285441","filename":"order.pdf"}}"#),
  ])
  func headersAreParameters(endpoint: Endpoint, parameter: String) {
    #expect(body(message(at: endpoint), as: endpoint) == Self.template(Self.header(parameter)))
    let byLink = message(at: endpoint) {
      $0.mediaID = nil
      $0.mediaURL = "https://example.com/a"
    }
    let linked = parameter.replacing(#""id":"1013859600285441""#, with: #""link":"https://example.com/a""#)
    #expect(body(byLink, as: endpoint) == Self.template(Self.header(linked)))
  }

  @Test func cardsHaveTheirIndexAsANumber() {
    for (endpoint, kind) in [(Endpoint.templateCardImage, "image"), (.templateCardVideo, "video")] {
      let message = message(at: endpoint) { $0.card = "3" }
      let header = Self.header(#"{"type":"\#(kind)","\#(kind)":{"id":"1013859600285441"}}"#)
      #expect(
        body(message, as: endpoint)
          == Self.template(#"{"type":"carousel","cards":[{"card_index":3,"components":[\#(header)]}]}"#))
    }
  }

  @Test func voiceMessagesAreAudio() {
    #expect(
      body(message(at: .voice), as: .voice)
        == Self.start + #""type":"audio","audio":{"id":"1013859600285441","voice":true}}"# + "\n")
  }

  @Test func aFileThatNothingRefersToIsUploadedAsMedia() throws {
    let message = message(at: .voice) { $0.mediaID = nil }
    let result = try cloud.check(
      MemorySource(Fixture.bytes("audio/mono.opus")), named: "a.ogg", as: .voice, sending: message)
    let request = try #require(result.request)
    #expect(request.isUpload && request.path == "/v23.0/106540352242922/media")
    #expect(request.fileType == "audio/ogg; codecs=opus")
  }

  /// The upload names no template, but with a recipient it is half of a message.
  @Test func anUploadForARecipientIsCheckedAsTheMessage() throws {
    let pdf = MemorySource(try Fixture.bytes("pdf/reportlab.pdf"))
    func findings(_ message: MessageRequest, as endpoint: Endpoint) throws -> [Finding] {
      let result = try cloud.check(pdf, named: "folder/a.pdf", as: endpoint, sending: message)
      #expect(result.request?.isUpload == (result.verdict == .accepted ? true : nil))
      return result.findings
    }
    let upload = MessageRequest(phoneNumberID: "106540352242922")
    #expect(try findings(upload, as: .templateDocument) == [])
    var addressed = upload
    addressed.to = "15551234567"
    #expect(
      try findings(addressed, as: .templateDocument).map(\.subject.rawValue) == [
        "template", "language", "filename",
      ])
    let finding = try #require(try findings(addressed, as: .document).first)
    #expect(finding.code == .missingFilename && finding.remedy == "Add filename: a.pdf")
  }

  @Test func aDocumentWithoutAFilenameIsWarnedOf() throws {
    let unnamed = message(at: .templateDocument) { $0.filename = nil }
    let result = try cloud.check(
      MemorySource(Fixture.bytes("pdf/reportlab.pdf")), named: "folder/a.pdf", as: .templateDocument,
      sending: unnamed)
    #expect(result.findings.map(\.code) == [.missingFilename] && result.verdict == .accepted)
    #expect(result.findings.first?.remedy == "Add filename: a.pdf")
    #expect(findings(unnamed, as: .templateDocument).map(\.severity) == [.warning])
    let linked = message(at: .templateDocument) {
      ($0.filename, $0.mediaID, $0.mediaURL) = (nil, nil, "https://example.com/b.pdf?x=1")
    }
    #expect(findings(linked, as: .templateDocument).first?.remedy == "Add filename: b.pdf")
  }

  // MARK: Fields

  @Test(arguments: headers + cards)
  func aTemplateNeedsItsNameAndLanguage(endpoint: Endpoint) {
    let missing = findings(
      message(at: endpoint) { ($0.template, $0.language) = (nil, "") }, as: endpoint)
    #expect(missing.map(\.code) == [.missingField, .missingField])
    #expect(missing.map(\.subject.rawValue) == ["template", "language"])
    #expect(missing.map(\.message) == ["The request has no template.", "The request has no language."])
    #expect(findings(message(at: endpoint), as: endpoint) == [])
  }

  @Test(
    arguments: [
      ("order_update_2", "en", []), ("a", "pt_BR", []), (String(repeating: "a", count: 512), "fil", []),
      (
        String(repeating: "a", count: 513), "en",
        ["The template can have at most 512 characters; it has 513."]
      ),
      ("Order", "en", ["The template 'Order' can't contain 'O'."]),
      ("order update", "en", ["The template 'order update' can't contain a space."]),
      ("order-update", "en", ["The template 'order-update' can't contain '-'."]),
      ("order", "en-US", ["The language 'en-US' can't contain '-'."]),
    ] as [(String, String, [String])])
  func namesAndLanguagesAreWrittenAsMetaDoes(template: String, language: String, expected: [String]) {
    let found = findings(
      message(at: .templateImage) { ($0.template, $0.language) = (template, language) }, as: .templateImage)
    #expect(found.map(\.message) == expected)
    #expect(found.allSatisfy { $0.code == .invalidField && $0.severity == .error })
  }

  @Test(arguments: [
    ("0", true), ("9", true), ("10", false), ("-1", false), ("01", false), ("+1", false), ("1.0", false),
    ("one", false), ("99999999999999999999", false),
  ])
  func cardsAreNumbered(card: String, isValid: Bool) {
    let found = findings(message(at: .templateCardImage) { $0.card = card }, as: .templateCardImage)
    #expect(
      found.map(\.message) == (isValid ? [] : ["The card '\(card)' is not a whole number from 0 to 9."]))
  }

  @Test func fieldsOfAnotherEndpointAreReported() {
    let card = findings(message(at: .templateImage) { $0.card = "0" }, as: .templateImage)
    #expect(card.map(\.code) == [.unknownField] && card.first?.subject.rawValue == "card")
    #expect(card.first?.remedy?.hasSuffix(": template-card-image, template-card-video.") == true)
    #expect(
      findings(message(at: .templateImage) { $0.caption = "x" }, as: .templateImage).map(\.code)
        == [.captionNotAllowed])
    #expect(
      findings(message(at: .templateImage) { $0.filename = "a.jpg" }, as: .templateImage).map(\.code)
        == [.filenameNotAllowed])
    #expect(
      findings(message(at: .templateImage), as: .image).map(\.code) == [.unknownField, .unknownField])
  }

  @Test(arguments: opted)
  func otherPoliciesDontHaveThem(endpoint: Endpoint) throws {
    let found = [
      engine.check(message(at: endpoint), as: endpoint).findings,
      try engine.check(MemorySource(Fixture.bytes("pictures/rgb.jpg")), as: endpoint).findings,
    ].map { $0.first { $0.subject == .endpoint } }
    for finding in found {
      #expect(finding?.code == .mediaTypeNotAllowed)
      #expect(finding?.message == "The policy waconnect has no endpoint \(endpoint).")
      #expect(finding?.remedy == "Choose the policy whatsapp-cloud, which has it, or another endpoint.")
    }
    let line = Array(#"{"endpoint":"\#(endpoint)"}"#.utf8)
    let answer = try Hook(engine).answer(line, number: 1).result.findings.first?.message
    #expect(answer?.hasSuffix("'\(endpoint)'; the policy whatsapp-cloud has it.") == true)
    let fax = engine.check(MessageRequest(to: "15551234567", mediaID: "1"), as: Endpoint(rawValue: "fax"))
    #expect(fax.findings.first?.remedy == "Choose another endpoint.")
  }

  @Test func theHookTakesAnIntegerAsANumberToo() throws {
    func answer(_ card: String) throws -> CheckResult {
      let line =
        #"{"endpoint":"template-card-image","to":"15551234567","mediaId":"1","phoneNumberId":"1","template":"a","#
        + #""language":"en","card":\#(card)}"#
      return try Hook(cloud).answer(Array(line.utf8), number: 1).result
    }
    #expect(try answer("4").request == answer(#""4""#).request && answer("4").request != nil)
    #expect(try answer("4.5").findings.map(\.code).contains(.invalidField))
    #expect(try answer("true").findings.map(\.code) == [.invalidRequest])
    #expect(try answer("null").findings.map(\.code).contains(.missingField))
    let number = Array(#"{"endpoint":"voice","to":15551234567,"mediaId":"1","phoneNumberId":"1"}"#.utf8)
    let message = try Hook(cloud).answer(number, number: 1).result.findings.first?.message
    #expect(message == "The request is invalid: line 1 has a value of 'to' that is not text.")
  }

  // MARK: Handles, IDs and URLs

  private func sample(_ change: (inout MessageRequest) -> Void) -> [Finding] {
    var request = MessageRequest()
    change(&request)
    return findings(request, as: .templateSample)
  }

  @Test(
    arguments: [
      ("4::aW1hZ2UvanBlZw==:ARa1ZDhwbLZM3EENeeg", nil),
      (
        "https://example.com/a.jpg",
        "is a URL, not an upload handle (4::…). Meta refuses it with error 100, subcode 2388273."
      ),
      (
        "1013859600285441",
        "is a media ID, not an upload handle (4::…). Meta refuses it with error 100, subcode 2494102."
      ),
      ("upload:MTphdHRhY2htZW50", "is the ID of an upload session (upload:…), not an upload handle (4::…)."),
      ("4::a b", "'4::a b' is not an upload handle (4::…)."), ("", "'' is not an upload handle (4::…)."),
    ] as [(String, String?)])
  func samplesAreReferredToByTheirHandle(handle: String, words: String?) {
    let found = sample { $0.headerHandle = handle }
    #expect(found.map(\.message) == (words.map { ["The headerHandle \($0)"] } ?? []))
    #expect(found.allSatisfy { $0.code == .invalidMediaID && $0.severity == .error })
  }

  @Test func anUnknownKindOfHandleIsAWarning() {
    #expect(sample { $0.headerHandle = "aW1hZ2U" }.map(\.severity) == [.warning])
  }

  @Test func aSampleHasNoURLAndNoID() {
    let url = sample { $0.mediaURL = "https://example.com/a.jpg" }
    #expect(url.map(\.code) == [.invalidMediaURL])
    #expect(
      url.first?.message
        == "A template's sample needs an upload handle (4::…), not a URL. Meta refuses it with error 100, subcode 2388273."
    )
    let id = sample { $0.mediaID = "1013859600285441" }
    #expect(id.map(\.code) == [.invalidMediaID] && id.first?.message.hasSuffix("subcode 2494102.") == true)
    let nothing = sample { _ in }
    #expect(nothing.map(\.code) == [.missingMediaReference])
    #expect(nothing.first?.message == "The request has no headerHandle.")
    let both = sample { ($0.headerHandle, $0.mediaID) = ("4::aW", "1") }
    #expect(both.map(\.subject.rawValue) == ["mediaId"])
  }

  @Test(arguments: [Endpoint.image, .voice, .templateImage, .templateCardVideo])
  func aMessageHasNoHandle(endpoint: Endpoint) {
    let inPlaceOfID = findings(message(at: endpoint) { $0.mediaID = "4::aW1hZ2U=:ARa" }, as: endpoint)
      .filter { $0.subject.rawValue == "mediaId" }
    #expect(inPlaceOfID.map(\.severity) == [.error] && inPlaceOfID.first?.code == .invalidMediaID)
    #expect(inPlaceOfID.first?.message == "The mediaId is an upload handle (4::…), not a media ID.")
    let asHandle = findings(
      message(at: endpoint) { ($0.mediaID, $0.headerHandle) = (nil, "4::aW1hZ2U=:ARa") }, as: endpoint
    ).filter { $0.subject.rawValue == "headerHandle" }
    #expect(asHandle.map(\.code) == [.invalidMediaID])
    #expect(
      asHandle.first?.message.hasSuffix(" needs a URL or a media ID, not an upload handle (4::…).") == true)
  }

  /// Of whatever policy: a URL is no ID, and the other way around.
  @Test func aReferenceInAnothersPlaceIsReported() {
    let url = engine.check(
      MessageRequest(to: "15551234567", mediaID: "https://example.com/a.jpg"), as: .image)
    #expect(url.findings.first?.message == "The mediaId is a URL, not a media ID.")
    #expect(url.findings.first?.severity == .error && url.findings.first?.remedy == "Pass it as mediaUrl.")
    let id = engine.check(MessageRequest(to: "15551234567", mediaURL: "1013859600285441"), as: .image)
    #expect(id.findings.first?.code == .invalidMediaURL && id.findings.first?.remedy == "Pass it as mediaId.")
  }

  @Test func nothingIsSentToASample() throws {
    let byHandle = check(MessageRequest(fields: ["headerHandle": "4::aW"]), as: .templateSample)
    #expect(byHandle.verdict == .accepted && byHandle.request == nil)
    let jpeg = MemorySource(try Fixture.bytes("pictures/rgb.jpg"))
    // Not even uploaded: the ID of media is no handle.
    let file = try cloud.check(jpeg, as: .templateSample, sending: MessageRequest(phoneNumberID: "1"))
    #expect(file.findings == [] && file.verdict == .accepted && file.request == nil)
  }

  // MARK: Files

  @Test func autoChoosesAmongTheOrdinaryEndpoints() throws {
    for name in Fixture.names {
      let bytes = MemorySource(try Fixture.bytes(name))
      let (ordinary, own) = (try engine.check(bytes), try cloud.check(bytes))
      #expect(own.endpoint == ordinary.endpoint, "\(name)")
      #expect(own.alternatives == ordinary.alternatives, "\(name)")
      #expect(own.findings.map(\.message) == ordinary.findings.map(\.message), "\(name)")
    }
  }

  /// A header, a card or a voice message is rejected for what an ordinary message would be rejected for.
  @Test(arguments: [
    (Endpoint.voice, Endpoint.audio), (.templateImage, .image), (.templateVideo, .video),
    (.templateGIF, .video),
    (.templateDocument, .document), (.templateCardImage, .image), (.templateCardVideo, .video),
  ])
  func contentIsCheckedAsAtTheOrdinaryEndpoint(own: Endpoint, ordinary: Endpoint) throws {
    let accepted = try #require(Policy.whatsappCloud.endpoint(own)).types
    for name in Fixture.names {
      let base = try check(name, as: ordinary)
      guard let type = base.mediaType, accepted.contains(type) else { continue }
      let added: [FindingCode] = [.pixelSizeNotAllowed, .mediaTypeNotAllowed]
      let found = try check(name, as: own).findings.filter {
        !($0.severity > .error && added.contains($0.code))
      }
      #expect(found.map(\.code) == base.findings.map(\.code), "\(name)")
    }
  }

  @Test(arguments: [
    (
      "audio/cbr-info.mp3", Endpoint.voice,
      "MPEG audio (audio/mpeg): it must be Ogg with Opus. Other audio arrives as a file."
    ),
    (
      "mp4/aac.m4a", .voice,
      "MPEG-4 audio (audio/mp4): it must be Ogg with Opus. Other audio arrives as a file."
    ),
    (
      "mp4/h264-baseline.mp4", .templateImage,
      "an MP4 video (video/mp4). Media of another kind than the template's is refused with error 132012: "
        + "\"Format mismatch, expected IMAGE, received …\"."
    ),
    (
      "pictures/rgb.jpg", .templateVideo,
      "a JPEG image (image/jpeg). Media of another kind than the template's is refused with error 132012: "
        + "\"Format mismatch, expected VIDEO, received …\"."
    ),
    (
      "pictures/animated.gif", .templateGIF,
      "a GIF image (image/gif): it must be an MP4 video, which WhatsApp plays like a GIF."
    ),
    (
      "office/page.docx", .templateSample,
      "a Word document (application/vnd.openxmlformats-officedocument.wordprocessingml.document): the Resumable Upload "
        + "API accepts PDF, JPEG, PNG and MP4 alone."
    ),
  ])
  func aFileOfAnotherTypeIsRejectedByName(name: String, endpoint: Endpoint, words: String) throws {
    let finding = try #require(try check(name, as: endpoint).findings.first)
    #expect(finding.code == .mediaTypeNotAllowed && finding.severity == .error)
    let phrase = try #require(Policy.whatsappCloud.endpoint(endpoint)).phrase
    #expect(finding.message == "\(phrase) can't be \(words)")
  }

  @Test func whatIsProposedInsteadIsOfTheSameSort() throws {
    func proposed(_ name: String, _ endpoint: Endpoint) throws -> [Endpoint] {
      try check(name, as: endpoint).alternatives
    }
    #expect(try proposed("audio/cbr-info.mp3", .voice) == [.audio, .document])
    #expect(try proposed("mp4/h264-baseline.mp4", .templateImage) == [.templateVideo, .templateDocument])
    #expect(try proposed("pictures/rgb.jpg", .templateVideo) == [.templateImage, .templateDocument])
    #expect(try proposed("pictures/rgb.jpg", .templateCardVideo) == [.templateCardImage])
    #expect(try proposed("office/page.docx", .templateSample) == [])
    #expect(try proposed("pictures/rgb.jpg", .document) == [.image])
  }

  @Test func fixesMakeWhatTheEndpointAccepts() throws {
    func fix(_ name: String, _ endpoint: Endpoint) throws -> String? {
      try check(name, as: endpoint).findings.first?.remedy
    }
    #expect(try fix("audio/cbr-info.mp3", .voice)?.hasPrefix("Convert the audio: preflight fix ") == true)
    #expect(try fix("audio/stereo.opus", .voice)?.hasPrefix("Downmix it to mono: ") == true)
    #expect(try fix("pictures/animated.gif", .templateGIF)?.hasPrefix("Convert the video: ") == true)
    #expect(try fix("office/page.docx", .templateSample)?.hasPrefix("Convert it to PDF: ") == true)
    #expect(try fix("pictures/rgb.jpg", .voice)?.contains("preflight fix") == false)
  }

  @Test func voiceIsMonoOpus() throws {
    #expect(try check("audio/mono.opus", as: .voice).findings == [])
    #expect(try check("audio/stereo.opus", as: .voice).findings.map(\.code) == [.channelCountNotAllowed])
    #expect(try check("audio/vorbis.ogg", as: .voice).findings.map(\.code).contains(.audioCodecNotAllowed))
  }

  @Test(arguments: [(524_288, false), (524_289, true)])
  func voiceHasAPlayIconUpTo512KB(size: Int, isTooLarge: Bool) throws {
    let sound = try #require(try Enlarged.opus(Fixture.bytes("audio/mono.opus"), to: size))
    let result = try cloud.check(MemorySource(sound), as: .voice)
    #expect(result.verdict == .accepted)
    #expect(result.findings.map(\.code) == (isTooLarge ? [.voiceNoteTooLarge] : []))
  }

  @Test(
    arguments: [
      (3_500_000, []), (3_500_001, ["near-size-limit"]), (3_670_016, ["near-size-limit"]),
      (3_670_017, ["file-too-large"]),
    ] as [(UInt64, [String])])
  func aLargeGIFIsShownAsAVideo(size: UInt64, expected: [String]) throws {
    let mp4 = Enlarged.mp4(try Fixture.bytes("mp4/h264-high-aac-faststart.mp4"), to: size)
    let result = try cloud.check(mp4, as: .templateGIF)
    #expect(result.findings.map(\.code.rawValue) == expected && result.verdict == .accepted)
    #expect(
      result.findings.allSatisfy { $0.severity == .warning && $0.message.contains("an ordinary video") })
    #expect(try cloud.check(mp4, as: .templateVideo).findings == [])
  }

  @Test func aGIFOverTheCapOfVideosIsRejected() throws {
    let bytes = try Fixture.bytes("mp4/h264-baseline.mp4")
    #expect(try cloud.check(Enlarged.mp4(bytes, to: 16_777_216), as: .templateGIF).verdict == .accepted)
    #expect(try cloud.check(Enlarged.mp4(bytes, to: 16_777_217), as: .templateGIF).verdict == .rejected)
  }

  @Test func aSampleHasTheCapOfItsKind() throws {
    let flat = Preflight(policy: .whatsappCloud, depth: .structure, sharing: engine)
    func codes(_ source: any ByteSource) throws -> [FindingCode] {
      try flat.check(source, as: .templateSample).findings.map(\.code)
    }
    let (jpeg, mp4) = (try Fixture.bytes("pictures/rgb.jpg"), try Fixture.bytes("mp4/h264-baseline.mp4"))
    #expect(try codes(MemorySource(Enlarged.jpeg(jpeg, to: 5_000_000))) == [])
    #expect(try codes(MemorySource(Enlarged.jpeg(jpeg, to: 5_242_881))) == [.fileTooLarge])
    #expect(try codes(Enlarged.mp4(mp4, to: 16_000_000)) == [])
    #expect(try codes(Enlarged.mp4(mp4, to: 16_777_217)) == [.fileTooLarge])
    let pdf = try Fixture.bytes("pdf/reportlab.pdf")
    #expect(try codes(Enlarged.pdf(pdf, to: 100_000_000)) == [])
    #expect(try codes(Enlarged.pdf(pdf, to: 104_857_601)) == [.fileTooLarge])
  }

  @Test func aDocumentHeaderShouldBeAPDF() throws {
    #expect(try check("pdf/reportlab.pdf", as: .templateDocument).findings == [])
    for name in ["office/page.docx", "text/letter-utf-8.txt", "pictures/rgb.jpg"] {
      let result = try check(name, as: .templateDocument)
      #expect(result.verdict == .accepted)
      #expect(result.findings.map(\.code) == [.mediaTypeNotAllowed], "\(name)")
      #expect(
        result.findings.map(\.severity) == [.warning] && result.findings.first?.remedy == "Convert it to PDF."
      )
    }
  }

  @Test(
    arguments: [
      (Endpoint.templateImage, 153, 100, false), (.templateImage, 152, 100, true),
      (.templateImage, 239, 100, false),
      (.templateImage, 240, 100, true), (.templateImage, 800, 418, false), (.templateImage, 418, 800, true),
      (.templateCardImage, 80, 100, false), (.templateCardImage, 79, 100, true),
      (.templateCardImage, 125, 100, false),
      (.templateCardImage, 126, 100, true), (.image, 10, 1000, false),
    ] as [(Endpoint, UInt32, UInt32, Bool)])
  func imagesFarFromTheShapeAreNoted(endpoint: Endpoint, width: UInt32, height: UInt32, isNoted: Bool) throws
  {
    let flat = Preflight(policy: .whatsappCloud, depth: .structure, sharing: engine)
    let found = try flat.check(MemorySource(Fixture.png(width, height)), as: endpoint).findings
      .filter { $0.code != .damagedFile }
    #expect(found.map(\.code) == (isNoted ? [.pixelSizeNotAllowed] : []))
    #expect(found.allSatisfy { $0.severity == .note })
  }

  /// An image that is turned when shown has its sides swapped; a video has no shape to note.
  @Test func theShapeIsThatOfTheImageAsShown() throws {
    let turned = try #require(try check("pictures/exif-turned.jpg", as: .templateImage).findings.first)
    #expect(turned.code == .pixelSizeNotAllowed && turned.actual == "0.667")
    #expect(try check("pictures/rgb.jpg", as: .templateImage).findings.first?.actual == "1.5")
    let video = try check("mp4/h264-baseline.mp4", as: .templateImage).findings.map(\.code)
    #expect(video == [.mediaTypeNotAllowed])
  }
}

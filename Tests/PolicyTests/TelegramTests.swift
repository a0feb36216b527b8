import Foundation
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// A provider that is nothing like WhatsApp, as one file: endpoints, fields, calls and caps are data.
@Suite struct TelegramTests {
  private let telegram: Preflight

  init() throws {
    telegram = Preflight(policy: try #require(Policy.builtIn(named: "telegram")))
  }

  private func codes(_ bytes: [UInt8], as endpoint: String) throws -> [FindingCode] {
    try telegram.check(MemorySource(bytes), as: Endpoint(rawValue: endpoint)).findings.map(\.code)
  }

  @Test func theEndpointsAreItsOwn() throws {
    #expect(
      telegram.policy.endpointNames.map(\.rawValue)
        == ["photo", "audio", "voice", "video", "animation", "sticker", "document"])
    let jpeg = try telegram.check(MemorySource(Fixture.bytes("pictures/rgb.jpg")))
    #expect(jpeg.endpoint?.rawValue == "photo" && jpeg.verdict == .accepted)
    let opus = try telegram.check(MemorySource(Fixture.bytes("audio/stereo.opus")))
    #expect(opus.endpoint?.rawValue == "voice" && opus.verdict == .accepted)
    // Meta's endpoint of that name isn't there.
    #expect(try codes(Fixture.bytes("pictures/rgb.jpg"), as: "image") == [.mediaTypeNotAllowed])
    let wrong = try telegram.check(
      MemorySource(Fixture.bytes("pictures/rgb.jpg")), as: Endpoint(rawValue: "voice"))
    #expect(wrong.findings.first?.message == "A voice message can't be a JPEG image (image/jpeg).")
    #expect(wrong.alternatives.map(\.rawValue) == ["photo", "document"])
  }

  @Test func sidesAreHeldToTheirSumAndTheirRatio() throws {
    // The image data is that of another size, which is a fault of its own; what is asked for here is the rule.
    func breaks(_ width: UInt32, _ height: UInt32) throws -> Bool {
      try codes(Fixture.png(width, height), as: "photo").contains(.pixelSizeNotAllowed)
    }
    #expect(try !breaks(5000, 5000) && breaks(5001, 5000))
    #expect(try !breaks(2000, 100) && breaks(2001, 100))
    #expect(try !breaks(100, 2000) && breaks(100, 2001))
  }

  @Test func capsAreDecimalAndSmallerByURL() throws {
    let jpeg = try Fixture.bytes("pictures/rgb.jpg")
    var request = MessageRequest(fields: ["chat_id": "-100123", "mediaUrl": "https://example.org/a.jpg"])
    func isTooLarge(_ size: Int, _ request: MessageRequest?) throws -> Bool {
      let source = MemorySource(Enlarged.jpeg(jpeg, to: size))
      let result = try telegram.check(source, as: Endpoint(rawValue: "photo"), sending: request)
      return result.findings.contains { $0.code == .fileTooLarge }
    }
    #expect(try !isTooLarge(10_000_000, nil) && isTooLarge(10_000_001, nil))
    #expect(try !isTooLarge(5_000_000, request) && isTooLarge(5_000_001, request))
    request.fields = ["chat_id": "-100123", "mediaId": "AgACAgIAAx"]
    #expect(try !isTooLarge(10_000_000, request) && isTooLarge(10_000_001, request))
  }

  @Test func theRequestIsItsOwn() throws {
    let photo = Endpoint(rawValue: "photo")
    let request = MessageRequest(
      fields: ["chat_id": "@channel", "mediaUrl": "https://example.org/a.jpg", "caption": "Hello"])
    let prepared = try #require(telegram.check(request, as: photo).request)
    #expect(prepared.host == "api.telegram.org" && prepared.path == "/bot$TELEGRAM_BOT_TOKEN/sendPhoto")
    #expect(
      prepared.body == [
        .init(key: "chat_id", value: .text("@channel")),
        .init(key: "photo", value: .text("https://example.org/a.jpg")),
        .init(key: "caption", value: .text("Hello")),
      ])
    let byID = MessageRequest(fields: ["chat_id": "1", "mediaId": "AgACAgIAAx"])
    #expect(telegram.check(byID, as: photo).request?.body.last?.value == .text("AgACAgIAAx"))
  }

  @Test func aLocalFileIsSentInTheSameCall() throws {
    let source = MemorySource(try Fixture.bytes("audio/stereo.opus"))
    let result = try telegram.check(
      source, named: FilePath("a.opus"), sending: MessageRequest(fields: ["chat_id": "1"]))
    let prepared = try #require(result.request)
    #expect(prepared.isUpload && prepared.path == "/bot$TELEGRAM_BOT_TOKEN/sendVoice")
    #expect(
      prepared.body == [.init(key: "chat_id", value: .text("1")), .init(key: "voice", value: .file)])
    // Unlike Meta's upload, this one needs the recipient.
    let nobody = try telegram.check(source, sending: MessageRequest(fields: ["caption": "x"]))
    #expect(nobody.findings.map(\.code) == [.missingRecipient])
  }

  @Test func fieldsAreTheProviders() {
    func codes(_ fields: [String: String], as endpoint: String = "photo") -> [FindingCode] {
      telegram.check(MessageRequest(fields: fields), as: Endpoint(rawValue: endpoint)).findings.map(\.code)
    }
    let url = "https://example.org/a.jpg"
    #expect(codes(["chat_id": "1", "mediaUrl": url]) == [.mediaNotChecked])
    #expect(codes(["to": "15551234567", "mediaUrl": url]).prefix(2) == [.unknownField, .missingRecipient])
    #expect(codes(["chat_id": "a b", "mediaUrl": url]).first == .invalidRecipient)
    #expect(codes(["chat_id": "1"]).first == .missingMediaReference)
    #expect(codes(["chat_id": "1", "mediaUrl": url, "mediaId": "x"]).first == .conflictingMediaReferences)
    #expect(
      codes(["chat_id": "1", "mediaUrl": url, "caption": "x"], as: "sticker").first == .captionNotAllowed)
    let long = String(repeating: "x", count: 1025)
    #expect(codes(["chat_id": "1", "mediaUrl": url, "caption": long]).first == .captionTooLong)
  }
}

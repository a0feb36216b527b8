import Foundation
import MediaPreflight
import Testing

@testable import PreflightTestSupport

/// What each provider's policy says of files. The built-in policies of WaConnect and of Meta have tests of their own.
@Suite struct ProviderTests {
  /// Policy, endpoint (`auto` for none), a fixture, the size to which it is made larger and `url` if it goes by URL; then the
  /// verdict, the endpoint that was chosen for `auto`, and the codes of the findings.
  private static let table: String = """
    360dialog            image          pictures/rgb.jpg                             -> accepted
    360dialog            image          pictures/rgb.jpg                5000000      -> accepted
    360dialog            image          pictures/rgb.jpg                5242880      -> accepted near-size-limit
    360dialog            image          pictures/rgb.jpg                5242881      -> rejected file-too-large
    360dialog            image          pictures/cmyk.jpg                            -> rejected color-model-not-allowed
    360dialog            video          mp4/h264-baseline.mp4           16777216     -> accepted near-size-limit not-fast-start
    360dialog            video          mp4/h264-baseline.mp4           16777217     -> rejected file-too-large not-fast-start
    360dialog            audio          audio/mono.opus                              -> accepted
    360dialog            document       mp4/h264-baseline.mp4           104857600    -> accepted near-size-limit
    360dialog            document       mp4/h264-baseline.mp4           104857601    -> rejected file-too-large
    360dialog            sticker        pictures/sticker.webp           102400       -> accepted near-size-limit
    360dialog            sticker        pictures/sticker.webp           102402       -> rejected file-too-large
    360dialog            template-image pictures/rgb.png                             -> accepted pixel-size-not-allowed
    twilio-whatsapp      image          pictures/rgb.png                5242880      -> accepted near-size-limit
    twilio-whatsapp      image          pictures/rgb.png                5242881      -> rejected file-too-large
    twilio-whatsapp      video          mp4/h264-high-aac-faststart.mp4 16777216     -> accepted near-size-limit
    twilio-whatsapp      video          mp4/h264-high-aac-faststart.mp4 16777217     -> rejected file-too-large
    twilio-whatsapp      video          mp4/h263.3gp                                 -> rejected media-type-not-allowed video-codec-not-allowed not-fast-start
    twilio-whatsapp      audio          mp4/aac.m4a                                  -> rejected media-type-not-allowed
    twilio-whatsapp      audio          audio/cbr-info.mp3              16777217     -> rejected file-too-large
    twilio-whatsapp      document       pdf/reportlab.pdf                            -> accepted
    twilio-whatsapp      document       office/slides.pptx                           -> accepted
    twilio-whatsapp      document       office/sheet.xls                             -> rejected media-type-not-allowed
    twilio-whatsapp      document       pdf/reportlab.pdf               16777217     -> rejected file-too-large
    twilio-whatsapp      auto           pictures/sticker.webp                        -> rejected as nothing media-type-not-allowed
    infobip              image          pictures/rgb.jpg                5242880      -> accepted near-size-limit
    infobip              image          pictures/rgb.jpg                5242881      -> rejected file-too-large
    infobip              audio          audio/mono.opus                              -> accepted
    infobip              audio          mp4/aac.m4a                     16777217     -> rejected file-too-large
    infobip              video          mp4/h264-baseline.mp4           16777217     -> rejected file-too-large not-fast-start
    infobip              sticker        pictures/sticker-511.webp                    -> rejected pixel-size-not-allowed
    infobip              sticker        pictures/sticker.webp           102402       -> rejected file-too-large
    infobip              sticker        pictures/sticker-animated.webp  512000       -> accepted near-size-limit
    infobip              sticker        pictures/sticker-animated.webp  512002       -> rejected file-too-large
    infobip              document       mp4/h264-baseline.mp4           104857601    -> rejected file-too-large
    vonage               image          pictures/rgb.jpg                5242881      -> rejected file-too-large
    vonage               image          pictures/animated.gif                        -> rejected media-type-not-allowed animated-image
    vonage               video          mp4/h264-baseline.mp4                        -> accepted not-fast-start
    vonage               sticker        pictures/sticker.webp           102400       -> accepted near-size-limit
    vonage               sticker        pictures/sticker.webp           102402       -> rejected file-too-large
    vonage               sticker        pictures/sticker-animated.webp               -> accepted
    aws-social-messaging image          pictures/rgb.jpg                5242880      -> accepted near-size-limit
    aws-social-messaging image          pictures/rgb.jpg                5242881      -> rejected file-too-large
    aws-social-messaging video          mp4/h264-baseline.mp4           16777217     -> rejected file-too-large not-fast-start
    aws-social-messaging sticker        pictures/sticker.webp           102402       -> rejected file-too-large
    aws-social-messaging auto           pdf/reportlab.pdf                            -> accepted as document
    telegram             photo          pictures/rgb.jpg                10000000     -> accepted
    telegram             photo          pictures/rgb.jpg                10000001     -> rejected file-too-large
    telegram             photo          pictures/rgb.jpg                5000000 url  -> accepted
    telegram             photo          pictures/rgb.jpg                5000001 url  -> rejected file-too-large
    telegram             photo          pictures/cmyk.jpg                            -> accepted
    telegram             video          mp4/h264-baseline.mp4           50000000     -> accepted
    telegram             video          mp4/h264-baseline.mp4           50000001     -> rejected file-too-large
    telegram             video          mp4/h264-baseline.mp4           20000000 url -> accepted
    telegram             video          mp4/h264-baseline.mp4           20000001 url -> rejected file-too-large
    telegram             audio          audio/cbr-info.mp3              50000001     -> rejected file-too-large
    telegram             voice          audio/mono.opus                              -> accepted
    telegram             voice          audio/mono.opus                 1000000      -> accepted
    telegram             voice          audio/mono.opus                 1000001      -> accepted voice-note-too-large
    telegram             voice          audio/vorbis.ogg                             -> rejected audio-codec-not-allowed
    telegram             voice          audio/cbr-info.mp3                           -> accepted media-type-not-allowed
    telegram             animation      pictures/animated.gif                        -> accepted
    telegram             animation      mp4/h264-high-aac-faststart.mp4              -> accepted too-many-audio-streams
    telegram             sticker        pictures/sticker.webp                        -> accepted
    telegram             sticker        pictures/sticker-511.webp                    -> accepted
    telegram             sticker        pictures/sticker-513.webp                    -> rejected pixel-size-not-allowed
    telegram             sticker        pictures/rgb.jpg                             -> rejected media-type-not-allowed
    telegram             sticker        pictures/sticker-animated.webp               -> rejected animated-image
    telegram             sticker        foreign-media/video.webm                     -> accepted
    telegram             document       office/page.epub                             -> accepted
    telegram             document       office/page.epub                url          -> accepted media-type-not-allowed
    telegram             document       pdf/reportlab.pdf               url          -> accepted
    telegram             document       mp4/h264-baseline.mp4           50000001     -> rejected file-too-large
    telegram             auto           pictures/rgb.jpg                             -> accepted as photo
    telegram             auto           audio/cbr-info.mp3                           -> accepted as audio
    telegram             auto           audio/mono.opus                              -> accepted as voice
    telegram             auto           mp4/h264-baseline.mp4                        -> accepted as video
    telegram             auto           pictures/animated.gif                        -> accepted as animation
    telegram             auto           foreign-media/video.mkv                      -> accepted as document
    messenger            image          pictures/rgb.jpg                26214400     -> accepted near-size-limit
    messenger            image          pictures/rgb.jpg                26214401     -> rejected file-too-large
    messenger            image          pictures/rgb.jpg                8388608 url  -> accepted near-size-limit
    messenger            image          pictures/rgb.jpg                8388609 url  -> rejected file-too-large
    messenger            video          mp4/h264-baseline.mp4           26214400     -> accepted near-size-limit
    messenger            video          mp4/h264-baseline.mp4           26214401     -> rejected file-too-large
    messenger            video          mp4/h264.mov                                 -> accepted
    messenger            video          pictures/rgb.jpg                             -> rejected media-type-not-allowed
    messenger            audio          audio/cbr-info.mp3              26214401     -> rejected file-too-large
    messenger            file           office/hello.jar                             -> accepted
    messenger            file           mp4/h264-baseline.mp4           26214401     -> rejected file-too-large
    messenger            auto           office/page.docx                             -> accepted as file
    messenger            auto           foreign-media/video.mkv                      -> accepted as video
    instagram            image          pictures/rgb.jpg                8388608      -> accepted near-size-limit
    instagram            image          pictures/rgb.jpg                8388609      -> rejected file-too-large
    instagram            image          pictures/still.gif                           -> accepted
    instagram            image          pictures/lossy.webp                          -> rejected media-type-not-allowed
    instagram            video          mp4/h264-baseline.mp4           26214400     -> accepted near-size-limit
    instagram            video          mp4/h264-baseline.mp4           26214401     -> rejected file-too-large
    instagram            video          foreign-media/video.avi                      -> accepted
    instagram            video          foreign-media/video.webm                     -> accepted
    instagram            video          foreign-media/video.mkv                      -> rejected media-type-not-allowed
    instagram            audio          foreign-media/pcm.wav                        -> accepted
    instagram            audio          audio/cbr-info.mp3                           -> rejected media-type-not-allowed
    instagram            audio          mp4/aac.m4a                     26214401     -> rejected file-too-large
    instagram            file           pdf/reportlab.pdf                            -> accepted
    instagram            file           office/page.docx                             -> rejected media-type-not-allowed
    viber                picture        pictures/rgb.jpg                1048576      -> accepted near-size-limit
    viber                picture        pictures/rgb.jpg                1048577      -> rejected file-too-large
    viber                picture        pictures/still.gif                           -> accepted
    viber                picture        pictures/animated.gif                        -> rejected animated-image
    viber                video          mp4/h264-baseline.mp4           27262976     -> accepted near-size-limit
    viber                video          mp4/h264-baseline.mp4           27262977     -> rejected file-too-large
    viber                video          mp4/h264.mov                                 -> rejected media-type-not-allowed
    viber                file           pdf/reportlab.pdf                            -> accepted
    viber                file           mp4/h264-baseline.mp4           52428800     -> accepted near-size-limit
    viber                file           mp4/h264-baseline.mp4           52428801     -> rejected file-too-large
    viber                auto           audio/cbr-info.mp3                           -> accepted as file
    line                 image          pictures/rgb.jpg                10485760     -> accepted near-size-limit
    line                 image          pictures/rgb.jpg                10485761     -> rejected file-too-large
    line                 image          pictures/still.gif                           -> rejected media-type-not-allowed
    line                 video          mp4/h264-baseline.mp4           209715200    -> accepted near-size-limit
    line                 video          mp4/h264-baseline.mp4           209715201    -> rejected file-too-large
    line                 audio          mp4/aac.m4a                     209715201    -> rejected file-too-large
    line                 audio          audio/cbr-info.mp3                           -> accepted
    line                 audio          audio/mono.opus                              -> rejected media-type-not-allowed
    line                 auto           pdf/reportlab.pdf                            -> rejected as nothing media-type-not-allowed
    rcs                  image          pictures/animated.gif                        -> accepted
    rcs                  image          pictures/lossy.webp                          -> rejected media-type-not-allowed
    rcs                  video          foreign-media/video.webm                     -> accepted
    rcs                  video          foreign-media/video.mpg                      -> accepted
    rcs                  video          mp4/h264-baseline.mp4           104857600    -> accepted near-size-limit
    rcs                  video          mp4/h264-baseline.mp4           104857601    -> rejected file-too-large
    rcs                  audio          audio/mono.opus                              -> accepted
    rcs                  document       pdf/reportlab.pdf                            -> accepted
    rcs                  auto           office/page.docx                             -> rejected as nothing media-type-not-allowed
    mms                  image          pictures/rgb.jpg                1000000      -> accepted
    mms                  image          pictures/rgb.jpg                1000001      -> accepted file-too-large
    mms                  image          pictures/rgb.jpg                5242880      -> accepted near-size-limit file-too-large
    mms                  image          pictures/rgb.jpg                5242881      -> rejected file-too-large
    mms                  video          mp4/h264-baseline.mp4           740000       -> accepted
    mms                  video          mp4/h264-baseline.mp4           740001       -> accepted file-too-large
    mms                  video          mp4/h264-baseline.mp4           5242881      -> rejected file-too-large
    mms                  audio          audio/narrow.amr                             -> accepted
    mms                  document       pdf/reportlab.pdf                            -> accepted
    mms                  auto           office/page.docx                             -> rejected as nothing media-type-not-allowed
    """

  @Test(arguments: Self.table.split(separator: "\n").map(String.init))
  func verdicts(row: String) throws {
    let columns = row.split(separator: " -> ").map(String.init)
    let words = columns[0].split(separator: " ").map(String.init)
    let engine = Preflight(policy: try #require(Policy.builtIn(named: words[0])))
    let endpoint = words[1] == "auto" ? nil : Endpoint(rawValue: words[1])
    let source = try Self.source(words[2], size: words.dropFirst(3).compactMap { Int($0) }.first)
    let request = words.contains("url") ? MessageRequest(fields: ["mediaUrl": "https://example.com/a"]) : nil
    let result = try engine.check(source, as: endpoint, sending: request)
    // The request has no more than its reference.
    let findings = result.findings.filter { $0.subject == .file }
    let verdict = findings.contains { $0.severity == .error } ? "rejected" : "accepted"
    let chosen = words[1] == "auto" ? ["as \(result.endpoint?.rawValue ?? "nothing")"] : []
    let actual =
      [columns[0].split(separator: " ").joined(separator: " "), "->", verdict] + chosen
      + findings.map(\.code.rawValue)
    #expect(actual.joined(separator: " ") == row.split(separator: " ").joined(separator: " "))
  }

  /// A fixture, made larger in a way that its format allows.
  private static func source(_ name: String, size: Int?) throws -> any ByteSource {
    let bytes = try Fixture.bytes(name)
    guard let size else { return MemorySource(bytes) }
    switch name.split(separator: ".").last {
    case "jpg": return MemorySource(Enlarged.jpeg(bytes, to: size))
    case "png": return MemorySource(Enlarged.png(bytes, to: size))
    case "webp": return MemorySource(Enlarged.webp(bytes, to: size))
    case "mp3": return Enlarged.mp3(bytes, to: UInt64(size))
    case "opus": return MemorySource(try #require(try Enlarged.opus(bytes, to: size)))
    case "pdf": return Enlarged.pdf(bytes, to: UInt64(size))
    default: return Enlarged.mp4(bytes, to: UInt64(size))
    }
  }

  private static func codes(_ policy: String, _ endpoint: String, _ fields: [String: String]) throws
    -> [String]
  {
    let engine = Preflight(policy: try #require(Policy.builtIn(named: policy)))
    return engine.check(MessageRequest(fields: fields), as: Endpoint(rawValue: endpoint)).findings
      .map(\.code.rawValue).filter { $0 != "media-not-checked" }
  }

  private static let url = "https://example.com/a.jpg"

  /// A request that each provider accepts: policy, endpoint, fields, and the body.
  private static let requests: [(String, String, [String: String], String)] = [
    (
      "360dialog", "image", ["to": "+15551234567", "mediaUrl": url, "caption": "Hi"],
      #"{"messaging_product":"whatsapp","recipient_type":"individual","to":"15551234567","type":"image","image":{"link":"https://example.com/a.jpg","caption":"Hi"}}"#
    ),
    (
      "twilio-whatsapp", "image",
      ["to": "15551234567", "from": "14155238886", "mediaUrl": url, "caption": "Hi & bye"],
      "To=whatsapp%3A%2B15551234567&From=whatsapp%3A%2B14155238886&Body=Hi%20%26%20bye&MediaUrl=https%3A%2F%2Fexample.com%2Fa.jpg"
    ),
    (
      "infobip", "document",
      ["to": "15551234567", "from": "441134960001", "mediaUrl": url, "filename": "a.pdf"],
      #"{"from":"441134960001","to":"15551234567","content":{"mediaUrl":"https://example.com/a.jpg","filename":"a.pdf"}}"#
    ),
    (
      "vonage", "document",
      ["to": "15551234567", "from": "14157386102", "mediaUrl": url, "filename": "a.pdf"],
      #"{"channel":"whatsapp","message_type":"file","to":"15551234567","from":"14157386102","file":{"url":"https://example.com/a.jpg","name":"a.pdf"}}"#
    ),
    (
      "telegram", "photo", ["chat_id": "@channel", "mediaId": "AgACAgIAAx"],
      #"{"chat_id":"@channel","photo":"AgACAgIAAx"}"#
    ),
    (
      "messenger", "file", ["recipient": "254", "mediaId": "1857777774821032"],
      #"{"recipient":{"id":"254"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"file","payload":{"attachment_id":"1857777774821032"}}}}"#
    ),
    (
      "instagram", "image", ["recipient": "254", "mediaUrl": url],
      #"{"recipient":{"id":"254"},"message":{"attachment":{"type":"image","payload":{"url":"https://example.com/a.jpg"}}}}"#
    ),
    (
      "viber", "file",
      [
        "receiver": "01234567890A=", "senderName": "Shop", "mediaUrl": url, "mediaSize": "10000",
        "filename": "a.pdf",
      ],
      #"{"receiver":"01234567890A=","type":"file","sender":{"name":"Shop"},"media":"https://example.com/a.jpg","size":10000,"file_name":"a.pdf"}"#
    ),
    (
      "line", "audio", ["to": "U4af4980629", "mediaUrl": url, "duration": "60000"],
      #"{"to":"U4af4980629","messages":[{"type":"audio","originalContentUrl":"https://example.com/a.jpg","duration":60000}]}"#
    ),
    (
      "rcs", "image", ["to": "15551234567", "agentId": "shop", "messageId": "m1", "mediaUrl": url],
      #"{"contentMessage":{"contentInfo":{"fileUrl":"https://example.com/a.jpg"}}}"#
    ),
    (
      "mms", "image", ["to": "15551234567", "from": "15557654321", "mediaUrl": url],
      "To=%2B15551234567&From=%2B15557654321&MediaUrl=https%3A%2F%2Fexample.com%2Fa.jpg"
    ),
  ]

  @Test(arguments: Self.requests)
  func bodies(policy: String, endpoint: String, fields: [String: String], body: String) throws {
    let engine = Preflight(policy: try #require(Policy.builtIn(named: policy)))
    let result = engine.check(MessageRequest(fields: fields), as: Endpoint(rawValue: endpoint))
    #expect(result.findings.map(\.code) == [.mediaNotChecked])
    let request = try #require(result.request)
    #expect(request.httpBody.map { String(decoding: $0, as: UTF8.self) } == body)
    #expect(try request.url.host() == request.host)
    // Whatever is required is missed, and nothing else.
    for name in fields.keys where try #require(engine.policy.fields.first { $0.name == name }).isRequired {
      var others = fields
      others[name] = nil
      #expect(
        engine.check(MessageRequest(fields: others), as: Endpoint(rawValue: endpoint)).findings.count == 2)
    }
  }

  @Test func queriesOfPaths() throws {
    let engine = Preflight(policy: try #require(Policy.builtIn(named: "rcs")))
    let fields = ["to": "15551234567", "agentId": "shop", "messageId": "m1", "mediaUrl": Self.url]
    let request = try #require(engine.check(MessageRequest(fields: fields), as: .image).request)
    #expect(
      try request.url.absoluteString
        == "https://rcsbusinessmessaging.googleapis.com/v1/phones/+15551234567/agentMessages?messageId=m1&agentId=shop"
    )
  }

  /// Texts, names and URLs to the last character that passes, and the first that doesn't.
  @Test(arguments: [
    ("infobip", "image", "caption", 3000, "caption-too-long"),
    ("infobip", "document", "filename", 240, "invalid-filename"),
    ("infobip", "image", "mediaUrl", 2048, "invalid-media-url"),
    ("360dialog", "image", "caption", 1024, "caption-too-long"),
    ("vonage", "image", "caption", 1024, "caption-too-long"),
    ("telegram", "photo", "caption", 1024, "caption-too-long"),
    ("viber", "picture", "caption", 512, "caption-too-long"),
    ("viber", "file", "filename", 256, "invalid-filename"),
    ("line", "image", "mediaUrl", 2000, "invalid-media-url"),
    ("line", "image", "previewImageUrl", 2000, "invalid-media-url"),
    ("mms", "image", "caption", 1600, "caption-too-long"),
  ])
  func lengths(policy: String, endpoint: String, field: String, maximum: Int, code: String) throws {
    for (count, isTooLong) in [(maximum, false), (maximum + 1, true)] {
      let start = field.hasSuffix("Url") ? "https://example.com/" : ""
      let end = field == "filename" ? ".pdf" : ""
      let middle = String(repeating: "a", count: count - start.count - end.count)
      let found = try Self.codes(policy, endpoint, [field: start + middle + end])
      #expect(found.contains(code) == isTooLong, "\(count): \(found)")
    }
  }

  /// What a provider doesn't have isn't there, or is refused.
  @Test func whatAProviderDoesNotHave() throws {
    #expect(try !#require(Policy.builtIn(named: "twilio-whatsapp")).endpointNames.contains(.sticker))
    let named = try Self.codes("twilio-whatsapp", "document", ["mediaUrl": Self.url, "filename": "a.pdf"])
    #expect(named.contains("filename-not-allowed"))
    #expect(try Self.codes("infobip", "image", ["mediaId": "1"]).contains("invalid-media-id"))
    #expect(try Self.codes("360dialog", "image", ["phoneNumberId": "1"]).contains("unknown-field"))
    let http = ["mediaUrl": "http://example.com/a.jpg"]
    let engine = Preflight(policy: try #require(Policy.builtIn(named: "line")))
    let finding = engine.check(MessageRequest(fields: http), as: .image).findings
      .first { $0.code == .insecureMediaURL }
    #expect(finding?.severity == .error)
    // AWS signs its calls, which a policy can't describe.
    let aws = Preflight(policy: try #require(Policy.builtIn(named: "aws-social-messaging")))
    let result = aws.check(MessageRequest(to: "15551234567", mediaURL: Self.url), as: .image)
    #expect(result.verdict == .accepted && result.request == nil)
  }

  /// The type in the answer's header has to be right.
  @Test(arguments: ["twilio-whatsapp", "rcs", "mms"])
  func headersDecide(policy: String) throws {
    let engine = Preflight(policy: try #require(Policy.builtIn(named: policy)))
    var options = CheckOptions()
    options.fetcher = try StandInFetcher(
      Fixture.bytes("pictures/rgb.jpg"), answering: { $0.answer.contentType = "binary/octet-stream" })
    let result = try engine.check(.url("https://example.com/a.jpg"), options)
    #expect(result.verdict == .rejected && result.findings.map(\.code) == [.urlContentType])
  }
}

import Foundation
import SystemPackage
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// Every finding code has one meaning, all that there is to say about it, and a case that raises it.
@Suite struct CatalogueTests {
  @Test func everyCodeIsExplainedInFull() {
    let codes = Explanation.all.map(\.code)
    #expect(Set(codes).count == codes.count)
    for explanation in Explanation.all {
      let words = explanation.code.rawValue.split(separator: "-", omittingEmptySubsequences: false)
      #expect(words.allSatisfy { !$0.isEmpty && $0.allSatisfy { ("a"..."z").contains($0) } })
      let texts = [
        explanation.title, explanation.message, explanation.reason, explanation.source, explanation.remedy,
      ]
      for text in texts + explanation.fixes.map({ $0.remedy.text(for: nil) }) {
        #expect(!text.isEmpty, "\(explanation.code)")
        #expect(!text.contains("  ") && text.first != " " && text.last != " ", "\(text)")
      }
      #expect(explanation.code.explanation?.title == explanation.title)
      #expect(!explanation.title.hasSuffix("."))
      for sentence in [explanation.message, explanation.reason, explanation.remedy] {
        #expect(sentence.hasSuffix(".") || sentence.hasSuffix("{actual}"), "\(sentence)")
      }
    }
    let titles = Explanation.all.map(\.title)
    #expect(Set(titles).count == titles.count)
    #expect(FindingCode(rawValue: "nothing").explanation == nil)
  }

  @Test func everyCodeHasACaseThatRaisesIt() throws {
    for explanation in Explanation.all {
      let make = try #require(Self.cases[explanation.code], "no case raises \(explanation.code)")
      let result = try make()
      let finding = try #require(
        result.findings.first { $0.code == explanation.code }, "\(explanation.code) is not raised")
      for text in [finding.message, finding.expected, finding.actual, finding.remedy, finding.source] {
        // A place that was not filled in would show its braces.
        #expect(text?.contains { "{}".contains($0) } != true, "\(explanation.code): \(text ?? "")")
      }
      #expect(
        !finding.message.isEmpty && finding.remedy?.isEmpty == false && finding.source?.isEmpty == false)
      let isError = result.findings.contains { $0.severity == .error }
      let isUnreadable = explanation.code == .unreadable
      #expect(result.verdict == (isUnreadable ? .unjudged : isError ? .rejected : .accepted))
    }
    #expect(Self.cases.count == Explanation.all.count)
  }

  private static func file(
    _ name: String, _ endpoint: Endpoint, _ change: ([UInt8]) throws -> [UInt8] = { $0 }
  ) throws -> CheckResult {
    let bytes = try change(Fixture.bytes(name))
    return try engine.check(MemorySource(bytes), named: FilePath(name), as: endpoint)
  }

  private static func request(
    _ endpoint: Endpoint = .document, _ change: (inout MessageRequest) -> Void
  ) -> CheckResult {
    var request = MessageRequest(to: "15551234567", mediaURL: "https://example.com/a.pdf")
    change(&request)
    return engine.check(request, as: endpoint)
  }

  private static func answer(
    _ change: @escaping (inout Transfer) -> Void
  ) throws -> CheckResult {
    try StandInFetcher(Fixture.bytes("pictures/rgb.jpg"), answering: change).check()
  }

  private static let cases: [FindingCode: @Sendable () throws -> CheckResult] = [
    .urlUnreachable: { try StandInFetcher(failing: .unreachable, "nothing listens at port 1").check() },
    .mediaIDUnknown: { try StandInFetcher(failing: .unknownMedia, "no such ID").check(.mediaID("1")) },
    .mediaIDExpired: { try StandInFetcher(failing: .expiredMedia, "it is gone").check(.mediaID("1")) },
    .mediaIDForeign: { try StandInFetcher(failing: .foreignMedia, "not for 2").check(.mediaID("1")) },
    .urlStatus: { try answer { $0.answer.status = 404 } },
    .urlRedirects: { try answer { $0.answer.status = 302 } },
    .urlContentType: { try answer { $0.answer.contentType = "text/html" } },
    .urlContentEncoding: { try answer { $0.contentEncoding = "br" } },
    .urlNoLength: { try answer { $0.hasKnownEnd = false } },
    .urlSlow: { try answer { $0.answer.milliseconds = 12_345 } },
    .unreadable: { try engine.check(fileAt: FilePath(Fixture.folder), as: .image) },
    .emptyFile: { try engine.check(MemorySource([]), as: .image) },
    .mediaTypeNotAllowed: { try file("pictures/still.gif", .image) },
    .declaredTypeMismatch: {
      try engine.check(MemorySource(Fixture.bytes("audio/mono.opus")), declaredType: "audio/opus")
    },
    .extensionMismatch: {
      try engine.check(MemorySource(Fixture.bytes("pictures/rgb.jpg")), named: FilePath("a.png"))
    },
    .fileTooLarge: { try file("pictures/sticker.webp", .sticker) { Enlarged.webp($0, to: 102_402) } },
    .nearSizeLimit: { try file("pictures/sticker.webp", .sticker) { Enlarged.webp($0, to: 102_400) } },
    .sizeLimitDisputed: {
      try file("pictures/sticker-animated.webp", .sticker) { Enlarged.webp($0, to: 200_000) }
    },
    .damagedFile: { try file("pictures/rgb.jpg", .image) { $0.dropLast() } },
    .mangledFile: {
      try engine.check(MemorySource(Array("undefined".utf8)), named: FilePath("a.pdf"), as: .document)
    },
    .possiblyTruncated: { try file("audio/no-index.mp3", .audio) { $0.dropLast() } },
    .leadingData: { try file("pdf/reportlab.pdf", .document) { Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + $0 } },
    .imageEncodingNotAllowed: {
      try file("pictures/usual-tables.jpg", .image) { bytes in
        let frame = try #require(bytes.indices.first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0 })
        return bytes.with([0xc9], at: frame + 1)
      }
    },
    .partlyChecked: {
      let nested = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
      let document =
        "%PDF-1.7\n1 0 obj\n<</Pages \(nested)>>\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
      return try engine.check(MemorySource(Array(document.utf8)), as: .document)
    },
    .trailingData: { try file("pictures/rgb.png", .image) { $0 + Array("more".utf8) } },
    .colorModelNotAllowed: { try file("pictures/cmyk.jpg", .image) },
    .bitDepthNotAllowed: { try file("pictures/rgb-16bit.png", .image) },
    .animatedImage: { try file("pictures/animated.png", .image) },
    .pixelSizeNotAllowed: { try file("pictures/sticker-511.webp", .sticker) },
    .frameTooShort: { try file("pictures/sticker-7ms.webp", .sticker) },
    .animationTooLong: { try file("pictures/sticker-10001ms.webp", .sticker) },
    .singleFrameAnimation: { try file("pictures/sticker-animated.webp", .sticker, firstFrameAlone) },
    .videoCodecNotAllowed: { try file("mp4/hevc-10-bit.mp4", .video) },
    .audioCodecNotAllowed: { try file("audio/vorbis.ogg", .audio) },
    .pixelFormatNotAllowed: { try file("mp4/h264-444.mp4", .video) },
    .noAudioStream: { try file("mp4/subtitles.m4a", .audio) },
    .noMediaData: { try file("mp4/initialization.mp4", .video) },
    .noVideoStream: { try file("mp4/aac.m4a", .video) },
    .tooManyVideoStreams: { try file("mp4/two-pictures.mp4", .video) },
    .tooManyAudioStreams: { try file("mp4/two-sounds.mp4", .video) },
    .channelCountNotAllowed: { try file("audio/stereo.opus", .audio) },
    .androidUnsupportedProfile: { try file("mp4/h264-high-b-aac.mp4", .video) },
    .notFastStart: { try file("mp4/h264-baseline.mp4", .video) },
    .fragmentedFile: { try file("mp4/fragmented.m4a", .audio) },
    .voiceNoteTooLarge: {
      try file("audio/mono.opus", .audio) { try #require(try Enlarged.opus($0, to: 524_289)) }
    },
    .encryptedDocument: { try file("office/page-encrypted.docx", .document) },
    .macroEnabledDocument: { try file("office/page.docm", .document) },
    .activeContent: { try file("hidden/javascript.pdf", .document) },
    .embeddedProgram: { try file("hidden/attached-program.pdf", .document) },
    .polyglotFile: { try file("hidden/picture-and-archive.jpg", .image) },
    .locationMetadata: { try file("pictures/exif-place.jpg", .image) },
    .missingRecipient: { request { $0.to = nil } },
    .invalidRecipient: { request { $0.to = "0151" } },
    .missingMediaReference: { request { $0.mediaURL = nil } },
    .conflictingMediaReferences: { request { $0.mediaID = "1" } },
    .invalidMediaURL: { request { $0.mediaURL = "ftp://example.com/a" } },
    .mediaURLNotPublic: { request { $0.mediaURL = "https://10.0.0.1/a" } },
    .insecureMediaURL: { request { $0.mediaURL = "http://example.com/a" } },
    .urlExpired: { request { $0.mediaURL = "https://d.cloudfront.net/a.pdf?Expires=1&Signature=a" } },
    .urlExpiresSoon: {
      let soon = Int(Date().timeIntervalSince1970) + 600
      return request { $0.mediaURL = "https://d.cloudfront.net/a.pdf?Expires=\(soon)&Signature=a" }
    },
    .urlEscaped: { request { $0.mediaURL = "https://example.com/a.pdf?a=1&amp;b=2" } },
    .urlSharePage: { request { $0.mediaURL = "https://drive.google.com/file/d/1/view" } },
    .invalidMediaID: {
      request {
        $0.mediaURL = nil
        $0.mediaID = "abc"
      }
    },
    .invalidPhoneNumberID: { request { $0.phoneNumberID = "+1555" } },
    .captionNotAllowed: { request(.sticker) { $0.caption = "x" } },
    .captionTooLong: { request { $0.caption = String(repeating: "x", count: 1025) } },
    .missingFilename: { request { _ in } },
    .filenameNotAllowed: { request(.image) { $0.filename = "a.jpg" } },
    .invalidFilename: { request { $0.filename = "a/b.pdf" } },
    .missingField: {
      Preflight(policy: .whatsappCloud).check(
        MessageRequest(to: "15551234567", mediaID: "1"), as: .templateImage)
    },
    .invalidField: {
      Preflight(policy: .whatsappCloud).check(
        MessageRequest(mediaID: "1", template: "Sale", language: "en"), as: .templateImage)
    },
    .unknownField: { request { $0.fields["captoin"] = "x" } },
    .invalidRequest: { engine.rejection(ofRequest: "line 1 is not a JSON object") },
    .mediaNotChecked: { request { _ in } },
  ]

  /// An animated WebP with its first frame alone, and the header's flag as it was.
  private static func firstFrameAlone(_ bytes: [UInt8]) throws -> [UInt8] {
    var webp = Array(bytes[..<12])
    var index = 12
    var frames = 0
    while index + 8 <= bytes.count {
      let size = bytes[index + 4..<index + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      let end = index + 8 + size + size % 2
      let isFrame = Array(bytes[index..<index + 4]) == Array("ANMF".utf8)
      if isFrame { frames += 1 }
      if !isFrame || frames == 1 { webp += bytes[index..<end] }
      index = end
    }
    webp.replaceSubrange(4..<8, with: littleEndian(UInt32(webp.count - 8)))
    return webp
  }
}

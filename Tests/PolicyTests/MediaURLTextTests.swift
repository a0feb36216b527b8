import Foundation
import MediaPreflight
import Testing

@testable import PreflightTestSupport

/// What a media URL gives away by its text alone: when it expires, that it was escaped, that it leads to a page.
@Suite struct MediaURLTextTests {
  private static let now = Date(timeIntervalSince1970: 1_796_000_000)

  private func findings(_ url: String, at now: Date = now) -> [Finding] {
    let request = MessageRequest(to: "15551234567", mediaURL: url)
    let policy = Policy.waconnect
    return policy.findings(for: request, at: .image, inspection: nil, call: policy.service, now: now)
  }

  private func codes(_ url: String, at now: Date = now) -> [FindingCode] {
    findings(url, at: now).map(\.code)
  }

  /// Each provider's parameters, for a time from now on in seconds.
  private static let signed: [@Sendable (Int) -> String] = [
    {
      "https://b.s3.amazonaws.com/a.jpg?X-Amz-Credential=K&X-Amz-Date=\(compact(now))&X-Amz-Expires=\($0)&X-Amz-Signature=ab"
    },
    {
      "https://storage.googleapis.com/b/a.jpg?X-Goog-Credential=K&X-Goog-Date=\(compact(now))&X-Goog-Expires=\($0)&X-Goog-Signature=ab"
    },
    {
      "https://a.blob.core.windows.net/c/a.jpg?sv=2022-11-02&se=\(later($0).formatted(.iso8601).replacing(":", with: "%3A"))&sig=ab%3D"
    },
    {
      "https://d.cloudfront.net/a.jpg?Expires=\(Int(later($0).timeIntervalSince1970))&Signature=ab&Key-Pair-Id=K"
    },
    {
      "https://scontent.cdninstagram.com/a.jpg?oh=00_ab&oe=\(String(Int(later($0).timeIntervalSince1970), radix: 16))"
    },
  ]

  private static func later(_ seconds: Int) -> Date { now.addingTimeInterval(TimeInterval(seconds)) }

  private static func compact(_ date: Date) -> String {
    date.formatted(.iso8601).filter { !"-:".contains($0) }
  }

  @Test(arguments: signed.indices)
  func expiry(_ index: Int) {
    let url = Self.signed[index]
    #expect(codes(url(900)) == [])
    #expect(codes(url(899)) == [.urlExpiresSoon])
    #expect(codes(url(1)) == [.urlExpiresSoon])
    #expect(codes(url(0)) == [.urlExpired])
    #expect(findings(url(0)).first?.actual == Self.now.formatted(.iso8601))
    #expect(findings(url(0)).first?.severity == .error && findings(url(1)).first?.severity == .warning)
    #expect(codes(url(604_800)) == [])
  }

  @Test(arguments: [
    "https://example.com/a.jpg?Expires=1", "https://example.com/a.jpg?se=2001-01-01",
    "https://example.com/a.jpg?oe=1",
    "https://example.com/a.jpg?X-Amz-Date=yesterday&X-Amz-Expires=60",
    "https://example.com/a.jpg?X-Amz-Expires=60",
    "https://example.com/Expires=1&Signature=a",
  ])
  func otherParameters(_ url: String) { #expect(codes(url) == []) }

  private static func azure(_ end: String) -> String {
    "https://a.blob.core.windows.net/c/a.jpg?sv=2022-11-02&se=\(end)&sig=ab%3D"
  }

  /// Each format of Azure's, read to the second. The time is 2026-11-30 00:00 UTC.
  @Test(arguments: [
    ("2026-11-30", "2026-12-01"), ("2026-11-30T00:00Z", "2026-11-30T00:15Z"),
    ("2026-11-30T00:00:00Z", "2026-11-30T00:15:00Z"),
    ("2026-11-30T02:00%2B02:00", "2026-11-30T02:15%2B02:00"),
    ("2026-11-29T19%3A00%3A00-05%3A00", "2026-11-29T19%3A15%3A00-05%3A00"),
  ])
  func azuresFormats(expired: String, good: String) throws {
    let midnight = try Date("2026-11-30T00:00:00Z", strategy: .iso8601)
    #expect(codes(Self.azure(expired), at: midnight) == [.urlExpired])
    #expect(codes(Self.azure(expired), at: midnight - 1) == [.urlExpiresSoon])
    #expect(codes(Self.azure(good), at: midnight) == [])
  }

  private static func cloudFront(_ policy: String) -> String {
    let base64 = Data(policy.utf8).base64EncodedString()
      .replacing("+", with: "-").replacing("=", with: "_").replacing("/", with: "~")
    return "https://d.cloudfront.net/a.jpg?Policy=\(base64)&Signature=ab&Key-Pair-Id=K"
  }

  private static func policy(_ condition: String, resource: String = "https://d.cloudfront.net/*?>ÿ")
    -> String
  {
    #"{"Statement":[{"Resource":"\#(resource)","Condition":{\#(condition)}}]}"#
  }

  @Test func cloudFrontsOwnPolicies() {
    let now = Int(Self.now.timeIntervalSince1970)
    func codes(from end: Int) -> [FindingCode] {
      self.codes(
        Self.cloudFront(
          Self.policy(
            #""DateGreaterThan":{"AWS:EpochTime":1},"DateLessThan":{"AWS:EpochTime":\#(end)},"#
              + #""IpAddress":{"AWS:SourceIp":"0.0.0.0/0"}"#)))
    }
    #expect(codes(from: now + 900) == [])
    #expect(codes(from: now + 899) == [.urlExpiresSoon])
    #expect(codes(from: now) == [.urlExpired])
  }

  /// What is over CloudFront's limit for URLs isn't read, and what isn't such a policy says nothing.
  @Test func otherPolicies() {
    let end = #""DateLessThan":{"AWS:EpochTime":1}"#
    func padded(to count: Int) -> String {
      let bare = Self.policy(end, resource: "").utf8.count
      return Self.policy(end, resource: String(repeating: "x", count: count - bare))
    }
    // 6144 bytes are 8192 characters of base64.
    #expect(codes(Self.cloudFront(padded(to: 6144))) == [.urlExpired])
    #expect(codes(Self.cloudFront(padded(to: 6145))) == [])
    let statement = #"{"Condition":{\#(end)}}"#
    #expect(codes(Self.cloudFront(#"{"Statement":[\#(statement)]}"#)) == [.urlExpired])
    for text in [
      #"{"Statement":[\#(statement),\#(statement)]}"#, #"{"Statement":[]}"#, "{}", "[", "",
      Self.policy(#""DateGreaterThan":{"AWS:EpochTime":1}"#),
      Self.policy(#""DateLessThan":{"AWS:EpochTime":"1"}"#),
      Self.policy(#""DateLessThan":{"AWS:EpochTime":-1}"#),
      Self.policy(#""DateLessThan":{"AWS:EpochTime":99999999999999999999}"#),
      String(repeating: "[", count: 6000),
    ] { #expect(codes(Self.cloudFront(text)) == [], "\(text.prefix(60))") }
    #expect(codes("https://d.cloudfront.net/a.jpg?Policy=ab&Signature=ab&Key-Pair-Id=K") == [])
    let unsigned = Self.cloudFront(Self.policy(end)).replacing("&Key-Pair-Id=K", with: "")
    #expect(codes(unsigned) == [])
  }

  /// The last time that is taken for one is the end of the year 9999.
  @Test func secondsThatAreNoDate() {
    func codes(_ end: String) -> [FindingCode] {
      self.codes(
        "https://d.cloudfront.net/a.jpg?Expires=\(end)&Signature=ab", at: Date(timeIntervalSince1970: 1e12))
    }
    #expect(codes("253402300799") == [.urlExpired])
    for end in [
      "253402300800", "-1", "%2B1", "nan", "inf", "-inf", "1e3", "0x10", "1.5", "", "99999999999999999999",
    ] {
      #expect(codes(end) == [], "\(end)")
    }
    func meta(_ end: String) -> [FindingCode] {
      self.codes("https://scontent.cdninstagram.com/a.jpg?oh=00_ab&oe=\(end)")
    }
    #expect(meta("1") == [.urlExpired] && meta("-1") == [] && meta("fffffffffffffffff") == [])
    #expect(
      self.codes(
        "https://b.s3.amazonaws.com/a.jpg?X-Amz-Date=20200101T000000Z&X-Amz-Expires=-60&X-Amz-Signature=ab")
        == [])
  }

  /// Digits are those of ASCII. Others are in the place of each digit once, and beside it.
  @Test func digitsOfOtherScripts() {
    let urls = [
      "https://e.com/a.jpg?X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-Signature=x",
      Self.azure("2020-01-01T00:00Z"), "https://d.cloudfront.net/a.jpg?Expires=1577836800&Signature=ab",
      "https://scontent.cdninstagram.com/a.jpg?oh=00_ab&oe=5e0be100",
    ]
    for url in urls {
      #expect(codes(url) == [.urlExpired])
      let start = url.utf8.firstIndex(of: UInt8(ascii: "?")) ?? url.startIndex
      for index in url.utf8.indices[start...] where (0x30...0x39).contains(url.utf8[index]) {
        for other in ["½", "²", "١", "１", "一", "Ⅷ", "0\u{301}", "𝟘"] {
          let text = url[..<index] + other + url[url.utf8.index(after: index)...]
          let escaped = String(text).utf8.map { $0 < 0x80 ? String(Unicode.Scalar($0)) : $0.percentEncoded() }
          // A name or a number beside the time may have any sign.
          #expect(
            [[], [.urlExpired]].contains(codes(escaped.joined()))
              && [[], [.urlExpired]].contains(codes(String(text))),
            "\(text)")
        }
      }
    }
    #expect(
      codes(
        "https://e.com/a.jpg?X-Amz-Date=2026010%C2%BDT000000Z&X-Amz-Expires=60&X-Amz-Signature=x") == [])
  }

  @Test(arguments: [
    "https://example.com/a.jpg?a=1&amp;b=2",
    "https://b.s3.amazonaws.com/a.jpg?X-Amz-Credential=K%252F20261128%252Fs3&X-Amz-Signature=ab",
    "https://a.blob.core.windows.net/c/a.jpg?sv=2022-11-02&sig=ab%253D",
    "https://example.com/a.jpg?a%3D1%26b%3D2", "https://example.com/a.jpg?a%3d1%26b%3d",
  ])
  func escapedTwice(_ url: String) { #expect(codes(url) == [.urlEscaped]) }

  @Test(arguments: [
    "https://example.com/a.jpg?name=a%26b",
    // A header, a URL and base64 in a parameter or as the whole query.
    "https://b.s3.amazonaws.com/a?response-content-disposition=attachment%3Bfilename%2A%3DUTF-8%27%27C%252B%252B.pdf&X-Amz-Signature=ab",
    "https://i.example/r?url=https%3A%2F%2Ffirebasestorage.googleapis.com%2Fv0%2Fb%2Fx%2Fo%2Fp%252Fa.jpg%3Falt%3Dmedia&sig=abc",
    "https://i.example/r?dGVzdA%3D%3D", "https://i.example/r?https%3A%2F%2Fe.com%2F%3Fa%3D1%26b%3D2",
    "https://i.example/r?a%3D1", "https://i.example/r?a%3D1%26b", "https://i.example/r?%3D1%26b%3D2",
    "https://b.s3.amazonaws.com/a.jpg?X-Amz-Credential=K%252&X-Amz-Signature=a%25",
    "https://example.com/a.jpg?next=https%3A%2F%2Fexample.com%2F%3Fa%3D1%26b%3D2",
    "https://example.com/a.jpg?discount=5%25off", "https://example.com/a%2520b.jpg",
    "https://b.s3.amazonaws.com/a.jpg?X-Amz-Credential=K%2F20261128%2Fs3&X-Amz-Signature=ab",
  ])
  func escapedOnce(_ url: String) { #expect(codes(url) == []) }

  @Test(arguments: [
    "https://drive.google.com/file/d/1x/view?usp=sharing", "https://drive.google.com/open?id=1x",
    "https://docs.google.com/document/d/1x/edit", "https://www.dropbox.com/s/x/a.pdf?dl=0",
    "https://www.dropbox.com/s/x/a.pdf?dl=1", "https://1drv.ms/b/s!x", "https://onedrive.live.com/?id=1",
    "https://x.sharepoint.com/:b:/s/a", "https://github.com/o/r/blob/main/a.png",
    "https://wetransfer.com/downloads/x", "https://x.sharepoint.com/sites/s/_layouts/15/Doc.aspx?sourcedoc=x",
    "https://gitlab.com/g/p/-/blob/main/x.png", "https://gitlab.com/g/s/p/-/blob/raw/x.png",
    "https://gitlab.com/g/p/blob/main/x.png",
    "https://imgur.com/gallery/x", "https://photos.app.goo.gl/x", "https://m.imgur.com/a/x",
    "https://drive.google.com/uc?export=download&id=1x", "https://drive.google.com/drive/folders/1x",
    "https://drive.google.com/a/example.com/file/d/1x/view", "https://www.github.com/o/r/blob/main/a.png",
    "https://app.box.com/s/x", "https://example.app.box.com/file/1", "https://mega.nz/file/x",
  ])
  func pagesThatShowAFile(_ url: String) {
    let found = findings(url)
    #expect(found.map(\.code) == [.urlSharePage])
    #expect(found.first?.remedy?.isEmpty == false)
  }

  @Test(arguments: [
    "https://raw.githubusercontent.com/o/r/main/a.png", "https://i.imgur.com/x.png",
    "https://dl.dropboxusercontent.com/s/x/a.pdf",
    "https://docs.google.com/spreadsheets/d/1x/export?format=xlsx",
    "https://github.com/o/r/releases/download/v1/a.png",
    "https://lh3.googleusercontent.com/d/1x", "https://app.box.com/shared/static/x.png",
    "https://inbox.com/s/x", "https://www.imgur.com/x.png",
    "https://x.sharepoint.com/_layouts/15/download.aspx?UniqueId=x&Translate=false&tempauth=v1.ey",
    "https://x-my.sharepoint.com/personal/u/_layouts/15/download.aspx?UniqueId=x",
    "https://x.sharepoint.com/_api/v2.0/drives/x/items/y/content?tempauth=v1.ey",
    "https://gitlab.com/g/p/-/raw/main/blob/x.png", "https://gitlab.com/g/p/-/archive/blob/p.zip",
    "https://gitlab.com/g/blob/-/raw/main/x.png", "https://gitlab.com/g/p/raw/main/blob/x.png",
    "https://gitlab.com/api/v4/projects/1/repository/files/blob/raw", "https://gitlab.com/-/blob/a/b",
    "https://gitlab.com/g/p/-/blob/main",
  ])
  func filesThemselves(_ url: String) { #expect(codes(url) == []) }

  @Test(arguments: ["1", "65535", ""])
  func ports(_ port: String) { #expect(codes("https://example.com:\(port)/a.jpg") == []) }

  @Test(arguments: ["0", "65536", "-1", "https"])
  func portsThatAreNone(_ port: String) {
    #expect(codes("https://example.com:\(port)/a.jpg") == [.invalidMediaURL])
  }

  @Test func theFileItself() {
    let fix = findings("https://github.com/o/r/blob/main/img/a.png").first?.remedy
    #expect(fix == "Use https://raw.githubusercontent.com/o/r/main/img/a.png.")
    for page in ["g/s/p/-/blob/main/img/a.png", "g/p/blob/main/img/a.png"] {
      let project = page.prefix { $0 != "-" }.split(separator: "/").prefix { $0 != "blob" }.joined(
        separator: "/")
      #expect(
        findings("https://gitlab.com/\(page)").first?.remedy
          == "Use https://gitlab.com/\(project)/-/raw/main/img/a.png.")
    }
  }

  // MARK: The file name of a document

  private func documentFindings(_ url: String, filename: String?) -> [Finding] {
    var request = MessageRequest(to: "15551234567", mediaURL: url)
    request.filename = filename
    return engine.check(request, as: .document).findings.filter { $0.code == .missingFilename }
  }

  @Test func aDocumentNeedsAFileName() throws {
    let missing = documentFindings("https://example.com/files/invoice%2042.pdf?x=1", filename: nil)
    #expect(missing.map(\.severity) == [.warning])
    #expect(missing.first?.remedy == "Add filename: invoice 42.pdf")
    #expect(
      documentFindings("https://example.com/get?id=1", filename: nil).first?.remedy?.contains("invoice")
        == false)
    #expect(documentFindings("https://example.com/a.pdf", filename: "a.pdf") == [])
    // At the other endpoints a request has none.
    let image = engine.check(
      MessageRequest(to: "15551234567", mediaURL: "https://example.com/a.jpg"), as: .image)
    #expect(!image.findings.contains { $0.code == .missingFilename })
    // The name of the file that was checked comes first.
    let request = MessageRequest(to: "15551234567", mediaURL: "https://example.com/x.pdf")
    let result = try engine.check(
      MemorySource(Fixture.bytes("pdf/reportlab.pdf")), named: "docs/report.pdf", as: .document,
      sending: request)
    #expect(result.verdict == .accepted)
    #expect(result.findings.map(\.remedy) == ["Add filename: report.pdf"])
  }
}

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

  @Test(arguments: [
    "https://example.com/a.jpg?a=1&amp;b=2",
    "https://b.s3.amazonaws.com/a.jpg?X-Amz-Credential=K%252F20261128%252Fs3&X-Amz-Signature=ab",
    "https://example.com/a.jpg?a%3D1%26b%3D2", "https://example.com/a.jpg?a=1\\u0026b=2",
  ])
  func escapedTwice(_ url: String) {
    let codes = codes(url)
    #expect(codes == [.urlEscaped] || codes == [.invalidMediaURL])
  }

  @Test(arguments: [
    "https://example.com/a.jpg?name=a%26b",
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
    "https://imgur.com/gallery/x", "https://photos.app.goo.gl/x",
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
    "https://lh3.googleusercontent.com/d/1x",
    "https://x.sharepoint.com/_layouts/15/download.aspx?UniqueId=x&Translate=false&tempauth=v1.ey",
    "https://x-my.sharepoint.com/personal/u/_layouts/15/download.aspx?UniqueId=x",
    "https://x.sharepoint.com/_api/v2.0/drives/x/items/y/content?tempauth=v1.ey",
    "https://gitlab.com/g/p/-/raw/main/blob/x.png", "https://gitlab.com/g/p/-/archive/blob/p.zip",
    "https://gitlab.com/g/blob/-/raw/main/x.png", "https://gitlab.com/g/p/raw/main/blob/x.png",
    "https://gitlab.com/api/v4/projects/1/repository/files/blob/raw", "https://gitlab.com/-/blob/a/b",
    "https://gitlab.com/g/p/-/blob/main",
  ])
  func filesThemselves(_ url: String) { #expect(codes(url) == []) }

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

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import PreflightReferences

extension FindingMaker {
  /// How long a signed URL has to work: WhatsApp fetches it for each recipient.
  private static let shortestLife: TimeInterval = 15 * 60

  /// What the text of a URL gives away.
  ///
  /// - Parameters:
  ///   - invalid: The code of a finding that it can't be a URL.
  ///   - allowsPrivateHosts: Whether it may lead into a private network.
  ///   - now: The time at which the message is sent.
  mutating func checkURL(
    _ text: String, invalid: FindingCode, _ subject: Subject, allowsPrivateHosts: Bool, now: Date
  ) {
    let url: MediaURL
    do { url = try MediaURL(text) } catch {
      return add(
        invalid, subject: subject,
        values: ["expected": "an http or https URL with a host", "actual": error.reason],
        expected: "an http or https URL with a host", actual: text,
        fix: error.advice.map(Remedy.init(advice:)))
    }
    if !allowsPrivateHosts, let reason = url.privateReason {
      add(
        .mediaURLNotPublic, subject: subject, values: ["actual": reason], expected: "a public host",
        actual: url.host)
    } else if url.isMetasOwn {
      add(
        .mediaURLNotPublic, severity: .warning, subject: subject,
        message: "The media URL is a temporary Meta URL ({actual}); it expires and can't be sent again.",
        expected: "your own public host", actual: url.host,
        fix: Remedy(advice: "Send the media ID as mediaId, or host the file yourself."),
        source: "Reports of error 131053 with links of lookaside.fbsbx.com and scontent.whatsapp.net")
    }
    if url.scheme == "http" {
      add(.insecureMediaURL, subject: subject, expected: "https", actual: "http")
    }
    if let page = url.sharePage {
      add(
        .urlSharePage, subject: subject, expected: "a direct link to the file", actual: page.service,
        fix: Remedy(advice: page.advice))
    }
    if let escaping = url.escaping {
      add(.urlEscaped, subject: subject, expected: "the URL as it was signed", actual: escaping)
    }
    if let expiry = url.expiry {
      let left = expiry.timeIntervalSince(now)
      let date = expiry.formatted(.iso8601)
      if left <= 0 {
        add(.urlExpired, subject: subject, expected: "a date in the future", actual: date)
      } else if left < Self.shortestLife {
        add(.urlExpiresSoon, subject: subject, expected: "at least 15 minutes from now", actual: date)
      }
    }
  }
}

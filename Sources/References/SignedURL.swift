// AWS Signature Version 4, "Authenticating Requests: Using Query Parameters"; Google Cloud Storage, "V4 signing process";
// Azure Storage, "Create a service SAS"; CloudFront, "Using signed URLs".

#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

extension MediaURL {
  /// When a signed URL stops working, by its own query; nil if it doesn't say.
  package var expiry: Date? {
    if let start = parameter("X-Amz-Date") ?? parameter("X-Goog-Date"),
      let seconds = (parameter("X-Amz-Expires") ?? parameter("X-Goog-Expires")).flatMap(Int.init)
    {
      return Self.compactDate(start)?.addingTimeInterval(TimeInterval(seconds))
    }
    // Azure's permissions and signature tell its `se` from any other.
    if let end = parameter("se"), parameter("sig") != nil { return try? Date(end, strategy: .iso8601) }
    // CloudFront, Google's and Amazon's older signatures: seconds since 1970.
    if let end = parameter("Expires").flatMap(TimeInterval.init), parameter("Signature") != nil {
      return Date(timeIntervalSince1970: end)
    }
    // Meta's links: hexadecimal seconds, beside a hash.
    if let end = parameter("oe").flatMap({ Int($0, radix: 16) }), parameter("oh") != nil {
      return Date(timeIntervalSince1970: TimeInterval(end))
    }
    return nil
  }

  /// How the URL was escaped once too often on its way; nil if it wasn't.
  package var escaping: String? {
    guard let query else { return nil }
    if query.contains("&amp;") || query.contains("\\u0026") { return "there is &amp; between the parameters" }
    let isOnce = !query.contains("&") && !query.contains("=")
    let lower = query.lowercased()
    if isOnce, lower.contains("%3d"), lower.contains("%26") || lower.contains("%3d") {
      return "the query is percent-encoded as a whole"
    }
    if signature != nil, lower.contains("%252f") || lower.contains("%253d") || lower.contains("%252b") {
      return "the parameters are percent-encoded twice"
    }
    return nil
  }

  /// Whether the URL itself carries the permission to read the file.
  package var isSigned: Bool { signature != nil }

  /// The signature of a signed URL.
  private var signature: String? {
    ["X-Amz-Signature", "X-Amz-Credential", "X-Goog-Signature", "X-Goog-Credential", "Signature", "sig"].lazy
      .compactMap(parameter).first
  }

  /// The decoded value of the first parameter with a name, regardless of case.
  private func parameter(_ name: String) -> String? {
    guard let query else { return nil }
    for part in query.replacing("&amp;", with: "&").split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2, pair[0].lowercased() == name.lowercased() {
        return String(pair[1]).withoutPercentEscapes
      }
    }
    return nil
  }

  /// A date such as `20261128T075000Z`.
  private static func compactDate(_ text: String) -> Date? {
    let digits = text.filter(\.isNumber)
    guard digits.count == 14, text.count == 16, text.hasSuffix("Z") else { return nil }
    let numbers = digits.compactMap(\.wholeNumberValue)
    func number(_ range: Range<Int>) -> Int { numbers[range].reduce(0) { $0 * 10 + $1 } }
    var parts = DateComponents()
    (parts.year, parts.month, parts.day) = (number(0..<4), number(4..<6), number(6..<8))
    (parts.hour, parts.minute, parts.second) = (number(8..<10), number(10..<12), number(12..<14))
    parts.timeZone = TimeZone(secondsFromGMT: 0)
    return Calendar(identifier: .gregorian).date(from: parts)
  }
}

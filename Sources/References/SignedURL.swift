// AWS Signature Version 4, "Authenticating Requests: Using Query Parameters"; Google Cloud Storage, "V4 signing process";
// Azure Storage, "Create a service SAS"; CloudFront, "Using signed URLs".

#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif
internal import PreflightBytes

extension MediaURL {
  /// When a signed URL stops working, by its own query; nil if it doesn't say.
  package var expiry: Date? {
    if let start = parameter("X-Amz-Date") ?? parameter("X-Goog-Date"),
      let seconds = (parameter("X-Amz-Expires") ?? parameter("X-Goog-Expires")).flatMap({ Self.seconds($0) })
    {
      return Self.compactDate(start)?.addingTimeInterval(seconds)
    }
    // Azure's signature tells its `se` from any other.
    if let end = parameter("se"), parameter("sig") != nil { return Self.azureDate(end) }
    // CloudFront, Google's and Amazon's older signatures.
    if parameter("Signature") != nil {
      let end = parameter("Expires").flatMap({ Self.seconds($0) }) ?? policyEnd
      return end.map { Date(timeIntervalSince1970: $0) }
    }
    // Meta's links have a hash beside the time.
    if let end = parameter("oe").flatMap({ Self.seconds($0, radix: 16) }), parameter("oh") != nil {
      return Date(timeIntervalSince1970: end)
    }
    return nil
  }

  /// How the URL was escaped once too often on its way; nil if it wasn't.
  package var escaping: String? {
    guard let query else { return nil }
    if query.contains("&amp;") { return "there is &amp; between the parameters" }
    if Self.isEscapedAsAWhole(query) { return "the query is percent-encoded as a whole" }
    // Other parameters may hold a URL or a header that has escapes of its own.
    if Self.signatureNames.lazy.compactMap(parameter).contains(where: Self.hasEscape) {
      return "the signature is percent-encoded twice"
    }
    return nil
  }

  /// Whether the URL itself carries the permission to read the file.
  package var isSigned: Bool { Self.signatureNames.contains { parameter($0) != nil } }

  // MARK: Parameters

  /// The parameters of which a URL has one if it is signed. None has a percent sign in its value.
  private static let signatureNames = [
    "X-Amz-Signature", "X-Amz-Credential", "X-Goog-Signature", "X-Goog-Credential", "Signature", "sig",
  ]

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

  /// Whether a query without parameters becomes several by decoding it. What is base64 or a URL as a whole doesn't.
  private static func isEscapedAsAWhole(_ query: String) -> Bool {
    guard !query.contains("&"), !query.contains("="), let decoded = query.withoutPercentEscapes else {
      return false
    }
    let parameters = decoded.split(separator: "&", omittingEmptySubsequences: false)
    return parameters.count > 1
      && parameters.allSatisfy { parameter in
        let name = parameter.utf8.prefix { $0.isASCIILetterOrDigit || "-_.".utf8.contains($0) }
        return !name.isEmpty && parameter.utf8.dropFirst(name.count).first == UInt8(ascii: "=")
      }
  }

  private static func hasEscape(_ value: String) -> Bool {
    value.utf8.contains(UInt8(ascii: "%")) && value.withoutPercentEscapes != nil
  }

  // MARK: Times

  /// Seconds in digits alone. Nil for so many that they aren't seconds since 1970, but milliseconds.
  private static func seconds(_ text: String, radix: Int = 10) -> TimeInterval? {
    // A sign is no digit.
    guard text.utf8.first?.isASCIILetterOrDigit == true, let number = Int64(text, radix: radix) else {
      return nil
    }
    return number <= endOfYear9999 ? TimeInterval(number) : nil
  }

  private static let endOfYear9999: Int64 = 253_402_300_799

  /// A time such as `20261128T075000Z`.
  private static func compactDate(_ text: String) -> Date? {
    guard shape(of: text) == "00000000T000000Z" else { return nil }
    var text = text
    for (offset, separator) in [(13, ":"), (11, ":"), (6, "-"), (4, "-")] as [(Int, Character)] {
      text.insert(separator, at: text.index(text.startIndex, offsetBy: offset))
    }
    return try? Date(text, strategy: .iso8601)
  }

  /// A time in one of the formats that Azure takes.
  private static func azureDate(_ text: String) -> Date? {
    var text = text
    switch shape(of: text) {
    case "0000-00-00": text += "T00:00:00Z"
    case "0000-00-00T00:00Z", "0000-00-00T00:00+00:00", "0000-00-00T00:00-00:00":
      text.insert(contentsOf: ":00", at: text.index(text.startIndex, offsetBy: 16))
    case "0000-00-00T00:00:00Z", "0000-00-00T00:00:00+00:00", "0000-00-00T00:00:00-00:00": break
    default: return nil
    }
    return try? Date(text, strategy: .iso8601)
  }

  /// A text with 0 in place of each ASCII digit. Others' digits stay, since no date is written with them.
  private static func shape(of text: String) -> String {
    String(decoding: text.utf8.map { (0x30...0x39).contains($0) ? 0x30 : $0 }, as: UTF8.self)
  }

  // MARK: CloudFront's policies

  /// The end of CloudFront's custom policy: JSON in base64, in which `-`, `_` and `~` stand for `+`, `=` and `/`.
  private var policyEnd: TimeInterval? {
    guard parameter("Key-Pair-Id") != nil, let policy = parameter("Policy"),
      policy.utf8.count <= Self.longestURLOfCloudFront
    else { return nil }
    let base64 = policy.replacing("-", with: "+").replacing("_", with: "=").replacing("~", with: "/")
    guard let json = Data(base64Encoded: base64),
      let statements = try? JSONDecoder().decode(CloudFrontPolicy.self, from: json).statements,
      statements.count == 1
    else { return nil }
    return Self.seconds("\(statements[0].condition.end.time)")
  }

  /// The most bytes of a URL that CloudFront answers ("Quotas").
  private static let longestURLOfCloudFront = 8192
}

/// The part of a policy that says when it ends ("Creating a signed URL using a custom policy").
private struct CloudFrontPolicy: Decodable {
  let statements: [Statement]

  struct Statement: Decodable {
    let condition: Condition

    private enum CodingKeys: String, CodingKey { case condition = "Condition" }
  }

  struct Condition: Decodable {
    let end: End

    private enum CodingKeys: String, CodingKey { case end = "DateLessThan" }
  }

  struct End: Decodable {
    /// In seconds since 1970.
    let time: Int64

    private enum CodingKeys: String, CodingKey { case time = "AWS:EpochTime" }
  }

  private enum CodingKeys: String, CodingKey { case statements = "Statement" }
}

#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif
internal import PreflightBytes
package import SystemPackage
internal import PreflightFormats
internal import PreflightReferences
internal import PreflightFacts
package import PreflightInspection

extension Policy {
  /// All findings of the policy for a request's fields, not only the first.
  ///
  /// - Parameters:
  ///   - inspection: The local file, if there is one.
  ///   - fileName: Its name.
  ///   - call: The call that the request is for.
  ///   - allowsPrivateHosts: Whether URLs may lead into a private network.
  ///   - now: The time at which the message is sent.
  package func findings(
    for request: MessageRequest, at endpoint: Endpoint?, inspection: Inspection?,
    named fileName: FilePath? = nil, call: CallTemplate, allowsPrivateHosts: Bool = false,
    now: Date = Date()
  ) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: endpoint, inspection)
    let path = endpoint.flatMap { self.endpoint($0)?.path }
    let references = fields.filter(\.isMediaReference)
    for field in fields {
      if field.name == references.first?.name, !call.isUpload {
        maker.checkReferences(request, among: references.map(\.name))
      }
      // A field that isn't part of the call isn't required.
      let isHere = endpoint.map { field.endpoints?.contains($0) ?? true } ?? (field.endpoints == nil)
      let isRequired = field.isRequired && isHere && call.uses(field.name, path: path)
      maker.check(
        request.fields[field.name], of: field, isRequired: isRequired, inspection,
        ownName: fileName?.lastComponent?.string ?? nameInURL(of: request),
        allowsPrivateHosts: allowsPrivateHosts, now: now)
    }
    let known = fields.map(\.name)
    for key in request.fields.keys.sorted() where !known.contains(key) {
      let names = known.joined(separator: ", ")
      maker.add(
        .unknownField, subject: .request, values: ["expected": names, "actual": "'\(key)'"],
        expected: names, actual: key)
    }
    return maker.findings
  }

  /// The last part of the path of a request's URL, if it looks like a file name.
  private func nameInURL(of request: MessageRequest) -> String? {
    let field = fields.first { $0.kind == .url && $0.isMediaReference }
    guard let text = field.flatMap({ request.fields[$0.name] }), let url = try? MediaURL(text) else {
      return nil
    }
    return url.fileName
  }

  /// The file names in a request, under which the recipient sees the file.
  package func sentNames(in request: MessageRequest) -> [String] {
    fields.filter { $0.kind == .fileName }.compactMap { request.fields[$0.name] }
  }

  /// The finding for an invalid request.
  package func findingsForInvalidRequest(
    _ reason: String, subject: Subject, expected: String?, actual: String?
  ) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: nil)
    maker.add(
      .invalidRequest, subject: subject, values: ["actual": reason], expected: expected, actual: actual)
    return maker.findings
  }

  /// The note that a request's media wasn't checked, and the finding if the endpoint doesn't exist.
  package func findingsForUncheckedMedia(at endpoint: Endpoint) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: endpoint)
    if self.endpoint(endpoint) == nil { maker.addMissingEndpoint(endpoint, of: self) }
    maker.add(.mediaNotChecked, subject: .request)
    return maker.findings
  }
}

extension FindingMaker {
  /// Requires exactly one of the fields that refer to media.
  fileprivate mutating func checkReferences(_ request: MessageRequest, among names: [String]) {
    let given = names.filter { request.fields[$0] != nil }
    let wanted = names.joined(separator: " or ")
    if given.isEmpty {
      add(.missingMediaReference, subject: .request, expected: wanted)
    } else if given.count > 1 {
      add(
        .conflictingMediaReferences, subject: .request, expected: wanted,
        actual: given.joined(separator: " and "))
    }
  }

  /// Checks one field of a request.
  fileprivate mutating func check(
    _ value: String?, of field: Field, isRequired: Bool, _ inspection: Inspection?, ownName: String?,
    allowsPrivateHosts: Bool, now: Date
  ) {
    let subject = Subject(rawValue: field.name)
    // An empty reference or filename has its own finding.
    let mayBeEmpty = field.isMediaReference || field.kind == .fileName || field.kind == .number
    guard let value, mayBeEmpty || !value.isEmpty else {
      if isRequired {
        add(
          field.missingCode, subject: subject, values: ["actual": "is missing"],
          expected: field.kind == .number ? "digits" : nil,
          fix: field.kind == .fileName ? ownName.map { Remedy(advice: "Add \(field.name): \($0)") } : nil)
      }
      return
    }
    switch field.kind {
    case .phoneNumber: checkPhoneNumber(value, field, subject)
    case .url:
      checkURL(
        value, invalid: field.invalidCode, subject, allowsPrivateHosts: allowsPrivateHosts, now: now)
    case .number, .identifier: checkIdentifier(value, field, subject)
    case .text: checkText(value, field, subject)
    case .fileName: checkFileName(value, field, subject, inspection)
    }
  }

  private mutating func checkPhoneNumber(_ value: String, _ field: Field, _ subject: Subject) {
    if PhoneNumber(value) != nil { return }
    add(
      field.invalidCode, subject: subject,
      values: ["expected": "a phone number with a country code", "actual": "'\(value)'"],
      expected: "7 to 15 digits, the first not 0", actual: value)
  }

  /// What the text of a URL gives away.
  mutating func checkURL(
    _ text: String, invalid: FindingCode, _ subject: Subject, allowsPrivateHosts: Bool, now: Date
  ) {
    let url: MediaURL
    do { url = try MediaURL(text) } catch {
      return add(
        invalid, subject: subject,
        values: ["expected": "an http or https URL with a host", "actual": error.reason],
        expected: "an http or https URL with a host", actual: text)
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

  /// How long a signed URL has to work: WhatsApp fetches it for each recipient.
  private static let shortestLife: TimeInterval = 15 * 60

  private mutating func checkIdentifier(_ id: String, _ field: Field, _ subject: Subject) {
    let isDigits = !id.isEmpty && id.utf8.allSatisfy { (0x30...0x39).contains($0) }
    let isUnusable = id.isEmpty || id.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7f }
    if isDigits || (field.kind == .identifier && !isUnusable) { return }
    // An ID in another format may be valid, as long as it can be sent.
    let severity: Severity? = field.isMediaReference && isUnusable ? .error : nil
    let found = field.isMediaReference ? "'\(id)'" : "'\(id)' is not numeric"
    add(
      field.invalidCode, severity: severity, subject: subject,
      values: ["expected": "an ID without spaces", "actual": field.kind == .number ? found : "'\(id)'"],
      expected: field.kind == .number ? "digits" : "an ID without spaces", actual: id)
  }

  private mutating func checkText(_ text: String, _ field: Field, _ subject: Subject) {
    if let endpoints = field.endpoints, let endpoint, !endpoints.contains(endpoint) {
      add(.captionNotAllowed, subject: subject)
    }
    guard let maximum = field.maximum else { return }
    let scalars = text.unicodeScalars.count
    let units = text.utf16.count
    if scalars > maximum {
      add(
        field.invalidCode, subject: subject, values: ["expected": "\(maximum)"], expected: "≤ \(maximum)",
        actual: "\(scalars)", source: field.source)
    } else if units > maximum {
      add(
        field.invalidCode, severity: .warning, subject: subject,
        message:
          "The \(field.name) has {actual} UTF-16 code units, which is over {expected} if WhatsApp counts those.",
        values: ["expected": "\(maximum)"], expected: "≤ \(maximum)", actual: "\(units)",
        source: field.source)
    }
  }

  private mutating func checkFileName(
    _ name: String, _ field: Field, _ subject: Subject, _ inspection: Inspection?
  ) {
    if let endpoints = field.endpoints, let endpoint, !endpoints.contains(endpoint) {
      add(.filenameNotAllowed, subject: subject)
    }
    func invalid(_ reason: String, _ severity: Severity, _ expected: String) {
      add(
        field.invalidCode, severity: severity, subject: subject, values: ["actual": reason],
        expected: expected, actual: name, source: field.source)
    }
    if name.allSatisfy({ $0 == " " || $0 == "." }) {
      return invalid("is empty", .error, "a name with an extension")
    }
    if name.unicodeScalars.contains(where: { $0 == "/" || $0 == "\\" }) {
      invalid("contains a path separator", .error, "a name without / and \\")
    }
    if name.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) }) {
      invalid("contains a control character", .error, "a name without control characters")
    }
    // No file has a name with a NUL, but a request may.
    let own = FilePath(name.utf8.filter { $0 != 0 }).lowercasedExtension
    if own == nil {
      invalid(
        "has no extension; devices use it to choose an app", .warning, "an extension")
    }
    if let maximum = field.recommendedMaximum, name.unicodeScalars.count > maximum {
      invalid("is longer than \(maximum) characters", .warning, "≤ \(maximum)")
    }
    if let own, let mediaType = inspection?.mediaType, Self.contradicts(own, mediaType) {
      add(
        .extensionMismatch, subject: subject, values: ["expected": mediaType.phrase],
        expected: mediaType.known?.extensions.first.map { "." + $0 }, actual: own,
        fix: Remedy(advice: "Use a filename with the extension of the file's type."))
    }
  }
}

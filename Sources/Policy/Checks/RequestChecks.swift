internal import PreflightBytes
internal import SystemPackage
internal import PreflightFormats
internal import PreflightReferences
internal import PreflightFacts
package import PreflightInspection

extension Policy {
  /// What the policy says of a request's fields: every finding, not only the first.
  ///
  /// - Parameters:
  ///   - inspection: The local file, where there is one.
  ///   - isUpload: Whether the request is for the upload of the local file rather than for the message.
  package func findings(
    for request: MessageRequest, at endpoint: Endpoint?, inspection: Inspection?, isUpload: Bool
  ) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: endpoint, mediaType: inspection?.mediaType)
    maker.checkRecipient(request, isRequired: fields.required.contains("to") && !isUpload)
    if !isUpload { maker.checkReference(request) }
    maker.checkURL(request)
    maker.checkMediaID(request)
    maker.checkCaption(request, fields.limit(of: "caption"))
    maker.checkFilename(request, fields.limit(of: "filename"), inspection)
    maker.checkPhoneNumberID(request, isRequired: fields.required.contains("phoneNumberId"))
    for key in request.unknownFields {
      let known = RequestField.allCases.map(\.rawValue).joined(separator: ", ")
      maker.add(
        .unknownField, subject: .request, values: ["expected": known, "actual": "'\(key)'"],
        expected: known, actual: key)
    }
    return maker.findings
  }

  /// The finding for a request that can't be read.
  package func findingsForInvalidRequest(
    _ reason: String, subject: Subject, expected: String?, actual: String?
  ) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: nil)
    maker.add(
      .invalidRequest, subject: subject, values: ["actual": reason], expected: expected, actual: actual)
    return maker.findings
  }

  /// The note that the media behind a request wasn't looked at, and whether there is such an endpoint.
  package func findingsForUncheckedMedia(at endpoint: Endpoint) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: endpoint)
    if self.endpoint(endpoint) == nil { maker.addMissingEndpoint(endpoint, of: self) }
    maker.add(.mediaNotChecked, subject: .request)
    return maker.findings
  }
}

extension FindingMaker {
  mutating func checkRecipient(_ request: MessageRequest, isRequired: Bool) {
    guard let to = request.to, !to.isEmpty else {
      if isRequired { add(.missingRecipient, subject: .to) }
      return
    }
    if PhoneNumber(to) == nil {
      add(
        .invalidRecipient, subject: .to,
        values: ["expected": "a phone number with country code", "actual": "'\(to)'"],
        expected: "7 to 15 digits, the first not 0", actual: to)
    }
  }

  mutating func checkReference(_ request: MessageRequest) {
    switch (request.mediaURL, request.mediaID) {
    case (nil, nil): add(.missingMediaReference, subject: .request, expected: "mediaUrl or mediaId")
    case (_?, _?):
      add(
        .conflictingMediaReferences, subject: .request, expected: "mediaUrl or mediaId",
        actual: "mediaUrl and mediaId")
    default: break
    }
  }

  mutating func checkURL(_ request: MessageRequest) {
    guard let text = request.mediaURL else { return }
    let url: MediaURL
    do { url = try MediaURL(text) } catch {
      return add(
        .invalidMediaURL, subject: .mediaUrl,
        values: ["expected": "an http or https URL with a host", "actual": error.reason],
        expected: "an http or https URL with a host", actual: text)
    }
    if let reason = url.privateReason {
      add(
        .mediaURLNotPublic, subject: .mediaUrl, values: ["actual": reason], expected: "a public host",
        actual: url.host)
    } else if url.isMetasOwn {
      add(
        .mediaURLNotPublic, severity: .warning, subject: .mediaUrl,
        message: "The media URL is one of Meta's own ({actual}), which expires and can't be sent again.",
        expected: "a public host of your own", actual: url.host,
        remedy: "Send the media's ID as mediaId, or put the file at a URL of your own.",
        source: "Reports of error 131053 with links of lookaside.fbsbx.com and scontent.whatsapp.net")
    }
    if url.scheme == "http" {
      add(.insecureMediaURL, subject: .mediaUrl, expected: "https", actual: "http")
    }
  }

  mutating func checkMediaID(_ request: MessageRequest) {
    guard let id = request.mediaID, !Self.isDigits(id) else { return }
    let isUnusable = id.isEmpty || id.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7f }
    add(
      .invalidMediaID, severity: isUnusable ? .error : nil, subject: .mediaId,
      values: ["actual": "'\(id)'"], expected: "digits", actual: id)
  }

  mutating func checkPhoneNumberID(_ request: MessageRequest, isRequired: Bool) {
    guard let id = request.phoneNumberID else {
      if isRequired {
        add(
          .invalidPhoneNumberID, subject: .phoneNumberId, values: ["actual": "is missing"],
          expected: "digits")
      }
      return
    }
    if !Self.isDigits(id) {
      add(
        .invalidPhoneNumberID, subject: .phoneNumberId, values: ["actual": "'\(id)' is not made of digits"],
        expected: "digits", actual: id)
    }
  }

  mutating func checkCaption(_ request: MessageRequest, _ limit: FieldLimit?) {
    guard let caption = request.caption, !caption.isEmpty else { return }
    if let endpoints = limit?.endpoints, let endpoint, !endpoints.contains(endpoint) {
      add(.captionNotAllowed, subject: .caption)
    }
    guard let maximum = limit?.maximum else { return }
    let scalars = caption.unicodeScalars.count
    let units = caption.utf16.count
    if scalars > maximum {
      add(
        .captionTooLong, subject: .caption, values: ["expected": "\(maximum)"], expected: "≤ \(maximum)",
        actual: "\(scalars)", source: limit?.source)
    } else if units > maximum {
      add(
        .captionTooLong, severity: .warning, subject: .caption,
        message: "The caption has {actual} UTF-16 units; counted so, it is over {expected} characters.",
        values: ["expected": "\(maximum)"], expected: "≤ \(maximum)", actual: "\(units)",
        source: limit?.source)
    }
  }

  mutating func checkFilename(_ request: MessageRequest, _ limit: FieldLimit?, _ inspection: Inspection?) {
    guard let filename = request.filename else { return }
    if let endpoints = limit?.endpoints, let endpoint, !endpoints.contains(endpoint) {
      add(.filenameNotAllowed, subject: .filename)
    }
    func invalid(_ reason: String, _ severity: Severity, _ expected: String) {
      add(
        .invalidFilename, severity: severity, subject: .filename, values: ["actual": reason],
        expected: expected, actual: filename, source: limit?.source)
    }
    let name = FilePath(filename)
    if filename.allSatisfy({ $0 == " " || $0 == "." }) {
      return invalid("is empty", .error, "a name with an extension")
    }
    if filename.unicodeScalars.contains(where: { $0 == "/" || $0 == "\\" }) {
      invalid("has a path separator in it", .error, "a name without / and \\")
    }
    if filename.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) }) {
      invalid("has a control character in it", .error, "a name without control characters")
    }
    if name.lowercasedExtension == nil {
      invalid(
        "has no extension, from which the recipient's device picks the program", .warning, "an extension")
    }
    if let maximum = limit?.recommendedMaximum, filename.unicodeScalars.count > maximum {
      invalid("has more than \(maximum) characters", .warning, "≤ \(maximum)")
    }
    if let own = name.lowercasedExtension, let mediaType = inspection?.mediaType,
      Self.contradicts(own, mediaType)
    {
      add(
        .extensionMismatch, subject: .filename, values: ["expected": mediaType.phrase],
        expected: mediaType.known?.extensions.first.map { "." + $0 }, actual: own,
        remedy: "Give a filename with the extension of the file's type.")
    }
  }

  private static func isDigits(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}

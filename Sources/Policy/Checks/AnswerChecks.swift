#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif
package import PreflightFacts
internal import PreflightFormats
package import PreflightInspection
package import PreflightReferences

extension Policy {
  /// The findings about the text of a URL.
  ///
  /// - Parameters:
  ///   - subject: The field of the request that has it, or the file.
  ///   - allowsPrivateHosts: Whether the URL may lead into a private network.
  ///   - now: The time at which the message is sent.
  package func findings(
    forURL text: String, subject: Subject = .file, allowsPrivateHosts: Bool, now: Date = Date()
  ) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: nil)
    maker.checkURL(
      text, invalid: .invalidMediaURL, subject, allowsPrivateHosts: allowsPrivateHosts, now: now)
    return maker.findings
  }

  /// The finding about a reference that led to no bytes.
  package func findings(
    for failure: FetchFailure, of reference: Reference, at endpoint: Endpoint?, subject: Subject
  ) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: endpoint)
    switch failure.kind {
    case .privateAddress:
      maker.add(
        .mediaURLNotPublic, subject: subject, expected: "a public host", actual: failure.reason)
    case .unreachable, .local, .refused, .unserved:
      if case .mediaID = reference {
        maker.add(
          .urlUnreachable, subject: subject, message: "The media can't be fetched from Meta: {actual}.",
          actual: failure.reason,
          fix: Remedy(advice: "Check the access token, and that Meta's API can be reached from here."))
      } else {
        maker.add(.urlUnreachable, subject: subject, actual: failure.reason)
      }
    case .unknownMedia: maker.add(.mediaIDUnknown, subject: subject, actual: failure.reason)
    case .expiredMedia: maker.add(.mediaIDExpired, subject: subject, actual: failure.reason)
    case .foreignMedia: maker.add(.mediaIDForeign, subject: subject, actual: failure.reason)
    }
    return maker.findings
  }

  /// The findings about an answer that isn't the file.
  ///
  /// - Parameters:
  ///   - text: What its body says.
  ///   - url: The URL that was fetched; nil for a media ID.
  package func findings(
    forUnsuccessful answer: URLAnswer, _ text: AnswerText, of url: MediaURL?, at endpoint: Endpoint?,
    subject: Subject
  ) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: endpoint)
    if answer.isRedirect {
      let location = answer.location.flatMap { $0.isEmpty ? nil : $0 }
      let status = answer.status.map(String.init) ?? ""
      maker.add(
        .urlRedirects, subject: subject,
        message: location == nil ? "The URL redirects (\(status)) and doesn't say where to." : nil,
        expected: "200", actual: location ?? status)
    } else {
      maker.checkStatus(answer, text, url, subject)
    }
    return maker.findings
  }

  /// The findings about an answer that has the file, all of it or its beginning.
  ///
  /// - Parameter page: What it says if it is a web page.
  package func findings(
    for transfer: Transfer, _ inspection: Inspection?, page: AnswerText?, at endpoint: Endpoint?,
    subject: Subject
  ) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: endpoint, inspection)
    maker.checkContentType(transfer.answer, inspection, page, subject)
    maker.checkTransfer(transfer, subject)
    return maker.findings
  }

  /// The finding about media that was uploaded as another type than it is: WhatsApp sends it as that.
  package func findings(
    for uploaded: UploadedMedia, _ inspection: Inspection, at endpoint: Endpoint?, subject: Subject
  ) -> [Finding] {
    guard let declared = uploaded.mediaType, let own = inspection.mediaType else { return [] }
    var maker = FindingMaker(policy: self, endpoint: endpoint, inspection)
    if MediaType(declaring: declared).canonical.rawValue.lowercased() != own.canonical.rawValue.lowercased() {
      maker.add(
        .declaredTypeMismatch, subject: subject,
        message: "The media was uploaded as {expected}, but the file is {actual}.",
        values: ["expected": declared, "actual": own.phrase], expected: own.rawValue, actual: declared,
        fix: Remedy(advice: "Upload it again as \(own.rawValue)."))
    }
    return maker.findings
  }

  /// The finding about a download that isn't what Meta has: the file that was checked isn't the one that is sent.
  ///
  /// - Parameters:
  ///   - byteCount: How many bytes came.
  ///   - digest: Their SHA-256 in lower-case hexadecimal; nil if it isn't known.
  package func findings(
    for uploaded: UploadedMedia, byteCount: UInt64, digest: String?, subject: Subject
  ) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: nil)
    let fix = Remedy(advice: "Check the media ID again; if it stays, upload the file again.")
    if let stated = uploaded.byteCount, stated != byteCount {
      maker.add(
        .urlUnreachable, subject: subject,
        message: "Meta states {expected} bytes for the upload, but its download has {actual}.",
        expected: "\(stated)", actual: "\(byteCount)", fix: fix)
    } else if let stated = uploaded.sha256, let digest, stated != digest {
      maker.add(
        .urlUnreachable, subject: subject,
        message: "The download isn't what was uploaded: its SHA-256 isn't the one that Meta states.",
        expected: stated, actual: digest, fix: fix)
    }
    return maker.findings
  }

  /// The findings about the type and size that Meta states of media whose bytes didn't come.
  ///
  /// - Parameters:
  ///   - mediaType: The type that was declared at the upload; nil if it isn't known.
  ///   - byteCount: The size; nil if it isn't known.
  package func findings(
    forStated mediaType: MediaType?, _ byteCount: UInt64?, at endpoint: Endpoint?, subject: Subject
  ) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: endpoint)
    let own = endpoint.flatMap(self.endpoint)
    if let mediaType { maker.checkType(mediaType, own, of: self, subject: subject) }
    if let byteCount {
      if byteCount == 0 { maker.add(.emptyFile, subject: subject, expected: "≥ 1", actual: "0") }
      if let own, let cap = own.largestCap, byteCount > cap.size.hard {
        maker.addTooLarge(cap, own, actual: "\(byteCount)", subject: subject)
      }
    }
    return maker.findings
  }

  /// The note about media that Meta has, but doesn't let the token download.
  package func findingsForUndownloadedMedia(subject: Subject) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: nil)
    maker.add(
      .mediaNotChecked, subject: subject,
      message:
        "Meta doesn't let the media be downloaded: only the type and size that it states were checked.",
      fix: Remedy(advice: "Check the file before it is uploaded, or use a token that may download it."))
    return maker.findings
  }

  /// The findings about a file of which only the beginning was fetched, since it is over every cap of the endpoint.
  ///
  /// - Parameters:
  ///   - byteCount: The size that the server states; nil if it states none.
  package func findings(
    forBeginning inspection: Inspection, of byteCount: UInt64?, at endpoint: Endpoint?
  ) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: endpoint, inspection)
    let own = endpoint.flatMap(self.endpoint)
    maker.checkType(inspection.mediaType, own, of: self)
    if let own, let cap = own.largestCap {
      maker.addTooLarge(
        cap, own, actual: byteCount.map(String.init) ?? "over \(inspection.byteCount)", subject: .file)
    }
    return maker.findings
  }

  /// The most bytes that any file may have at an endpoint, or at any that is chosen by a file's type if it is nil; nil
  /// without a limit.
  package func maximumByteCount(at endpoint: Endpoint?) -> UInt64? {
    let own = endpoint.map { [self.endpoint($0)].compactMap { $0 } } ?? automaticEndpoints
    return own.flatMap(\.caps).map { max($0.size.hard, $0.disputed?.size.hard ?? 0) }.max()
  }
}

extension Remedy {
  /// What to do where a web page came in place of the file.
  fileprivate static let ofWebPage = Remedy(
    advice:
      "Use the URL of the file itself, which has to answer without a login, or upload the file and send the media ID."
  )
}

extension [Finding] {
  /// Replaces the advice about the bytes of a web page that came in place of the file: nobody wants to convert it.
  package mutating func adviseAboutWebPage() {
    for index in indices where [.mediaTypeNotAllowed, .mangledFile].contains(self[index].code) {
      self[index].fix = .ofWebPage
    }
  }
}

extension EndpointPolicy {
  /// The cap that no file may be over, whatever it is.
  fileprivate var largestCap: Cap? { caps.max { $0.size.hard < $1.size.hard } }
}

extension FindingMaker {
  /// `file-too-large`, of a file whose bytes aren't all there.
  fileprivate mutating func addTooLarge(
    _ cap: Cap, _ endpoint: EndpointPolicy, actual: String, subject: Subject
  ) {
    add(
      .fileTooLarge, subject: subject,
      values: ["limit": "\(cap.size.hard)", "Endpoint": cap.name ?? endpoint.phrase],
      expected: "≤ \(cap.size.hard)", actual: actual, source: cap.source ?? endpoint.source)
  }

  /// `url-status`: what a status means depends on what was asked.
  fileprivate mutating func checkStatus(
    _ answer: URLAnswer, _ text: AnswerText, _ url: MediaURL?, _ subject: Subject
  ) {
    let status = answer.status ?? 0
    let said = text.errorCode.map { ", \($0)" } ?? text.title.map { ", “\($0)”" } ?? ""
    var message = "The server answers {actual}{said}."
    var advice: String?
    switch status {
    case 401:
      message += " The file is behind a login."
      advice = "Make the file public, sign its URL, or upload it and send the media ID."
    case 403 where url?.isSigned == true:
      if text.errorMessage?.lowercased().contains("expired") == true {
        message += " The signature has expired."
        advice = "Sign the URL again, for a day or more, just before sending."
      } else if text.errorCode == "AccessDenied" {
        message +=
          " The signature is valid, but whoever signed the URL may not read the file, or there is none."
        advice = "Check the file's key, and that the signer may read it."
      } else {
        message += " The signature was refused: it has expired, or the URL was changed after signing."
        advice = "Sign the URL again for GET requests, and pass it on unchanged."
      }
    case 403:
      message += " The path is private, or the server refuses programs that it doesn't know."
      advice = "Sign the URL, make the file public, or upload it and send the media ID."
    case 404, 410:
      message += " There is no such file."
      advice = "Check the path of the URL."
    case 405:
      advice = "Allow GET requests for the file."
    case 429:
      message += " It limits how often files are fetched; WhatsApp's servers may be refused as well."
      advice = "Try again later, raise the limit, or upload the file and send the media ID."
    case 500...599:
      message += " The server has a problem of its own, which may pass."
      advice = "Try again later; if it stays, look at the server's log."
    default: break
    }
    add(
      .urlStatus, subject: subject, message: message, values: ["said": said], expected: "200",
      actual: "\(status)",
      fix: advice.map(Remedy.init(advice:)))
  }

  /// `url-content-type`.
  fileprivate mutating func checkContentType(
    _ answer: URLAnswer, _ inspection: Inspection?, _ page: AnswerText?, _ subject: Subject
  ) {
    let own = inspection?.mediaType
    let right = own?.rawValue
    if let page {
      let title = page.title.map { ", “\($0)”" } ?? ""
      return add(
        .urlContentType, subject: subject, message: "The URL leads to a web page{title}, not to a file.",
        values: ["title": title], expected: "a media file", actual: answer.mediaType ?? own?.rawValue,
        fix: .ofWebPage)
    }
    guard let type = answer.mediaType else {
      return add(
        .urlContentType, severity: .warning, subject: subject, message: "The answer has no Content-Type.",
        expected: right, actual: nil, fix: right.map { Remedy(advice: "Send Content-Type: \($0).") })
    }
    guard let own, let right else { return }
    if type == "application/octet-stream" || type == "binary/octet-stream" {
      return add(
        .urlContentType, severity: .warning, subject: subject,
        message: "The answer has the Content-Type {actual}, which says nothing about the file.",
        expected: right, actual: type, fix: Remedy(advice: "Send Content-Type: \(right)."))
    }
    if MediaType(declaring: type).canonical.rawValue.lowercased() != own.canonical.rawValue.lowercased() {
      add(
        .urlContentType, subject: subject, values: ["expected": own.phrase], expected: right, actual: type,
        fix: Remedy(advice: "Send Content-Type: \(right)."))
    }
  }

  /// `url-no-length`, `url-slow` and `url-content-encoding`.
  fileprivate mutating func checkTransfer(_ transfer: Transfer, _ subject: Subject) {
    let answer = transfer.answer
    if let encoding = transfer.contentEncoding {
      // What can't be decoded can't be judged, and nothing says that WhatsApp would decode it.
      add(
        .urlContentEncoding, severity: transfer.isDecoded ? nil : .error, subject: subject,
        expected: "no Content-Encoding", actual: encoding)
    }
    if !transfer.hasKnownEnd, !transfer.isCut {
      add(.urlNoLength, subject: subject, expected: "Content-Length")
    }
    if answer.milliseconds > Self.slowMilliseconds {
      let (seconds, rest) = answer.milliseconds.quotientAndRemainder(dividingBy: 1000)
      add(.urlSlow, subject: subject, expected: "≤ 10 s", actual: "\(seconds).\(rest / 100) s")
    }
  }

  /// What is longer is slow, in milliseconds.
  private static let slowMilliseconds = 10_000
}

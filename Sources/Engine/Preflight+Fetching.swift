internal import PreflightBytes
internal import PreflightInspection
internal import PreflightPolicy
internal import PreflightReferences
internal import SystemPackage

/// How the bytes came that a fetcher brought.
struct Arrival {
  let transfer: Transfer
  /// What Meta says of it, if it was uploaded.
  let uploaded: UploadedMedia?
  /// The field of the request that refers to them, or the file.
  let subject: Subject
  /// What the reference's text says.
  let findings: [Finding]

  /// What the body says if a URL led to a web page.
  func page(_ inspection: Inspection, in source: any ByteSource) -> AnswerText? {
    inspection.mediaType == .html && uploaded == nil ? text(of: source) : nil
  }

  /// What the body of an answer says that isn't the file.
  func text(of source: any ByteSource) -> AnswerText {
    let count = Int(min(source.byteCount, UInt64(AnswerText.maximumByteCount)))
    var bytes = [UInt8](repeating: 0, count: count)
    // A page that can't be read has no title. The check itself reports the error.
    let read = count == 0 ? 0 : bytes.withUnsafeMutableBytes { (try? source.read(into: $0, at: 0)) ?? 0 }
    return AnswerText(Array(bytes.prefix(read)))
  }
}

extension Preflight {
  /// Checks a request, and the bytes that its own reference leads to as if they were the file.
  ///
  /// - Parameter options: The request, and what fetches.
  package func probe(_ options: CheckOptions) throws -> CheckResult? {
    guard let request = options.request else { return nil }
    let given = policy.fields.filter { $0.isMediaReference && request.fields[$0.name] != nil }
    // None and several are findings about the request.
    guard given.count == 1, let field = given.first, let value = request.fields[field.name] else {
      return nil
    }
    switch field.kind {
    // A reference of another kind is a finding about the request as well.
    case .url where [nil, .url].contains(ReferenceForm(value)):
      return try checkFetched(.url(value), subject: Subject(rawValue: field.name), options)
    case .number where [nil, .mediaID].contains(ReferenceForm(value)), .identifier:
      return try checkFetched(.mediaID(value), subject: Subject(rawValue: field.name), options)
    case .url, .number, .phoneNumber, .text, .fileName, .integer, .handle: return nil
    }
  }

  /// Fetches what a reference leads to once, and checks it by each engine.
  static func checkFetched(
    _ reference: Reference, _ options: CheckOptions, by engines: [Preflight]
  ) throws -> [CheckResult] {
    var fetched: Result<FetchedMedia, FetchFailure>?
    return try engines.map { engine in
      try engine.checkFetched(reference, options) {
        let result = fetched ?? fetch(reference, options, for: engines)
        fetched = result
        return result
      }
    }
  }

  /// Fetches what a reference leads to, and checks it.
  ///
  /// - Parameter fetch: Fetches it in place of this engine.
  func checkFetched(
    _ reference: Reference, subject: Subject = .file, _ options: CheckOptions,
    fetch: (() -> Result<FetchedMedia, FetchFailure>)? = nil
  ) throws -> CheckResult {
    let textual = findings(forTextOf: reference, subject: subject, options)
    // What its text refuses isn't fetched. Nothing is sent to a private host, whatever it answers.
    if rejects(textual) { return result(reference, textual, options) }
    let fetched: FetchedMedia
    do { fetched = try (fetch?() ?? Self.fetch(reference, options, for: [self])).get() } catch {
      return failure(error, reference, subject, textual, options)
    }
    let transfer = fetched.transfer
    let arrival = Arrival(
      transfer: transfer, uploaded: fetched.uploaded, subject: subject,
      findings: options.request == nil ? textual : [])
    if let uploaded = fetched.uploaded, Self.mayNotBeDownloaded(transfer.answer) {
      return statedResult(
        uploaded, reference, textual + policy.findingsForUndownloadedMedia(subject: subject), options,
        subject, transfer.answer)
    }
    if !transfer.answer.isSuccess {
      let url = if case .url(let text) = reference { try? MediaURL(text) } else { MediaURL?.none }
      let findings = policy.findings(
        forUnsuccessful: transfer.answer, arrival.text(of: fetched.source), of: url,
        at: options.endpoint, subject: subject)
      return statedResult(
        fetched.uploaded, reference, textual + findings, options, subject, transfer.answer)
    }
    if transfer.contentEncoding != nil, !transfer.isDecoded {
      let findings = policy.findings(
        for: transfer, nil, page: nil, at: options.endpoint, subject: subject)
      return result(reference, textual + findings, options, transfer.answer)
    }
    if transfer.isCut { return try resultOfBeginning(fetched, reference, arrival, options) }
    return try judge(fetched.source, as: reference, options, arrival: arrival)
  }

  /// Reads what a reference leads to as a result without a verdict.
  package func inspectFetched(_ reference: Reference, _ options: CheckOptions) throws -> CheckResult {
    var keeping = options
    keeping.keepsSource = true
    let result = try checkFetched(reference, keeping)
    var inspected: CheckResult
    if let source = result.source {
      inspected = try inspect({ source }, as: reference, keepingSource: options.keepsSource)
    } else {
      // Which types are accepted is a policy's matter.
      inspected = .inspection(of: reference, nil, result.findings.filter { $0.code != .mediaTypeNotAllowed })
    }
    inspected.url = result.url
    inspected.upload = result.upload
    return inspected
  }

  /// Whether Meta has the media, but doesn't let this token download it. It can be sent all the same.
  private static func mayNotBeDownloaded(_ answer: URLAnswer) -> Bool {
    answer.status == nil || answer.status == 401 || answer.status == 403
  }

  private func findings(
    forTextOf reference: Reference, subject: Subject, _ options: CheckOptions
  ) -> [Finding] {
    guard case .url(let text) = reference else { return [] }
    return policy.findings(
      forURL: text, subject: subject, allowsPrivateHosts: options.allowsPrivateHosts)
  }

  /// Fetches as much as the policy that allows the most wants.
  private static func fetch(
    _ reference: Reference, _ options: CheckOptions, for engines: [Preflight]
  ) -> Result<FetchedMedia, FetchFailure> {
    Result { () throws(FetchFailure) in
      guard let fetcher = options.fetcher else {
        throw FetchFailure(.local, "this program has no network")
      }
      // Without a limit, a server could send for ever.
      let limit = { (endpoint: (Policy) -> Endpoint?) in
        engines.map { $0.policy.maximumByteCount(at: endpoint($0.policy)) ?? Limits.Fetching.byteCount }.max()
          ?? 0
      }
      return try fetcher.fetch(
        reference, from: options.request?.phoneNumberID,
        upTo: options.endpoint.map { endpoint in limit { _ in endpoint } }
      ) { beginning in
        let type = (try? engines[0].structure(of: beginning, named: reference.fileName))?.mediaType
        return limit { policy in type.flatMap(policy.endpoint(accepting:)) }
      }
    }
  }

  private func structure(of source: any ByteSource, named name: FilePath?) throws -> Inspection {
    try tools.read(source) { window in
      try Structure(&window, named: name, sniffer: tools.sniffer).inspection
    }
  }

  private func failure(
    _ failure: FetchFailure, _ reference: Reference, _ subject: Subject, _ textual: [Finding],
    _ options: CheckOptions
  ) -> CheckResult {
    if failure.kind == .local || failure.kind == .unserved {
      return CheckResult(
        reference, endpoint: options.endpoint, inspection: nil, findings: Finding.unfetched(failure.reason))
    }
    let findings = policy.findings(
      for: failure, of: reference, at: options.endpoint, subject: subject)
    return statedResult(failure.uploaded, reference, textual + findings, options, subject, failure.answer)
  }

  /// The result where no bytes came. What Meta states of them is checked in their place.
  ///
  /// - Parameter uploaded: What it states; nil for what wasn't uploaded.
  private func statedResult(
    _ uploaded: UploadedMedia?, _ reference: Reference, _ findings: [Finding], _ options: CheckOptions,
    _ subject: Subject, _ answer: URLAnswer?
  ) -> CheckResult {
    guard let uploaded else { return result(reference, findings, options, answer) }
    let type = uploaded.mediaType.map { MediaType(declaring: $0).canonical }
    let endpoint = options.endpoint ?? type.flatMap(policy.endpoint(accepting:))
    let stated = policy.findings(forStated: type, uploaded.byteCount, at: endpoint, subject: subject)
    var result = result(
      reference, findings + stated, options, answer.flatMap { $0.status == nil ? nil : $0 })
    result.endpoint = endpoint
    result.mediaType = type
    result.byteCount = uploaded.byteCount
    result.upload = uploaded
    if let request = options.request, let endpoint, result.verdict == .accepted,
      let call = policy.call(for: request, at: endpoint, hasFile: false)
    {
      result.request = PreparedRequest(
        call, for: request, of: policy, endpoint: endpoint, declaredType: nil, file: nil)
    }
    return result
  }

  /// The result for a file of which only the beginning came, since all of it would be over the cap.
  private func resultOfBeginning(
    _ fetched: FetchedMedia, _ reference: Reference, _ arrival: Arrival, _ options: CheckOptions
  ) throws -> CheckResult {
    let inspection = try structure(of: fetched.source, named: reference.fileName)
    let endpoint = options.endpoint ?? inspection.mediaType.flatMap(policy.endpoint(accepting:))
    let answer = fetched.transfer.answer
    // The length of a compressed answer isn't the file's.
    let byteCount = fetched.transfer.contentEncoding == nil ? answer.contentLength : nil
    var findings = policy.findings(forBeginning: inspection, of: byteCount, at: endpoint)
    if let uploaded = arrival.uploaded {
      findings += policy.findings(for: uploaded, inspection, at: endpoint, subject: arrival.subject)
    }
    let page = arrival.page(inspection, in: fetched.source)
    if page != nil { findings.adviseAboutWebPage() }
    findings += policy.findings(
      for: fetched.transfer, inspection, page: page, at: endpoint, subject: arrival.subject)
    var result = result(reference, arrival.findings + findings, options, answer)
    result.endpoint = endpoint
    result.mediaType = inspection.mediaType
    result.sniffedType = inspection.sniffedType
    result.byteCount = byteCount ?? arrival.uploaded?.byteCount
    result.upload = arrival.uploaded
    return result
  }

  /// The result of findings without a file.
  private func result(
    _ reference: Reference, _ findings: [Finding], _ options: CheckOptions, _ answer: URLAnswer? = nil
  ) -> CheckResult {
    var findings = findings
    if let request = options.request {
      let call = policy.call(for: request, at: options.endpoint, hasFile: false)
      let own = policy.findings(
        for: request, at: options.endpoint, inspection: nil, call: call,
        allowsPrivateHosts: options.allowsPrivateHosts)
      // The request's own check has read the URL's text as well.
      findings = own + findings.filter { !own.contains($0) }
    }
    return CheckResult(
      reference, endpoint: options.endpoint, inspection: nil, findings: findings, isStrict: isStrict,
      url: answer)
  }
}

internal import PreflightBytes
internal import PreflightFacts
internal import PreflightFormats
internal import PreflightInspection
internal import PreflightPolicy
internal import PreflightReferences
internal import SystemPackage

// The way of a file: bytes to facts, facts to findings, findings to a verdict and a request.

extension Preflight {
  /// Checks what a reference leads to.
  package func check(_ reference: Reference, _ options: CheckOptions) throws -> CheckResult {
    switch reference {
    case .file: try check({ try Opening.source(of: reference) }, as: reference, options)
    case .url, .mediaID: try checkFetched(reference, options)
    }
  }

  /// Checks what a closure opens.
  package func check(
    _ open: () throws -> any ByteSource, as reference: Reference, _ options: CheckOptions
  ) throws -> CheckResult {
    let source: any ByteSource
    do { source = try open() } catch let error as ByteSourceError {
      return .unreadable(reference, error, endpoint: options.endpoint)
    }
    return try judge(source, as: reference, options)
  }

  /// Checks what a reference leads to against the policies of several engines. It is opened or fetched once.
  ///
  /// - Parameters:
  ///   - engines: At least one.
  ///   - open: Opens a file.
  /// - Returns: A result of each engine; if there are several, with the name of its policy.
  package static func check(
    _ reference: Reference, _ options: CheckOptions, by engines: [Preflight],
    opening open: () throws -> any ByteSource
  ) throws -> [CheckResult] {
    var results: [CheckResult]
    switch reference {
    case .url, .mediaID: results = try checkFetched(reference, options, by: engines)
    case .file:
      do { results = try judge(open(), as: reference, options, arrival: nil, by: engines) } catch let error
        as ByteSourceError
      {
        results = engines.map { _ in .unreadable(reference, error, endpoint: options.endpoint) }
      }
    }
    if engines.count > 1 {
      for (index, engine) in engines.enumerated() {
        results[index].policy = engine.policy.name
        results[index].policyArgument = engine.policy.argument
      }
    }
    return results
  }

  /// Judges bytes that are there already, such as those that a fix made.
  package func judge(
    _ source: any ByteSource, as reference: Reference?, _ options: CheckOptions
  ) throws -> CheckResult {
    try judge(source, as: reference, options, arrival: nil)
  }

  /// Judges bytes, however they came.
  func judge(
    _ source: any ByteSource, as reference: Reference?, _ options: CheckOptions, arrival: Arrival?
  ) throws -> CheckResult {
    try Self.judge(source, as: reference, options, arrival: arrival, by: [self])[0]
  }

  /// Bytes to facts, and facts to the result of each engine. The facts are read once.
  ///
  /// - Parameter arrival: How the bytes came, if they were fetched.
  private static func judge(
    _ source: any ByteSource, as reference: Reference?, _ options: CheckOptions, arrival: Arrival?,
    by engines: [Preflight]
  ) throws -> [CheckResult] {
    let source = options.cancellation.map { CancellableSource(source: source, cancellation: $0) } ?? source
    let tools = engines[0].tools
    let judged: [Judgement]
    do {
      judged = try tools.read(source) { window in
        let structure = try Structure(
          &window, named: reference?.fileName, declaredType: options.declaredType, sniffer: tools.sniffer)
        var content: Inspection?
        return try engines.map { engine in
          try engine.judge(structure, named: reference?.fileName, options) {
            let inspection = try content ?? structure.content(&window)
            content = inspection
            return inspection
          }
        }
      }
    } catch let error as ByteSourceError {
      return engines.map { _ in .unreadable(reference, error, endpoint: options.endpoint) }
    }
    return zip(engines, judged).map { engine, judged in
      engine.result(of: judged, source, as: reference, options, arrival: arrival)
    }
  }

  /// Facts to findings.
  ///
  /// - Parameter readContent: Decodes the file.
  private func judge(
    _ structure: Structure, named name: FilePath?, _ options: CheckOptions,
    readContent: () throws -> Inspection
  ) throws -> Judgement {
    var inspection = structure.inspection
    let table = FactTable(inspection, reference: options.request.map(policy.reference))
    let endpoint = options.endpoint ?? inspection.mediaType.flatMap(policy.endpoint(accepting:))
    var findings = policy.findings(
      for: inspection, table, at: endpoint, name: name, declaredType: options.declaredType,
      sentNames: options.request.map(policy.sentNames) ?? [])
    // Decoding costs more than all else, and what is refused by its structure is refused. It adds faults, never facts.
    if (options.depth ?? depth) == .content, !rejects(findings) {
      inspection = try readContent()
      findings += policy.findings(forContentOf: inspection, at: endpoint, name: name)
        .filter { !findings.contains($0) }
    }
    return Judgement(inspection: inspection, table: table, endpoint: endpoint, findings: findings)
  }

  /// Findings to a verdict, and to the request that it leads to.
  private func result(
    of judged: Judgement, _ source: any ByteSource, as reference: Reference?, _ options: CheckOptions,
    arrival: Arrival?
  ) -> CheckResult {
    let name = reference?.fileName
    var findings = judged.findings
    findings.addFixCommands(for: reference, at: judged.endpoint, of: policy)
    if let arrival {
      let page = arrival.page(judged.inspection, in: source)
      if page != nil { findings.adviseAboutWebPage() }
      findings =
        arrival.findings + findings
        + policy.findings(
          for: arrival.transfer, judged.inspection, page: page, at: judged.endpoint, subject: arrival.subject)
      if let uploaded = arrival.uploaded {
        findings += policy.findings(
          for: uploaded, judged.inspection, at: judged.endpoint, subject: arrival.subject)
        findings += policy.findings(
          for: uploaded, byteCount: source.byteCount,
          digest: uploaded.sha256 == nil ? nil : ContentDigest(of: source)?.sha256,
          subject: arrival.subject)
      }
    }
    var prepared: PreparedRequest?
    if let request = options.request {
      // What was fetched by the request's own reference isn't a local file.
      let call = policy.call(for: request, at: judged.endpoint, hasFile: arrival == nil)
      findings += policy.findings(
        for: request, at: judged.endpoint, inspection: judged.inspection, named: name, call: call,
        allowsPrivateHosts: options.allowsPrivateHosts)
      if !rejects(findings), let call, let endpoint = judged.endpoint {
        prepared = PreparedRequest(
          call, for: request, of: policy, endpoint: endpoint,
          declaredType: policy.declaredType(for: judged.inspection, judged.table),
          file: arrival == nil ? name : nil)
      }
    }
    var result = CheckResult(
      reference, endpoint: judged.endpoint, inspection: judged.inspection, findings: findings,
      alternatives: policy.alternatives(
        to: judged.endpoint, for: judged.inspection, judged.table,
        rejectingFrom: isStrict ? .warning : .error),
      request: prepared, isStrict: isStrict, source: options.keepsSource ? source : nil,
      url: arrival?.transfer.answer)
    result.declaredType = policy.declaredType(for: judged.inspection, judged.table)
    result.upload = arrival?.uploaded
    return result
  }

  /// What is known of a file once its bytes have been read.
  private struct Judgement {
    let inspection: Inspection
    let table: FactTable
    let endpoint: Endpoint?
    let findings: [Finding]
  }

  /// Reads a file as a result without a verdict, with the findings that need no policy.
  ///
  /// - Parameter keepsSource: Whether the result keeps the open file.
  package func inspect(
    _ open: () throws -> any ByteSource, as reference: Reference, keepingSource keepsSource: Bool = false
  ) throws -> CheckResult {
    do {
      let source = try open()
      let inspection = try inspect(source, named: reference.fileName)
      return .inspection(
        of: reference, inspection, inspection.findings(name: reference.fileName),
        source: keepsSource ? source : nil)
    } catch let error as ByteSourceError {
      return .inspection(
        of: reference, nil, Finding.unreadable(error.description, isMissing: error.isMissing))
    }
  }

  func inspect(_ source: any ByteSource, named name: FilePath?) throws -> Inspection {
    try tools.read(source) { window in
      let structure = try Structure(&window, named: name, sniffer: tools.sniffer)
      return depth == .content ? try structure.content(&window) : structure.inspection
    }
  }

  // MARK: Deciding

  func rejects(_ findings: [Finding]) -> Bool {
    Verdict(of: findings, isStrict: isStrict) == .rejected
  }
}

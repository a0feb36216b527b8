@_exported public import PreflightBytes
@_exported public import PreflightFacts
@_exported public import PreflightFormats
@_exported public import PreflightInspection
@_exported public import PreflightPolicy
@_exported public import PreflightReferences
@_exported public import struct SystemPackage.FilePath

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Checks, before sending, whether WhatsApp will accept a media file, and reports exactly why not.
///
/// ```swift
/// let preflight = Preflight()
/// let result = try preflight.check(fileAt: "wave.webp", as: .sticker)
/// for finding in result.findings {
///   print(finding.severity, finding.code, finding.message)
/// }
/// ```
///
/// Create one engine and keep it: it loads libmagic's database once, reuses its buffers, and may be called from many
/// threads at the same time. A rejection is a result. An error means that nothing could be checked at all.
///
/// Each `check` comes in two forms. The synchronous one reads the file on the calling thread. The asynchronous one
/// reads it on a thread of its own, never on the cooperative pool, and stops at its next read when its task is
/// cancelled.
public final class Preflight: Sendable {
  /// The policy that files and requests are checked against.
  public let policy: Policy

  /// Whether a warning rejects, as an error does.
  public let isStrict: Bool

  /// How deep files are read.
  public let depth: Depth

  let tools: Tools

  /// Creates an engine.
  ///
  /// - Parameters:
  ///   - policy: The provider's policy. The default is WaConnect's.
  ///   - isStrict: Whether a warning rejects, as an error does.
  ///   - depth: How deep files are read. The default also decodes what the verdict depends on.
  ///   - other: An engine whose buffers and libmagic database to share, for a program that checks files against several
  ///     policies.
  public init(
    policy: Policy = .waconnect, isStrict: Bool = false, depth: Depth = .content,
    sharing other: Preflight? = nil
  ) {
    self.policy = policy
    self.isStrict = isStrict
    self.depth = depth
    tools = other?.tools ?? Tools()
  }

  /// Loads libmagic's databases, for one check at a time in a process that can't open files later.
  ///
  /// - Throws: `SnifferError` if libmagic's own database can't be loaded.
  package func prepare() throws { try tools.prepare() }

  // MARK: Checking

  /// Checks a file.
  ///
  /// - Parameters:
  ///   - url: A file URL.
  ///   - endpoint: The endpoint to check against; nil for the first one that accepts the file's type.
  ///   - declaredType: The media type that you intend to declare, such as `image/png`; nil for none.
  ///   - request: The message to send the file with; nil to check the file alone.
  /// - Returns: The result. A file that can't be read is ``Verdict/unjudged``, not an error.
  /// - Throws: ``UnsupportedURL`` if the URL isn't a file URL; `SnifferError` if libmagic's database can't be loaded.
  public func check(
    contentsOf url: URL, as endpoint: Endpoint? = nil, declaredType: String? = nil,
    sending request: MessageRequest? = nil
  ) throws -> CheckResult {
    try check(.file(Self.path(of: url)), CheckOptions(endpoint, declaredType, request))
  }

  /// Checks the file at a path.
  ///
  /// - Parameters:
  ///   - path: An absolute path, or one relative to the working folder.
  ///   - endpoint: The endpoint to check against; nil for the first one that accepts the file's type.
  ///   - declaredType: The media type that you intend to declare, such as `image/png`; nil for none.
  ///   - request: The message to send the file with; nil to check the file alone.
  /// - Returns: The result. A file that can't be read is ``Verdict/unjudged``, not an error.
  /// - Throws: `SnifferError` if libmagic's database can't be loaded.
  public func check(
    fileAt path: String, as endpoint: Endpoint? = nil, declaredType: String? = nil,
    sending request: MessageRequest? = nil
  ) throws -> CheckResult {
    try check(.file(Self.path(path)), CheckOptions(endpoint, declaredType, request))
  }

  /// Checks the file at a path that need not be valid UTF-8.
  ///
  /// - Parameters:
  ///   - path: An absolute path, or one relative to the working folder.
  ///   - endpoint: The endpoint to check against; nil for the first one that accepts the file's type.
  ///   - declaredType: The media type that you intend to declare, such as `image/png`; nil for none.
  ///   - request: The message to send the file with; nil to check the file alone.
  /// - Returns: The result. A file that can't be read is ``Verdict/unjudged``, not an error.
  /// - Throws: `SnifferError` if libmagic's database can't be loaded.
  public func check(
    fileAt path: FilePath, as endpoint: Endpoint? = nil, declaredType: String? = nil,
    sending request: MessageRequest? = nil
  ) throws -> CheckResult {
    try check(.file(path), CheckOptions(endpoint, declaredType, request))
  }

  /// Checks bytes in memory.
  ///
  /// - Parameters:
  ///   - data: The whole file.
  ///   - name: The file name, for its extension and for the suggested fixes; nil for none.
  ///   - endpoint: The endpoint to check against; nil for the first one that accepts the file's type.
  ///   - declaredType: The media type that you intend to declare, such as `image/png`; nil for none.
  ///   - request: The message to send the file with; nil to check the file alone.
  /// - Returns: The result. A file that can't be read is ``Verdict/unjudged``, not an error.
  /// - Throws: `SnifferError` if libmagic's database can't be loaded.
  public func check(
    _ data: Data, named name: String? = nil, as endpoint: Endpoint? = nil, declaredType: String? = nil,
    sending request: MessageRequest? = nil
  ) throws -> CheckResult {
    try check(
      DataSource(data), named: Self.name(name), as: endpoint, declaredType: declaredType, sending: request)
  }

  /// Checks bytes in memory.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - name: The file name, for its extension and for the suggested fixes; nil for none.
  ///   - endpoint: The endpoint to check against; nil for the first one that accepts the file's type.
  ///   - declaredType: The media type that you intend to declare, such as `image/png`; nil for none.
  ///   - request: The message to send the file with; nil to check the file alone.
  /// - Returns: The result. A file that can't be read is ``Verdict/unjudged``, not an error.
  /// - Throws: `SnifferError` if libmagic's database can't be loaded.
  public func check(
    _ bytes: [UInt8], named name: String? = nil, as endpoint: Endpoint? = nil, declaredType: String? = nil,
    sending request: MessageRequest? = nil
  ) throws -> CheckResult {
    try check(
      MemorySource(bytes), named: Self.name(name), as: endpoint, declaredType: declaredType, sending: request)
  }

  /// Checks anything that can be read at an offset.
  ///
  /// A source may be shared by several checks at once.
  ///
  /// - Parameters:
  ///   - source: Where the bytes come from.
  ///   - name: The file name, for its extension and for the suggested fixes; nil for none.
  ///   - endpoint: The endpoint to check against; nil for the first one that accepts the file's type.
  ///   - declaredType: The media type that you intend to declare, such as `image/png`; nil for none.
  ///   - request: The message to send the file with; nil to check the file alone.
  /// - Returns: The result. A file that can't be read is ``Verdict/unjudged``, not an error.
  /// - Throws: `SnifferError` if libmagic's database can't be loaded.
  public func check(
    _ source: any ByteSource, named name: FilePath? = nil, as endpoint: Endpoint? = nil,
    declaredType: String? = nil, sending request: MessageRequest? = nil
  ) throws -> CheckResult {
    try judge(source, as: name.map(Reference.file), CheckOptions(endpoint, declaredType, request))
  }

  /// Checks a request by its fields alone, when the file isn't at hand.
  ///
  /// The result has the note `media-not-checked`.
  ///
  /// - Parameters:
  ///   - request: The message to send.
  ///   - endpoint: The endpoint to send it to.
  /// - Returns: The result, with the prepared request unless the fields are rejected.
  public func check(_ request: MessageRequest, as endpoint: Endpoint) -> CheckResult {
    check(request, as: endpoint, allowingPrivateHosts: false)
  }

  package func check(
    _ request: MessageRequest, as endpoint: Endpoint, allowingPrivateHosts allowsPrivateHosts: Bool
  ) -> CheckResult {
    let call = policy.call(for: request, at: endpoint, hasFile: false)
    var findings = policy.findings(
      for: request, at: endpoint, inspection: nil, call: call, allowsPrivateHosts: allowsPrivateHosts)
    findings += policy.findingsForUncheckedMedia(at: endpoint)
    var prepared: PreparedRequest?
    if let call, !rejects(findings) {
      prepared = PreparedRequest(
        call, for: request, of: policy, endpoint: endpoint, declaredType: nil, file: nil)
    }
    return CheckResult(
      nil, endpoint: endpoint, inspection: nil, findings: findings, request: prepared, isStrict: isStrict)
  }

  /// Creates the rejection of a request that can't be read, for a program with a protocol of its own.
  ///
  /// - Parameters:
  ///   - reason: What is wrong with it, as the end of the sentence "The request can't be read: …".
  ///   - subject: The field that is wrong, or the request as a whole.
  ///   - expected: What was expected, in short; nil to say nothing.
  ///   - actual: What was found, in short; nil to say nothing.
  /// - Returns: A result with the finding `invalid-request`.
  public func rejection(
    ofRequest reason: String, subject: Subject = .request, expected: String? = nil, actual: String? = nil
  ) -> CheckResult {
    CheckResult(
      nil, endpoint: nil, inspection: nil,
      findings: policy.findingsForInvalidRequest(
        reason, subject: subject, expected: expected, actual: actual), isStrict: isStrict)
  }

  static func path(of url: URL) throws(UnsupportedURL) -> FilePath {
    let path = url.path(percentEncoded: false)
    // A path ends at a NUL: what stands before it may be another file.
    guard url.isFileURL, !path.utf8.contains(0) else { throw UnsupportedURL(url: url) }
    return FilePath(path)
  }

  /// A path ends at a NUL, and what stands before it may be another file: it is shown, and names none.
  static func path(_ path: String) -> FilePath {
    FilePath(path.utf8.contains(0) ? path.replacing("\0", with: "\u{FFFD}") : path)
  }

  static func name(_ name: String?) -> FilePath? { name.map(path) }

  // MARK: Inspecting

  /// Reads a file without applying a policy.
  ///
  /// - Parameter path: An absolute path, or one relative to the working folder.
  /// - Returns: What the bytes say.
  /// - Throws: `ByteSourceError` if the file can't be read; `SnifferError` if libmagic's database can't be loaded.
  public func inspect(fileAt path: FilePath) throws -> Inspection {
    try inspect(FileSource(path: path), named: path)
  }

  /// Reads a source without applying a policy.
  ///
  /// - Parameter source: Where the bytes come from.
  /// - Returns: What the bytes say.
  /// - Throws: `ByteSourceError` if the source can't be read; `SnifferError` if libmagic's database can't be loaded.
  public func inspect(_ source: any ByteSource) throws -> Inspection {
    try inspect(source, named: nil)
  }

  // MARK: The way of a file

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
      for (index, engine) in engines.enumerated() { results[index].policy = engine.policy.name }
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
      findings =
        arrival.findings + findings
        + policy.findings(
          for: arrival.transfer, judged.inspection, page: arrival.page(judged.inspection, in: source),
          at: judged.endpoint, subject: arrival.subject)
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
      var findings = inspection.findings(name: reference.fileName)
      findings.addFixCommands(for: reference, at: nil, of: nil)
      return .inspection(
        of: reference, inspection, findings,
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

/// How a file is checked.
package struct CheckOptions: Sendable {
  /// Where the file goes; nil for the endpoint whose types hold the file's.
  package var endpoint: Endpoint?
  package var declaredType: String?
  package var request: MessageRequest?
  /// How deep the file is looked into; nil for as deep as the engine does.
  package var depth: Depth?
  /// Whether the result keeps the open file, so that a digest or a picture is of the bytes that were judged.
  package var keepsSource = false
  /// Fetches what lies behind a URL or a media ID; nil where nothing is fetched.
  package var fetcher: (any Fetcher)?
  /// Whether URLs may lead into a private network.
  package var allowsPrivateHosts = false
  /// Ends the check at its next read; nil where nobody may cancel it.
  var cancellation: Cancellation?

  package init(_ endpoint: Endpoint? = nil, _ declaredType: String? = nil, _ request: MessageRequest? = nil) {
    self.endpoint = endpoint
    self.declaredType = declaredType
    self.request = request
  }
}

extension Policy {
  /// WaConnect's policy, the default.
  public static let waconnect = required("waconnect")

  /// The policy of Meta's Cloud API.
  public static let whatsappCloud = required("whatsapp-cloud")

  private static func required(_ name: String) -> Policy {
    guard let policy = Policy.builtIn(named: name) else {
      preconditionFailure("the policy \(name) is built in")
    }
    return policy
  }
}

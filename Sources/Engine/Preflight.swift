public import SystemPackage
internal import PreflightFormats
public import PreflightInspection
@_exported public import PreflightBytes
@_exported public import PreflightFacts
@_exported public import PreflightPolicy
internal import Synchronization

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Says of a file, before anything is sent, whether WhatsApp will take it, and if not, exactly why.
///
/// ```swift
/// let preflight = Preflight()
/// let result = try preflight.check(contentsOf: URL(filePath: "wave.webp"), as: .sticker)
/// for finding in result.findings {
///   print(finding.severity, finding.code, finding.message)
/// }
/// ```
///
/// An engine is made once and kept; it may be used from many threads at a time. A rejection is a value:
/// what is thrown means that no judgement was possible.
public final class Preflight: Sendable {
  /// The policy that files and requests are held against.
  public let policy: Policy

  /// Whether a warning rejects as an error does.
  public let isStrict: Bool

  private let tools: Tools

  /// What engines of different policies can share.
  private final class Tools: Sendable {
    let sniffer = Sniffer()

    /// Buffers to read into, one for each thread that has read at the same time.
    let memories = Mutex<[ByteWindow.Memory]>([])

    func keep(_ memory: ByteWindow.Memory) {
      memories.withLock { $0.append(memory) }
    }
  }

  /// Creates an engine.
  ///
  /// - Parameters:
  ///   - policy: The provider's policy; WaConnect's where none is given.
  ///   - isStrict: Whether a warning rejects as an error does.
  public init(policy: Policy = .waconnect, isStrict: Bool = false) {
    self.policy = policy
    self.isStrict = isStrict
    tools = Tools()
  }

  /// Creates an engine that shares another's buffers and libmagic's database, for a program that holds
  /// files against several policies.
  public init(policy: Policy, isStrict: Bool = false, sharing other: Preflight?) {
    self.policy = policy
    self.isStrict = isStrict
    tools = other?.tools ?? Tools()
  }

  // MARK: Checking

  /// Judges a file.
  ///
  /// - Parameters:
  ///   - url: A file URL. What can't be read is a rejection with `unreadable`.
  ///   - endpoint: Where the file goes; nil for the endpoint whose types hold the file's.
  ///   - declaredType: The media type that the caller means to declare, if any.
  ///   - request: The message to send the file with; nil to judge the file alone.
  /// - Throws: `SnifferError` when libmagic's database can't be loaded.
  public func check(
    contentsOf url: URL, as endpoint: Endpoint? = nil, declaredType: String? = nil,
    sending request: MessageRequest? = nil
  ) throws -> CheckResult {
    try check(
      fileAt: FilePath(url.path(percentEncoded: false)), as: endpoint, declaredType: declaredType,
      sending: request)
  }

  /// Judges the file at a path, which need not be valid UTF-8; else as
  /// ``check(contentsOf:as:declaredType:sending:)``.
  public func check(
    fileAt path: FilePath, as endpoint: Endpoint? = nil, declaredType: String? = nil,
    sending request: MessageRequest? = nil
  ) throws -> CheckResult {
    let source: FileSource
    do { source = try FileSource(path: path) } catch {
      return .unreadable(path, error, endpoint: endpoint)
    }
    return try check(source, named: path, as: endpoint, declaredType: declaredType, sending: request)
  }

  /// Judges a source: a buffer in memory, or anything that can be read at an offset.
  ///
  /// - Parameter name: The file's name, for its extension and for the remedies; nil where it has none.
  public func check(
    _ source: any ByteSource, named name: FilePath? = nil, as endpoint: Endpoint? = nil,
    declaredType: String? = nil, sending request: MessageRequest? = nil
  ) throws -> CheckResult {
    let chosen: Endpoint?
    let inspection: Inspection
    let table: FactTable
    var findings: [Finding]
    do {
      (inspection, table, chosen, findings) = try read(source) { window in
        var inspection = try Inspection(&window, sniffer: tools.sniffer)
        inspection.nameEncryptedPackage(by: name)
        let chosen = endpoint ?? inspection.mediaType.flatMap(policy.endpoint(taking:))
        // Decoding adds faults, never facts.
        let table = FactTable(inspection)
        func judge() -> [Finding] {
          policy.findings(for: inspection, table, at: chosen, name: name, declaredType: declaredType)
        }
        var findings = judge()
        // Decoding costs more than all else, and a file that is refused as it stands is refused.
        if !rejects(findings) {
          let uncheckedCount = inspection.unchecked.count
          try inspection.decode(&window)
          if !inspection.faults.isEmpty || inspection.unchecked.count > uncheckedCount { findings = judge() }
        }
        return (inspection, table, chosen, findings)
      }
    } catch let error as ByteSourceError {
      return .unreadable(name, error, endpoint: endpoint)
    }
    let alternatives = policy.alternatives(
      to: chosen, for: inspection, table, rejectingFrom: isStrict ? .warning : .error)
    var prepared: PreparedRequest?
    if let request {
      let call = Call(request, policy: policy, hasFile: true)
      findings += policy.findings(
        for: request, at: chosen, inspection: inspection, isUpload: call.isUpload)
      if !rejects(findings), let chosen {
        prepared = PreparedRequest(
          call, endpoint: chosen, declaredType: policy.declaredType(for: inspection, table), file: name)
      }
    }
    return CheckResult(
      name: name, verdict: verdict(findings), endpoint: chosen, inspection: inspection, findings: findings,
      alternatives: alternatives, request: prepared, isStrict: isStrict)
  }

  /// Judges a request by its fields alone, where the file is elsewhere.
  public func check(_ request: MessageRequest, as endpoint: Endpoint) -> CheckResult {
    let call = Call(request, policy: policy, hasFile: false)
    var findings = policy.findings(for: request, at: endpoint, inspection: nil, isUpload: false)
    findings += policy.findingsForUncheckedMedia(at: endpoint)
    var prepared: PreparedRequest?
    if !rejects(findings) {
      prepared = PreparedRequest(call, endpoint: endpoint, declaredType: nil, file: nil)
    }
    return CheckResult(
      name: nil, verdict: verdict(findings), endpoint: endpoint, inspection: nil, findings: findings,
      alternatives: [], request: prepared)
  }

  /// The rejection of a request that can't be read.
  ///
  /// - Parameters:
  ///   - reason: What is wrong with it, in words.
  ///   - subject: The field that is wrong, or the request as a whole.
  public func rejection(
    ofRequest reason: String, subject: Subject = .request, expected: String? = nil, actual: String? = nil
  ) -> CheckResult {
    CheckResult(
      name: nil, verdict: .rejected, endpoint: nil, inspection: nil,
      findings: policy.findingsForInvalidRequest(
        reason, subject: subject, expected: expected, actual: actual),
      alternatives: [], request: nil)
  }

  // MARK: Inspecting

  /// Says what a file's bytes are, with no policy: the findings are those about the file itself, and
  /// there is no verdict.
  public func inspect(fileAt path: FilePath) throws -> CheckResult {
    do {
      var inspection = try inspect(FileSource(path: path))
      inspection.nameEncryptedPackage(by: path)
      return CheckResult(
        name: path, verdict: nil, endpoint: nil, inspection: inspection,
        findings: inspection.findings(name: path), alternatives: [], request: nil)
    } catch let error as ByteSourceError {
      var result = CheckResult.unreadable(path, error, endpoint: nil)
      result.verdict = nil
      return result
    }
  }

  /// Reads a source: what its bytes are, with no policy.
  ///
  /// - Throws: ``PreflightBytes/ByteSourceError`` when the source can't be read, `SnifferError` when
  ///   libmagic's database can't be loaded.
  public func inspect(_ source: any ByteSource) throws -> Inspection {
    try read(source) { window in
      var inspection = try Inspection(&window, sniffer: tools.sniffer)
      try inspection.decode(&window)
      return inspection
    }
  }

  /// Opens a window on a source, with the memory that an earlier one had.
  private func read<T>(_ source: any ByteSource, _ body: (inout ByteWindow) throws -> T) throws -> T {
    var window = ByteWindow(
      source, memory: tools.memories.withLock { $0.popLast() } ?? ByteWindow.Memory())
    let answer: T
    do { answer = try body(&window) } catch {
      tools.keep(window.takeMemory())
      if let error = error as? ReadError, case .source(let reason) = error.reason { throw reason }
      throw error
    }
    tools.keep(window.takeMemory())
    do { try source.checkUnchanged() } catch let error as ByteSourceError { throw error } catch {
      throw ByteSourceError("\(error)")
    }
    return answer
  }

  // MARK: Deciding

  private func rejects(_ findings: [Finding]) -> Bool { verdict(findings) == .rejected }

  private func verdict(_ findings: [Finding]) -> Verdict { Verdict(of: findings, isStrict: isStrict) }
}

extension Inspection {
  /// The one place where a name has a say: a password-protected OOXML file doesn't show which of the three
  /// documents is inside (MS-OFFCRYPTO, section 2.3.4), so the type to declare is the one that it is named
  /// as.
  fileprivate mutating func nameEncryptedPackage(by name: FilePath?) {
    guard mediaType == "application/encrypted", let own = name?.lowercasedExtension,
      let type = MediaType.types(forExtension: own).first(where: { $0 != "application/encrypted" })
    else { return }
    mediaType = type
  }
}

extension Policy {
  /// WaConnect's policy, the default.
  public static let waconnect: Policy = {
    guard let policy = Policy.builtIn(named: "waconnect") else {
      preconditionFailure("the policy waconnect is built in")
    }
    return policy
  }()
}

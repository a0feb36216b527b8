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
  ///   - remedy: What to do, in whole sentences; nil for what holds for every such request.
  /// - Returns: A result with the finding `invalid-request`.
  public func rejection(
    ofRequest reason: String, subject: Subject = .request, expected: String? = nil, actual: String? = nil,
    remedy: String? = nil
  ) -> CheckResult {
    CheckResult(
      nil, endpoint: nil, inspection: nil,
      findings: policy.findingsForInvalidRequest(
        reason, subject: subject, expected: expected, actual: actual, remedy: remedy), isStrict: isStrict)
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
}

extension Policy {
  /// WaConnect's policy, the default.
  public static let waconnect = required("waconnect")

  /// The policy of Meta's Cloud API.
  public static let whatsappCloud = required("whatsapp-cloud")

  /// A built-in policy, by a name that is known to be one.
  package static func required(_ name: String) -> Policy {
    guard let policy = Policy.builtIn(named: name) else {
      preconditionFailure("the policy \(name) is built in")
    }
    return policy
  }
}

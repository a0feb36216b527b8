package import PreflightBytes
package import PreflightPolicy
package import PreflightReferences

/// Makes accepted files of rejected ones. The engine itself only checks.
package protocol FileFixer: Sendable {
  /// Fixes a file, and writes what was made.
  ///
  /// - Parameters:
  ///   - source: The file.
  ///   - reference: Its name, for that of the new file.
  ///   - endpoint: Where it goes; nil for the endpoint that accepts its type, or one for files of its kind.
  ///   - depth: How deep it is read, before and after; nil for as deep as the engine does.
  /// - Returns: What was done, with the file that was written; or why nothing was.
  func fix(
    _ source: any ByteSource, named reference: Reference, as endpoint: Endpoint?, depth: Depth?
  ) -> FixNote
}

/// How a request is answered.
package struct HookSettings: Sendable {
  package let engine: Preflight
  /// The endpoint of requests that name none; nil for the first one that accepts the file's type.
  package let endpoint: Endpoint?
  /// Fixes what is rejected, where the request asks for it; nil if that isn't possible.
  package let fixer: (any FileFixer)?
  /// Says in a result what a fix would do.
  private let planFix: (@Sendable (inout CheckResult, Preflight) -> Void)?

  package init(
    _ engine: Preflight, endpoint: Endpoint? = nil, fixer: (any FileFixer)? = nil,
    planFix: (@Sendable (inout CheckResult, Preflight) -> Void)? = nil
  ) {
    self.engine = engine
    self.endpoint = endpoint
    self.fixer = fixer
    self.planFix = planFix
  }

  /// The result of a check, with what a fix would do.
  func planned(_ result: CheckResult) -> CheckResult {
    var result = result
    planFix?(&result, engine)
    return result
  }
}

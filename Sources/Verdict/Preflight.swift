@_exported public import PreflightBytes
@_exported public import PreflightFacts
@_exported public import PreflightFindings

/// The engine.
public final class Preflight: Sendable {
  private let sniffer = Sniffer()

  /// Creates an engine.
  public init() {}

  /// Reads a source.
  public func inspect(_ source: any ByteSource) throws -> Inspection {
    var window = ByteWindow(source)
    return try Inspection(&window, sniffer: sniffer)
  }
}

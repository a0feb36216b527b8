public import SystemPackage
public import PreflightPolicy

/// Known findings, so that only new ones fail.
///
/// A known finding is identified by its code, its endpoint and the file's content. A renamed file stays known; a changed
/// file is new. The path is for people, except for empty files: their content says nothing, so their path has to be the
/// same as well.
public struct Baseline: Sendable, Hashable {
  /// One known finding.
  public struct Entry: Sendable, Hashable {
    /// The file's path, relative to the folder of the baseline.
    public let path: FilePath
    /// The endpoint that the file was checked against; nil if none accepts its type.
    public let endpoint: Endpoint?
    /// The finding's code.
    public let code: FindingCode
    /// The digest of the file's content.
    public let digest: ContentDigest

    /// Creates an entry.
    ///
    /// - Parameters:
    ///   - path: The file's path, relative to the folder of the baseline.
    ///   - endpoint: The endpoint that the file was checked against.
    ///   - code: The finding's code.
    ///   - digest: The digest of the file's content.
    public init(path: FilePath, endpoint: Endpoint?, code: FindingCode, digest: ContentDigest) {
      self.path = path
      self.endpoint = endpoint
      self.code = code
      self.digest = digest
    }
  }

  /// The entries.
  public var entries: Set<Entry>

  /// Creates a baseline.
  ///
  /// - Parameter entries: The known findings.
  public init(_ entries: Set<Entry> = []) { self.entries = entries }

  /// The entries in the order in which they are written: by path, then by code.
  public var sorted: [Entry] {
    entries.sorted { a, b in
      if a.path != b.path { return a.path.bytes.lexicographicallyPrecedes(b.path.bytes) }
      let (first, second) = (a.sortKey, b.sortKey)
      return first.lexicographicallyPrecedes(second)
    }
  }
}

extension Baseline.Entry {
  fileprivate var sortKey: [String] { [code.rawValue, endpoint?.rawValue ?? "", digest.text] }

  /// What makes two findings the same.
  struct Identity: Hashable {
    let code: FindingCode
    let endpoint: Endpoint?
    let digest: ContentDigest
    /// The path where the content says nothing.
    let path: FilePath?
  }

  var identity: Identity {
    Identity(code: code, endpoint: endpoint, digest: digest, path: digest.isOfNothing ? path : nil)
  }
}

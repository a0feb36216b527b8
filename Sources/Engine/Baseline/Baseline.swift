public import SystemPackage
public import PreflightPolicy

/// Findings that are known, so that only what is new fails.
///
/// A known finding is told by its code, its endpoint and the file's content. A file that is renamed stays
/// known; one that is changed under the same name is new. The path is for people, but for files without a
/// byte: their content tells nothing, so the path has to be the same as well.
public struct Baseline: Sendable, Hashable {
  /// One known finding.
  public struct Entry: Sendable, Hashable {
    /// The file's path from the folder in which the baseline is kept.
    public let path: FilePath
    /// The endpoint that the file was held against.
    public let endpoint: Endpoint?
    /// The finding's code.
    public let code: FindingCode
    /// The file's content.
    public let digest: ContentDigest

    /// Creates an entry.
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
  public init(_ entries: Set<Entry> = []) { self.entries = entries }

  /// The entries in the order in which they are kept: by path, and then by code.
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

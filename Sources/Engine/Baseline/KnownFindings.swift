public import SystemPackage
internal import PreflightInspection
internal import PreflightBytes
public import PreflightPolicy
internal import Synchronization

/// Suppresses the findings of a baseline in results, and collects the entries of a new baseline.
///
/// It may be used from many threads at a time. A file's content is digested only where it has findings.
public final class KnownFindings: Sendable {
  private let baseline: Baseline
  private let identities: Set<Baseline.Entry.Identity>
  private let paths: Set<FilePath>
  private let selection: CodeSelection
  private let location: BaselineLocation
  /// Where a new baseline is kept; nil where none is wanted.
  private let newLocation: BaselineLocation?
  private let state = Mutex(State())

  private struct State {
    /// Those of the baseline's findings that were met.
    var met: Set<Baseline.Entry.Identity> = []
    /// Those of the baseline's paths that were looked at.
    var visited: Set<FilePath> = []
    var adopted: Set<Baseline.Entry> = []
  }

  /// Creates the state of one run.
  ///
  /// - Parameters:
  ///   - baseline: The known findings.
  ///   - folder: The folder of the baseline, to which its paths are relative.
  ///   - newFolder: The folder of a new baseline, in which every finding of the run becomes known; nil for no new one.
  ///   - selection: The codes that count in this run.
  ///   - workingFolder: The absolute path to which folders and file names are relative.
  public init(
    _ baseline: Baseline, keptIn folder: FilePath, adoptingFor newFolder: FilePath? = nil,
    selection: CodeSelection = CodeSelection(), workingFolder: FilePath
  ) {
    self.baseline = baseline
    self.selection = selection
    identities = Set(baseline.entries.map(\.identity))
    paths = Set(baseline.entries.map(\.path))
    location = BaselineLocation(folder: folder, workingFolder: workingFolder)
    newLocation = newFolder.map { BaselineLocation(folder: $0, workingFolder: workingFolder) }
  }

  /// The result without its known findings, and with the verdict that the remaining ones lead to.
  ///
  /// A finding is known by the file's content, which is read again. `unreadable` is never known.
  ///
  /// - Parameters:
  ///   - result: A result of this run. One without a name comes back unchanged.
  ///   - source: The source that was checked, such as `FileSource(path:)`.
  /// - Returns: The result to report.
  public func leavingOutKnown(of result: CheckResult, readFrom source: any ByteSource) -> CheckResult {
    leavingOutKnown(of: result, source)
  }

  /// The same for a result that keeps its open file; another one comes back unchanged.
  package func leavingOutKnown(of result: CheckResult) -> CheckResult {
    leavingOutKnown(of: result, result.source)
  }

  private func leavingOutKnown(of result: CheckResult, _ source: (any ByteSource)?) -> CheckResult {
    guard let name = result.name, let source, !result.isUnreadable else { return result }
    let path = location.path(of: name)
    if paths.contains(path) { state.withLock { _ = $0.visited.insert(path) } }
    guard !result.findings.isEmpty, newLocation != nil || !identities.isEmpty,
      let digest = ContentDigest(of: source)
    else { return result }
    let entryPath = newLocation?.path(of: name) ?? path
    let entries = Set(result.findings.map(\.code)).map {
      Baseline.Entry(path: entryPath, endpoint: result.endpoint, code: $0, digest: digest)
    }
    let known = newLocation != nil ? entries : entries.filter { identities.contains($0.identity) }
    guard !known.isEmpty else { return result }
    state.withLock { state in
      if newLocation != nil {
        state.adopted.formUnion(known)
      } else {
        state.met.formUnion(known.map(\.identity))
      }
    }
    return result.leavingOut(Set(known.map(\.code)))
  }

  /// The baseline's entries that no longer occur: their file was looked at, or is gone, and their finding
  /// wasn't met anywhere.
  public var stale: [Baseline.Entry] {
    let (met, visited) = state.withLock { ($0.met, $0.visited) }
    return baseline.sorted.filter { entry in
      selection.contains(entry.code) && !met.contains(entry.identity)
        && (visited.contains(entry.path) || isGone(entry))
    }
  }

  /// What is known from now on: every finding that was met, and the baseline's about files that were not
  /// looked at and are still there.
  public var adopted: Baseline {
    let (adopted, visited) = state.withLock { ($0.adopted, $0.visited) }
    let kept = baseline.entries.filter { !visited.contains($0.path) && !isGone($0) }.map { entry in
      let file = location.file(at: entry.path)
      return Baseline.Entry(
        path: newLocation?.path(of: file) ?? entry.path, endpoint: entry.endpoint, code: entry.code,
        digest: entry.digest)
    }
    return Baseline(adopted.union(kept))
  }

  private func isGone(_ entry: Baseline.Entry) -> Bool {
    do { _ = try FileSource(path: location.file(at: entry.path)) } catch { return error.isMissing }
    return false
  }
}

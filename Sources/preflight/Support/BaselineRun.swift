import SystemPackage
import MediaPreflight
import PreflightFix
import PreflightReports

/// The baseline of one run. It is read before the run and written after it.
struct BaselineRun {
  private let known: KnownFindings
  private let readName: FilePath?
  private let writtenName: FilePath?

  /// Reads the baseline that the options name; nil if they name none.
  init?(_ options: FindingOptions) throws {
    guard options.baseline ?? options.writeBaseline != nil else { return nil }
    let folder = { (path: FilePath) in FilePath(path.bytes + Array("/..".utf8)) }
    known = KnownFindings(
      try options.baseline.map(Self.read) ?? Baseline(), keptIn: folder(options.baseline ?? "."),
      adoptingFor: options.writeBaseline.map(folder), selection: try options.selection,
      workingFolder: Terminal.workingFolder ?? FilePath("/"))
    readName = options.baseline
    writtenName = options.writeBaseline
  }

  func leavingOutKnown(of result: CheckResult) -> CheckResult { known.leavingOutKnown(of: result) }

  /// Writes the new baseline, or reports how many entries of the old one no longer occur.
  func finish() throws {
    if let writtenName {
      let baseline = known.adopted
      do {
        try AtomicFile.write(BaselineText.bytes(of: baseline), to: writtenName)
      } catch FixError.unwritable(_, let reason) {
        throw Failure("the baseline \(writtenName.display) can't be written: \(reason)")
      } catch {
        throw Failure("the baseline \(writtenName.display) can't be written: \(error)")
      }
      let count = baseline.entries.count
      Terminal.write(
        .note, "wrote \(count == 1 ? "1 finding" : "\(count) findings") to \(writtenName.display)")
    } else if let readName {
      let count = known.stale.count
      guard count > 0 else { return }
      let entries = count == 1 ? "1 entry no longer occurs" : "\(count) entries no longer occur"
      Terminal.write(.warning, "\(readName.display): \(entries); update it with --write-baseline")
    }
  }

  private static func read(_ path: FilePath) throws -> Baseline {
    let text: [UInt8]
    do { text = try Input.all(ofFileAt: path) } catch {
      throw Failure("the baseline \(path.display): \(error)")
    }
    do { return try BaselineText.baseline(parsing: text) } catch { throw Failure("\(path.display) \(error)") }
  }
}

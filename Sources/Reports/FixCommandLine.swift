public import MediaPreflight

/// The command line of `preflight fix` that belongs to a run of `preflight check`, to be copied into a shell.
public struct FixCommandLine: Sendable {
  /// More words than these for the files make no command that people copy.
  private static let maximumWords = 20

  /// The options, as words of a shell.
  private let options: [String]
  /// What names the files of the run, as words of a shell; nil if they can't be named again.
  private let files: [String]?
  /// What standard input is called in results; nil if it isn't read. No command can name it.
  private let standardInput: Reference?

  /// Creates a command line.
  ///
  /// - Parameters:
  ///   - options: The options that `check` was given and `fix` has too, as words of a shell.
  ///   - files: What named the files of `check`, as words of a shell; nil if they came from standard input, or there are
  ///     several policies.
  ///   - standardInput: What standard input is called in results; nil if it isn't read.
  public init(options: [String], files: [String]?, standardInput: Reference? = nil) {
    self.options = options
    self.files = files
    self.standardInput = standardInput
  }

  /// The command for all files of a run; nil if they can't be named again, are too many, or can't be fixed at once.
  func forAll(_ summary: Summary) -> String? {
    guard let files, files.count <= Self.maximumWords, !summary.sharesFixedNames else { return nil }
    return (["preflight", "fix"] + files + options).joined(separator: " ")
  }

  /// The command for one file; nil for standard input.
  func command(for result: CheckResult) -> String? {
    guard let reference = result.reference, reference != standardInput else { return nil }
    let policy = result.policyArgument.map { ["--policy", ShellWord.quoted($0)] } ?? []
    return (["preflight", "fix", reference.shellQuoted] + policy + options).joined(separator: " ")
  }

  /// A sentence for the end of a report, without the command; nil if no file can be fixed.
  static func sentence(_ summary: Summary) -> String? {
    guard summary.fixable > 0 else { return nil }
    let count = "\(summary.fixable) of \(summary.rejected) rejected can be fixed"
    return summary.sharesFixedNames ? count + ", but not all at once: some would have the same name" : count
  }
}

extension CheckResult {
  /// What `preflight fix` would do, in one line; nil if it can't fix the file.
  var plannedFixInWords: String? {
    plannedFix?.map { $0.summary + ($0.lossless ? " (lossless)" : "") }.joined(separator: "; ")
  }

  /// How to fix a finding: without the command of `preflight fix` where the plan for the whole file has it, or where
  /// there is none.
  func remedy(of finding: Finding, _ context: ReportContext) -> String? {
    context.fix != nil && verdict == .rejected ? finding.remedyInWords : finding.remedy
  }
}

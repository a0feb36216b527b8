import ArgumentParser
import MediaPreflight
import PreflightReports
import SystemPackage

/// The options for which findings are reported, and for the exit status.
struct FindingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Report only these codes, and let only them reject; separated by commas, may be repeated.",
      valueName: "CODES"),
    completion: Self.codeNames())
  var select: [String] = []

  @Option(
    help: ArgumentHelp(
      "Don't report these codes or let them reject; separated by commas, may be repeated.", valueName: "CODES"
    ),
    completion: Self.codeNames())
  var ignore: [String] = []

  @OptionGroup var failOn: FailOnOption

  @Option(
    help: ArgumentHelp(
      "Suppress the findings listed in a baseline, so that only new ones fail.", valueName: "FILE"))
  var baseline: FilePath?

  @Option(
    help: ArgumentHelp(
      "Write a baseline with every finding of this run.", valueName: "FILE"))
  var writeBaseline: FilePath?

  /// Completes codes, those of the configuration's policy among them, and other words.
  static func codeNames(and others: [String] = []) -> CompletionKind {
    // The shell runs this only when it completes a word.
    let list = "preflight explain | cut -d ' ' -f 1"
    return .shellCommand(
      others.isEmpty ? list : "\(list); printf '%s\\n' \(others.joined(separator: " "))")
  }

  func validate() throws {
    _ = try selection
    for path in [baseline, writeBaseline] where path?.isEmpty == true {
      throw ValidationError("a baseline needs a file name")
    }
  }

  var selection: CodeSelection {
    get throws(ValidationError) {
      let ignored = Self.codes(ignore)
      if ignored.contains(.unreadable) {
        throw ValidationError("'unreadable' can't be ignored, because such a file is not checked")
      }
      return CodeSelection(selected: Self.codes(select), ignored: ignored)
    }
  }

  /// The codes of comma-separated lists. Which are known is clear once the policies are loaded (`Project.optionError`).
  private static func codes(_ lists: [String]) -> [FindingCode] {
    lists.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { name in
      FindingCode(rawValue: String(name.drop { $0 == " " }.prefix { $0 != " " }))
    }
  }
}

/// Which findings make the exit status 1.
struct FailOnOption: ParsableArguments {
  @Option(
    name: .customLong("fail-on"),
    help: ArgumentHelp(
      "Exit with 1 on: error (a rejected file), warning, or never.",
      valueName: "SEVERITY"))
  var value = FailOn.error
}

/// A choice of `--fail-on`.
enum FailOn: String, ExpressibleByArgument, CaseIterable {
  case error, warning, never
}

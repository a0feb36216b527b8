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
    completion: Self.codeNames)
  var select: [String] = []

  @Option(
    help: ArgumentHelp(
      "Don't report these codes or let them reject; separated by commas, may be repeated.", valueName: "CODES"
    ),
    completion: Self.codeNames)
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

  // The shell runs this only when it completes a word.
  private static let codeNames = CompletionKind.shellCommand("preflight explain | cut -d ' ' -f 1")

  func validate() throws {
    _ = try selection
    for path in [baseline, writeBaseline] where path?.isEmpty == true {
      throw ValidationError("a baseline needs a file name")
    }
  }

  var selection: CodeSelection {
    get throws(ValidationError) {
      let ignored = try Self.codes(ignore, option: "--ignore")
      if ignored.contains(.unreadable) {
        throw ValidationError("'unreadable' can't be ignored, because such a file is not checked")
      }
      return CodeSelection(selected: try Self.codes(select, option: "--select"), ignored: ignored)
    }
  }

  private static func codes(_ lists: [String], option: String) throws(ValidationError) -> [FindingCode] {
    var codes: [FindingCode] = []
    for list in lists {
      for name in list.split(separator: ",", omittingEmptySubsequences: false) {
        let name = name.drop { $0 == " " }
        let code = FindingCode(rawValue: String(name.prefix { $0 != " " }))
        guard code.explanation != nil else {
          let near = Explanation.suggestion(for: code.rawValue)
          throw ValidationError(
            "\(option): unknown finding code '\(code)'\(near)")
        }
        codes.append(code)
      }
    }
    return codes
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

import ArgumentParser
import MediaPreflight
import PreflightReports
import SystemPackage

/// Which findings count, and what they come to.
struct FindingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Only these codes count; commas between them, may be repeated.", valueName: "CODES"),
    completion: Self.codeNames)
  var select: [String] = []

  @Option(
    help: ArgumentHelp("These codes don't count; commas between them, may be repeated.", valueName: "CODES"),
    completion: Self.codeNames)
  var ignore: [String] = []

  @OptionGroup var failOn: FailOnOption

  @Option(
    help: ArgumentHelp(
      "Leave out the findings that a baseline knows: only what is new fails.", valueName: "FILE"))
  var baseline: FilePath?

  @Option(
    help: ArgumentHelp(
      "Write a baseline: every finding of this run is known from now on.", valueName: "FILE"))
  var writeBaseline: FilePath?

  // Asked for when a word is completed, not put together in each run.
  private static let codeNames = CompletionKind.shellCommand("preflight explain | cut -d ' ' -f 1")

  func validate() throws {
    _ = try selection
    for path in [baseline, writeBaseline] where path?.isEmpty == true {
      throw ValidationError("a baseline needs the name of a file")
    }
  }

  var selection: CodeSelection {
    get throws(ValidationError) {
      let ignored = try Self.codes(ignore, option: "--ignore")
      if ignored.contains(.unreadable) {
        throw ValidationError("'unreadable' can't be ignored: nothing was judged of such a file")
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
            "\(option): '\(code)' is no finding code\(near); 'preflight explain' lists them all")
        }
        codes.append(code)
      }
    }
    return codes
  }
}

/// What makes the exit status 1.
struct FailOnOption: ParsableArguments {
  @Option(
    name: .customLong("fail-on"),
    help: ArgumentHelp(
      "What makes the exit status 1: errors (a rejected file), warnings as well, or nothing.",
      valueName: "SEVERITY"))
  var value = FailOn.error
}

/// A choice of `--fail-on`.
enum FailOn: String, ExpressibleByArgument, CaseIterable {
  case error, warning, never
}

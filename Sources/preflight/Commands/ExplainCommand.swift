import ArgumentParser
import MediaPreflight
import PreflightReports

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say what a finding means, why the rule exists, and how to mend the file.",
    discussion: "Without a CODE, the table of all codes.")

  @Argument(
    help: "A finding code, such as file-too-large.",
    completion: .list(Explanation.all.map(\.code.rawValue)))
  var code: String?

  @Option(help: ArgumentHelp("How it is shown: human or json.", valueName: "FORMAT"))
  var format = ExplainFormat.human

  func run() throws {
    guard let code else { return show(Explanation.all, isTable: true) }
    guard let explanation = FindingCode(rawValue: code).explanation else {
      let near = Explanation.suggestion(for: code)
      throw Failure("'\(code)' is no finding code\(near); 'preflight explain' lists them all")
    }
    show([explanation], isTable: false)
  }

  private func show(_ explanations: [Explanation], isTable: Bool) {
    let text: String =
      switch format {
      case .json: ExplanationText.json(explanations, isTable: isTable)
      case .human where isTable: ExplanationText.table(explanations)
      case .human: explanations.map(ExplanationText.page).joined(separator: "\n")
      }
    Terminal.write(text, to: STDOUT_FILENO)
  }
}

enum ExplainFormat: String, ExpressibleByArgument, CaseIterable {
  case human, json
}

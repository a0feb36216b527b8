import ArgumentParser
import MediaPreflight
import PreflightProject
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
    abstract: "Explain a finding code or one of Meta's error numbers.",
    discussion: """
      Without CODE, lists all codes. With a policy, named here or by the working folder's configuration, also \
      explains the codes that it defines, and shows its rules with the code. For one of Meta's error numbers, such as \
      131053, shows the findings that predict it.

      Exit status: 0, or 2 if the code or the policy is unknown.
      """)

  @Argument(
    help: "A finding code, such as file-too-large, or an error number, such as 131053.",
    completion: FindingOptions.codeNames(and: MetaError.all.map { "\($0.number)" }))
  var code: String?

  @OptionGroup var policy: PolicyOptions

  @Option(help: ArgumentHelp("Output format: human or json.", valueName: "FORMAT"))
  var format = TextFormat.human

  func run() throws {
    let policy = try policyInUse()
    let own = policy?.codes ?? []
    guard let code else { return try show(Explanation.all + own, isTable: true, under: policy) }
    if let number = Int(code) { return try showError(number) }
    let wanted = FindingCode(rawValue: code)
    guard let explanation = policy?.explanation(of: wanted) ?? wanted.explanation else {
      let near = Explanation.suggestion(for: code, own: own)
      throw Failure("unknown finding code '\(code)'\(near)\nRun 'preflight explain' for a list of all codes.")
    }
    try show([explanation], isTable: false, under: policy)
  }

  /// The policy of the command line, else that of the working folder's configuration; nil if neither names one.
  private func policyInUse() throws(Failure) -> Policy? {
    if let name = policy.policy { return try PolicyOptions.load(name).policy }
    // Codes can also be looked up while a configuration is being fixed.
    guard let project = try? Project(Project.Options()) else { return nil }
    return project.allSettings(at: project.absolute(".")).policy?.value.policy
  }

  private func show(_ explanations: [Explanation], isTable: Bool, under policy: Policy?) throws {
    let text: String =
      switch format {
      case .json: ExplanationText.json(explanations, isTable: isTable, under: policy)
      case .human where isTable: ExplanationText.table(explanations)
      case .human: explanations.map { ExplanationText.page($0, under: policy) }.joined(separator: "\n")
      }
    try Output.print(text)
  }

  private func showError(_ number: Int) throws {
    guard let error = MetaError.numbered(number) else {
      let known = MetaError.all.map { "\($0.number)" }.joined(separator: ", ")
      throw Failure("unknown error number \(number); choose from \(known)")
    }
    let text = format == .json ? ExplanationText.json(error) : ExplanationText.page(error)
    try Output.print(text)
  }
}

/// The output formats of commands that don't check files.
enum TextFormat: String, ExpressibleByArgument, CaseIterable {
  case human, json
}

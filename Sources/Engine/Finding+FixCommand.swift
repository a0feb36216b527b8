internal import PreflightPolicy
internal import PreflightReferences

extension [Finding] {
  /// Adds the command of `preflight fix` to the findings of a file that it removes.
  ///
  /// The command fixes everything at once or nothing, so that no finding has it if one can't be fixed: an error for any
  /// finding, a warning for the others, since only `--strict` fixes those.
  ///
  /// - Parameters:
  ///   - reference: The file; nil for a placeholder.
  ///   - endpoint: Where it goes; nil for the one that accepts its type.
  ///   - policy: The policy.
  mutating func addFixCommands(for reference: Reference?, at endpoint: Endpoint?, of policy: Policy) {
    func canFixAll(_ severity: Severity) -> Bool {
      allSatisfy { $0.severity > severity || $0.fix?.action == .fix }
    }
    // Standard input has no path that a command could be given.
    let file = reference == .file("-") ? nil : reference
    var command = "preflight fix \(file?.shellQuoted ?? "FILE")"
    if let endpoint { command += " --endpoint \(endpoint.rawValue)" }
    if policy.argument != Policy.waconnect.argument {
      command += " --policy \(ShellWord.quoted(policy.argument))"
    }
    let (errors, warnings) = (canFixAll(.error), canFixAll(.warning))
    for index in indices where self[index].fix?.action == .fix {
      switch self[index].severity {
      case .error where errors: self[index].fixCommand = command
      case .warning where warnings: self[index].fixCommand = command + " --strict"
      case .error, .warning, .note: break
      }
    }
  }
}

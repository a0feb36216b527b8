import ArgumentParser
import MediaPreflight
import PreflightFix
import PreflightProject
import PreflightReports
import SystemPackage

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check files and folders before they are sent.",
    discussion: """
      Folders are searched recursively, in sorted order. Hidden files, symbolic links to folders, and files \
      ignored by .gitignore or by a configuration are skipped. Without PATH, the working folder is checked.

      Files named on the command line are always listed; files found in folders are listed only if they have \
      findings (--verbose lists all). Reports for programs always have every file.

      A configuration is a preflight.toml or .preflight.toml in a file's folder or above it, up to the root of the \
      repository; 'preflight init' writes one. The command line overrides it. 'preflight explain CODE' explains \
      a finding.

      A URL is fetched as WhatsApp fetches it, with one GET and without following redirects, and the file behind it \
      is checked like any other. So is what was uploaded to Meta: media-id:DIGITS, with the token in \
      WHATSAPP_ACCESS_TOKEN.

      With several policies (--policy telegram,whatsapp-cloud), a file has a result for each, and is read or \
      fetched once.

      Exit status: 0 if every file is accepted, by each policy; 1 if a file is rejected; 2 if a file can't be read, or an \
      option, a configuration or a policy is invalid; 130 if interrupted.
      """)

  @OptionGroup(title: "Files") var files: FileOptions
  @OptionGroup(title: "Policy") var rules: RuleOptions
  @OptionGroup(title: "Findings and exit status") var findings: FindingOptions
  @OptionGroup(title: "URLs") var fetching: FetchOptions
  @OptionGroup(title: "Reports") var reports: ReportOptions
  @OptionGroup(title: "Configurations and ignored files") var projects: ProjectOptions
  @OptionGroup var sandbox: SandboxOptions

  func run() throws {
    let project = try projects.project(
      Settings(rules.policy, takesSeveral: true, endpoint: rules.endpoint, isStrict: rules.strict),
      selection: findings.selection)
    let baseline = try BaselineRun(findings)
    let (files, declaredType) = (files, rules.declaredType)
    let summary = try FileRun.run(
      files, reports, sandbox, in: project, hasPolicy: true,
      writing: findings.writeBaseline.map { [$0] } ?? [], fetching: fetching, fix: fixCommandLine
    ) { file, settings, options in
      var options = options
      options.endpoint = settings.endpoint
      options.declaredType = declaredType
      options.depth = files.depthOptions.depth
      options.keepsSource = baseline != nil || reports.showsFiles
      let shown = file.reference.path == nil ? file.reference : files.shownReference(of: file)
      let results = try Preflight.check(shown, options, by: settings.engines) { try files.source(of: file) }
      return zip(results, settings.engines).map { result, engine in
        var known = baseline?.leavingOutKnown(of: result) ?? result
        known.planFix(with: engine)
        if FileOptions.isStandardInput(file) { known.removeFixCommands() }
        return reports.showsFiles ? known : known.closingSource()
      }
    }
    try baseline?.finish()
    try FileRun.exit(summary, failOn: findings.failOn.value)
  }

  /// The call of `fix` with the same files and options.
  private var fixCommandLine: FixCommandLine {
    var words: [String] = []
    func add(_ option: String, _ value: FilePath?) {
      if let value { words += [option, value.shellQuoted] }
    }
    if let endpoint = rules.endpoint {
      words += ["--endpoint", ShellWord.quoted(endpoint.endpoint?.rawValue ?? Endpoint.automatic)]
    }
    let policies = rules.policy.policy.map(PolicyOptions.names) ?? []
    if policies.count == 1 { add("--policy", policies.first) }
    if let strict = rules.strict { words.append(strict ? "--strict" : "--no-strict") }
    if files.depthOptions.depth != .content { words += ["--depth", files.depthOptions.depth.rawValue] }
    add("--config", projects.config)
    if projects.isolated { words.append("--isolated") }
    for glob in projects.exclude { words += ["--exclude", ShellWord.quoted(RawArguments.bytes(glob))] }
    if projects.forceExclude { words.append("--force-exclude") }
    if projects.noIgnore { words.append("--no-ignore") }
    if fetching.allowPrivateHosts { words.append("--allow-private-hosts") }
    var named = files.paths.map(\.shellQuoted)
    if let list = files.filesFrom { named += ["--files-from", list.shellQuoted] }
    if files.isNulSeparated { named.append("-0") }
    let input = files.paths.contains(.file("-")) ? .file(files.name ?? "-") : nil as Reference?
    let isRead = files.filesFrom == "-" || input != nil
    // A file is fixed for one policy.
    return FixCommandLine(
      options: words, files: isRead || policies.count > 1 ? nil : named, standardInput: input)
  }
}

/// The options for what the files of a run are checked against.
struct RuleOptions: ParsableArguments {
  @OptionGroup var policy: PolicyOptions

  @Option(
    help: ArgumentHelp(
      "Endpoint that the files are sent to: \(EndpointChoice.words) (default: from the configuration, else auto).",
      valueName: "ENDPOINT"))
  var endpoint: EndpointChoice?

  @Option(help: ArgumentHelp("Media type that you will declare for each file.", valueName: "TYPE"))
  var declaredType: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Reject files with warnings too (--fail-on warning changes only the exit status).")
  var strict: Bool?
}

/// An endpoint of a policy, or automatic.
struct EndpointChoice: ExpressibleByArgument {
  /// The endpoint; nil for automatic.
  let endpoint: Endpoint?

  /// For help. The policies themselves aren't read for it, at each start.
  static let words =
    "image, video, audio, document, sticker, or another of the policy's, or auto for the one that accepts the file's type"

  // Asked for only when a shell completes.
  static let defaultCompletionKind = CompletionKind.custom { _, _, _ in
    [Endpoint.automatic] + Policy.builtInEndpointNames.map(\.rawValue)
  }

  init(argument: String) {
    endpoint = argument == Endpoint.automatic ? nil : Endpoint(rawValue: argument)
  }
}

package import SystemPackage
internal import PreflightTOML
import MediaPreflight

extension Configuration {
  /// Reads a configuration file.
  ///
  /// - Parameters:
  ///   - path: The file's absolute path.
  ///   - name: The file's name in messages.
  ///   - policies: Loads the policies that it names.
  /// - Throws: ``ConfigurationError`` with all errors in the file and in the policies that it names.
  package init(
    readingFileAt path: FilePath, name: String, policies: inout PolicyLoader
  ) throws(ConfigurationError) {
    let bytes: [UInt8]
    do { bytes = try policies.files.contents(of: path) } catch {
      throw ConfigurationError(["\(name): \(error)"])
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationError(["\(name): it is not UTF-8 text"])
    }
    // A link in a stranger's repository may lead to any file, such as one with passwords.
    let isLink = (try? path.stat(followTargetSymlink: false))?.type == .symbolicLink
    try self.init(
      parsing: text, name: name, folder: path.removingLastComponent(), policies: &policies, quotes: !isLink)
  }

  /// Parses a configuration's text. Parameters and errors are as for a file.
  ///
  /// - Parameter quotes: Whether messages may quote the text.
  package init(
    parsing text: String, name: String, folder: FilePath, policies: inout PolicyLoader, quotes: Bool = true
  ) throws(ConfigurationError) {
    var draft = ConfigurationDraft(name: name, folder: folder, policies: policies)
    draft.read(text)
    policies = draft.policies
    let error = draft.error
    if !error.lines.isEmpty { throw quotes ? error : draft.errorWithoutQuotations }
    do { try policies.files.count(globs: draft.rules.count + draft.ignore.count) } catch {
      throw ConfigurationError(["\(name): \(error)"])
    }
    self.init(
      name: name, folder: GlobPath(folder, isFolder: true), isRoot: draft.isRoot, settings: draft.settings,
      rules: draft.rules, ruleIndex: GlobIndex(draft.rules.lazy.map(\.pattern)),
      ignore: IgnoreList(source: name, folder: folder, patterns: draft.ignore))
  }
}

/// A configuration that is being parsed.
private struct ConfigurationDraft {
  let name: String
  let folder: FilePath
  var policies: PolicyLoader
  private(set) var isRoot = false
  private(set) var settings = Settings()
  private(set) var rules: [Configuration.Rule] = []
  private(set) var ignore: [IgnorePattern] = []
  private var decoder = TOMLDecoder()
  /// Errors in policy files, with their positions in those files.
  private var policyErrors = ConfigurationError()
  private var isTOML = true

  private static let settingKeys = ["policy", "endpoint", "strict", "severities"]
  private static let keys = ["root"] + settingKeys + ["ignore", "files"]

  init(name: String, folder: FilePath, policies: PolicyLoader) {
    self.name = name
    self.folder = folder
    self.policies = policies
  }

  var error: ConfigurationError {
    let mistakes = decoder.mistakes.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    return ConfigurationError(mistakes.map { "\(name):\($0)" } + policyErrors.lines)
  }

  /// Where the first error is and of which kind, without a word of the text.
  var errorWithoutQuotations: ConfigurationError {
    let first = decoder.mistakes.min { ($0.line, $0.column) < ($1.line, $1.column) }
    let place = first.map { ":\($0.line):\($0.column)" } ?? ""
    return ConfigurationError([
      "\(name)\(place): \(isTOML ? "not a configuration" : "not TOML"); "
        + "what it says isn't shown, since it is a symbolic link"
    ])
  }

  mutating func read(_ text: String) {
    var syntax: [Mistake] = []
    let table = TOMLTable(parsing: Array(text.utf8), mistakes: &syntax)
    decoder.add(syntax)
    isTOML = syntax.isEmpty
    decoder.check(table, keys: Self.keys, in: "a configuration")
    isRoot = decoder.boolean(table, "root") ?? false
    settings = readSettings(table, glob: nil)
    for node in decoder.array(table, "ignore") ?? [] {
      guard let text = decoder.string(node, as: "each of ignore") else { continue }
      if let pattern = pattern(text, at: node.position) { ignore.append(pattern) }
    }
    for entry in decoder.table(table, "files")?.entries ?? [] { readRule(entry) }
  }

  private mutating func readRule(_ entry: TOMLTable.Entry) {
    let pattern = pattern(entry.key, at: entry.position)
    if pattern?.isNegated == true {
      decoder.report(entry.position, "a glob of [files] can't be negated; a later glob overrides it")
    }
    var own = Settings()
    switch entry.node.value {
    case .string: own.endpoint = readEndpoint(entry.node, glob: entry.key)
    case .table(let table):
      decoder.check(table, keys: Self.settingKeys, in: "a glob of [files]")
      own = readSettings(table, glob: entry.key)
    default:
      decoder.report(
        entry.node.position, "'\(entry.key)' must be an endpoint or a table, not \(entry.node.value.kind)")
    }
    if let pattern { rules.append(.init(pattern: pattern, settings: own)) }
  }

  private mutating func readSettings(_ table: TOMLTable, glob: String?) -> Settings {
    var settings = Settings()
    if let node = table["policy"] { settings.policy = readPolicy(node, glob: glob) }
    if let node = table["endpoint"] { settings.endpoint = readEndpoint(node, glob: glob) }
    if let node = table["strict"], let isStrict = decoder.boolean(table, "strict") {
      settings.isStrict = Setting(isStrict, origin(node.position, glob))
    }
    for entry in decoder.table(table, "severities")?.entries ?? [] {
      let code = FindingCode(rawValue: entry.key)
      // As for endpoints, the codes of all policies in use are valid.
      let own = policies.codes
      if code.explanation == nil, !own.contains(where: { $0.code == code }) {
        decoder.report(
          entry.position,
          "unknown finding code '\(entry.key)'" + Explanation.suggestion(for: entry.key, own: own))
      }
      let names = Severity.allCases.map { (name: $0.rawValue, value: Optional($0)) } + [("off", nil)]
      guard let text = decoder.string(entry.node, as: entry.key),
        let severity = decoder.choice(text, at: entry.node.position, "severity", among: names)
      else { continue }
      settings.severities[code] = Setting(severity, origin(entry.position, glob))
    }
    return settings
  }

  private mutating func readEndpoint(_ node: TOMLNode, glob: String?) -> Setting<Endpoint?>? {
    guard let text = decoder.string(node, as: "an endpoint") else { return nil }
    // Another configuration may set the policy, so the endpoints of all policies are valid.
    if text == Endpoint.automatic { return Setting(nil, origin(node.position, glob)) }
    if policies.know(text) { return Setting(Endpoint(rawValue: text), origin(node.position, glob)) }
    let names =
      policies.endpoints.map { (name: $0.rawValue, value: Optional($0)) } + [(Endpoint.automatic, nil)]
    guard
      let endpoint = decoder.choice(text, at: node.position, "endpoint", among: names)
    else { return nil }
    return Setting(endpoint, origin(node.position, glob))
  }

  private mutating func readPolicy(_ node: TOMLNode, glob: String?) -> Setting<NamedPolicy>? {
    guard let text = decoder.string(node, as: "policy") else { return nil }
    do { return Setting(try policies.load(text, from: folder), origin(node.position, glob)) } catch {
      decoder.report(node.position, error.message)
      policyErrors.add(error.errors)
      return nil
    }
  }

  private mutating func pattern(_ text: String, at position: TOMLPosition) -> IgnorePattern? {
    let bytes = Array(text.utf8)
    let parts = bytes.drop { $0 == UInt8(ascii: "!") }.split(separator: UInt8(ascii: "/"))
    if let part = parts.first(where: { $0.allSatisfy { $0 == UInt8(ascii: ".") } && $0.count <= 2 }) {
      decoder.report(
        position,
        "the glob '\(text)' can't contain '\(String(decoding: part, as: UTF8.self))': "
          + "globs are relative to the configuration's folder and match only files below it")
      return nil
    }
    do { return try IgnorePattern(bytes[...], line: position.line) } catch {
      decoder.report(position, "the glob '\(text)' can't match anything: \(error.reason)")
      return nil
    }
  }

  private func origin(_ position: TOMLPosition, _ glob: String?) -> Origin {
    .file(name, line: position.line, column: position.column, glob: glob)
  }
}

internal import PreflightTOML
package import SystemPackage
package import MediaPreflight

/// What holds for the files of a run: the configurations around them, what is left out, and what the command
/// line says over all of it.
///
/// It is asked by one thread at a time; the settings that it gives out may be used by any.
package final class Project {
  /// Where configurations are looked for.
  package enum Search {
    /// From each file's folder upwards, as far as the root of the repository.
    case upwards
    /// One file and no other.
    case file(FilePath)
    case none
  }

  package struct Options {
    /// What the command line says, over every configuration.
    package var overrides = Settings()
    /// The codes that count, whatever severity a configuration gives to the others.
    package var selection = CodeSelection()
    package var search = Search.upwards
    /// Patterns of what is left out, relative to the working folder; one that can match nothing is passed
    /// over.
    package var exclude: [[UInt8]] = []
    /// Whether paths that the user names may be left out too.
    package var forcesExclusion = false
    package var honoursGitignore = true

    package init() {}
  }

  /// What was wrong so far.
  package private(set) var error = ConfigurationError()

  let options: Options
  private let workingFolder: [UInt8]
  private let exclude: IgnoreList
  private let gitUserList = GitIgnores.userList
  private var policies: PolicyLoader
  /// The chain where no configuration is found.
  private var outermost = SettingsChain([])
  private var configurations = PathTable<Configuration?>()
  private var gitignores = PathTable<IgnoreList?>()
  private var folders = PathTable<ProjectFolder>()
  // A list, since there is one for each policy that is in use, which are few.
  private var engines: [(key: EngineKey, engine: Preflight)] = []
  /// Each once.
  private var policyNames: [String] = []
  private var lastNoted: SettingsChain?

  /// How many folders are kept in mind at most, so that a list of paths of any length can be worked through.
  private static let maximumFolders = 1024

  /// No system has longer paths.
  private static let maximumPath = 1 << 12

  private struct EngineKey: Equatable {
    let policy: FilePath?
    let isStrict: Bool
    let severities: [FindingCode: Severity?]
  }

  /// - Parameter workingFolder: The absolute path that relative ones go on from.
  /// - Throws: ``ConfigurationError`` when the one configuration that is asked for is mistaken.
  package init(_ options: Options, workingFolder: FilePath) throws(ConfigurationError) {
    self.options = options
    self.workingFolder = workingFolder.bytes
    policies = PolicyLoader(workingFolder: workingFolder.bytes)
    if let policy = options.overrides.policy?.value { policies.add(policy) }
    let patterns = options.exclude.compactMap { try? IgnorePattern($0[...], line: 0) }
    exclude = IgnoreList(source: "--exclude", folder: workingFolder.bytes, patterns: patterns)
    if case .file(let file) = options.search {
      let path = AbsolutePath.normalized(file.bytes, from: workingFolder.bytes)
      outermost = SettingsChain([
        try Configuration(readingFileAt: path, name: file.display, policies: &policies)
      ])
    }
  }

  /// What is wrong with the endpoint of the command line: none of the policies in use has it. Nil where nothing is.
  package var endpointMistake: String? {
    guard let endpoint = options.overrides.endpoint?.value else { return nil }
    let known = policies.endpoints
    if known.contains(endpoint) { return nil }
    return "unknown endpoint '\(endpoint)'"
      + TOMLDecoder.suggestion(endpoint.rawValue, known.map(\.rawValue) + [Endpoint.automatic])
  }

  /// A path as an absolute one.
  package func absolute(_ path: FilePath) -> [UInt8] {
    AbsolutePath.normalized(path.bytes, from: workingFolder)
  }

  // MARK: Folders

  /// What holds in the folder at an absolute path.
  package func folder(at path: [UInt8]) -> ProjectFolder {
    if let known = folders[path] { return known }
    // No system has longer paths, and nothing stands at one: what holds at the root holds there.
    if path.count > Self.maximumPath { return folder(at: []) }
    let marks = FolderMarks(
      at: path, configurations: searchesUpwards, git: options.honoursGitignore)
    var parent: ProjectFolder?
    // Above a repository nothing has a say, unless a folder there may be left out or named by a glob.
    if !marks.hasGit || options.forcesExclusion || !searchesUpwards {
      parent = AbsolutePath.parent(of: path).map { folder(at: Array($0)) }
    }
    if folders.count >= Self.maximumFolders { folders.removeAll() }
    let made = folder(at: path, in: parent, marks: marks)
    folders.add(made, at: path)
    return made
  }

  /// What holds in a folder of which it is known what is in it.
  func folder(at path: [UInt8], in parent: ProjectFolder?, marks: FolderMarks) -> ProjectFolder {
    var chain = parent?.chain ?? outermost
    var inherited = parent?.matched ?? RuleSet()
    var gitIgnores = parent?.gitIgnores
    if searchesUpwards {
      if marks.hasGit, chain !== outermost { (chain, inherited) = (outermost, RuleSet()) }
      if !marks.configurations.isEmpty, let own = configuration(in: path, named: marks.configurations) {
        if own.isRoot { inherited = RuleSet() }
        chain = SettingsChain((own.isRoot ? [] : chain.configurations) + [own])
      }
    }
    if options.honoursGitignore {
      if marks.hasGit { gitIgnores = GitIgnores.lists(ofRepositoryAt: path, userList: gitUserList) }
      if marks.hasGitignore, gitIgnores != nil, let own = gitignore(in: path) { gitIgnores?.append(own) }
    }
    let nameStart = (AbsolutePath.parent(of: path)?.endIndex ?? -1) + 1
    if !chain.rules.isEmpty { chain.match(path, nameStart: nameStart, isFolder: true, into: &inherited) }
    var isExcluded = false
    if options.forcesExclusion, let parent {
      isExcluded = parent.isExcluded || isIgnored(path, nameStart: nameStart, isFolder: true, in: parent)
    }
    return ProjectFolder(
      path: path, chain: chain, matched: inherited, gitIgnores: gitIgnores, isExcluded: isExcluded)
  }

  var searchesUpwards: Bool { if case .upwards = options.search { true } else { false } }

  private func configuration(in folder: [UInt8], named names: [String]) -> Configuration? {
    if let known = configurations[folder] { return known }
    var configuration: Configuration?
    do throws(ConfigurationError) {
      guard names.count == 1, let name = names.first else {
        let shown = FilePath(AbsolutePath.display(folder, from: workingFolder)).display
        throw ConfigurationError([
          "\(shown) has both \(FolderMarks.configurationNames[0]) and "
            + "\(FolderMarks.configurationNames[1]); keep one of them"
        ])
      }
      let path = folder + Array("/\(name)".utf8)
      configuration = try Configuration(
        readingFileAt: path, name: FilePath(AbsolutePath.display(path, from: workingFolder)).display,
        policies: &policies)
    } catch { self.error.add(error.lines) }
    configurations.add(configuration, at: folder)
    return configuration
  }

  private func gitignore(in folder: [UInt8]) -> IgnoreList? {
    if let known = gitignores[folder] { return known }
    let path = folder + Array("/.gitignore".utf8)
    let list = GitIgnores.list(
      at: path, for: folder,
      shownAs: FilePath(AbsolutePath.display(path, from: workingFolder)).display)
    gitignores.add(list, at: folder)
    return list
  }

  // MARK: What is left out

  /// Whether any pattern holds for what is in a folder.
  func hasPatterns(in folder: ProjectFolder) -> Bool {
    !exclude.patterns.isEmpty || folder.gitIgnores?.isEmpty == false
      || folder.chain.configurations.contains { !$0.ignore.patterns.isEmpty }
  }

  /// The pattern that has the say over something in a folder: the command line's over the configurations',
  /// these over Git's, a nearer list over a farther one, and in a list the last that matches.
  package func deciding(
    _ path: [UInt8], nameStart: Int, isFolder: Bool, in folder: ProjectFolder
  ) -> (list: IgnoreList, pattern: IgnorePattern)? {
    func decision(_ list: IgnoreList) -> (IgnoreList, IgnorePattern)? {
      list.lastMatch(path, nameStart: nameStart, isFolder: isFolder).map { (list, $0) }
    }
    if let found = decision(exclude) { return found }
    for configuration in folder.chain.configurations.reversed() {
      if let found = decision(configuration.ignore) { return found }
    }
    for list in (folder.gitIgnores ?? []).reversed() {
      if let found = decision(list) { return found }
    }
    return nil
  }

  func isIgnored(_ path: [UInt8], nameStart: Int, isFolder: Bool, in folder: ProjectFolder) -> Bool {
    guard let found = deciding(path, nameStart: nameStart, isFolder: isFolder, in: folder) else {
      return false
    }
    return !found.pattern.isNegated
  }

  /// The pattern that has the say over a file: one that leaves out a folder above it, or the file's own.
  package func ignoring(_ path: [UInt8]) -> (list: IgnoreList, pattern: IgnorePattern)? {
    var parent = self.folder(at: [])
    var nameStart = 1
    while let end = path.dropFirst(nameStart).firstIndex(of: UInt8(ascii: "/")) {
      let folder = Array(path[..<end])
      let found = deciding(folder, nameStart: nameStart, isFolder: true, in: parent)
      if let found, !found.pattern.isNegated { return found }
      parent = self.folder(at: folder)
      nameStart = end + 1
    }
    let isFolder = FolderListing.Kind(ofPath: path, followsLink: false) == .folder
    return deciding(path, nameStart: min(nameStart, path.count), isFolder: isFolder, in: parent)
  }

  /// Whether something in a folder is left out, or the folder with all that is in it.
  func isExcluded(_ name: ArraySlice<UInt8>, isFolder: Bool, in folder: ProjectFolder) -> Bool {
    let start = folder.path.count + 1
    return folder.isExcluded
      || isIgnored(folder.path + [UInt8(ascii: "/")] + name, nameStart: start, isFolder: isFolder, in: folder)
  }

  // MARK: Settings

  /// How a file in a folder is judged.
  func settings(of name: ArraySlice<UInt8>, in folder: ProjectFolder) -> FileSettings {
    var matched = folder.matched
    if !folder.chain.rules.isEmpty {
      let start = folder.path.count + 1
      folder.chain.match(
        folder.path + [UInt8(ascii: "/")] + name, nameStart: start, isFolder: false, into: &matched)
    }
    return settings(matching: matched, in: folder.chain)
  }

  /// How a file is judged by the one configuration that was asked for, or by none. Nothing is looked at and
  /// nothing kept in mind but the settings, so any number of files may be asked for.
  package func settings(ofFileAt path: FilePath) -> FileSettings {
    guard !outermost.rules.isEmpty else { return baseSettings }
    return settings(matching: outermost.rules(matching: absolute(path)), in: outermost)
  }

  /// How a file is judged that no glob matches, by the one configuration that was asked for or by none.
  package var baseSettings: FileSettings { settings(matching: RuleSet(), in: outermost) }

  private func settings(matching matched: RuleSet, in chain: SettingsChain) -> FileSettings {
    chain.settings(matching: matched) {
      var settings = chain.settings(matching: matched)
      settings.apply(options.overrides)
      return FileSettings(engine: engine(for: settings), endpoint: settings.endpoint?.value)
    }
  }

  private func engine(for settings: Settings) -> Preflight {
    // Most runs have none, and a start would feel it to have a table of them made.
    let severities = settings.severities.isEmpty ? [:] : settings.severities.mapValues(\.value)
    let isStrict = settings.isStrict?.value ?? false
    let key = EngineKey(policy: settings.policy?.value.key, isStrict: isStrict, severities: severities)
    if let known = engines.first(where: { $0.key == key }) { return known.engine }
    var policy = settings.policy?.value.policy ?? .waconnect
    if !severities.isEmpty { policy = policy.withSeverities(severities) }
    policy = policy.keeping(options.selection)
    let made = Preflight(policy: policy, isStrict: isStrict, sharing: engines.first?.engine)
    engines.append((key, made))
    return made
  }

  /// All that is said of the file at an absolute path.
  package func allSettings(ofFileAt path: [UInt8]) -> Settings {
    let parent = folder(at: Array(AbsolutePath.parent(of: path) ?? []))
    var matched = parent.matched
    let nameStart = min(parent.path.count + 1, path.count)
    parent.chain.match(path, nameStart: nameStart, isFolder: false, into: &matched)
    var settings = parent.chain.settings(matching: matched)
    settings.apply(options.overrides)
    return settings
  }

  // MARK: The policy of a run

  /// Notes that files of a folder are judged.
  func note(_ folder: ProjectFolder) {
    guard folder.chain !== lastNoted else { return }
    lastNoted = folder.chain
    for name in Self.policyNames(folder.chain) where !policyNames.contains(name) { policyNames.append(name) }
  }

  /// The names of the policies that files may be held against where some configurations hold.
  private static func policyNames(_ chain: SettingsChain) -> [String] {
    // Of what is said of all files, the nearest has the say.
    let own = chain.configurations.last { $0.settings.policy != nil }?.settings.policy
    let byGlobs = chain.configurations.flatMap { $0.rules.compactMap(\.settings.policy) }
    return [own?.value.policy.name ?? Policy.builtInNames.first ?? ""] + byGlobs.map(\.value.policy.name)
  }

  private static func only(_ names: [String]) -> String? {
    names.contains { $0 != names.first } ? nil : names.first ?? Policy.builtInNames.first
  }

  /// The name of the policy that the files of a run are held against; nil where there may be several.
  package var policyName: String? {
    if let policy = options.overrides.policy { return policy.value.policy.name }
    if !searchesUpwards { return Self.only(Self.policyNames(outermost)) }
    return Self.only(policyNames)
  }
}

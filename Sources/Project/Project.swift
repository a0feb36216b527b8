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
  private let workingFolder: FilePath
  private let exclude: IgnoreList
  private let gitUserList = GitIgnores.userList
  private var policies: PolicyLoader
  /// The chain where no configuration is found.
  private var outermost = SettingsChain([])
  private var configurations: [FilePath: Configuration?] = [:]
  private var gitignores: [FilePath: IgnoreList?] = [:]
  private var folders: [FilePath: ProjectFolder] = [:]
  private var engines: [EngineKey: Preflight] = [:]
  private var policyNames: Set<String> = []

  /// How many folders are kept in mind at most, so that a list of paths of any length can be worked through.
  private static let maximumFolders = 1024

  private struct EngineKey: Hashable {
    let policy: FilePath?
    let isStrict: Bool
    let severities: [FindingCode: Severity?]
  }

  /// - Parameter workingFolder: The absolute path that relative ones go on from.
  /// - Throws: ``ConfigurationError`` when the one configuration that is asked for is invalid.
  package init(_ options: Options, workingFolder: FilePath) throws(ConfigurationError) {
    self.options = options
    self.workingFolder = workingFolder
    policies = PolicyLoader(workingFolder: workingFolder)
    if let policy = options.overrides.policy?.value { policies.add(policy) }
    let patterns = options.exclude.compactMap { try? IgnorePattern($0[...], line: 0) }
    exclude = IgnoreList(source: "--exclude", folder: workingFolder, patterns: patterns)
    if case .file(let file) = options.search {
      outermost = SettingsChain([
        try Configuration(readingFileAt: absolute(file), name: file.display, policies: &policies)
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

  /// A path as an absolute one, with links followed where `..` stands behind one.
  package func absolute(_ path: FilePath) -> FilePath { path.resolved(from: workingFolder) }

  // MARK: Folders

  /// What holds in the folder at an absolute path.
  package func folder(at path: FilePath) -> ProjectFolder {
    // Nothing is there, and its folders may be too many to go through.
    if path.isTooLong { return folder(at: "/") }
    if let known = folders[path] { return known }
    let marks = FolderMarks(
      at: path, configurations: searchesUpwards, git: options.honoursGitignore)
    var parent: ProjectFolder?
    // Above a repository nothing counts, unless a folder there may be left out or named by a glob.
    if !marks.hasGit || options.forcesExclusion || !searchesUpwards {
      parent = path.parentFolder.map(folder)
    }
    if folders.count >= Self.maximumFolders { folders.removeAll() }
    let made = folder(at: path, in: parent, marks: marks)
    folders[path] = made
    return made
  }

  /// What holds in a folder of which it is known what is in it.
  func folder(at path: FilePath, in parent: ProjectFolder?, marks: FolderMarks) -> ProjectFolder {
    var chain = parent?.chain ?? outermost
    var matched = parent?.matched ?? []
    var gitIgnores = parent?.gitIgnores
    if searchesUpwards {
      if marks.hasGit { (chain, matched) = (outermost, []) }
      if !marks.configurations.isEmpty, let own = configuration(in: path, named: marks.configurations) {
        if own.isRoot { matched = [] }
        chain = SettingsChain((own.isRoot ? [] : chain.configurations) + [own])
      }
    }
    if options.honoursGitignore {
      if marks.hasGit { gitIgnores = GitIgnores.lists(ofRepositoryAt: path, userList: gitUserList) }
      if marks.hasGitignore, gitIgnores != nil, let own = gitignore(in: path) { gitIgnores?.append(own) }
    }
    matched.formUnion(chain.rules(matching: path, isFolder: true))
    var isExcluded = false
    if options.forcesExclusion, let parent {
      isExcluded = self.isExcluded(path, isFolder: true, in: parent)
    }
    let lists = (gitIgnores ?? []) + chain.configurations.map(\.ignore) + [exclude]
    return ProjectFolder(
      path: path, chain: chain, matched: matched, gitIgnores: gitIgnores,
      ignoreLists: lists.filter { !$0.patterns.isEmpty }, isExcluded: isExcluded)
  }

  var searchesUpwards: Bool { if case .upwards = options.search { true } else { false } }

  private func configuration(in folder: FilePath, named names: [String]) -> Configuration? {
    if let known = configurations[folder] { return known }
    var configuration: Configuration?
    do throws(ConfigurationError) {
      guard names.count == 1, let name = names.first else {
        let both = FolderMarks.configurationNames.joined(separator: " and ")
        throw ConfigurationError(["\(folder.display(from: workingFolder)) has both \(both); keep one of them"]
        )
      }
      let path = folder.appending(name)
      configuration = try Configuration(
        readingFileAt: path, name: path.display(from: workingFolder), policies: &policies)
    } catch { self.error.add(error.lines) }
    configurations.updateValue(configuration, forKey: folder)
    return configuration
  }

  private func gitignore(in folder: FilePath) -> IgnoreList? {
    if let known = gitignores[folder] { return known }
    let path = folder.appending(".gitignore")
    let list = GitIgnores.list(at: path, for: folder, shownAs: path.display(from: workingFolder))
    gitignores.updateValue(list, forKey: folder)
    return list
  }

  // MARK: What is left out

  /// The pattern that decides on something in a folder.
  private func deciding(
    _ path: FilePath, isFolder: Bool, in folder: ProjectFolder
  ) -> (list: IgnoreList, pattern: IgnorePattern)? {
    let path = GlobPath(path, isFolder: isFolder)
    for list in folder.ignoreLists.reversed() {
      if let pattern = list.lastMatch(path) { return (list, pattern) }
    }
    return nil
  }

  func isIgnored(_ path: FilePath, isFolder: Bool, in folder: ProjectFolder) -> Bool {
    deciding(path, isFolder: isFolder, in: folder)?.pattern.isNegated == false
  }

  /// The pattern that decides on a file: one that leaves out a folder above it, or the file's own.
  package func ignoring(_ path: FilePath) -> (list: IgnoreList, pattern: IgnorePattern)? {
    var folder: FilePath = "/"
    var parent = self.folder(at: folder)
    for component in path.components.dropLast() {
      folder.append(component)
      let found = deciding(folder, isFolder: true, in: parent)
      if let found, !found.pattern.isNegated { return found }
      parent = self.folder(at: folder)
    }
    let isFolder = FolderListing.Kind(ofPath: path, followsLink: false) == .folder
    return deciding(path, isFolder: isFolder, in: parent)
  }

  /// Whether something in a folder is left out, or the folder with all that is in it.
  func isExcluded(_ path: FilePath, isFolder: Bool, in folder: ProjectFolder) -> Bool {
    folder.isExcluded || isIgnored(path, isFolder: isFolder, in: folder)
  }

  // MARK: Settings

  /// How the file at an absolute path is judged, which is in a folder.
  func settings(ofFileAt path: FilePath, in folder: ProjectFolder) -> FileSettings {
    let own = folder.chain.rules(matching: path, isFolder: false)
    return settings(matching: folder.matched.union(own), in: folder.chain)
  }

  /// How a file is judged by the one configuration that was asked for, or by none. Nothing is looked at and
  /// nothing kept in mind but the settings, so any number of files may be asked for.
  package func settings(ofFileAt path: FilePath) -> FileSettings {
    let path = absolute(path)
    return path.isTooLong
      ? baseSettings : settings(matching: outermost.rules(matchingFileAt: path), in: outermost)
  }

  /// How a file is judged that no glob matches, by the one configuration that was asked for or by none.
  package var baseSettings: FileSettings { settings(matching: [], in: outermost) }

  private func settings(matching matched: Set<Int>, in chain: SettingsChain) -> FileSettings {
    if let known = chain.known[matched] { return known }
    var settings = chain.settings(matching: matched)
    settings.apply(options.overrides)
    let made = FileSettings(engine: engine(for: settings), endpoint: settings.endpoint?.value)
    chain.known[matched] = made
    return made
  }

  private func engine(for settings: Settings) -> Preflight {
    let key = EngineKey(
      policy: settings.policy?.value.key, isStrict: settings.isStrict?.value ?? false,
      severities: settings.severities.mapValues(\.value))
    if let known = engines[key] { return known }
    let policy = (settings.policy?.value.policy ?? .waconnect).withSeverities(key.severities)
    let made = Preflight(
      policy: policy.keeping(options.selection), isStrict: key.isStrict, sharing: engines.values.first)
    engines[key] = made
    return made
  }

  /// All that is said of the file at an absolute path.
  package func allSettings(ofFileAt path: FilePath) -> Settings {
    let parent = folder(at: path.parentFolder ?? path)
    let own = parent.chain.rules(matching: path, isFolder: false)
    var settings = parent.chain.settings(matching: parent.matched.union(own))
    settings.apply(options.overrides)
    return settings
  }

  // MARK: The policy of a run

  /// Notes that files of a folder are judged.
  func note(_ folder: ProjectFolder) { policyNames.formUnion(folder.chain.policyNames) }

  /// The name of the policy that the files of a run are held against; nil where there may be several.
  package var policyName: String? {
    if let policy = options.overrides.policy { return policy.value.policy.name }
    let names = searchesUpwards ? policyNames : outermost.policyNames
    return names.count > 1 ? nil : names.first ?? Policy.builtInNames.first
  }
}

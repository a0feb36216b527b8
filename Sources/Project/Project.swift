internal import PreflightTOML
package import SystemPackage
package import MediaPreflight

/// The settings and ignore rules of a run, from configurations, ignore files and the command line.
///
/// Not thread-safe; the ``FileSettings`` that it returns are.
package final class Project {
  /// Where to search for configurations.
  package enum Search {
    /// In each file's folder and above it, up to the root of the repository.
    case upwards
    /// Only this file.
    case file(FilePath)
    case none
  }

  package struct Options {
    /// The command line's settings, which override every configuration.
    package var overrides = Settings()
    /// The codes that are reported. It overrides the severities in configurations.
    package var selection = CodeSelection()
    package var search = Search.upwards
    /// Patterns of ignored files, relative to the working folder. Invalid patterns are skipped.
    package var exclude: [[UInt8]] = []
    /// Whether ignore rules also apply to paths that the user names.
    package var forcesExclusion = false
    package var honoursGitignore = true

    package init() {}
  }

  /// The errors found so far.
  package private(set) var error = ConfigurationError()

  let options: Options
  private let workingFolder: FilePath
  private let exclude: IgnoreList
  private let gitUserList = GitIgnores.userList
  private var policies: PolicyLoader
  /// The chain of folders without a configuration.
  private var outermost = SettingsChain([])
  private var configurations: [FilePath: Configuration?] = [:]
  private var gitignores: [FilePath: IgnoreList?] = [:]
  private var repositories: [FilePath: [IgnoreList]] = [:]
  private var folders: [FilePath: ProjectFolder] = [:]
  private var hasTooManyWildcards = false
  private var engines: [EngineRecipe: Preflight] = [:]
  private var policyNames: Set<String> = []

  /// The maximum number of cached folders, which bounds memory for long lists of paths.
  private static let maximumFolders = 1024

  /// - Parameter workingFolder: The absolute path that relative paths are resolved from.
  /// - Throws: ``ConfigurationError`` if the configuration of ``Search/file(_:)`` is invalid.
  package init(_ options: Options, workingFolder: FilePath) throws(ConfigurationError) {
    self.options = options
    self.workingFolder = workingFolder
    policies = PolicyLoader(workingFolder: workingFolder)
    if let policy = options.overrides.policy?.value { policies.add(policy) }
    for policy in options.overrides.otherPolicies { policies.add(policy) }
    let patterns = options.exclude.compactMap { try? IgnorePattern($0[...], line: 0) }
    exclude = IgnoreList(source: "--exclude", folder: workingFolder, patterns: patterns)
    if case .file(let file) = options.search {
      outermost = SettingsChain([
        try Configuration(readingFileAt: absolute(file), name: file.display, policies: &policies)
      ])
      // The hook asks for files, never for folders.
      checkWildcards(outermost.wildcardByteCount, in: [file.display], for: workingFolder)
      if !error.lines.isEmpty { throw error }
    }
  }

  /// The finding codes that policies in use define.
  package var codes: [Explanation] { policies.codes }

  /// The error message if no policy in use has an endpoint or a code of the command line; nil if each is known.
  package var optionError: String? {
    let own = codes
    for (option, codes) in [
      ("--select", options.selection.selected), ("--ignore", options.selection.ignored),
    ] {
      for code in codes where code.explanation == nil && !own.contains(where: { $0.code == code }) {
        return "\(option): unknown finding code '\(code)'"
          + Explanation.suggestion(for: code.rawValue, own: own)
      }
    }
    guard let endpoint = options.overrides.endpoint?.value else { return nil }
    if policies.know(endpoint.rawValue) { return nil }
    let known = policies.endpoints
    return "unknown endpoint '\(endpoint)'"
      + TOMLDecoder.suggestion(endpoint.rawValue, known.map(\.rawValue) + [Endpoint.automatic])
  }

  /// The absolute form of a path. Links before `..` are resolved.
  package func absolute(_ path: FilePath) -> FilePath { path.resolved(from: workingFolder) }

  // MARK: Folders

  /// The settings of the folder at an absolute path.
  package func folder(at path: FilePath) -> ProjectFolder {
    // No such path exists, and it may have too many components to process.
    if path.isTooLong { return folder(at: "/") }
    if let known = folders[path] { return known }
    let marks = FolderMarks(
      at: path, configurations: searchesUpwards, git: options.honoursGitignore)
    var parent: ProjectFolder?
    // Folders above the repository are irrelevant, unless exclusion is forced or a given configuration's globs may match
    // them.
    if !marks.hasGit || options.forcesExclusion || !searchesUpwards {
      parent = path.parentFolder.map(folder)
    }
    if folders.count >= Self.maximumFolders { folders.removeAll() }
    let made = folder(at: path, in: parent, marks: marks)
    folders[path] = made
    return made
  }

  /// The settings of a folder whose contents are already known.
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
      if marks.hasGit { gitIgnores = repositoryLists(at: path) }
      if marks.hasGitignore, gitIgnores != nil, let own = gitignore(in: path) { gitIgnores?.append(own) }
    }
    matched.formUnion(chain.rules(matching: path, isFolder: true))
    var isExcluded = false
    if options.forcesExclusion, let parent {
      isExcluded = self.isExcluded(path, isFolder: true, in: parent)
    }
    let all = (gitIgnores ?? []) + chain.configurations.map(\.ignore) + [exclude]
    let lists = all.filter { !$0.patterns.isEmpty }
    checkWildcards(chain.wildcardByteCount, in: chain.configurations.map(\.name), for: path)
    checkWildcards(lists.reduce(0) { $0 + $1.wildcardByteCount }, in: lists.map(\.source), for: path)
    return ProjectFolder(
      path: path, chain: chain, matched: matched, gitIgnores: gitIgnores, ignoreLists: lists,
      isExcluded: isExcluded)
  }

  /// Each file is held against each glob with wildcards, so their number is limited.
  private func checkWildcards(_ byteCount: Int, in sources: [String], for folder: FilePath) {
    guard byteCount > Limits.Project.wildcardByteCount, !hasTooManyWildcards else { return }
    hasTooManyWildcards = true
    let count = Limits.Project.wildcardByteCount / Limits.Project.wildcardMinimum
    error.add([
      "\(sources.joined(separator: ", ")): more than \(count) globs with wildcards, or more than "
        + "\(Limits.size(Limits.Project.wildcardByteCount)) of them, for \(folder.display(from: workingFolder)); "
        + "globs without wildcards aren't counted"
    ])
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
    var list: IgnoreList?
    // Git doesn't follow links here either: they may lead out of the repository.
    if (try? path.stat(followTargetSymlink: false))?.type == .regular {
      do throws(ConfigurationError) {
        list = try GitIgnores.list(
          at: path, for: folder, shownAs: path.display(from: workingFolder), policies.files)
      } catch { self.error.add(error.lines) }
    }
    gitignores.updateValue(list, forKey: folder)
    return list
  }

  /// The lists that apply to a whole repository. A folder's settings may be made more than once.
  private func repositoryLists(at root: FilePath) -> [IgnoreList] {
    if let known = repositories[root] { return known }
    var lists: [IgnoreList] = []
    do throws(ConfigurationError) {
      lists = try GitIgnores.lists(ofRepositoryAt: root, userList: gitUserList, policies.files)
    } catch { self.error.add(error.lines) }
    repositories[root] = lists
    return lists
  }

  // MARK: Ignored files

  /// The pattern that decides whether an entry of a folder is ignored.
  private func decidingPattern(
    _ path: FilePath, isFolder: Bool, in folder: ProjectFolder
  ) -> (list: IgnoreList, pattern: IgnorePattern)? {
    let path = GlobPath(path, isFolder: isFolder)
    for list in folder.ignoreLists.reversed() {
      if let pattern = list.lastMatch(path) { return (list, pattern) }
    }
    return nil
  }

  func isIgnored(_ path: FilePath, isFolder: Bool, in folder: ProjectFolder) -> Bool {
    decidingPattern(path, isFolder: isFolder, in: folder)?.pattern.isNegated == false
  }

  /// The pattern that decides whether a file is ignored: one that ignores a folder above it, or one that matches it.
  package func decidingPattern(forFileAt path: FilePath) -> (list: IgnoreList, pattern: IgnorePattern)? {
    var folder: FilePath = "/"
    var parent = self.folder(at: folder)
    for component in path.components.dropLast() {
      folder.append(component)
      let found = decidingPattern(folder, isFolder: true, in: parent)
      if let found, !found.pattern.isNegated { return found }
      parent = self.folder(at: folder)
    }
    let isFolder = FolderListing.Kind(ofPath: path, followsLink: false) == .folder
    return decidingPattern(path, isFolder: isFolder, in: parent)
  }

  /// Whether an entry of a folder, or the folder itself, is ignored.
  func isExcluded(_ path: FilePath, isFolder: Bool, in folder: ProjectFolder) -> Bool {
    folder.isExcluded || isIgnored(path, isFolder: isFolder, in: folder)
  }

  // MARK: Settings

  /// The settings of the file at an absolute path.
  ///
  /// - Parameter folder: The folder that has the file.
  func settings(ofFileAt path: FilePath, in folder: ProjectFolder) -> FileSettings {
    let own = folder.chain.rules(matching: path, isFolder: false)
    return settings(matching: folder.matched.union(own), in: folder.chain)
  }

  /// The settings of a file under the given configuration, or without one. Doesn't access the file system and caches only
  /// the settings, so it can be called for any number of files.
  package func settings(ofFileAt path: FilePath) -> FileSettings {
    let path = absolute(path)
    return path.isTooLong
      ? baseSettings : settings(matching: outermost.rules(matchingFileAt: path), in: outermost)
  }

  /// The settings of what isn't a file: those of the working folder, of which no glob matches it.
  var settingsOfRemote: FileSettings {
    let folder = folder(at: workingFolder)
    return settings(matching: folder.matched, in: folder.chain)
  }

  /// Records that something is checked which isn't a file.
  func noteRemote() { note(folder(at: workingFolder)) }

  /// The settings of files that no glob matches, under the given configuration or without one.
  package var baseSettings: FileSettings { settings(matching: [], in: outermost) }

  private func settings(matching matched: Set<Int>, in chain: SettingsChain) -> FileSettings {
    chain.settings(matching: matched) {
      var settings = chain.settings(matching: matched)
      settings.apply(options.overrides)
      let recipe = EngineRecipe(settings, options.selection)
      let others = settings.otherPolicies.map { policy in
        var other = settings
        other.policy = Setting(policy, .commandLine)
        return engine(EngineRecipe(other, options.selection), other)
      }
      return FileSettings(
        engine: engine(recipe, settings), others: others, recipe: recipe,
        endpoint: settings.endpoint?.value)
    }
  }

  private func engine(_ recipe: EngineRecipe, _ settings: Settings) -> Preflight {
    if let known = engines[recipe] { return known }
    let made = recipe.engine(settings.policy?.value.policy ?? .waconnect, sharing: engines.values.first)
    engines[recipe] = made
    return made
  }

  /// All settings of the file or folder at an absolute path, with their origins. Those of a folder are those of its files
  /// that no glob matches.
  package func allSettings(at path: FilePath) -> Settings {
    let isFolder = FolderListing.Kind(ofPath: path, followsLink: true) == .folder
    let parent = folder(at: isFolder ? path : path.parentFolder ?? path)
    let own = isFolder ? [] : parent.chain.rules(matching: path, isFolder: false)
    var settings = parent.chain.settings(matching: parent.matched.union(own))
    settings.apply(options.overrides)
    return settings
  }

  // MARK: The policy of a run

  /// Records that files of a folder are checked.
  func note(_ folder: ProjectFolder) { policyNames.formUnion(folder.chain.policyNames) }

  /// The name of the policy that files are checked against; nil if there may be several.
  package var policyName: String? {
    if let policy = options.overrides.policy {
      return ([policy.value] + options.overrides.otherPolicies).map(\.policy.name).joined(separator: ",")
    }
    let names = searchesUpwards ? policyNames : outermost.policyNames
    return names.count > 1 ? nil : names.first ?? Policy.builtInNames.first
  }
}

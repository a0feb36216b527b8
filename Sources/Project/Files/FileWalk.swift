package import MediaPreflight
package import SystemPackage

/// A file that was found, or what is to be fetched, and its settings.
package struct FoundFile: Sendable {
  package let reference: Reference
  /// Whether the user named the file, as opposed to a folder that has it.
  package let isNamed: Bool
  /// The settings; a failure if a configuration became invalid during the run.
  package let settings: Result<FileSettings, ConfigurationError>
}

/// Finds the files for the paths that a user names, in a stable order.
///
/// Folders are searched recursively, sorted by name. Hidden files, ignored files and links to folders are skipped.
/// Ignored folders are never opened. A file that is named twice is found once.
package struct FileWalk {
  /// Lists a folder; nil if the path is not a folder to descend into.
  package typealias Lister = (_ path: FilePath, _ followsLink: Bool) -> FolderListing?

  private let project: Project
  private let list: Lister
  private let names: NameList
  /// The remaining names.
  private var rest: NameList.Iterator
  /// The stack of open folders, the innermost last.
  private var levels: [Level] = []
  /// Hashes of the visited absolute paths, which need less memory than the paths. Hashing is seeded randomly in each run,
  /// so names can't be crafted to collide.
  private var visited: Set<Int> = []

  private struct Entry {
    /// The path that the user named, or a path below it.
    let path: FilePath
    let absolute: FilePath
    /// The folder that it was found in; nil if the user named it.
    let parent: ProjectFolder?
    let kind: FolderListing.Kind
  }

  private struct Level {
    let path: FilePath
    let folder: ProjectFolder
    /// The entries that were not visited yet.
    var rest: ArraySlice<FolderListing.Entry>
  }

  package init(
    _ names: NameList, in project: Project, list: @escaping Lister = FolderListing.init(_:followsLink:)
  ) {
    self.project = project
    self.list = list
    self.names = names
    rest = names.makeIterator()
  }

  package init(
    _ paths: [FilePath], in project: Project, list: @escaping Lister = FolderListing.init(_:followsLink:)
  ) {
    self.init(NameList(paths.map(Reference.file)), in: project, list: list)
  }

  // MARK: Before the run

  /// Reads the configurations of all folders that will be visited, so that their errors are reported before any file is
  /// checked.
  ///
  /// - Throws: ``ConfigurationError`` with the errors in all configurations.
  package func survey() throws(ConfigurationError) {
    guard project.searchesUpwards else { return }
    var names = self.names.makeIterator()
    // An error in reading the list is reported later, during the run.
    while let name = try? names.next() {
      guard let path = name.path else {
        project.noteRemote()
        continue
      }
      guard let named = entry(named: path) else { continue }
      var pending = [named]
      while let entry = pending.popLast() {
        guard let level = level(of: entry) else {
          if entry.parent == nil { project.note(folder(of: entry)) }
          continue
        }
        if level.rest.contains(where: { $0.kind != .folder }) { project.note(level.folder) }
        let folders = level.rest.filter { $0.kind == .folder || $0.kind == .unknown }
        pending += folders.reversed().compactMap { notIgnored($0, in: level) }.filter { $0.kind == .folder }
      }
    }
    if !project.error.lines.isEmpty { throw project.error }
  }

  // MARK: The run

  /// - Throws: ``PreflightBytes/ByteSourceError`` if reading the list of names fails.
  package mutating func next() throws -> FoundFile? {
    while let next = try nextInFolder().map(Next.entry) ?? nextNamed() {
      let entry: Entry
      switch next {
      case .remote(let file): return file
      case .entry(let local): entry = local
      }
      guard visited.insert(entry.absolute.hashValue).inserted else { continue }
      guard let level = level(of: entry), project.error.lines.isEmpty else { return found(entry) }
      levels.append(level)
    }
    return nil
  }

  private enum Next {
    case entry(Entry)
    case remote(FoundFile)
  }

  private mutating func nextNamed() throws -> Next? {
    while let name = try rest.next() {
      guard let path = name.path else {
        // One that is named twice is checked twice: a server may answer differently.
        return .remote(
          FoundFile(reference: name, isNamed: true, settings: .success(project.settingsOfRemote)))
      }
      if let entry = entry(named: path) { return .entry(entry) }
    }
    return nil
  }

  private mutating func nextInFolder() -> Entry? {
    while var level = levels.popLast() {
      guard let next = level.rest.popFirst() else { continue }
      levels.append(level)
      if let entry = notIgnored(next, in: level) { return entry }
    }
    return nil
  }

  private func found(_ entry: Entry) -> FoundFile {
    let folder = folder(of: entry)
    guard project.error.lines.isEmpty else {
      return FoundFile(
        reference: .file(entry.path), isNamed: entry.parent == nil, settings: .failure(project.error))
    }
    return FoundFile(
      reference: .file(entry.path), isNamed: entry.parent == nil,
      settings: .success(project.settings(ofFileAt: entry.absolute, in: folder)))
  }

  // MARK: Entries

  /// The entry for a path that the user names; nil if exclusion is forced and the path is ignored.
  private func entry(named path: FilePath) -> Entry? {
    let entry = Entry(path: path, absolute: project.absolute(path), parent: nil, kind: .unknown)
    guard project.options.forcesExclusion else { return entry }
    let isFolder = FolderListing.Kind(ofPath: path, followsLink: true) == .folder
    return project.isExcluded(entry.absolute, isFolder: isFolder, in: folder(of: entry)) ? nil : entry
  }

  /// The entry for a name in a folder; nil if it is ignored or a link to a folder.
  private func notIgnored(_ listed: FolderListing.Entry, in level: Level) -> Entry? {
    // Paths in the working folder have no `./` before them.
    let path = level.path == "." ? listed.name : level.path.pushing(listed.name)
    var kind = listed.kind
    if kind == .link {
      if FolderListing.Kind(ofPath: path, followsLink: true) == .folder { return nil }
      kind = .file
    } else if kind == .unknown {
      kind = FolderListing.Kind(ofPath: path, followsLink: false)
    }
    let absolute = level.folder.path.pushing(listed.name)
    if project.isIgnored(absolute, isFolder: kind == .folder, in: level.folder) { return nil }
    return Entry(path: path, absolute: absolute, parent: level.folder, kind: kind)
  }

  /// The folder that has an entry.
  private func folder(of entry: Entry) -> ProjectFolder {
    entry.parent ?? project.folder(at: entry.absolute.parentFolder ?? entry.absolute)
  }

  /// Opens a folder; nil if the entry is not a folder. Only opening is conclusive: after an earlier lookup the path may
  /// have been replaced.
  private func level(of entry: Entry) -> Level? {
    guard entry.kind != .file, let listing = list(entry.path, entry.parent == nil) else { return nil }
    let folder =
      entry.parent.map { project.folder(at: entry.absolute, in: $0, marks: listing.marks) }
      ?? project.folder(at: entry.absolute)
    return Level(path: entry.path, folder: folder, rest: listing.entries[...])
  }
}

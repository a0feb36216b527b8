package import SystemPackage
internal import MediaPreflight

/// A file that was found, and how it is judged.
package struct FoundFile: Sendable {
  package let name: FilePath
  /// Whether the user named it, as opposed to a folder that it is in.
  package let isNamed: Bool
  /// How it is judged; a failure where a configuration became invalid while the run went on.
  package let settings: Result<FileSettings, ConfigurationError>
}

/// The files behind the paths that a user names, in a stable order: a file is itself, a folder is every
/// file below it, sorted by name, without hidden ones, without what is ignored, and without following links
/// to folders. A folder that is ignored is never opened, and what is named twice is found once.
package struct FileWalk {
  /// Lists a folder; nil where the path is no folder to descend into.
  package typealias Lister = (_ path: FilePath, _ followsLink: Bool) -> FolderListing?

  private let project: Project
  private let list: Lister
  private let names: NameList
  /// The names that are still to come.
  private var rest: NameList.Iterator
  /// The folders that the walk is in, the innermost last.
  private var levels: [Level] = []
  /// Hashes of the absolute paths that were visited, which take less memory than the paths. Their key is new
  /// in each run, so that no names can be made to collide.
  private var visited: Set<Int> = []

  private struct Entry {
    /// The path as the user named it, or as it goes on from that.
    let path: FilePath
    let absolute: FilePath
    /// The folder that it was found in; nil where the user named it.
    let parent: ProjectFolder?
    let kind: FolderListing.Kind
  }

  private struct Level {
    let path: FilePath
    let folder: ProjectFolder
    /// What is still to visit in it.
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
    self.init(NameList(paths), in: project, list: list)
  }

  // MARK: Before the run

  /// Reads the configurations of all folders that will be visited, so that their errors are reported before
  /// anything is judged.
  ///
  /// - Throws: ``ConfigurationError`` with the errors in all of them.
  package func survey() throws(ConfigurationError) {
    guard project.searchesUpwards else { return }
    var names = self.names.makeIterator()
    // A list that can't be read is reported when the run comes to it.
    while let name = try? names.next() {
      guard let named = entry(named: name) else { continue }
      var pending = [named]
      while let entry = pending.popLast() {
        guard let level = level(of: entry) else {
          if entry.parent == nil { project.note(folder(of: entry)) }
          continue
        }
        if level.rest.contains(where: { $0.kind != .folder }) { project.note(level.folder) }
        let folders = level.rest.filter { $0.kind == .folder || $0.kind == .unknown }
        pending += folders.reversed().compactMap { wanted($0, in: level) }.filter { $0.kind == .folder }
      }
    }
    if !project.error.lines.isEmpty { throw project.error }
  }

  // MARK: The run

  /// - Throws: ``PreflightBytes/ByteSourceError`` when the list of names can't be read any further.
  package mutating func next() throws -> FoundFile? {
    while let entry = try nextInFolder() ?? nextNamed() {
      guard visited.insert(entry.absolute.hashValue).inserted else { continue }
      guard let level = level(of: entry), project.error.lines.isEmpty else { return found(entry) }
      levels.append(level)
    }
    return nil
  }

  private mutating func nextNamed() throws -> Entry? {
    while let name = try rest.next() {
      if let entry = entry(named: name) { return entry }
    }
    return nil
  }

  private mutating func nextInFolder() -> Entry? {
    while var level = levels.popLast() {
      guard let next = level.rest.popFirst() else { continue }
      levels.append(level)
      if let entry = wanted(next, in: level) { return entry }
    }
    return nil
  }

  private func found(_ entry: Entry) -> FoundFile {
    let folder = folder(of: entry)
    guard project.error.lines.isEmpty else {
      return FoundFile(name: entry.path, isNamed: entry.parent == nil, settings: .failure(project.error))
    }
    return FoundFile(
      name: entry.path, isNamed: entry.parent == nil,
      settings: .success(project.settings(ofFileAt: entry.absolute, in: folder)))
  }

  // MARK: Entries

  /// What a user names; nil where even that is left out.
  private func entry(named path: FilePath) -> Entry? {
    let entry = Entry(path: path, absolute: project.absolute(path), parent: nil, kind: .unknown)
    guard project.options.forcesExclusion else { return entry }
    let isFolder = FolderListing.Kind(ofPath: path, followsLink: true) == .folder
    return project.isExcluded(entry.absolute, isFolder: isFolder, in: folder(of: entry)) ? nil : entry
  }

  /// What is in a folder; nil for what is ignored and for links to folders.
  private func wanted(_ listed: FolderListing.Entry, in level: Level) -> Entry? {
    // In the working folder a name says it all.
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

  /// The folder that something is in.
  private func folder(of entry: Entry) -> ProjectFolder {
    entry.parent ?? project.folder(at: entry.absolute.parentFolder ?? entry.absolute)
  }

  /// Opens a folder; nil where it is none. Whether it is one shows only here: a look-up of the name before it
  /// could find something else there.
  private func level(of entry: Entry) -> Level? {
    guard entry.kind != .file, let listing = list(entry.path, entry.parent == nil) else { return nil }
    let folder =
      entry.parent.map { project.folder(at: entry.absolute, in: $0, marks: listing.marks) }
      ?? project.folder(at: entry.absolute)
    return Level(path: entry.path, folder: folder, rest: listing.entries[...])
  }
}

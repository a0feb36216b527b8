package import SystemPackage
internal import MediaPreflight

/// A file that was found, and how it is judged.
package struct FoundFile: Sendable {
  package let name: FilePath
  /// Whether the user named it, as opposed to a folder that it is in.
  package let isNamed: Bool
  /// How it is judged; a failure where a configuration was changed for the worse while the run went on.
  package let settings: Result<FileSettings, ConfigurationError>
}

/// The files behind the paths that a user names, in a stable order: a file is itself, a folder is every
/// file below it, sorted by name, without hidden ones, without what is ignored, and without following links
/// to folders. A folder that is ignored is never opened, and what is named twice is found once.
package struct FileWalk {
  /// Lists a folder, or only the folders in it; nil where the path is no folder to descend into.
  package typealias Lister = (_ path: [UInt8], _ followsLink: Bool, _ foldersOnly: Bool) -> FolderListing?

  private let project: Project
  private let list: Lister
  private let names: NameList
  /// The names that are still to come.
  private var rest: NameList.Iterator
  /// What stands behind each name, as far as the survey has seen it.
  private var kinds: [FolderListing.Kind] = []
  private var nameCount = 0
  /// What is still to visit of the folder that was named last, the next one last.
  private var pending: [Entry] = []
  /// What was visited, where more than one path is named: a path is known by a hash with a key that is new in
  /// each run, so that no names can be made to collide.
  private var visited: SpreadSet?
  private var neighbours = Neighbours()

  private struct Entry {
    let path: [UInt8]
    /// The folder that it was found in; nil where the user named it.
    let parent: ProjectFolder?
    /// Unknown where the user named it, until it was opened.
    var kind: FolderListing.Kind
  }

  package init(
    _ names: NameList, in project: Project,
    list: @escaping Lister = FolderListing.init(_:followsLink:foldersOnly:)
  ) {
    self.project = project
    self.list = list
    self.names = names
    rest = names.makeIterator()
    visited = names.mayHaveSeveral ? SpreadSet() : nil
  }

  package init(
    _ paths: [FilePath], in project: Project,
    list: @escaping Lister = FolderListing.init(_:followsLink:foldersOnly:)
  ) {
    self.init(NameList(paths), in: project, list: list)
  }

  private mutating func isExcluded(_ path: [UInt8]) -> Bool {
    guard project.options.forcesExclusion else { return false }
    return isExcluded(path, neighbours.place(of: path, in: project))
  }

  private func isExcluded(_ path: [UInt8], _ place: Neighbours.Place) -> Bool {
    let isFolder = FolderListing.Kind(ofPath: path, followsLink: true) == .folder
    return project.isExcluded(place.name, isFolder: isFolder, in: project.folder(at: place.folder))
  }

  // MARK: Before the run

  /// Reads the configurations of all folders that will be visited, so that a mistake is told before anything
  /// is judged.
  ///
  /// - Throws: ``ConfigurationError`` with the mistakes of all of them.
  package mutating func survey() throws(ConfigurationError) {
    guard project.searchesUpwards else { return }
    var names = self.names.makeIterator()
    // A list that can't be read is told when the run comes to it.
    while let path = try? names.next()?.bytes {
      if isExcluded(path) {
        kinds.append(.unknown)
      } else if let listing = list(path, true, true) {
        kinds.append(.folder)
        survey(listing, of: path, project.folder(at: project.absolute(FilePath(path))))
      } else {
        kinds.append(.file)
        project.note(neighbours.folder(of: path, in: project))
      }
    }
    // Not by doubling, which holds the old places beside the new ones.
    if visited != nil { visited = SpreadSet(capacity: kinds.count) }
    if !project.error.lines.isEmpty { throw project.error }
  }

  private func survey(_ listing: FolderListing, of path: [UInt8], _ folder: ProjectFolder) {
    var folders: [(path: [UInt8], parent: ProjectFolder)] = []
    func take(_ listing: FolderListing, _ path: [UInt8], _ folder: ProjectFolder) {
      if listing.hasFiles { project.note(folder) }
      forEachWanted(in: listing, of: path, folder) { path, kind in
        if kind == .folder { folders.append((path, folder)) }
      }
    }
    take(listing, path, folder)
    while let (path, parent) = folders.popLast() {
      guard let listing = list(path, false, true) else { continue }
      take(listing, path, visit(path, in: parent, listing))
    }
  }

  // MARK: The run

  /// - Throws: ``PreflightBytes/ByteSourceError`` when the list of names can't be read any further.
  package mutating func next() throws -> FoundFile? {
    while let entry = try pending.popLast() ?? nextNamed() {
      if visited != nil, isVisited(entry) { continue }
      // Whether it is a folder shows when it is opened as one: no second look-up of the name that could
      // find something else there.
      guard entry.kind != .file, let listing = list(entry.path, entry.parent == nil, false) else {
        return found(entry)
      }
      let folder =
        entry.parent.map { visit(entry.path, in: $0, listing) }
        ?? project.folder(at: project.absolute(FilePath(entry.path)))
      if !project.error.lines.isEmpty { return found(entry) }
      let start = pending.count
      forEachWanted(in: listing, of: entry.path, folder) { path, kind in
        pending.append(Entry(path: path, parent: folder, kind: kind))
      }
      pending[start...].reverse()
    }
    return nil
  }

  private mutating func nextNamed() throws -> Entry? {
    while let path = try rest.next()?.bytes {
      // A list that was changed since the survey is taken as it is now.
      let kind = nameCount < kinds.count ? kinds[nameCount] : .unknown
      nameCount += 1
      if !isExcluded(path) { return Entry(path: path, parent: nil, kind: kind) }
    }
    return nil
  }

  private mutating func found(_ entry: Entry) -> FoundFile {
    let name = FilePath(entry.path)
    let folder = entry.parent ?? neighbours.folder(of: entry.path, in: project)
    if !project.error.lines.isEmpty {
      return FoundFile(name: name, isNamed: entry.parent == nil, settings: .failure(project.error))
    }
    return FoundFile(
      name: name, isNamed: entry.parent == nil,
      settings: .success(project.settings(of: Self.lastName(entry.path), in: folder)))
  }

  /// Whether it was visited before, by another name; notes that it is now.
  private mutating func isVisited(_ entry: Entry) -> Bool {
    let key: Int
    if let parent = entry.parent {
      key = Self.key(parent.path, Self.lastName(entry.path))
    } else {
      let place = neighbours.place(of: entry.path, in: project)
      key = Self.key(place.folder, place.name)
    }
    return visited?.insert(key) == false
  }

  // MARK: Folders

  private func visit(_ path: [UInt8], in parent: ProjectFolder, _ listing: FolderListing) -> ProjectFolder {
    project.folder(
      at: parent.path + [UInt8(ascii: "/")] + Self.lastName(path), in: parent, marks: listing.marks)
  }

  /// What is in a folder, but for what is ignored and for links to folders.
  private func forEachWanted(
    in listing: FolderListing, of path: [UInt8], _ folder: ProjectFolder,
    _ body: (_ path: [UInt8], FolderListing.Kind) -> Void
  ) {
    let base = path.last == UInt8(ascii: "/") ? path : path + [UInt8(ascii: "/")]
    let hasPatterns = project.hasPatterns(in: folder)
    var absolute = folder.path + [UInt8(ascii: "/")]
    let nameStart = absolute.count
    for entry in listing.entries {
      let path = base + entry.name
      var kind = entry.kind
      if kind == .link {
        if FolderListing.Kind(ofPath: path, followsLink: true) == .folder { continue }
        kind = .file
      } else if kind == .unknown {
        kind = FolderListing.Kind(ofPath: path, followsLink: false)
      }
      if hasPatterns {
        absolute.removeLast(absolute.count - nameStart)
        absolute += entry.name
        if project.isIgnored(absolute, nameStart: nameStart, isFolder: kind == .folder, in: folder) {
          continue
        }
      }
      body(path, kind)
    }
  }

  fileprivate static func lastName(_ path: [UInt8]) -> ArraySlice<UInt8> {
    path[(path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...]
  }

  private static func key(_ folder: [UInt8], _ name: ArraySlice<UInt8>) -> Int {
    var hasher = Hasher()
    folder.withUnsafeBytes { hasher.combine(bytes: $0) }
    hasher.combine(UInt8(ascii: "/"))
    name.withUnsafeBytes { hasher.combine(bytes: $0) }
    return hasher.finalize()
  }
}

/// Where the paths are that a user names: most are in the same folder as the one before.
private struct Neighbours {
  struct Place {
    /// An absolute path.
    let folder: [UInt8]
    let name: ArraySlice<UInt8>
  }

  private var written: ArraySlice<UInt8>?
  private var path: [UInt8] = []
  private var folder: ProjectFolder?

  mutating func place(of path: [UInt8], in project: Project) -> Place {
    let name = FileWalk.lastName(path)
    let isPlain = !name.isEmpty && !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8)
    guard isPlain else {
      let absolute = project.absolute(FilePath(path))
      let name = FileWalk.lastName(absolute)
      return Place(folder: Array(absolute.dropLast(min(absolute.count, name.count + 1))), name: name)
    }
    move(to: path[..<name.startIndex], in: project)
    return Place(folder: self.path, name: name)
  }

  /// The folder that a path is in.
  mutating func folder(of path: [UInt8], in project: Project) -> ProjectFolder {
    let place = place(of: path, in: project)
    guard place.folder == self.path else { return project.folder(at: place.folder) }
    if let folder { return folder }
    let found = project.folder(at: place.folder)
    folder = found
    return found
  }

  private mutating func move(to written: ArraySlice<UInt8>, in project: Project) {
    if self.written == written { return }
    self.written = written
    path = project.absolute(FilePath(Array(written)))
    folder = nil
  }
}

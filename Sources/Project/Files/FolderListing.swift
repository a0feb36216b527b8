#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What is in a folder, but for hidden names, of which only those that mean something here are noted.
package struct FolderListing {
  package enum Kind {
    case file, folder
    /// A link; what it leads to is not known.
    case link
    /// The file system doesn't say.
    case unknown
  }

  package private(set) var entries: [(name: [UInt8], kind: Kind)] = []
  package private(set) var marks = FolderMarks()
  /// Whether anything but folders is in it.
  package private(set) var hasFiles = false

  /// Lists a folder in the order of its names' bytes; nil where the path is no folder to descend into.
  ///
  /// - Parameters:
  ///   - followsLink: Whether a link to a folder is one.
  ///   - foldersOnly: Whether only folders are listed, and what may be one, in no order.
  package init?(_ path: [UInt8], followsLink: Bool, foldersOnly: Bool) {
    let flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW)
    let descriptor = open(path.map { CChar(bitPattern: $0) } + [0], flags)
    guard descriptor >= 0 else { return nil }
    guard let folder = fdopendir(descriptor) else {
      close(descriptor)
      return nil
    }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let kind = Kind(Int(entry.pointee.d_type))
      withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: UInt8.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name))
        {
          bytes in
          // The name ends with a NUL within its field.
          let name = UnsafeBufferPointer(
            start: bytes, count: strlen(UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self)))
          // A configuration is none of the files that it is about.
          if marks.note(name, kind) { return }
          guard name.first != UInt8(ascii: ".") else { return }
          if kind != .folder { hasFiles = true }
          if !foldersOnly || kind == .folder || kind == .unknown { entries.append((Array(name), kind)) }
        }
      }
    }
    if foldersOnly { return }
    entries.sort { $0.name.lexicographicallyPrecedes($1.name) }
  }
}

extension FolderListing.Kind {
  /// What stands at a path; a file where nothing does.
  init(ofPath path: [UInt8], followsLink: Bool) {
    var status = stat()
    let bytes = path.map { CChar(bitPattern: $0) } + [0]
    let isThere = (followsLink ? stat(bytes, &status) : lstat(bytes, &status)) == 0
    self = isThere && status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
  }

  fileprivate init(_ type: Int) {
    switch type {
    case Int(DT_REG): self = .file
    case Int(DT_DIR): self = .folder
    case Int(DT_LNK): self = .link
    default: self = .unknown
    }
  }
}

/// The names in a folder that mean something to a project.
package struct FolderMarks: Sendable, Equatable {
  /// The names of a configuration.
  package static let configurationNames = ["preflight.toml", ".preflight.toml"]

  /// Which of the names of a configuration are there.
  package var configurations: [String] = []
  /// Whether it is the root of a Git repository.
  package var hasGit = false
  package var hasGitignore = false

  package var isEmpty: Bool { configurations.isEmpty && !hasGit && !hasGitignore }

  package init() {}

  /// Looks into a folder that isn't listed.
  package init(at folder: [UInt8], configurations: Bool, git: Bool) {
    func exists(_ name: String) -> Bool {
      access((folder + Array("/\(name)".utf8)).map { CChar(bitPattern: $0) } + [0], F_OK) == 0
    }
    if configurations { self.configurations = Self.configurationNames.filter(exists) }
    if configurations || git { hasGit = exists(".git") }
    if git { hasGitignore = exists(".gitignore") }
  }

  /// Notes a name; true where it is a configuration's.
  fileprivate mutating func note(_ name: UnsafeBufferPointer<UInt8>, _ kind: FolderListing.Kind) -> Bool {
    // Only names that begin like one of them are compared at all.
    guard let first = name.first, first == UInt8(ascii: ".") || first == UInt8(ascii: "p") else {
      return false
    }
    if kind != .folder, let known = Self.configurationNames.first(where: { name.elementsEqual($0.utf8) }) {
      configurations.append(known)
      return true
    } else if name.elementsEqual(".git".utf8) {
      hasGit = true
    } else if name.elementsEqual(".gitignore".utf8) {
      hasGitignore = true
    }
    return false
  }
}

package import SystemPackage
import MediaPreflight

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

  package struct Entry {
    let name: FilePath
    let kind: Kind
  }

  package private(set) var entries: [Entry] = []
  package private(set) var marks = FolderMarks()

  /// Lists a folder in the order of its names' bytes; nil where the path is no folder to descend into.
  ///
  /// - Parameter followsLink: Whether a link to a folder is one.
  package init?(_ path: FilePath, followsLink: Bool) {
    let flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW)
    let descriptor = path.withPlatformString { open($0, flags) }
    guard descriptor >= 0 else { return nil }
    guard let folder = fdopendir(descriptor) else {
      close(descriptor)
      return nil
    }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let kind = Kind(Int(entry.pointee.d_type))
      let size = MemoryLayout.size(ofValue: entry.pointee.d_name)
      // The name ends with a NUL within its field.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: size) { FilePath(platformString: $0) }
      }
      let text = name.string
      // A configuration is none of the files that it is about.
      if marks.note(text, kind) || text.utf8.first == UInt8(ascii: ".") { continue }
      entries.append(Entry(name: name, kind: kind))
    }
    entries.sort { first, second in
      // As unsigned bytes.
      first.name.withPlatformString { own in second.name.withPlatformString { strcmp(own, $0) < 0 } }
    }
  }
}

extension FolderListing.Kind {
  /// What stands at a path; a file where nothing does.
  init(ofPath path: FilePath, followsLink: Bool) {
    let status = try? path.stat(followTargetSymlink: followsLink)
    self = status?.type == .directory ? .folder : .file
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
package struct FolderMarks: Sendable {
  /// The names of a configuration.
  package static let configurationNames = ["preflight.toml", ".preflight.toml"]

  /// Which of the names of a configuration are there.
  package var configurations: [String] = []
  /// Whether it is the root of a Git repository.
  package var hasGit = false
  package var hasGitignore = false

  package init() {}

  /// Looks into a folder that isn't listed.
  package init(at folder: FilePath, configurations: Bool, git: Bool) {
    func exists(_ name: String) -> Bool { (try? folder.appending(name).stat()) != nil }
    if configurations { self.configurations = Self.configurationNames.filter(exists) }
    if configurations || git { hasGit = exists(".git") }
    if git { hasGitignore = exists(".gitignore") }
  }

  /// Notes a name; true where it is a configuration's.
  fileprivate mutating func note(_ name: String, _ kind: FolderListing.Kind) -> Bool {
    if kind != .folder, Self.configurationNames.contains(name) {
      configurations.append(name)
      return true
    }
    if name == ".git" { hasGit = true }
    if name == ".gitignore" { hasGitignore = true }
    return false
  }
}

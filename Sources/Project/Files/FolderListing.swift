package import SystemPackage
import MediaPreflight

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The entries of a folder. Hidden names are skipped; those that are relevant to a project are recorded in ``marks``.
package struct FolderListing {
  package enum Kind {
    case file, folder
    /// A symbolic link, whose target is not known.
    case link
    /// The file system doesn't report the type.
    case unknown
  }

  package struct Entry {
    let name: FilePath
    let kind: Kind
  }

  package private(set) var entries: [Entry] = []
  package private(set) var marks = FolderMarks()

  /// Lists a folder, sorted by the bytes of its names; nil if the path is not a folder to descend into.
  ///
  /// - Parameter followsLink: Whether a link to a folder counts as a folder.
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
      // The name is NUL-terminated within its field.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: size) { FilePath(platformString: $0) }
      }
      let text = name.string
      // Configurations are not checked as media.
      if marks.note(text, kind) || text.utf8.first == UInt8(ascii: ".") { continue }
      entries.append(Entry(name: name, kind: kind))
    }
    entries.sort { first, second in
      // strcmp compares unsigned bytes.
      first.name.withPlatformString { own in second.name.withPlatformString { strcmp(own, $0) < 0 } }
    }
  }
}

extension FolderListing.Kind {
  /// The kind of the file at a path. A missing file counts as a file.
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

/// The names in a folder that are relevant to a project.
package struct FolderMarks: Sendable {
  /// The file names of configurations.
  package static let configurationNames = ["preflight.toml", ".preflight.toml"]

  /// The configurations in the folder, by name.
  package var configurations: [String] = []
  /// Whether the folder is the root of a Git repository.
  package var hasGit = false
  package var hasGitignore = false

  package init() {}

  /// Looks up the names in a folder that isn't listed.
  package init(at folder: FilePath, configurations: Bool, git: Bool) {
    // A link that leads nowhere is there as well, as it is in a listing.
    func exists(_ name: String) -> Bool {
      (try? folder.appending(name).stat(followTargetSymlink: false)) != nil
    }
    if configurations { self.configurations = Self.configurationNames.filter(exists) }
    if configurations || git { hasGit = exists(".git") }
    if git { hasGitignore = exists(".gitignore") }
  }

  /// Records a name; returns true if it is a configuration.
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

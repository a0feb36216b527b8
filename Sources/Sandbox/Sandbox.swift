import PreflightBytes
package import SystemPackage

#if os(Linux)
  private import CSandbox
#endif
#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a process gives up before it looks at a stranger's file, so that a mistake in a reader, in libmagic or in
/// libwebp can't become more than a wrong answer: to start programs, to use the network, to change files.
///
/// Reading stays free: the files to be checked may be anywhere. Where the kernel offers none of it, nothing is
/// given up and nothing is said. Only executables do this, never the library.
package enum Sandbox {
  /// What the kernel offers, in words.
  package static var offered: String {
    var layers: [String] = []
    #if os(Linux)
      let version = sandbox_landlock_version()
      if version > 0 { layers.append("landlock \(version)") }
      if sandbox_seccomp_is_offered() != 0 { layers.append("seccomp") }
    #endif
    return layers.isEmpty ? "none on this system" : layers.joined(separator: ", ")
  }

  /// Gives up what isn't needed any more, for good. Reports are open by now; no other thread has been started,
  /// since Landlock binds this thread and those that it starts.
  ///
  /// - Parameters:
  ///   - written: Files that are made, or replaced by one made beside them, later on.
  ///   - newest: The newest version of Landlock to make use of, as if the kernel had no newer one.
  package static func enter(writing written: [FilePath] = [], landlock newest: Int32 = .max) {
    #if os(Linux)
      let version = min(sandbox_landlock_version(), newest)
      let folders = version > 0 ? written.map(openFolder) : []
      let isEntered = version > 0 && sandbox_landlock_enter(version, folders, Int32(folders.count)) != 0
      for folder in folders where folder >= 0 { close(folder) }
      // Where Landlock keeps files from being changed, and since its version 3 from being cut, the filter needn't
      // look at each that is opened. Nothing that is written later on is cut by its opening.
      _ = sandbox_seccomp_enter(isEntered || !written.isEmpty ? 1 : 0, isEntered && version >= 3 ? 1 : 0)
    #endif
  }

  #if os(Linux)
    /// The folder in which a file stands, a link to it followed.
    private static func openFolder(of file: FilePath) -> Int32 {
      var path = file.bytes.map { CChar(bitPattern: $0) } + [0]
      if let target = realpath(path, nil) {
        path = Array(UnsafeBufferPointer(start: target, count: strlen(target))) + [0]
        free(target)
      }
      let slash = path.lastIndex(of: CChar(UInt8(ascii: "/")))
      let folder = slash.map { path[...$0] + [0] } ?? [CChar(UInt8(ascii: ".")), 0]
      return open(Array(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
  #endif
}

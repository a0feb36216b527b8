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

/// Restricts the process before it reads untrusted files: it can no longer start programs, use the network or change
/// files. A bug in a reader, in libmagic or in libwebp can then cause only a wrong answer.
///
/// Reading is not restricted: the files to check may be anywhere. If the kernel has no such features, this silently does
/// nothing. Only executables enter the sandbox, never the library.
package enum Sandbox {
  /// The kernel's sandboxing features, as text.
  package static var offered: String {
    var layers: [String] = []
    #if os(Linux)
      let version = sandbox_landlock_version()
      if version > 0 { layers.append("landlock \(version)") }
      if sandbox_seccomp_is_offered() != 0 { layers.append("seccomp") }
    #endif
    return layers.isEmpty ? "none on this system" : layers.joined(separator: ", ")
  }

  /// Enters the sandbox irrevocably. Must be called after reports are opened and before other threads are started:
  /// Landlock applies only to this thread and threads that it starts.
  ///
  /// - Parameters:
  ///   - written: Files that are created later, or replaced by a temporary file beside them.
  ///   - opensFiles: Whether files may still be opened for reading.
  ///   - startsPrograms: Whether programs may still be started; they inherit all else.
  ///   - sockets: The ends of socket pairs on which messages may still be exchanged; at most four.
  ///   - newest: The newest version of Landlock to use.
  package static func enter(
    writing written: [FilePath] = [], openingFiles opensFiles: Bool = true,
    startingPrograms startsPrograms: Bool = false, exchangingOn sockets: [FileDescriptor] = [],
    landlock newest: Int32 = .max
  ) {
    #if os(Linux)
      let version = min(sandbox_landlock_version(), newest)
      let folders = version > 0 ? written.map(openFolder) : []
      let isEntered =
        version > 0
        && sandbox_landlock_enter(version, folders, Int32(folders.count), startsPrograms ? 1 : 0) != 0
      for folder in folders where folder >= 0 { close(folder) }
      // If Landlock denies writing files, and since version 3 also truncating them, the filter need not check each
      // open(). Files that are written later are never opened with O_TRUNC.
      _ = sandbox_seccomp_enter(
        isEntered || !written.isEmpty ? 1 : 0, isEntered && version >= 3 ? 1 : 0, opensFiles ? 1 : 0,
        startsPrograms ? 1 : 0, sockets.map(\.rawValue), Int32(sockets.count))
    #endif
  }

  /// Limits the process's memory, in bytes, and that it leaves no image of it when it crashes.
  package static func limit(memory: UInt64) {
    limit(RLIMIT_AS, memory)
    limit(RLIMIT_CORE, 0)
  }

  /// Limits the process's processor time, in seconds, and the descriptors that it may have open.
  package static func limit(seconds: UInt64, descriptors: UInt64) {
    limit(RLIMIT_CPU, seconds)
    limit(RLIMIT_NOFILE, descriptors)
  }

  #if canImport(Glibc)
    private static func limit(_ resource: __rlimit_resource, _ value: UInt64) {
      var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
      _ = setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
    }
  #else
    private static func limit(_ resource: Int32, _ value: UInt64) {
      var limit = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
      _ = setrlimit(resource, &limit)
    }
  #endif

  #if os(Linux)
    /// Opens the folder that has a file. Symbolic links are followed.
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

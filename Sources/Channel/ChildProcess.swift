private import CDescriptors
package import SystemPackage

#if canImport(Darwin)
  private import Darwin
#elseif canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#endif

/// Starts our own programs, with a socket as their standard input and nothing else open.
package enum ChildProcess {
  /// The path of this program, links resolved.
  package static var ownPath: FilePath {
    #if os(Linux)
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
      if count > 0 {
        buffer[count] = 0
        return FilePath(platformString: buffer)
      }
    #elseif canImport(Darwin)
      var size = UInt32(PATH_MAX) + 1
      var buffer = [CChar](repeating: 0, count: Int(size))
      if _NSGetExecutablePath(&buffer, &size) == 0, let path = realpath(buffer, nil) {
        defer { free(path) }
        return FilePath(platformString: path)
      }
    #endif
    return FilePath(CommandLine.arguments.first ?? "preflight")
  }

  /// The path of another of our programs, which is installed beside this one.
  package static func path(ofProgram name: String) -> FilePath {
    ownPath.removingLastComponent().appending(name)
  }

  /// Starts a program.
  ///
  /// - Returns: Its process ID.
  /// - Throws: `Errno` if it can't be started.
  @discardableResult
  package static func start(
    _ program: FilePath, _ arguments: [String], standardInput: FileDescriptor
  ) throws(Errno) -> Int32 {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawn_file_actions_adddup2(&actions, standardInput.rawValue, STDIN_FILENO)
    // Whoever waits for the end of our output must not wait for this program's. In an empty root, where there is no
    // /dev/null, what it writes is an error.
    let hasNull = access("/dev/null", W_OK) == 0
    for output in [STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(
        &actions, output, hasNull ? "/dev/null" : "/", hasNull ? O_WRONLY : O_RDONLY, 0)
    }
    #if canImport(Darwin)
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_CLOEXEC_DEFAULT))
    #elseif canImport(Glibc)
      descriptors_close_from(&actions, STDERR_FILENO + 1)
    #endif
    // The copies live until the program is started.
    var words = ([program.lastComponent?.string ?? ""] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let error = program.withPlatformString {
      posix_spawn(&child, $0, &actions, &attributes, &words, descriptors_environment())
    }
    if error != 0 { throw Errno(rawValue: error) }
    return child
  }

  /// Ends a program at once.
  package static func end(_ child: Int32) { kill(child, SIGKILL) }

  /// Waits for the end of a program.
  ///
  /// - Returns: Whether it ended by itself, with status 0.
  package static func wait(for child: Int32) -> Bool {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status == 0
  }
}

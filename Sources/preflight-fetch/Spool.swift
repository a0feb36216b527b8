#if Network
  import PreflightReferences
  import SystemPackage

  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// A file without a name for what is fetched. It is gone when the last of its descriptors is closed.
  final class Spool: Sendable {
    private let writing: FileDescriptor
    /// The same file, for a process that must not change it.
    let reading: FileDescriptor

    /// - Throws: `FetchFailure` if there can be no file.
    init() throws(FetchFailure) {
      let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
      var template = Array("\(folder.isEmpty ? "/tmp" : folder)/preflight-XXXXXX".utf8CString)
      let descriptor = mkstemp(&template)
      guard descriptor >= 0 else { throw Self.failure(Errno(rawValue: errno)) }
      writing = FileDescriptor(rawValue: descriptor)
      let other = open(template, O_RDONLY | O_CLOEXEC)
      let error = errno
      unlink(template)
      guard other >= 0 else {
        close(descriptor)
        throw Self.failure(Errno(rawValue: error))
      }
      reading = FileDescriptor(rawValue: other)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit {
      try? writing.close()
      try? reading.close()
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(FetchFailure) {
      do { _ = try writing.writeAll(bytes) } catch { throw Self.failure(error) }
    }

    private static func failure(_ error: any Error) -> FetchFailure {
      FetchFailure(.local, "this machine can't keep what is fetched, in TMPDIR or /tmp: \(error)")
    }
  }
#endif

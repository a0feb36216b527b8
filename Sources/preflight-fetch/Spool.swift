#if Network
  import PreflightChannel
  import PreflightReferences
  import SystemPackage

  /// Where what is fetched is kept.
  struct Spool: Sendable {
    private let file: UnnamedFile

    /// - Throws: `FetchFailure` if there can be no file.
    init() throws(FetchFailure) {
      do { file = try UnnamedFile() } catch { throw Self.failure(error) }
    }

    /// The file, for a process that must not change it.
    var reading: FileDescriptor { file.reading }

    func write(_ bytes: ArraySlice<UInt8>) throws(FetchFailure) {
      do { _ = try file.writing.writeAll(bytes) } catch { throw Self.failure(error) }
    }

    private static func failure(_ error: any Error) -> FetchFailure {
      FetchFailure(.local, "this machine can't keep what is fetched, in TMPDIR or /tmp: \(error)")
    }
  }
#endif

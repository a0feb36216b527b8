import ArgumentParser
import MediaPreflight
import PreflightProject
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Which files.
struct FileOptions: ParsableArguments {
  @Argument(help: "Files, and folders to walk.")
  var paths: [FilePath] = []

  @Option(help: ArgumentHelp("Read paths from a file, or from standard input.", valueName: "FILE|-"))
  var filesFrom: FilePath?

  @Flag(
    name: [.customShort("0"), .customLong("null")], help: "The paths of --files-from end with NUL bytes.")
  var isNulSeparated = false

  @Flag(help: "Fail when there is nothing to check.")
  var requireFiles = false

  @Option(help: ArgumentHelp("Check so many files at a time (default: the cores).", valueName: "N"))
  var jobs: Int?

  func validate() throws {
    if let jobs, jobs < 0 { throw ValidationError("--jobs must be at least 0 (0: the cores)") }
    if paths.isEmpty, filesFrom == nil { throw ValidationError("no path is given; see --help") }
    if isNulSeparated, filesFrom == nil { throw ValidationError("-0 goes with --files-from") }
  }

  var jobCount: Int {
    let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    guard let jobs, jobs > 0 else { return cores }
    // The system hands out 255 threads, and interrupts and progress need theirs.
    return min(jobs, 200)
  }

  func names() throws(Failure) -> NameList {
    guard let filesFrom else { return NameList(paths) }
    do {
      return NameList(paths, list: try Input.source(filesFrom), separator: isNulSeparated ? .nul : .line)
    } catch { throw Failure("\(filesFrom.display): \(error)") }
  }
}

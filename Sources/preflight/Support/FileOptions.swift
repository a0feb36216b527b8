import ArgumentParser
import PreflightProject

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Which files.
struct FileOptions: PlainOptions {
  var paths: [String] = []
  /// Where more paths are listed; `-` is standard input.
  var filesFrom: String?
  var isNulSeparated = false
  var requireFiles = false
  /// How many files are checked at a time; 0 for as many as there are cores.
  var jobs: Int?

  func validate() throws {
    if let jobs, jobs < 0 { throw ValidationError("--jobs must be at least 0 (0: the cores)") }
    if paths.isEmpty, filesFrom == nil { throw ValidationError("no path is given; see --help") }
    if isNulSeparated, filesFrom == nil { throw ValidationError("-0 goes with --files-from") }
  }

  var jobCount: Int {
    let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    guard let jobs, jobs > 0 else { return cores }
    // More threads than this only wait for each other.
    return min(jobs, 256)
  }

  func names() throws(Failure) -> NameList {
    let names = paths.map(RawArguments.fileName)
    guard let filesFrom else { return NameList(names) }
    do {
      return NameList(names, list: try Input.source(filesFrom), separator: isNulSeparated ? .nul : .line)
    } catch { throw Failure("\(filesFrom): \(error)") }
  }

  mutating func take(_ name: String, _ words: inout PlainWords) -> Bool? {
    switch name {
    case "files-from": words.set(&filesFrom)
    case "null": words.set(&isNulSeparated, to: true)
    case "require-files": words.set(&requireFiles, to: true)
    case "jobs": words.set(&jobs, { Int($0) })
    default: nil
    }
  }
}

/// The same as the argument parser takes them.
struct FileArguments: ParsableArguments {
  @Argument(help: "Files, and folders to walk.", completion: .file())
  var paths: [String] = []

  @Option(help: ArgumentHelp("Read paths from a file, or from standard input.", valueName: "FILE|-"))
  var filesFrom: String?

  @Flag(
    name: [.customShort("0"), .customLong("null")], help: "The paths of --files-from end with NUL bytes.")
  var isNulSeparated = false

  @Flag(help: "Fail when there is nothing to check.")
  var requireFiles = false

  @Option(help: ArgumentHelp("Check so many files at a time (default: the cores).", valueName: "N"))
  var jobs: Int?

  func validate() throws { try options.validate() }

  var options: FileOptions {
    FileOptions(
      paths: paths, filesFrom: filesFrom, isNulSeparated: isNulSeparated, requireFiles: requireFiles,
      jobs: jobs)
  }
}

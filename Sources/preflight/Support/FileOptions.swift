public import ArgumentParser
public import MediaPreflight
import PreflightProject
import SystemPackage

extension Depth: ExpressibleByArgument {}

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

  @Option(
    help: ArgumentHelp(
      "How deep to look: structure (headers and tables) or content (also decodes what a verdict depends on).",
      valueName: "DEPTH"))
  var depth = Depth.content

  @OptionGroup var jobs: JobOptions

  func validate() throws {
    if paths.isEmpty, filesFrom == nil { throw ValidationError("no path is given; see --help") }
    if isNulSeparated, filesFrom == nil { throw ValidationError("-0 goes with --files-from") }
  }

  func names() throws(Failure) -> NameList {
    guard let filesFrom else { return NameList(paths) }
    do {
      return NameList(paths, list: try Input.source(filesFrom), separator: isNulSeparated ? .nul : .line)
    } catch { throw Failure("\(filesFrom.display): \(error)") }
  }
}

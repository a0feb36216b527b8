public import ArgumentParser
public import MediaPreflight
import PreflightProject
import SystemPackage

extension Depth: ExpressibleByArgument {}

/// The options for the files to check.
struct FileOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Files to check, and folders to search; - is standard input (default: the working folder).",
      valueName: "PATH"))
  var paths: [FilePath] = []

  @Option(
    help: ArgumentHelp("Read paths from a file, or from standard input, one per line.", valueName: "FILE|-"))
  var filesFrom: FilePath?

  @Flag(
    name: [.customShort("0"), .customLong("null")],
    help: "The paths of --files-from are separated by NUL bytes.")
  var isNulSeparated = false

  @Option(
    help: ArgumentHelp(
      "File name of standard input, for its extension and for reports.", valueName: "NAME"))
  var name: FilePath?

  @Flag(help: "Fail if there is nothing to check.")
  var requireFiles = false

  @OptionGroup var depthOptions: DepthOptions

  @OptionGroup var jobs: JobOptions

  func validate() throws {
    if isNulSeparated, filesFrom == nil { throw ValidationError("-0 needs --files-from") }
    if name != nil, !readsStandardInput { throw ValidationError("--name needs the path - (standard input)") }
    if readsStandardInput, filesFrom == "-" {
      throw ValidationError("standard input can't be both a file and a list of paths")
    }
  }

  private var readsStandardInput: Bool { paths.contains("-") }

  func names() throws(Failure) -> NameList {
    guard let filesFrom else { return NameList(paths.isEmpty ? ["."] : paths) }
    do {
      return NameList(paths, list: try Input.source(filesFrom), separator: isNulSeparated ? .nul : .line)
    } catch { throw Failure("\(filesFrom.display): \(error)") }
  }

  /// The name of a file in results.
  func shownName(of file: FoundFile) -> FilePath {
    Self.isStandardInput(file) ? name ?? file.name : file.name
  }

  /// Opens a file, or reads standard input.
  ///
  /// - Throws: `ByteSourceError` if it can't be read.
  func source(of file: FoundFile) throws -> any ByteSource {
    guard Self.isStandardInput(file) else { return try Opening.source(of: .file(file.name)) }
    do { return MemorySource(try Input.all()) } catch let error as Input.TooLarge {
      throw ByteSourceError("standard input \(error)")
    }
  }

  private static func isStandardInput(_ file: FoundFile) -> Bool { file.isNamed && file.name == "-" }
}

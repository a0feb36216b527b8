public import ArgumentParser
public import MediaPreflight
import PreflightProject
import SystemPackage

extension Depth: ExpressibleByArgument {}

/// The options for the files to check.
struct FileOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Files to check, folders to search, URLs to fetch, or media-id:DIGITS for an upload; - is standard input (default: the working folder).",
      valueName: "PATH"))
  var paths: [Reference] = []

  @Option(
    help: ArgumentHelp(
      "Read paths and URLs from a file, or from standard input, one per line.", valueName: "FILE|-"))
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

  private var readsStandardInput: Bool { paths.contains(.file("-")) }

  func names() throws(Failure) -> NameList {
    guard let filesFrom else { return NameList(paths.isEmpty ? [.file(".")] : paths) }
    do {
      return NameList(paths, list: try Input.source(filesFrom), separator: isNulSeparated ? .nul : .line)
    } catch { throw Failure("\(filesFrom.display): \(error)") }
  }

  /// What a result is about.
  func shownReference(of file: FoundFile) -> Reference {
    Self.isStandardInput(file) ? name.map(Reference.file) ?? file.reference : file.reference
  }

  /// Opens a file, or reads standard input.
  ///
  /// - Throws: `ByteSourceError` if it can't be read.
  func source(of file: FoundFile) throws -> any ByteSource {
    guard Self.isStandardInput(file) else { return try Opening.source(of: file.reference) }
    do { return MemorySource(try Input.all()) } catch let error as Input.TooLarge {
      throw ByteSourceError("standard input \(error)")
    }
  }

  static func isStandardInput(_ file: FoundFile) -> Bool {
    file.isNamed && file.reference == .file("-")
  }
}

/// Parses paths, URLs and media IDs; paths may have any bytes.
extension Reference: ExpressibleByArgument {
  /// Decodes a reference from an argument.
  public init?(argument: String) { self.init(RawArguments.bytes(argument)) }

  /// Shells complete paths.
  public static var defaultCompletionKind: CompletionKind { .file() }
}

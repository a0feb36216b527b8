internal import PreflightBytes
public import PreflightPolicy
internal import Subprocess
public import SystemPackage

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Runs the programs of remedies, those of documents above all. It runs the same value that a finding's text is rendered
/// from.
///
/// The file itself is never changed. The result is a new file, written completely or not at all.
public struct RemedyRunner: Sendable {
  /// How much of a program's output is kept, in bytes.
  private static let maximumOutput = 64 << 10

  /// Creates a runner.
  public init() {}

  /// Runs a program.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - file: The file to be fixed.
  ///   - output: The file to create; it must not exist.
  /// - Throws: ``FixError`` where nothing was made.
  public func run(
    _ program: Remedy.Program, on file: FilePath, to output: FilePath
  ) async throws(FixError) {
    if Self.exists(output) { throw .exists(output) }
    do {
      try await start(program, on: file, to: output)
    } catch {
      _ = output.withPlatformString { unlink($0) }
      throw error
    }
  }

  private func start(
    _ program: Remedy.Program, on file: FilePath, to output: FilePath
  ) async throws(FixError) {
    var folder: FilePath?
    for case .outputFolder in program.arguments where folder == nil {
      folder = try Self.makeFolder(beside: output)
    }
    defer { if let folder { _ = folder.withPlatformString { rmdir($0) } } }
    let arguments = program.arguments.map { argument in
      switch argument {
      case .text(let text): text
      case .input: Self.argument(file)
      case .output: Self.argument(output)
      case .outputFolder: Self.argument(folder ?? output)
      }
    }
    try await start(program.name, arguments)
    if let folder, let stem = file.stem, let own = program.outputExtension {
      let made = folder.appending("\(stem).\(own)")
      _ = made.withPlatformString { made in output.withPlatformString { rename(made, $0) } }
    }
    if !Self.exists(output) { throw .programFailed(program.name, "it created no output file") }
  }

  private func start(_ name: String, _ arguments: [String]) async throws(FixError) {
    do {
      let result = try await Subprocess.run(
        .name(name), arguments: Arguments(arguments), output: .discarded,
        error: .string(limit: Self.maximumOutput))
      if !result.terminationStatus.isSuccess {
        throw FixError.programFailed(name, result.standardError)
      }
    } catch let error as FixError {
      throw error
    } catch let error as SubprocessError where error.code == .executableNotFound {
      throw .programMissing(name)
    } catch {
      throw .programFailed(name, "\(error)")
    }
  }

  /// A path that no program takes for an option.
  private static func argument(_ path: FilePath) -> String {
    path.string.hasPrefix("-") ? "./" + path.string : path.string
  }

  private static func exists(_ path: FilePath) -> Bool { path.withPlatformString { access($0, F_OK) } == 0 }

  private static func makeFolder(beside output: FilePath) throws(FixError) -> FilePath {
    // The output's own name may have no room for more.
    let folder = output.removingLastComponent()
    var name = TemporaryName.template(".preflight", in: folder)
    guard mkdtemp(&name) != nil else { throw .unwritable(folder, "\(Errno(rawValue: errno))") }
    return FilePath(platformString: name)
  }
}

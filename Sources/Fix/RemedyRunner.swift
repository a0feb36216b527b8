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

/// Applies remedies. It executes the same value that a finding's text is rendered from.
///
/// The file itself is never changed. The result is a new file, written completely or not at all.
public struct RemedyRunner: Sendable {
  /// How much of a program's output is kept, in bytes.
  private static let maximumOutput = 64 << 10

  /// Creates a runner.
  public init() {}

  /// Carries out a remedy.
  ///
  /// - Parameters:
  ///   - remedy: What to do.
  ///   - file: The file to be fixed.
  ///   - output: The file to create; it must not exist.
  /// - Throws: ``FixError`` where nothing was made.
  public func run(_ remedy: Remedy, on file: FilePath, to output: FilePath) async throws(FixError) {
    if Self.exists(output) { throw .exists(output) }
    switch remedy.action {
    case nil: throw .needsAPerson(remedy.summary)
    case .keepFirst(let count): try copy(file, 0..<count, to: output)
    case .dropFirst(let count): try copy(file, count..<(.max), to: output)
    case .rename: try copy(file, 0..<(.max), to: output)
    case .run(let program):
      do {
        try await run(program, on: file, to: output)
      } catch {
        _ = output.withPlatformString { unlink($0) }
        throw error
      }
    }
  }

  // MARK: By ourselves

  /// Copies a range of a file's bytes, as far as there are any.
  private func copy(_ file: FilePath, _ range: Range<UInt64>, to output: FilePath) throws(FixError) {
    let source: FileSource
    do { source = try FileSource(path: file) } catch { throw .unreadable(file, error.description) }
    let target: FileDescriptor
    do {
      target = try FileDescriptor.open(
        output, .writeOnly, options: [.create, .exclusiveCreate],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch { throw .unwritable(output, "\(error)") }
    do {
      try target.closeAfter { try Self.write(source, range.clamped(to: 0..<source.byteCount), to: target) }
    } catch {
      _ = output.withPlatformString { unlink($0) }
      if let error = error as? ByteSourceError { throw .unreadable(file, error.description) }
      throw .unwritable(output, "\(error)")
    }
  }

  private static func write(_ source: FileSource, _ range: Range<UInt64>, to target: FileDescriptor) throws {
    var window = ByteWindow(source)
    var offset = range.lowerBound
    while offset < range.upperBound {
      let block = try window.block(at: offset, upTo: range.upperBound - offset)
      if block.remaining == 0 { throw ByteSourceError("it ended early") }
      _ = try block.bytes.withUnsafeBytes { try target.writeAll($0) }
      offset += UInt64(block.remaining)
    }
    try source.checkUnchanged()
  }

  // MARK: By a program

  private func run(_ program: Remedy.Program, on file: FilePath, to output: FilePath) async throws(FixError) {
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
    let name = output.lastComponent?.string ?? "fix"
    let folder = output.removingLastComponent().appending(".\(name).\(getpid())")
    guard folder.withPlatformString({ mkdir($0, 0o700) }) == 0 else {
      throw .unwritable(folder, "\(Errno(rawValue: errno))")
    }
    return folder
  }
}

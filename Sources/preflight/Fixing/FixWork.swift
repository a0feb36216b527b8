import MediaPreflight
import PreflightChannel
import PreflightFix
import PreflightProject
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Fixes one file and writes the result; used on several threads.
struct FixWork: Sendable {
  let files: FileOptions
  let outputs: FixOutputOptions
  let places: FixOutputs
  let progress: FixProgress?
  /// Fetches URLs and media IDs; nil if none is named.
  let fetcher: FetchClient?
  let readers: FixReaders

  /// The output of a file that would be written; nil for none.
  func planned(_ file: FoundFile) throws -> FilePath? {
    let result = try fix(file, isDryRun: true).result
    if result.steps.isEmpty {
      return outputs.copyAccepted && result.isAccepted ? places.path(for: file, fileExtension: nil) : nil
    }
    return places.path(for: file, fileExtension: result.fileExtension)
  }

  /// The program that makes stickers and images, beside this one.
  static let encoder: FilePath? = {
    let program = ChildProcess.path(ofProgram: "preflight-encode")
    return program.withPlatformString { access($0, X_OK) } == 0 ? program : nil
  }()

  /// - Returns: What became of the file, and the file as it was read; nil if it is none on disk.
  private func fix(_ file: FoundFile, isDryRun: Bool) throws -> (result: FixResult, read: FileSource?) {
    let settings: FileSettings
    do { settings = try file.settings.get() } catch { throw Failure(error) }
    let reference = files.shownReference(of: file)
    let task = FixTask(
      reference: reference, endpoint: settings.endpoint, depth: files.depthOptions.depth,
      output: outputs.output, isDryRun: isDryRun, allowsPrivateHosts: fetcher?.allowsPrivateHosts ?? false)
    let path = FileOptions.isStandardInput(file) ? nil : file.reference.path
    do {
      let source = try file.reference.path == nil ? nil : files.source(of: file)
      var result = try readers.fix(task, source, with: settings.recipe) { [progress] source in
        LocalPrograms(source, at: path, encoder: Self.encoder, confiner: ChildProcess.ownPath) {
          progress?.show(file.name, $0)
        }
      }
      result.original.reference = reference
      return (result, source as? FileSource)
    } catch let error as ByteSourceError { return (FixResult(unreadable: reference, error), nil) }
  }

  /// A file that was dealt with.
  struct Done: Sendable {
    var result: CheckResult
    /// Why the output can't be written; nil if it was.
    var failure: String?
    /// What is wrong with the name that the output was given; nil for nothing.
    var warning: String?
  }

  /// Fixes a file, and writes what was made.
  func fixAndWrite(_ file: FoundFile) throws -> Done {
    let (fixed, read) = try fix(file, isDryRun: outputs.dryRun)
    progress?.end(file.name)
    var result = fixed.original
    result.isFoundInFolder = !file.isNamed
    if outputs.dryRun, !fixed.steps.isEmpty {
      result.fix = fixed.note(output: places.path(for: file, fileExtension: fixed.fileExtension))
      return Done(result: result, warning: nameWarning(fixed))
    }
    guard let content = fixed.content else {
      result.fix = fixed.note(output: nil)
      guard outputs.copyAccepted, fixed.isAccepted, file.reference.path != nil else {
        return Done(result: result)
      }
      return try write(
        files.source(of: file), of: file, read, to: places.path(for: file, fileExtension: nil), fixed)
    }
    return try write(
      content, of: file, read, to: places.path(for: file, fileExtension: fixed.fileExtension), fixed)
  }

  /// What the check of a new file says of the name that it was given.
  private func nameWarning(_ fixed: FixResult) -> String? {
    guard let output = outputs.output, fixed.isAccepted else { return nil }
    return fixed.checked?.findings.first { $0.code == .extensionMismatch }.map {
      "\(output.display): \($0.message)"
    }
  }

  private func write(
    _ content: any ByteSource, of file: FoundFile, _ read: FileSource?, to path: FilePath, _ fixed: FixResult
  ) throws -> Done {
    var done = Done(result: fixed.original)
    done.result.isFoundInFolder = !file.isNamed
    done.result.fix = fixed.note(output: path)
    // An accepted file would be copied.
    if outputs.dryRun { return done }
    do {
      if outputs.outputDir != nil { try NewFile.makeFolder(path.removingLastComponent()) }
      // Written behind a link, so that the link stays.
      let own = file.reference.path
      let isReplaced = outputs.inPlace && path == own
      let target = isReplaced ? path.withoutLinks ?? path : path
      if !isReplaced, let own, NewFile.areSame(path, own) {
        throw Failure("\(path.display) is the file itself; --in-place replaces it")
      }
      try NewFile.write(
        content, to: target,
        NewFile.Placement(
          overwrites: isReplaced || outputs.force, model: outputs.inPlace ? own : nil, read: read))
      // Only now is there another file with its content.
      if outputs.inPlace, !isReplaced, let own, let read {
        try NewFile.remove(own, asRead: read, for: target)
      }
    } catch let failure as Failure {
      done.failure = failure.message
    } catch FixError.exists(let path) {
      done.failure = "\(path.display) exists; --force overwrites it"
    } catch let error as FixError {
      done.failure = error.description
      if case .changed = error { done.result.fix?.reason = "It changed meanwhile." }
    } catch { done.failure = "\(file.reference.display) can't be read: \(error)" }
    if done.failure != nil { done.result.fix?.output = nil } else { done.warning = nameWarning(fixed) }
    return done
  }
}

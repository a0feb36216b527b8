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

  /// The output of a file that would be written; nil for none.
  func planned(_ file: FoundFile) throws -> FilePath? {
    let result = try fix(file, isDryRun: true)
    if result.steps.isEmpty {
      return outputs.copyAccepted && result.isAccepted ? places.path(for: file, fileExtension: nil) : nil
    }
    return places.path(for: file, fileExtension: result.fileExtension)
  }

  /// The program that makes stickers and images, beside this one.
  private static let encoder: FilePath? = {
    let program = ChildProcess.path(ofProgram: "preflight-encode")
    return program.withPlatformString { access($0, X_OK) } == 0 ? program : nil
  }()

  private func fix(_ file: FoundFile, isDryRun: Bool) throws -> FixResult {
    do {
      let settings = try file.settings.get()
      var options = Fixer.Options()
      options.depth = files.depthOptions.depth
      options.runsPrograms = true
      options.encoder = Self.encoder
      options.isDryRun = isDryRun
      let shownProgress = progress
      options.onProgress = { shownProgress?.show(file.name, $0) }
      let fixer = Fixer(settings.engine, options)
      let reference = files.shownReference(of: file)
      if file.reference.path == nil { return try fixFetched(reference, settings, fixer) }
      let source: any ByteSource
      do { source = try files.source(of: file) } catch let error as ByteSourceError {
        return FixResult(unreadable: reference, error)
      }
      let path = FileOptions.isStandardInput(file) ? nil : file.reference.path
      return try fixer.fix(source, named: reference.path, as: settings.endpoint, at: path)
    } catch let error as ConfigurationError {
      throw Failure(error)
    } catch let error as SnifferError { throw Failure(error.description) }
  }

  /// Fetches what a reference leads to, and fixes that. What is wrong with the answer itself can't be fixed here.
  private func fixFetched(
    _ reference: Reference, _ settings: FileSettings, _ fixer: Fixer
  ) throws -> FixResult {
    var options = CheckOptions(settings.endpoint)
    options.fetcher = fetcher
    options.allowsPrivateHosts = fetcher?.allowsPrivateHosts ?? false
    options.keepsSource = true
    let checked = try settings.engine.check(reference, options)
    guard let source = checked.source else { return FixResult(notFixed: checked) }
    var result = try fixer.fix(source, named: reference.fileName, as: settings.endpoint)
    if result.steps.isEmpty, result.isAccepted, checked.verdict != .accepted {
      return FixResult(notFixed: checked)
    }
    result.original.reference = reference
    result.original.url = checked.url
    return result
  }

  /// A file that was dealt with.
  struct Done: Sendable {
    var result: CheckResult
    /// Why the output can't be written; nil if it was.
    var failure: String?
  }

  /// Fixes a file, and writes what was made.
  func fixAndWrite(_ file: FoundFile) throws -> Done {
    let fixed = try fix(file, isDryRun: outputs.dryRun)
    progress?.end(file.name)
    var result = fixed.original
    result.isFoundInFolder = !file.isNamed
    if fixed.isPlanned {
      result.fix = fixed.note(output: places.path(for: file, fileExtension: fixed.fileExtension))
      return Done(result: result)
    }
    guard let content = fixed.content else {
      result.fix = fixed.note(output: nil)
      guard outputs.copyAccepted, fixed.isAccepted, file.reference.path != nil else {
        return Done(result: result)
      }
      return try write(
        files.source(of: file), of: file, to: places.path(for: file, fileExtension: nil), fixed)
    }
    return try write(content, of: file, to: places.path(for: file, fileExtension: fixed.fileExtension), fixed)
  }

  private func write(
    _ content: any ByteSource, of file: FoundFile, to path: FilePath, _ fixed: FixResult
  ) throws -> Done {
    var done = Done(result: fixed.original)
    done.result.isFoundInFolder = !file.isNamed
    done.result.fix = fixed.note(output: path)
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
        NewFile.Placement(overwrites: isReplaced || outputs.force, model: outputs.inPlace ? own : nil))
      // Only now is there another file with its content.
      if outputs.inPlace, !isReplaced, let own { _ = own.withPlatformString { unlink($0) } }
    } catch let failure as Failure {
      done.failure = failure.message
    } catch { done.failure = "\(file.reference.display) can't be read: \(error)" }
    if done.failure != nil { done.result.fix?.output = nil }
    return done
  }
}

import ArgumentParser
import Dispatch
import MediaPreflight
import PreflightChannel
import PreflightFix
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Fixes files for `preflight hook`, which asks on standard input: has each read by another process, starts the programs
/// that it needs, and writes what was made. It reads no file itself.
struct SuperviseFixCommand: ParsableCommand {
  static let name = "supervise-fix"

  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Fix files for 'preflight hook' (internal).", shouldDisplay: false)

  @Argument var folder: FilePath

  func run() throws {
    // A terminal's interrupt ends preflight, and with it this.
    signal(SIGINT, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    let channel = Channel(.standardInput)
    let readers = FixReaders(nil)
    let replying = DispatchQueue(label: "replies")
    var reader = Channel.Reader(channel)
    while let (request, file) = reader.next(FixRequest.self) {
      // The hook asks for as many at a time as it has jobs.
      DispatchQueue(label: "fix").async {
        let note = fix(request, file, readers)
        replying.async { _ = try? channel.send(FixReply(id: request.id, note: note)) }
      }
    }
    Unfinished.abandonAll()
    Terminal.exitAtOnce(0)
  }

  private func fix(_ request: FixRequest, _ file: FileDescriptor?, _ readers: FixReaders) -> FixNote {
    do {
      guard let file else { throw ByteSourceError("it didn't come") }
      let result = try readers.fix(request.task, FileSource(file), with: request.recipe) {
        // The programs get the file that was judged, and not what has its name by now.
        LocalPrograms($0, at: nil, encoder: FixWork.encoder, confiner: ChildProcess.ownPath)
      }
      guard let content = result.content, let digest = ContentDigest(of: content) else {
        return result.note(output: nil)
      }
      let output = path(for: request.task.reference, digest, result.fileExtension)
      // Whoever made it, a file of this name has the same content.
      try NewFile.write(content, to: output, NewFile.Placement(overwrites: true))
      return result.note(output: output)
    } catch let failure as Failure {
      return FixNote(reason: failure.message)
    } catch { return FixNote(reason: "It can't be fixed: \(error).") }
  }

  /// The file's name with a part of the content's digest: many requests may be about files of the same name.
  private func path(for reference: Reference, _ digest: ContentDigest, _ fileExtension: String?) -> FilePath {
    let name = reference.fileName?.lastComponent.map { FilePath(root: nil, [$0]) }?.stem ?? "file"
    let digits = digest.text.drop { $0 != ":" }.dropFirst().prefix(12)
    let ending = "-\(digits)\(fileExtension.map { ".\($0)" } ?? "")"
    return folder.appending(name).ending(in: Array(ending.utf8))
  }
}

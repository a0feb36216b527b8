import SystemPackage
import PreflightInspection
import ArgumentParser
import MediaPreflight
import PreflightProject

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a preflight.toml for a folder from what is in it.",
    discussion: """
      Looks through the folder and proposes which folders go to which endpoint and what to leave out, with \
      the reason beside each line. A configuration that is there already is never overwritten.
      """)

  @Argument(help: "The folder (default: the working folder).", completion: .directory)
  var folder: FilePath = "."

  @Flag(help: "Show the text in place of writing it.")
  var stdout = false

  func run() throws {
    guard FolderListing(folder, followsLink: true) != nil else {
      throw Failure("\(folder.display) is no folder that can be read")
    }
    if !stdout,
      let found = FolderMarks(at: folder, configurations: true, git: false).configurations.first
    {
      throw Failure(
        "\(folder.appending(found).display) is there already; --stdout shows what would be written")
    }
    var options = Project.Options()
    options.search = .none
    let project = try Project(options)
    let proposal: Proposal
    do { proposal = try Proposal(for: folder, in: project) } catch let error as SnifferError {
      throw Failure(error.description)
    }
    if stdout {
      Terminal.write(proposal.text, to: STDOUT_FILENO)
      return
    }
    let path = folder.appending(FolderMarks.configurationNames[0])
    var output = try Output(newFileAt: path)
    try output.append(Array(proposal.text.utf8), mustFlush: true) {}
    let counts = (globs: proposal.globCount, files: proposal.fileCount)
    Terminal.write(
      "\(path.display) written, with \(counts.globs) glob\(counts.globs == 1 ? "" : "s") from "
        + "\(counts.files) file\(counts.files == 1 ? "" : "s").\n", to: STDOUT_FILENO)
  }
}

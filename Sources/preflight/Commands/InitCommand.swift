import SystemPackage
import PreflightInspection
import ArgumentParser
import MediaPreflight
import PreflightProject
import PreflightReports

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
    abstract: "Write a preflight.toml for a folder, from the files in it.",
    discussion: """
      Proposes an endpoint for each folder and what to ignore, with the reason beside each line, and says which of the \
      files would be rejected. Files are judged by their bytes, not by their names. An existing configuration is never \
      overwritten.

      Exit status: 0, or 2 if the folder can't be read or already has a configuration.
      """)

  @Argument(help: "Folder.", completion: .directory)
  var folder: FilePath = "."

  @Flag(help: "Write to standard output instead of a file.")
  var stdout = false

  func run() throws {
    guard FolderListing(folder, followsLink: true) != nil else {
      throw Failure("\(folder.display) is not a readable folder")
    }
    if !stdout,
      let found = FolderMarks(at: folder, configurations: true, git: false).configurations.first
    {
      throw Failure(
        "\(folder.appending(found).display) already exists; --stdout shows what would be written")
    }
    var options = Project.Options()
    options.search = .none
    let project = try Project(options)
    let proposal: Proposal
    do { proposal = try Proposal(for: folder, in: project) } catch let error as SnifferError {
      throw Failure(error.description)
    }
    if stdout {
      try Output.print(proposal.text)
      return
    }
    let path = folder.appending(FolderMarks.configurationNames[0])
    var output = try Output(newFileAt: path)
    try output.append(Array(proposal.text.utf8), mustFlush: true) {}
    let counts = (globs: proposal.globCount, files: proposal.fileCount)
    try Output.print(
      "Wrote \(VisibleText.log(path.display)) with \(counts.globs) glob\(counts.globs == 1 ? "" : "s") from "
        + "\(counts.files) file\(counts.files == 1 ? "" : "s").\n")
    let rejections = proposal.rejectionLines.map { $0 + "\n" }.joined()
    try Output.print(rejections)
  }
}

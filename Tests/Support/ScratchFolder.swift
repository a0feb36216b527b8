import SystemPackage
import Foundation
import MediaPreflight
import PreflightProject

/// A temporary folder of a test. It is deleted after the test.
final class ScratchFolder {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "preflight-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // Resolve links, so that the path equals the one reported by the system.
    path = folder.resolvingSymlinksInPath().path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and creates its parent folders.
  func write(_ text: String = "", to name: String) throws {
    let file = URL(filePath: path).appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Creates a project for the folder.
  func project(_ change: (inout Project.Options) -> Void = { _ in }) throws -> Project {
    var options = Project.Options()
    change(&options)
    return try Project(options, workingFolder: FilePath(path))
  }

  /// The paths that a walk finds, relative to the folder.
  func walk(
    _ names: [String] = [""], in project: Project,
    list: @escaping FileWalk.Lister = FolderListing.init(_:followsLink:)
  ) throws -> [String] {
    var walk = FileWalk(names.map { FilePath(path + "/" + $0) }, in: project, list: list)
    try walk.survey()
    var found: [String] = []
    while let file = try walk.next() {
      _ = try file.settings.get()
      found.append(
        String(decoding: (file.reference.path?.bytes ?? []).dropFirst(path.utf8.count + 1), as: UTF8.self))
    }
    return found
  }

  /// Runs a command and returns its standard output.
  func run(_ command: [String], input: [UInt8] = []) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = URL(filePath: path)
    // Ignore this machine's Git settings.
    process.environment = ProcessInfo.processInfo.environment
      .merging(["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"]) { $1 }
    let (given, printed) = (path + "/.in", path + "/.out")
    try Data(input).write(to: URL(filePath: given))
    try Data().write(to: URL(filePath: printed))
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: given))
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: printed))
    try process.run()
    process.waitUntilExit()
    return try Data(contentsOf: URL(filePath: printed))
  }
}

import Foundation
@testable import PreflightTestSupport
import Testing

/// Data-driven tests of the command line. Each file under `Cases` is a list of commands with their expected output.
///
///     $ preflight policy list      a command, run by a shell in the package's folder
///     ? 0                          its exit status
///     > waconnect  …               a line of its standard output
///     ! error: …                   a line of its standard error
///
/// `PREFLIGHT_RECORD=1 swift test` writes the actual output to the files; review the diff.
@Suite struct CommandLineTests {
  static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static let cases: [String] = {
    let folder = package.appending(path: "Tests/CommandLineTests/Cases").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".case") }.sorted()
  }()

  @Test func thereAreCases() { #expect(Self.cases.count > 3) }

  @Test(arguments: cases)
  func printsWhatTheCaseSays(name: String) throws {
    let file = Self.package.appending(path: "Tests/CommandLineTests/Cases/\(name)")
    let expected = try String(contentsOf: file, encoding: .utf8)
    var actual = ""
    for line in expected.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("$ ") {
        let run = try Shell.run(String(line.dropFirst(2)), in: Self.package)
        actual += line + "\n? \(run.status)\n" + marked(run.output, "> ") + marked(run.errors, "! ")
      } else if !["? ", "> ", "! "].contains(where: line.hasPrefix), line != ">", line != "!" {
        actual += line + "\n"
      }
    }
    actual.removeLast()
    if ProcessInfo.processInfo.environment["PREFLIGHT_RECORD"] != nil {
      try actual.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(actual == expected)
  }

  private func marked(_ text: String, _ mark: String) -> String {
    let visible = text.replacingOccurrences(of: "\r\n", with: "␍\n")
    var lines = visible.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { ($0.isEmpty ? String(mark.dropLast()) : mark + $0) + "\n" }.joined()
  }
}

/// Runs shell commands with the executable under test first in `PATH`.
enum Shell {
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  /// The folder of the build products, which has the test bundle.
  static let products: String = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    return URL(filePath: bundle).deletingLastPathComponent().path
  }()

  static func run(_ command: String, in folder: URL) throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder
    process.environment = ["PATH": "\(products):/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
    // Pass sanitizer settings on to the command.
    for name in ["ASAN_OPTIONS", "TSAN_OPTIONS"] {
      process.environment?[name] = ProcessInfo.processInfo.environment[name]
    }
    let scratch = FileManager.default.temporaryDirectory.appending(path: "preflight-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    process.environment?["SCRATCH"] = scratch.path
    // Files instead of pipes, which would have to be drained.
    let (output, errors) = (scratch.appending(path: ".out"), scratch.appending(path: ".err"))
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let text = { (file: URL) in
      String(decoding: try Data(contentsOf: file), as: UTF8.self)
        .replacingOccurrences(of: scratch.path, with: "$SCRATCH")
    }
    return Result(status: process.terminationStatus, output: try text(output), errors: try text(errors))
  }
}

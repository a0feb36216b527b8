import Foundation
@testable import PreflightTestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// Tests of running processes: progress on a terminal, interrupts, closed pipes.
@Suite(.serialized) struct ProcessTests {
  /// A run over distinct files that takes some seconds even on fast machines. It searches for no configurations, so the
  /// first result doesn't wait for a survey of the whole list.
  private static let endless = ["check", "--isolated", "--jobs", "2", "--files-from", longList.path]

  private static let longList: URL = {
    let file = FileManager.default.temporaryDirectory.appending(path: "preflight-tests-list")
    try? Data((1...100_000).map { "/nonexistent/\($0)\n" }.joined().utf8).write(to: file, options: .atomic)
    return file
  }()

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143)), (SIGHUP, Int32(129))])
  func interruptedRunReportsResultsSoFar(signal: Int32, status: Int32) throws {
    let run = try Running(
      Self.endless + [
        "--format", "json", "--report", "junit=$SCRATCH/junit", "--report", "sarif=$SCRATCH/sarif",
        "--report", "human=$SCRATCH/human",
      ])
    // Wait for the first results.
    try run.waitForOutput(1)
    let begin = Date()
    kill(run.process.processIdentifier, signal)
    run.process.waitUntilExit()
    #expect(Date().timeIntervalSince(begin) < 5)
    #expect(run.process.terminationReason == .exit && run.process.terminationStatus == status)
    let json = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    let summary = try #require(json["summary"] as? [String: Any])
    let results = try #require(json["results"] as? [[String: Any]])
    #expect(summary["interrupted"] as? Bool == true)
    #expect(summary["checked"] as? Int == results.count)
    #expect(results.count > 100)
    // Results are in the order of the list, except the files that the two workers were still checking.
    let numbers = try results.map {
      try #require(Int(URL(filePath: $0["path"] as? String ?? "").lastPathComponent))
    }
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
    #expect(numbers.count + 2 >= numbers.last ?? 0)
    let files = results.count
    #expect(try run.errors == "note: interrupted after \(files) files\n")
    let sarif = try JSONSerialization.jsonObject(with: run.file("sarif")) as? [String: Any]
    let runs = try #require(sarif?["runs"] as? [[String: Any]])
    let invocations = try #require(runs[0]["invocations"] as? [[String: Any]])
    #expect(invocations[0]["executionSuccessful"] as? Bool == false)
    let human = String(decoding: try run.file("human"), as: UTF8.self)
    #expect(
      human.hasSuffix(
        "0 files checked: 0 accepted, 0 rejected, 0 warnings, \(files) unjudged, interrupted.\n"
          + "\(files) unreadable\n"
      ))
    let junit = String(decoding: try run.file("junit"), as: UTF8.self)
    #expect(junit.hasSuffix("</testsuite>\n</testsuites>\n") && junit.contains("tests=\"\(files)\""))
  }

  @Test func secondInterruptKills() throws {
    // The pipe isn't read, so the report can't be completed.
    let pipe = Pipe()
    let run = try Running(Self.endless + ["--format", "ndjson"], output: pipe.fileHandleForWriting)
    try pipe.fileHandleForWriting.close()
    try run.waitUntilBlocked()
    kill(run.process.processIdentifier, SIGINT)
    usleep(300_000)
    #expect(run.process.isRunning)
    kill(run.process.processIdentifier, SIGINT)
    run.process.waitUntilExit()
    #expect(run.process.terminationReason == .uncaughtSignal && run.process.terminationStatus == SIGINT)
    #expect(try run.errors == "")
  }

  @Test func progressLineIsErasedAtTheEnd() throws {
    let terminal = try PseudoTerminal()
    let run = try Running(Self.endless + ["--format", "ndjson"], errors: terminal.end)
    let shown = try terminal.read(until: "\r\u{1b}[K") + terminal.read(until: " checked")
    // A short run shows no progress.
    #expect(Date().timeIntervalSince(run.begin) > 0.9)
    #expect(shown.firstMatch(of: /^\r\u{1b}\[K\d+ checked$/) != nil, "\(shown.debugDescription)")
    kill(run.process.processIdentifier, SIGINT)
    run.process.waitUntilExit()
    let rest = try terminal.read(until: "interrupted after")
    // The line is erased before other output.
    #expect(rest.hasSuffix("\r\u{1b}[Knote: interrupted after"), "\(rest.debugDescription)")
    let parts = rest.split(separator: "\r\u{1b}[K").dropLast()
    #expect(parts.allSatisfy { $0.wholeMatch(of: /\d+ checked/) != nil }, "\(rest.debugDescription)")
  }

  @Test func progressShowsTheTotalWhenItIsKnown() throws {
    let terminal = try PseudoTerminal()
    // The result exceeds the pipe's capacity and isn't read, so one worker blocks while another reaches the end of the
    // list.
    let pipe = Pipe()
    let run = try Running(
      ["check", "--format", "ndjson", "--jobs", "2", "--files-from", "$SCRATCH/list"],
      files: ["list": "/nonexistent/" + String(repeating: "long", count: 50_000)],
      output: pipe.fileHandleForWriting, errors: terminal.end)
    try pipe.fileHandleForWriting.close()
    #expect(try terminal.read(until: " checked").hasSuffix("\r\u{1b}[K1 of 1 checked"))
    try pipe.fileHandleForReading.close()
    run.process.waitUntilExit()
    #expect(run.process.terminationReason == .uncaughtSignal && run.process.terminationStatus == SIGPIPE)
    #expect(try terminal.read(for: 0.2).hasSuffix("\r\u{1b}[K"))
  }

  /// A report that goes to a file leaves the line where it is.
  @Test func progressStaysWhileAReportIsWrittenToAFile() throws {
    let terminal = try PseudoTerminal()
    let run = try Running(
      Self.endless + ["--format", "ndjson", "--output", "$SCRATCH/report"], errors: terminal.end)
    _ = try terminal.read(until: " checked")
    let shown = try terminal.read(for: 1.5)
    kill(run.process.processIdentifier, SIGKILL)
    run.process.waitUntilExit()
    // A line that is erased for a block of the report leaves nothing between two erasures.
    let lines = shown.split(separator: "\r\u{1b}[K", omittingEmptySubsequences: false)
      .dropFirst().dropLast()
    #expect(lines.count > 3)
    #expect(lines.allSatisfy { $0.contains(/^\d/) }, "\(shown.debugDescription)")
  }

  @Test(arguments: [["--no-progress"], ["--quiet"], []]) func progressIsOff(options: [String]) throws {
    let terminal = try PseudoTerminal()
    // Without an option, progress is off because there is no terminal.
    let run = try Running(
      Self.endless + ["--format", "ndjson"] + options, errors: options.isEmpty ? nil : terminal.end)
    usleep(1_800_000)
    #expect(run.process.isRunning)
    kill(run.process.processIdentifier, SIGKILL)
    run.process.waitUntilExit()
    #expect(try options.isEmpty ? run.errors == "" : terminal.read(for: 0.1) == "")
  }
}

/// A pseudoterminal whose output a test reads.
private final class PseudoTerminal {
  private let master: Int32
  /// The side that a process writes to.
  let end: FileHandle

  struct Failure: Error {
    let text: String
  }

  init() throws {
    #if canImport(Darwin)
      master = posix_openpt(O_RDWR | O_NOCTTY)
      guard master >= 0, grantpt(master) == 0, unlockpt(master) == 0, let slave = ptsname(master) else {
        throw Failure(text: "no pseudo-terminal")
      }
      let name = String(cString: slave)
    #else
      // The equivalent of posix_openpt(), which the Glibc module doesn't export.
      master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var (lock, number): (Int32, UInt32) = (0, 0)
      let (setLock, getNumber) = (UInt(0x4004_5431), UInt(0x8004_5430))
      guard master >= 0, ioctl(master, setLock, &lock) == 0, ioctl(master, getNumber, &number) == 0 else {
        throw Failure(text: "no pseudo-terminal")
      }
      let name = "/dev/pts/\(number)"
    #endif
    // Otherwise every child process keeps the terminal open.
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    end = FileHandle(fileDescriptor: open(name, O_RDWR | O_NOCTTY), closeOnDealloc: true)
  }

  deinit { close(master) }

  /// Reads output up to and including a text.
  func read(until text: String) throws -> String {
    var shown = ""
    let deadline = Date().addingTimeInterval(20)
    while !shown.hasSuffix(text) {
      guard let byte = next(within: 20), Date() < deadline else { throw Failure(text: shown) }
      shown.unicodeScalars.append(Unicode.Scalar(byte))
    }
    return shown
  }

  /// Reads output for a time.
  func read(for seconds: Double) throws -> String {
    var shown = ""
    while let byte = next(within: seconds) { shown.unicodeScalars.append(Unicode.Scalar(byte)) }
    return shown
  }

  private func next(within seconds: Double) -> UInt8? {
    var query = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&query, 1, Int32(seconds * 1000)) == 1 else { return nil }
    var byte: UInt8 = 0
    #if canImport(Darwin)
      return Darwin.read(master, &byte, 1) == 1 ? byte : nil
    #else
      return Glibc.read(master, &byte, 1) == 1 ? byte : nil
    #endif
  }
}

/// A process under test with its own temporary folder, `$SCRATCH` in its arguments.
private final class Running {
  let process = Process()
  let begin = Date()
  private let scratch: URL

  init(
    _ arguments: [String], files: [String: String] = [:], output: FileHandle? = nil, errors: FileHandle? = nil
  ) throws {
    scratch = FileManager.default.temporaryDirectory.appending(path: "preflight-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    for (name, text) in files { try Data(text.utf8).write(to: scratch.appending(path: name)) }
    process.executableURL = URL(filePath: Shell.products + "/preflight")
    process.arguments = arguments.map { $0.replacingOccurrences(of: "$SCRATCH", with: scratch.path) }
    process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "xterm"]
    for name in ["out", "err"] { try Data().write(to: scratch.appending(path: name)) }
    process.standardOutput = try output ?? FileHandle(forWritingTo: scratch.appending(path: "out"))
    process.standardError = try errors ?? FileHandle(forWritingTo: scratch.appending(path: "err"))
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    try? FileManager.default.removeItem(at: scratch)
  }

  func file(_ name: String) throws -> Data { try Data(contentsOf: scratch.appending(path: name)) }

  var output: Data { (try? file("out")) ?? Data() }

  var errors: String { get throws { String(decoding: try file("err"), as: UTF8.self) } }

  struct TookTooLong: Error {}

  /// Waits until a number of bytes have been written.
  func waitForOutput(_ count: Int) throws {
    for _ in 0..<2000 {
      if output.count >= count { return }
      usleep(10_000)
    }
    throw TookTooLong()
  }

  /// Waits until the process no longer uses CPU time.
  func waitUntilBlocked() throws {
    var last = -1
    for _ in 0..<200 {
      usleep(200_000)
      // Fields 14 and 15 of /proc/PID/stat are its CPU time. On other systems, just wait.
      let fields = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8))?
        .split(separator: " ")
      let ticks = fields.map { $0.dropFirst(13).prefix(2).compactMap { Int($0) }.reduce(0, +) } ?? last
      if ticks == last { return }
      last = ticks
    }
    throw TookTooLong()
  }
}

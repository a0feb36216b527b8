import Foundation
@testable import PreflightTestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// The hook as programs use it: a long-running process.
@Suite(.serialized) struct HookTests {
  private static let fixtures = CommandLineTests.package.path + "/Fixtures/"

  @Test func requestsAreAnsweredImmediately() throws {
    let hook = try Hook()
    for name in ["pictures/rgb.jpg", "pictures/cmyk.jpg", "pictures/rgb.jpg"] {
      // The answer doesn't depend on further input.
      let answer = try hook.ask(#"{"endpoint":"image","file":"\#(Self.fixtures)\#(name)"}"#)
      #expect(answer["path"] as? String == Self.fixtures + name)
      #expect(answer["verdict"] as? String == (name.contains("cmyk") ? "rejected" : "accepted"))
    }
    // A malformed line is also answered immediately, and the hook continues.
    for (index, line) in [#"{"endpoint":"image""#, #"{"file":"unclosed,"#, "]", "{}"].enumerated() {
      let findings = try #require(try hook.ask(line)["findings"] as? [[String: Any]])
      #expect((findings[0]["message"] as? String)?.contains("line \(index + 4) ") == true)
    }
    let last = try hook.ask(#"{"file":"\#(Self.fixtures)pictures/rgb.jpg"}"# + "\r")
    #expect(last["verdict"] as? String == "accepted")
    hook.closeInput()
    #expect(hook.waitForEnd() == 1)
  }

  @Test func manyRequestsAreAnsweredInOrderInConstantMemory() throws {
    let hook = try Hook()
    let picture = Self.fixtures + "pictures/rgb.jpg"
    var early = 0
    for round in 0..<100 {
      var lines = ""
      for index in round * 1000..<round * 1000 + 1000 {
        switch index % 10 {
        case 0: lines += #"{"file":"\#(picture)","caption":"\#(index)"}"#
        case 1: lines += "broken \(index)"
        default: lines += #"{"endpoint":"image","to":"15551234567","mediaId":"1","caption":"\#(index)"}"#
        }
        lines += "\n"
      }
      let answers = try hook.exchange(lines, count: 1000)
      for (offset, answer) in answers.enumerated() {
        let index = round * 1000 + offset
        let expected =
          switch index % 10 {
          case 0: "\"path\":\"\(picture)\""
          case 1: "line \(index + 1) is not"
          default: "\"caption\":\"\(index)\""
          }
        if !answer.contains(expected) { Issue.record("request \(index) was answered with \(answer)") }
      }
      if round == 9 { early = try hook.memory() }
    }
    let late = try hook.memory()
    #expect(late < early + early / 10, "\(early) bytes after 10,000 requests, \(late) after 100,000")
    hook.closeInput()
    #expect(hook.waitForEnd() == 1)
  }

  /// The hook ends when the reader of its answers is gone, even if its input is still open.
  @Test func endsWhenTheCallerDies() throws {
    let hook = try Hook()
    _ = try hook.ask("{}")
    hook.closeOutput()
    #expect(hook.waitForEnd() == SIGPIPE)
    #expect(hook.process.terminationReason == .uncaughtSignal)
    let other = try Hook()
    _ = try other.ask("{}")
    other.closeInput()
    #expect(other.waitForEnd() == 1)
  }

  @Test func longLineIsRejectedInConstantMemory() throws {
    let hook = try Hook()
    _ = try hook.ask("{}")
    let before = try hook.memory()
    let caption = String(repeating: "x", count: 128 << 20)
    let answers = try hook.exchange(#"{"endpoint":"image","caption":"\#(caption)"}"# + "\n{}\n", count: 2)
    #expect(answers[0].contains("line 2 is too long"))
    #expect(answers[1].contains("line 3 has neither"))
    // Up to 64 MiB of input are buffered while answers wait; the long line is discarded.
    #expect(try hook.memory() < before + (80 << 20))
    // The longest accepted line and the shortest rejected one.
    for (extra, isTooLong) in [(0, false), (1, true)] {
      let (start, end) = (#"{"endpoint":"image","caption":""#, "\"}")
      let length = (1 << 20) + extra - start.utf8.count - end.utf8.count
      let text = start + String(repeating: "x", count: length) + end
      let answer = try hook.exchange(text + "\n", count: 1)[0]
      #expect(answer.contains("is too long") == isTooLong)
      #expect(answer.contains("caption-too-long") == !isTooLong)
    }
  }

  /// A caller may write all requests before it reads answers: up to 64 MiB are buffered.
  @Test func requestsAreBuffered() throws {
    let hook = try Hook()
    _ = try hook.ask("{}")
    let before = try hook.memory()
    let line = #"{"endpoint":"image","to":"15551234567","mediaId":"1","id":"#
    let count = 100_000
    let written = hook.write((0..<count).map { "\(line)\($0)}\n" }.joined())
    #expect(written.wait(timeout: .now() + 60) == .success, "the caller is blocked")
    #expect(try hook.memory() < before + (80 << 20))
    let answers = try hook.exchange("", count: count)
    for (index, answer) in answers.enumerated() where !answer.hasPrefix(#"{"id":\#(index),"#) {
      Issue.record("request \(index) was answered with \(answer)")
      break
    }
  }

  @Test func unorderedAnswersDoNotWaitForSlowOnes() throws {
    let folder = try ScratchFolder()
    let small = Self.fixtures + "pictures/rgb.jpg"
    // Text files are read to the end.
    try Data(repeating: 0x61, count: 60 << 20).write(to: URL(filePath: folder.path + "/large.txt"))
    let lines = (1...3).map { number in
      let file = number == 1 ? folder.path + "/large.txt" : small
      return #"{"id":\#(number),"file":"\#(file)"}"#
    }
    for arguments in [["--jobs", "2"], ["--jobs", "2", "--unordered"]] {
      let hook = try Hook(arguments)
      let answers = try hook.exchange(lines.joined(separator: "\n") + "\n", count: 3)
      let isFirst = answers.first?.hasPrefix(#"{"id":1,"#)
      #expect(isFirst == !arguments.contains("--unordered"), "\(arguments)")
      #expect(Set(answers.map { $0.prefix(7) }) == [#"{"id":1"#, #"{"id":2"#, #"{"id":3"#])
    }
  }

  @Test(arguments: [("error", 2), ("never", 0)])
  func failOnSetsTheExitStatus(failOn: String, status: Int32) throws {
    let hook = try Hook(["--fail-on", failOn])
    _ = try hook.exchange("{}\n{\"file\":\"/nonexistent\"}\n", count: 2)
    hook.closeInput()
    #expect(hook.waitForEnd() == status)
  }

  /// Random lines that arrive in random chunks get one answer each, in order.
  @Test func randomLinesInRandomChunksGetOneAnswerEach() throws {
    let hook = try Hook()
    var numbers = SystemRandomNumberGenerator()
    let parts = [
      "{", "}", "[", "]", "\"", "\\", ",", ":", " ", "\t", "\r", "\0", "é", "\u{feff}", "\\u", "d83d", "1e5",
      "null",
      "\"id\"", "\"file\"", "\"endpoint\":\"image\"", "\"to\":\"15551234567\"", "\"mediaId\":\"7\"",
    ]
    for _ in 0..<50 {
      var text = ""
      var expected: [String] = []
      for index in 0..<100 {
        if index.isMultiple(of: 3) {
          text += #"{"id":"\#(index)","endpoint":"image","to":"15551234567","mediaId":"7"}"# + "\n"
          expected.append(#"{"id":"\#(index)","path":null,"verdict":"accepted""#)
        } else {
          text +=
            "x"
            + (0..<Int.random(in: 0..<12, using: &numbers)).map { _ in parts.randomElement() ?? "" }.joined()
          text += "\n"
          expected.append(#"{"path":null,"verdict":"rejected""#)
        }
      }
      let cut = text.index(text.startIndex, offsetBy: Int.random(in: 0..<text.count, using: &numbers))
      let first = hook.write(String(text[..<cut]))
      first.wait()
      let answers = try hook.exchange(String(text[cut...]), count: 100)
      for (answer, start) in zip(answers, expected) where !answer.hasPrefix(start) {
        Issue.record("\(text.debugDescription): \(answer) is not \(start)…")
      }
    }
  }

  /// Every line is answered immediately. An object that spans several lines counts as several requests.
  @Test func everyLineIsAnswered() throws {
    let hook = try Hook()
    for line in [
      "{", "\"endpoint\": \"image\", ", "", "   ", "}", "{},{", "[", "{\"file\":{", "\u{0}", "null",
    ] {
      #expect(try hook.exchange(line + "\n", count: 1)[0].contains("invalid-request"), "\(line)")
    }
    #expect(try hook.exchange("{\"file\":\"/nonexistent\"}\n", count: 1)[0].contains("unreadable"))
  }
}

/// A hook process with its input and output.
private final class Hook {
  let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var rest: [UInt8] = []

  struct Failure: Error {
    let text: String
  }

  init(_ arguments: [String] = []) throws {
    process.executableURL = URL(filePath: Shell.products + "/preflight")
    process.arguments = ["hook"] + arguments
    process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  func closeInput() { try? input.fileHandleForWriting.close() }

  func closeOutput() { try? output.fileHandleForReading.close() }

  func waitForEnd() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Sends a line and waits for its answer.
  func ask(_ line: String) throws -> [String: Any] {
    let answer = try exchange(line + "\n", count: 1)[0]
    return try #require(try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any])
  }

  /// Sends text on another thread.
  ///
  /// - Returns: A semaphore that is signaled when all of it is written.
  func write(_ text: String) -> DispatchSemaphore {
    let input = input.fileHandleForWriting
    let done = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      // If the hook ends early, SIGPIPE must not kill the tests. It is blocked here, because SIG_IGN would be inherited by
      // all child processes.
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGPIPE)
      pthread_sigmask(SIG_BLOCK, &signals, nil)
      try? input.write(contentsOf: Data(text.utf8))
      done.signal()
    }
    return done
  }

  /// Sends text and waits for a number of answers, reading while writing.
  func exchange(_ text: String, count: Int) throws -> [String] {
    _ = write(text)
    var answers: [String] = []
    while answers.count < count {
      var start = 0
      while answers.count < count, let end = rest[start...].firstIndex(of: 0x0a) {
        answers.append(String(decoding: rest[start..<end], as: UTF8.self))
        start = end + 1
      }
      rest.removeFirst(start)
      if answers.count == count { break }
      var query = pollfd(fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&query, 1, 30_000) == 1 else { throw Failure(text: "no answer") }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { throw Failure(text: "the hook has ended") }
      rest += more
    }
    return answers
  }

  /// The process's resident memory, in bytes.
  func memory() throws -> Int {
    #if os(Linux)
      let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
      let match = try #require(status.firstMatch(of: /VmRSS:\s+(\d+) kB/))
      return try #require(Int(match.1)) * 1024
    #else
      let ps = Process()
      let pipe = Pipe()
      ps.executableURL = URL(filePath: "/bin/ps")
      ps.arguments = ["-o", "rss=", "-p", "\(process.processIdentifier)"]
      ps.standardOutput = pipe
      try ps.run()
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      return try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines))) * 1024
    #endif
  }
}

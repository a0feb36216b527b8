import ArgumentParser
import MediaPreflight
import PreflightProject
import PreflightReport

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct HookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hook",
    abstract: "Answer requests from another program: JSON in, JSON out.",
    discussion: """
      Reads one JSON object, or one per line, with the keys endpoint, file, to, mediaUrl, mediaId, caption, \
      filename, phoneNumberId and declaredType, and writes one result per request on a line of its own, in \
      order, each as soon as it is done. A line that can't be read gets a result that says so. A request \
      with nothing but a file and an endpoint is judged by the file alone. A configuration is taken only \
      where --config names it, so that no stray file changes the answers; an endpoint in the request holds \
      over it.
      """)

  @OptionGroup var policy: PolicyOptions
  @OptionGroup var configuration: ConfigOptions

  @Flag(inversion: .prefixedNo, help: "Let a warning reject as an error does.")
  var strict: Bool?

  func run() throws {
    let project = try configuration.project(Settings(policy, isStrict: strict))
    var lines = LineReader()
    var summary = Summary()
    do {
      while let line = try lines.next() {
        if line.text.allSatisfy({ " \t\r".utf8.contains($0) }) { continue }
        let result = try answer(line, project)
        summary.count(result)
        var json = JSONWriter()
        json.result(result)
        guard Terminal.write(json.bytes + [0x0a], to: STDOUT_FILENO) else {
          throw Failure("standard output can't be written: \(Terminal.lastError)")
        }
      }
    } catch let error as SnifferError {
      throw Failure(error.description)
    } catch let error as ByteSourceError { throw Failure("standard input: \(error)") }
    try FileRun.exit(summary)
  }

  private func answer(_ line: LineReader.Line, _ project: Project) throws -> CheckResult {
    let engine = project.baseSettings.engine
    let request: HookRequest
    do { request = try HookRequest(parsing: line.text) } catch {
      return engine.rejection(
        ofRequest: "line \(line.number) \(error.reason)", subject: error.subject, expected: error.expected,
        actual: error.actual)
    }
    if let file = request.file {
      let settings = project.settings(ofFileAt: FileName(file))
      return try settings.engine.check(
        fileAt: FileName(file), as: request.endpoint ?? settings.endpoint, declaredType: request.declaredType,
        sending: request.message)
    }
    guard let endpoint = request.endpoint else {
      return engine.rejection(
        ofRequest: "line \(line.number) has neither a file nor an endpoint", expected: "file or endpoint")
    }
    return engine.check(request.message ?? MessageRequest(), as: endpoint)
  }
}

/// Cuts standard input into lines. A line of `{` alone begins an object over several lines.
private struct LineReader {
  /// No request is longer; a longer line is answered as one that can't be read.
  private static let maximumBytes = 1 << 20

  struct Line {
    let number: Int
    let text: [UInt8]
  }

  private var buffer: [UInt8] = []
  private var start = 0
  private var number = 0
  private var isAtEnd = false

  mutating func next() throws -> Line? {
    guard let first = try nextLine() else { return nil }
    let begin = number
    guard Self.trimmed(first) == [UInt8(ascii: "{")] else { return Line(number: begin, text: first) }
    var text = first
    while text.count <= Self.maximumBytes, Self.depth(of: text) > 0, let more = try nextLine() {
      text.append(0x0a)
      text += more
    }
    return Line(number: begin, text: text)
  }

  private mutating func nextLine() throws -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0a) {
        defer { start = end + 1 }
        number += 1
        return Array(buffer[start..<end].prefix(Self.maximumBytes + 1))
      }
      if isAtEnd {
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        number += 1
        return Array(buffer[start...].prefix(Self.maximumBytes + 1))
      }
      buffer.removeFirst(start)
      start = 0
      // Of a line that is too long, its start is kept and the rest passed over.
      if buffer.count > 2 * Self.maximumBytes { buffer.removeLast(buffer.count - Self.maximumBytes - 1) }
      searched = buffer.count
      if let more = try Input.read(1 << 16) { buffer += more } else { isAtEnd = true }
    }
  }

  private static func trimmed(_ bytes: [UInt8]) -> [UInt8] { bytes.filter { !" \t\r".utf8.contains($0) } }

  /// How many braces are open, not counting those in strings.
  private static func depth(of text: [UInt8]) -> Int {
    var depth = 0
    var isInString = false
    var isEscaped = false
    for byte in text {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"): depth -= 1
      default: break
      }
    }
    return depth
  }
}

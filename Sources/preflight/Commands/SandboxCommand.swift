import ArgumentParser
import Dispatch
import MediaPreflight
import SystemPackage
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Shows that the sandbox holds on this machine: a file is checked whose bytes, when a reader asks for them, try
/// to get out, on the threads on which files are checked.
struct SandboxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Try to get out of the sandbox.",
    discussion: "Exit status: 0 nothing got out; 1 something did.",
    shouldDisplay: false)

  @OptionGroup var sandbox: SandboxOptions

  @Option(help: ArgumentHelp("Allow one file to be written, and write it.", valueName: "FILE"))
  var writing: FilePath?

  @Option(
    help: ArgumentHelp("Do as if the kernel's Landlock were of this version, 0 for none.", valueName: "N"))
  var landlock = Int32.max

  func run() throws {
    let engine = Preflight()
    let ways = Escape.all + [.cutting(Escape.emptyFile())]
    Sandbox.enter(sandbox, writing: writing.map { [$0] } ?? [], landlock: landlock)
    if let writing { print("write the allowed file", Escape.write(writing.bytes) ? "done" : "refused") }
    let outcomes = Mutex<[String: Bool]>([:])
    DispatchQueue.concurrentPerform(iterations: ways.count) { index in
      let escape = ways[index]
      let source = EscapingSource(escape)
      let isJudged = (try? engine.check(source)) != nil
      outcomes.withLock { $0[escape.name] = source.succeeded || !isJudged }
    }
    var isOut = false
    for escape in ways {
      let succeeded = outcomes.withLock { $0[escape.name] != false }
      print(escape.name, succeeded ? "done" : "refused")
      isOut = isOut || succeeded
    }
    if isOut { throw ExitStatus.rejected }
  }
}

/// One way out.
private struct Escape: Sendable {
  let name: String
  /// Takes it; whether it was free.
  let take: @Sendable () -> Bool

  static let all = [
    Escape(name: "open a socket") {
      #if canImport(Glibc)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
      #endif
      return closed(descriptor)
    },
    Escape(name: "run a program") {
      var child: pid_t = 0
      var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
      defer { free(arguments[0]) }
      guard posix_spawn(&child, "/bin/true", nil, nil, &arguments, nil) == 0 else { return false }
      var status: Int32 = 0
      return waitpid(child, &status, 0) == child && status == 0
    },
    Escape(name: "write a file") { write(Array("\(temporary)/preflight-sandbox".utf8)) },
    Escape(name: "make a folder") {
      let path = "\(temporary)/preflight-sandbox-folder"
      return mkdir(path, 0o700) == 0 && rmdir(path) == 0
    },
    Escape(name: "change a file's mode") { chmod(temporary, 0o1777) == 0 },
  ]

  /// Opening a file to be cut, which needs no leave to write where nothing refuses it; or cutting it by its name.
  static func cutting(_ path: String) -> Escape {
    Escape(name: "cut a file") { closed(open(path, O_RDONLY | O_TRUNC)) || truncate(path, 0) == 0 }
  }

  /// Where a new file that has no other name any more can be opened.
  static func emptyFile() -> String {
    // mkstemp fills in the X's.
    var path = "\(temporary)/preflight-sandbox-XXXXXX".utf8CString.map(\.self)
    let descriptor = mkstemp(&path)
    unlink(path)
    return "/dev/fd/\(descriptor)"
  }

  private static var temporary: String { Terminal.environment("TMPDIR") ?? "/tmp" }

  /// Makes a file and removes it.
  static func write(_ path: [UInt8]) -> Bool {
    let path = path.map { CChar(bitPattern: $0) } + [0]
    return closed(open(path, O_WRONLY | O_CREAT, 0o600)) && unlink(path) == 0
  }

  private static func closed(_ descriptor: Int32) -> Bool {
    guard descriptor >= 0 else { return false }
    return close(descriptor) == 0
  }
}

/// A file that does something when it is read.
private final class EscapingSource: ByteSource {
  private let escape: Escape
  private let result = Mutex<Bool?>(nil)

  init(_ escape: Escape) { self.escape = escape }

  let byteCount: UInt64 = 64

  var succeeded: Bool { result.withLock { $0 == true } }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    result.withLock { if $0 == nil { $0 = escape.take() } }
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    return Int(min(UInt64(buffer.count), byteCount - offset))
  }
}

private func print(_ name: String, _ outcome: String) {
  Terminal.write("\(name): \(outcome)\n", to: STDOUT_FILENO)
}

import MediaPreflight
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One way out of the sandbox.
struct Escape: Sendable {
  let name: String
  /// Takes it, with a file of its own that has some content; whether it was free.
  private let take: @Sendable (_ file: String) -> Bool

  static let all = [
    Escape(name: "open a socket") { _ in
      #if canImport(Glibc)
        isOpened(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
      #else
        isOpened(socket(AF_INET, SOCK_STREAM, 0))
      #endif
    },
    // Standard input is no socket: without the sandbox, another error says so.
    Escape(name: "send a message on another socket") { _ in
      var message = msghdr()
      return sendmsg(STDIN_FILENO, &message, 0) < 0 && errno != EPERM
    },
    Escape(name: "run a program") { _ in
      var child: pid_t = 0
      var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
      defer { free(arguments[0]) }
      guard posix_spawn(&child, "/bin/true", nil, nil, &arguments, nil) == 0 else { return false }
      var status: Int32 = 0
      return waitpid(child, &status, 0) == child && status == 0
    },
    Escape(name: "write to a file") { isOpened(open($0, O_WRONLY)) },
    Escape(name: "make a file") { isOpened(open($0 + ".new", O_RDONLY | O_CREAT | O_EXCL, 0o600)) },
    Escape(name: "make a folder") { mkdir($0 + ".new", 0o700) == 0 },
    Escape(name: "make a link") { symlink("target", $0 + ".new") == 0 },
    Escape(name: "rename a file") { rename($0, $0 + ".new") == 0 },
    Escape(name: "remove a file") { unlink($0) == 0 },
    Escape(name: "change a file's mode") { chmod($0, 0o644) == 0 },
    Escape(name: "change a file's owner") { chown($0, getuid(), getgid()) == 0 },
    // Opening a file to be cut needs no permission to write where nothing refuses it; or by its name.
    Escape(name: "cut a file") { isOpened(open($0, O_RDONLY | O_TRUNC)) || truncate($0, 0) == 0 },
  ]

  /// What is refused only to a process to which files come open.
  static let reading = Escape(name: "read a file") { isOpened(open($0, O_RDONLY)) }

  /// Makes a folder with a file for each escape.
  static func prepare(_ folder: String, for escapes: [Escape]) -> Bool {
    mkdir(folder, 0o700) == 0 && escapes.allSatisfy { write(to: "\(folder)/\($0.name)") }
  }

  /// Makes a file beside another, or where one is to be, and lets it take that place, as what is written at the end
  /// of a run does.
  static func replace(_ file: String) -> Bool {
    write(to: file + ".new") && rename(file + ".new", file) == 0
  }

  /// Whether a reader that tries it in a prepared folder gets out.
  func succeeds(in folder: String, _ engine: Preflight) -> Bool {
    let source = EscapingSource { take("\(folder)/\(name)") }
    let isJudged = (try? engine.check(source)) != nil
    // What was never tried isn't refused.
    return source.succeeded ?? true || !isJudged
  }

  private static func write(to file: String) -> Bool {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    guard descriptor >= 0 else { return false }
    #if canImport(Darwin)
      let count = Darwin.write(descriptor, "content", 7)
    #elseif canImport(Glibc)
      let count = Glibc.write(descriptor, "content", 7)
    #else
      let count = Musl.write(descriptor, "content", 7)
    #endif
    return close(descriptor) == 0 && count == 7
  }

  private static func isOpened(_ descriptor: Int32) -> Bool { descriptor >= 0 && close(descriptor) == 0 }
}

/// A file that does something when it is first read.
private final class EscapingSource: ByteSource {
  private let attempt: @Sendable () -> Bool
  private let result = Mutex<Bool?>(nil)

  init(_ attempt: @escaping @Sendable () -> Bool) { self.attempt = attempt }

  let byteCount: UInt64 = 64

  /// What came of it; nil where nothing was read.
  var succeeded: Bool? { result.withLock { $0 } }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    result.withLock { if $0 == nil { $0 = attempt() } }
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    return Int(min(UInt64(buffer.count), byteCount - offset))
  }
}

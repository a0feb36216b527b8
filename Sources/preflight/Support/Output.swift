import SystemPackage
import MediaPreflight

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where a report goes: standard output, or a file that is made anew. Bytes are gathered into blocks.
struct Output: ~Copyable {
  private static let blockSize = 1 << 16

  private let descriptor: Int32
  private let name: String
  private let isOwned: Bool
  private var block: [UInt8] = []

  /// Standard output.
  init() {
    descriptor = STDOUT_FILENO
    name = "standard output"
    isOwned = false
  }

  /// A file.
  ///
  /// - Parameter isAppending: Whether what is there stays.
  init(path: FilePath, isAppending: Bool = false) throws(Failure) {
    let bytes = path.bytes.map { CChar(bitPattern: $0) } + [0]
    let flags = O_WRONLY | O_CREAT | (isAppending ? O_APPEND : O_TRUNC) | O_CLOEXEC
    descriptor = open(bytes, flags, 0o666)
    name = path.display
    isOwned = true
    if descriptor < 0 { throw Failure("\(name) can't be written: \(Terminal.lastError)") }
  }

  /// A file that must not be there yet.
  init(newFileAt path: FilePath) throws(Failure) {
    let bytes = path.bytes.map { CChar(bitPattern: $0) } + [0]
    descriptor = open(bytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    name = path.display
    isOwned = true
    if descriptor < 0 { throw Failure("\(name) can't be written: \(Terminal.lastError)") }
  }

  deinit { if isOwned, descriptor >= 0 { close(descriptor) } }

  /// Whether it is a terminal, which may show progress as well.
  var isTerminal: Bool { Terminal.isTerminal(descriptor) }

  /// The bytes that stand in the file, written before or by this.
  var byteCount: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Takes bytes, and writes them once there is a block of them.
  ///
  /// - Parameters:
  ///   - mustFlush: Whether to write all that is held back whatever it comes to.
  ///   - prepare: Called before anything is written.
  /// - Throws: ``ClosedPipe`` where nobody reads any more, else `Failure`.
  mutating func append(_ bytes: [UInt8], mustFlush: Bool, before prepare: () -> Void) throws {
    // What goes out at once isn't copied first.
    if block.isEmpty { block = bytes } else { block += bytes }
    guard mustFlush ? !block.isEmpty : block.count >= Self.blockSize else { return }
    prepare()
    let isWritten = Terminal.write(block, to: descriptor)
    let reason = errno
    block.removeAll(keepingCapacity: true)
    if isWritten { return }
    if reason == EPIPE { throw ClosedPipe() }
    throw Failure("\(name) can't be written: \(String(cString: strerror(reason)))")
  }
}

/// Nobody reads standard output any more, as after `| head`: the process ends without a word.
struct ClosedPipe: Error {}

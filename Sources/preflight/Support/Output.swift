import SystemPackage
import MediaPreflight

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The buffered output of a report: standard output or a file.
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

  /// Creates or opens a file.
  ///
  /// - Parameter isAppending: Whether to append to the file instead of truncating it.
  init(path: FilePath, isAppending: Bool = false) throws(Failure) {
    let bytes = path.bytes.map { CChar(bitPattern: $0) } + [0]
    let flags = O_WRONLY | O_CREAT | (isAppending ? O_APPEND : O_TRUNC) | O_CLOEXEC
    descriptor = open(bytes, flags, 0o666)
    name = path.display
    isOwned = true
    if descriptor < 0 { throw Failure("\(name) can't be written: \(Terminal.lastError)") }
  }

  /// Creates a file. Fails if it already exists.
  init(newFileAt path: FilePath) throws(Failure) {
    let bytes = path.bytes.map { CChar(bitPattern: $0) } + [0]
    descriptor = open(bytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    name = path.display
    isOwned = true
    if descriptor < 0 { throw Failure("\(name) can't be written: \(Terminal.lastError)") }
  }

  /// Writes to standard output at once.
  ///
  /// - Throws: ``ClosedPipe`` if the reader is gone, else `Failure`.
  static func print(_ bytes: [UInt8]) throws {
    var output = Output()
    try output.append(bytes, mustFlush: true) {}
  }

  static func print(_ text: String) throws { try print(Array(text.utf8)) }

  deinit { if isOwned, descriptor >= 0 { close(descriptor) } }

  /// Whether the output is a terminal, which may also show the progress line.
  var isTerminal: Bool { Terminal.isTerminal(descriptor) }

  /// The size of the file, including earlier content.
  var byteCount: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Appends bytes to the buffer, and writes the buffer when it is full.
  ///
  /// - Parameters:
  ///   - mustFlush: Whether to write the buffer even if it isn't full.
  ///   - prepare: Called before each write.
  /// - Throws: ``ClosedPipe`` if the reader is gone, else `Failure`.
  mutating func append(_ bytes: [UInt8], mustFlush: Bool, before prepare: () -> Void) throws {
    // Avoid a copy if the buffer is empty.
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

/// The reader of standard output is gone, as after `| head`. The process ends silently.
struct ClosedPipe: Error {}

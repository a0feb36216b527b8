import SystemPackage
import MediaPreflight
import PreflightReports

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The process's standard streams, environment variables and exit.
enum Terminal {
  /// Writes all of the bytes; returns false if a write fails.
  @discardableResult
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        #if canImport(Darwin)
          Darwin.write(descriptor, $0.baseAddress, $0.count)
        #elseif canImport(Glibc)
          Glibc.write(descriptor, $0.baseAddress, $0.count)
        #else
          Musl.write(descriptor, $0.baseAddress, $0.count)
        #endif
      }
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      rest = rest.dropFirst(count)
    }
    return true
  }

  @discardableResult
  static func write(_ text: String, to descriptor: Int32) -> Bool { write(Array(text.utf8), to: descriptor) }

  /// How a message on standard error begins.
  enum Label: String {
    case error, warning, note
  }

  /// Writes a message to standard error, where a CI runner may look for commands.
  static func write(_ label: Label, _ text: String) { writeMessage("\(label.rawValue): \(text)") }

  /// Writes lines to standard error. They may quote file names.
  static func writeMessage(_ text: String) { write(VisibleText.log(text) + "\n", to: STDERR_FILENO) }

  static func exit(_ status: Int32) -> Never {
    #if canImport(Darwin)
      Darwin.exit(status)
    #elseif canImport(Glibc)
      Glibc.exit(status)
    #else
      Musl.exit(status)
    #endif
  }

  /// Exits immediately, without waiting for other threads.
  static func exitAtOnce(_ status: Int32) -> Never { _exit(status) }

  /// Ends the process silently by SIGPIPE, as is usual for a closed pipe.
  static func endByClosedPipe() -> Never {
    die(by: SIGPIPE)
  }

  /// Ends the process by a signal, so that the parent process sees which one.
  static func die(by number: Int32) -> Never {
    signal(number, SIG_DFL)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    raise(number)
    _exit(128 + number)
  }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// The width at which text is wrapped if there is no terminal.
  static let standardWidth = 80

  /// Whether the terminal supports links (OSC 8). Terminals don't report it, so known ones are listed here.
  static var hasLinks: Bool {
    let program = environment("TERM_PROGRAM") ?? ""
    let known = ["iTerm.app", "vscode", "WezTerm", "ghostty", "Hyper", "rio", "WarpTerminal"]
    let variables = ["VTE_VERSION", "WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM"]
    return known.contains(program) || variables.contains { environment($0) != nil }
  }

  /// The width of a descriptor's terminal, in columns; nil if it is not a terminal.
  static func width(_ descriptor: Int32) -> Int? {
    guard isTerminal(descriptor) else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// The absolute path of the working folder; nil if it can't be determined.
  static var workingFolder: FilePath? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return FilePath(platformString: path)
  }

  /// The message of the last system error.
  static var lastError: String { String(cString: strerror(errno)) }
}

import MediaPreflight
import PreflightReports
import Synchronization
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The line on the terminal about files that are being encoded, with the time that is left.
final class FixProgress: Sendable {
  private struct Running {
    let start: ContinuousClock.Instant
    var part: Double
  }

  private struct State {
    var running: [FilePath: Running] = [:]
    var isShown = false
  }

  private let state = Mutex(State())

  /// Creates the line; nil if standard error is not a terminal that can rewrite one.
  init?(isQuiet: Bool) {
    guard !isQuiet, Terminal.isTerminal(STDERR_FILENO), Terminal.environment("TERM") != "dumb" else {
      return nil
    }
  }

  /// Shows how much of a file is done, from 0 to 1.
  func show(_ name: FilePath, _ part: Double) {
    state.withLock { state in
      let start = state.running[name]?.start ?? .now
      state.running[name] = Running(start: start, part: part)
      let texts = state.running.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }
        .map { Self.text($0.key, $0.value) }
      Terminal.write("\r\u{1b}[K\(texts.joined(separator: "; "))", to: STDERR_FILENO)
      state.isShown = true
    }
  }

  /// A file is done.
  func end(_ name: FilePath) { state.withLock { _ = $0.running.removeValue(forKey: name) } }

  /// Erases the line until its next update, so that other output can be written.
  func erase() {
    state.withLock { state in
      if state.isShown { Terminal.write("\r\u{1b}[K", to: STDERR_FILENO) }
      state.isShown = false
    }
  }

  private static func text(_ name: FilePath, _ running: Running) -> String {
    var text = "\(VisibleText.log(name.display)): \(Int(running.part * 100)) %"
    let elapsed = Double((ContinuousClock.now - running.start).components.seconds)
    // The first moments say nothing about the rest.
    if elapsed >= 2, running.part > 0.02 {
      let left = Int(elapsed * (1 - running.part) / running.part)
      text += ", \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
    }
    return text
  }
}

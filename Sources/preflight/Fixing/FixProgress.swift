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

/// The line on the terminal about a run that takes longer than a second: how many files are done, and how much of the one that
/// takes longest, with the time that is left.
final class FixProgress: Sendable {
  private struct Running {
    let name: FilePath
    let start: ContinuousClock.Instant
    var part = 0.0

    /// The seconds that are left; nil in the first moments, which say nothing about the rest.
    var left: Double? {
      let elapsed = ContinuousClock.now - start
      guard elapsed >= .seconds(2), part > 0.02 else { return nil }
      return (elapsed / .seconds(1)) * (1 - part) / part
    }
  }

  private struct State {
    var done = 0
    var running: [FilePath: Running] = [:]
    var isShown = false
  }

  private static let barWidth = 20
  /// A shorter piece of a name says nothing.
  private static let leastName = 8

  private let total: Int
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  /// Creates the line for a number of files; nil if standard error is not a terminal that can rewrite one.
  init?(of total: Int, isQuiet: Bool) {
    guard !isQuiet, Terminal.isTerminal(STDERR_FILENO), Terminal.environment("TERM") != "dumb" else {
      return nil
    }
    self.total = total
  }

  /// Shows how much of a file is encoded, from 0 to 1.
  func show(_ name: FilePath, _ part: Double) {
    state.withLock { state in
      state.running[name, default: Running(name: name, start: .now)].part = part
      write(&state)
    }
  }

  /// A file is done.
  func end(_ name: FilePath) {
    state.withLock { state in
      state.running.removeValue(forKey: name)
      state.done += 1
      write(&state)
    }
  }

  /// Erases the line until its next update, so that other output can be written.
  func erase() {
    state.withLock { state in
      if state.isShown { Terminal.write("\r\u{1b}[K", to: STDERR_FILENO) }
      state.isShown = false
    }
  }

  private func write(_ state: inout State) {
    guard ContinuousClock.now - start >= .seconds(1) else { return }
    // A line that reaches the last column would wrap, and only its end would be erased.
    let width = (Terminal.width(STDERR_FILENO) ?? Terminal.standardWidth) - 1
    Terminal.write("\r\u{1b}[K\(line(state, width: width))", to: STDERR_FILENO)
    state.isShown = true
  }

  private func line(_ state: State, width: Int) -> String {
    var line = total > 1 ? "\(state.done) of \(total) done" : ""
    // The one that the user waits for.
    let last = state.running.values.max { ($0.left ?? .infinity) < ($1.left ?? .infinity) }
    guard let last else { return line }
    let filled = Int(last.part * Double(Self.barWidth))
    let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: Self.barWidth - filled)
    line += "\(line.isEmpty ? "" : "  ")[\(bar)] \(Int(last.part * 100)) %"
    if let left = last.left.map({ Int($0) }) {
      line += ", \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
    }
    let room = width - line.utf8.count - 2
    let name = VisibleText.log(last.name.display)
    return room < Self.leastName
      ? String(line.prefix(max(0, width))) : "\(line)  \(TextWidth.cut(name, to: room))"
  }
}

import ArgumentParser
import MediaPreflight
import PreflightChannel
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Starts `preflight-fetch` when something is to be fetched, and again when it dies.
///
/// The process that reads strangers' files can't start programs any more when it finds a URL. It starts this process
/// before it enters its sandbox. This one reads nothing: both programs use the same socket, its standard input.
struct SuperviseFetchCommand: ParsableCommand {
  static let name = "supervise-fetch"

  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Supervise preflight-fetch (internal).", shouldDisplay: false)

  /// How often the program may die without having lived for a second.
  private static let maximumQuickDeaths = 3

  func run() throws {
    // A terminal's interrupt ends preflight, and with it this.
    signal(SIGINT, SIG_IGN)
    let channel = Channel(.standardInput)
    let program = ChildProcess.path(ofProgram: "preflight-fetch")
    var quickDeaths = 0
    while Self.waitForInput() {
      let start = ContinuousClock.now
      do {
        if ChildProcess.wait(for: try ChildProcess.start(program, [], standardInput: .standardInput)) {
          return
        }
      } catch {
        let reason =
          error == .noSuchFileOrDirectory
          ? "URLs need the program preflight-fetch beside preflight, and it isn't there: \(program.display)"
          : "\(program.display) can't be started: \(error)"
        try? channel.send(FetchReply(id: 0, .failure(FetchFailure(.local, reason))))
        return
      }
      quickDeaths = ContinuousClock.now - start < .seconds(1) ? quickDeaths + 1 : 0
      if quickDeaths == Self.maximumQuickDeaths {
        let reason = "\(program.display) ends as soon as it is started"
        try? channel.send(FetchReply(id: 0, .failure(FetchFailure(.local, reason))))
        return
      }
      try? channel.send(FetchReply(id: 0, .restarted))
    }
  }

  /// Waits until there is a request.
  ///
  /// - Returns: Whether there is one; false when the other end is gone.
  private static func waitForInput() -> Bool {
    var byte: UInt8 = 0
    var count: Int
    repeat { count = recv(STDIN_FILENO, &byte, 1, Int32(MSG_PEEK)) } while count < 0 && errno == EINTR
    return count > 0
  }
}

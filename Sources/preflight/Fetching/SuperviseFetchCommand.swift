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

  /// How often the program may end without having read a request. One that ends it is read before.
  private static let maximumVainStarts = 3

  func run() throws {
    // A terminal's interrupt ends preflight, and with it this.
    signal(SIGINT, SIG_IGN)
    let channel = Channel(.standardInput)
    let program = ChildProcess.path(ofProgram: "preflight-fetch")
    var vainStarts = 0
    while let request = Self.nextRequest() {
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
      let isUnread = Self.nextRequest(waiting: false)?.starts(with: request) == true
      vainStarts = isUnread ? vainStarts + 1 : 0
      if vainStarts == Self.maximumVainStarts {
        let reason = "\(program.display) ends as soon as it is started"
        try? channel.send(FetchReply(id: 0, .failure(FetchFailure(.local, reason))))
        return
      }
      try? channel.send(FetchReply(id: 0, .restarted))
    }
  }

  /// The beginning of the next request, which stays unread and tells it from others by its number; nil if the other end
  /// is gone.
  ///
  /// - Parameter waits: Whether to wait for one, rather than to return nil if there is none.
  private static func nextRequest(waiting waits: Bool = true) -> [UInt8]? {
    let flags = Int32(MSG_PEEK) | (waits ? 0 : Int32(MSG_DONTWAIT))
    var bytes = [UInt8](repeating: 0, count: 4096)
    var count: Int
    repeat { count = recv(STDIN_FILENO, &bytes, bytes.count, flags) } while count < 0 && errno == EINTR
    return count > 0 ? Array(bytes.prefix(count)) : nil
  }
}

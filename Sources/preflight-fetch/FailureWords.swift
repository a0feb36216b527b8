#if Network
  import AsyncHTTPClient
  import NIOCore
  import NIOHTTP1
  import NIOPosix
  import NIOSSL
  import PreflightReferences

  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// Says in words why a fetch failed.
  struct FailureWords: Sendable {
    private let target: Target
    private let transfer: Transfer
    private let seconds: Double

    /// - Parameter transfer: What had come.
    init(_ target: Target, _ transfer: Transfer, seconds: Double) {
      self.target = target
      self.transfer = transfer
      self.seconds = seconds
    }

    func failure(of error: any Error) async -> FetchFailure {
      switch error {
      case let failure as FetchFailure: failure
      case let error as HTTPClientError: clientFailure(error)
      case let error as NIOConnectionError: connectionFailure(error)
      case let error as IOError: systemFailure(error)
      case HTTPParserError.invalidEOFState: FetchFailure(.unreachable, brokenOff)
      case let error as HTTPParserError:
        FetchFailure(.unreachable, "the server's answer isn't valid HTTP (\(error))")
      case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
        FetchFailure(.unreachable, await TLSDiagnosis(target).reason(for: error))
      case is CancellationError: FetchFailure(.unreachable, timeIsUp)
      default: FetchFailure(.unreachable, "\(error)")
      }
    }

    private func clientFailure(_ error: HTTPClientError) -> FetchFailure {
      switch error {
      case .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .cancelled, .tlsHandshakeTimeout,
        .getConnectionFromPoolTimeout:
        FetchFailure(.unreachable, timeIsUp)
      case .remoteConnectionClosed: FetchFailure(.unreachable, brokenOff)
      default: FetchFailure(.unreachable, "the HTTP client reports \(error.shortDescription)")
      }
    }

    private func connectionFailure(_ error: NIOConnectionError) -> FetchFailure {
      for attempt in error.connectionErrors {
        if let error = attempt.error as? IOError { return systemFailure(error) }
        if attempt.error is ChannelError { return FetchFailure(.unreachable, timeIsUp) }
      }
      return FetchFailure(.unreachable, "there is no connection to \(target.origin)")
    }

    private func systemFailure(_ error: IOError) -> FetchFailure {
      switch error.errnoCode {
      case ENETUNREACH, ENETDOWN, EADDRNOTAVAIL:
        FetchFailure(.local, "this machine has no route to \(target.url.host)")
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: FetchFailure(.local, "this machine has no more connections")
      case ECONNREFUSED:
        FetchFailure(.unreachable, "nothing listens at port \(target.port) of \(target.url.host)")
      case EHOSTUNREACH: FetchFailure(.unreachable, "there is no route to \(target.url.host)")
      case ECONNRESET, EPIPE: FetchFailure(.unreachable, brokenOff)
      case ETIMEDOUT: FetchFailure(.unreachable, timeIsUp)
      default:
        FetchFailure(.unreachable, "the connection fails: \(String(cString: strerror(error.errnoCode)))")
      }
    }

    private var timeIsUp: String {
      let whole = Double(Int(seconds)) == seconds ? "\(Int(seconds))" : "\(seconds)"
      let limit = whole == "1" ? "1 second" : "\(whole) seconds"
      return transfer.answer.status == nil
        ? "no answer came within \(limit)"
        : "the answer wasn't complete within \(limit) (\(came))"
    }

    private var brokenOff: String {
      transfer.answer.status == nil
        ? "the server closed the connection without an answer" : "the answer breaks off (\(came))"
    }

    private var came: String {
      let read = "\(transfer.answer.bytesRead)"
      return transfer.answer.contentLength.map { "\(read) of \($0) bytes came" } ?? "\(read) bytes came"
    }
  }
#endif

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
    private let addresses: [String]
    private let transfer: Transfer
    private let time: Time

    /// - Parameters:
    ///   - addresses: Those of the host that may be connected to.
    ///   - transfer: What had come.
    ///   - time: What was left for the fetch, and is for looking into its failure.
    init(_ target: Target, at addresses: [String], _ transfer: Transfer, within time: Time) {
      self.target = target
      self.addresses = addresses
      self.transfer = transfer
      self.time = time
    }

    func failure(of error: any Error) async -> FetchFailure {
      switch error {
      case let failure as FetchFailure: failure
      case let error as HTTPClientError: clientFailure(error)
      case let error as NIOConnectionError: connectionFailure(error)
      case let error as IOError: systemFailure(error)
      case HTTPParserError.invalidEOFState, NIOSSLError.uncleanShutdown, is ChannelError:
        FetchFailure(.unreachable, brokenOff)
      case is HTTPParserError, is NIOHTTPDecoderError:
        FetchFailure(.unreachable, "the server's answer isn't valid HTTP")
      // These come of reading the certificates that are trusted, before anything is connected to.
      case NIOSSLError.noSuchFilesystemObject, NIOSSLError.failedToLoadCertificate:
        FetchFailure(.local, Trust.unreadable)
      case BoringSSLError.unknownError(let stack) where stack.isEmpty: FetchFailure(.local, Trust.unreadable)
      case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
        FetchFailure(.unreachable, await TLSDiagnosis(target, at: addresses, within: time).reason(for: error))
      case is CancellationError: FetchFailure(.unreachable, timeIsUp)
      default: FetchFailure(.unreachable, "\(error)")
      }
    }

    private func clientFailure(_ error: HTTPClientError) -> FetchFailure {
      switch error {
      case .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .cancelled, .tlsHandshakeTimeout,
        .getConnectionFromPoolTimeout:
        addresses.isEmpty
          ? FetchFailure(.local, "the address of \(target.host) wasn't found within \(limit)")
          : FetchFailure(.unreachable, timeIsUp)
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
        FetchFailure(.local, "this machine has no route to \(target.host)")
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: FetchFailure(.local, "this machine has no more connections")
      case ECONNREFUSED:
        FetchFailure(.unreachable, "nothing listens at port \(target.port) of \(target.host)")
      case EHOSTUNREACH: FetchFailure(.unreachable, "there is no route to \(target.host)")
      case ECONNRESET, EPIPE: FetchFailure(.unreachable, brokenOff)
      case ETIMEDOUT: FetchFailure(.unreachable, timeIsUp)
      default:
        FetchFailure(.unreachable, "the connection fails: \(String(cString: strerror(error.errnoCode)))")
      }
    }

    private var limit: String {
      let seconds = time.seconds
      let whole = Double(Int(seconds)) == seconds ? "\(Int(seconds))" : "\(seconds)"
      return whole == "1" ? "1 second" : "\(whole) seconds"
    }

    private var timeIsUp: String {
      transfer.answer.status == nil
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

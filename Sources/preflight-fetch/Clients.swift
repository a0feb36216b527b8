#if Network
  import AsyncHTTPClient
  import NIOCore
  import NIOPosix
  import NIOSSL
  import Synchronization

  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// HTTP clients, one for each address of a host. Each keeps its connections for later requests.
  final class Clients: Sendable {
    private struct Key: Hashable {
      let origin: String
      let address: String
    }

    private struct State {
      var clients: [Key: HTTPClient] = [:]
      /// The keys, the latest used last.
      var order: [Key] = []
    }

    /// The most that are kept; each may have eight connections.
    private static let maximum = 64

    private let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let state = Mutex(State())

    /// The client that connects to an address, whatever the name of the host resolves to by now.
    func client(for target: Target, at address: String) -> HTTPClient {
      let key = Key(origin: target.origin, address: address)
      let (client, evicted): (HTTPClient, HTTPClient?) = state.withLock { state in
        state.order.removeAll { $0 == key }
        state.order.append(key)
        if let known = state.clients[key] { return (known, nil) }
        let made = HTTPClient(
          eventLoopGroupProvider: .shared(threads), configuration: Self.configuration(target, address))
        state.clients[key] = made
        guard state.order.count > Self.maximum else { return (made, nil) }
        return (made, state.clients.removeValue(forKey: state.order.removeFirst()))
      }
      // Requests that still use it end first.
      if let evicted { Task { try? await evicted.shutdown() } }
      return client
    }

    /// Sends a request to the addresses in turn, until one can be connected to. Only a connection that failed is tried
    /// again: nothing was sent on it.
    func execute(
      _ request: HTTPClientRequest, to target: Target, at addresses: [String], within time: Time
    ) async throws -> HTTPClientResponse {
      for address in addresses.dropLast() {
        do {
          return try await client(for: target, at: address).execute(request, timeout: time.timeout)
        } catch  where Self.isUnconnected(error) { continue }
      }
      return try await client(for: target, at: addresses.last ?? target.host)
        .execute(request, timeout: time.timeout)
    }

    /// Whether an error says that there was no connection, so that nothing was sent.
    private static func isUnconnected(_ error: any Error) -> Bool {
      switch error {
      case is NIOConnectionError: true
      case let error as HTTPClientError: error == .connectTimeout
      case let error as IOError:
        [ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, ETIMEDOUT].contains(error.errnoCode)
      default: false
      }
    }

    private static func configuration(_ target: Target, _ address: String) -> HTTPClient.Configuration {
      var configuration = HTTPClient.Configuration(
        tlsConfiguration: Trust.configuration, redirectConfiguration: .disallow, decompression: .disabled)
      configuration.httpVersion = .http1Only
      // So that there is time for another address.
      configuration.timeout.connect = .seconds(5)
      configuration.dnsOverride = [target.host: address]
      configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 8
      configuration.connectionPool.idleTimeout = .seconds(15)
      // What fails is reported, not tried again until time is up.
      configuration.connectionPool.retryConnectionEstablishment = false
      return configuration
    }
  }

  /// The certificates that are trusted: this machine's, or those of the file that `SSL_CERT_FILE` names, which OpenSSL and
  /// curl respect too.
  enum Trust {
    static var configuration: TLSConfiguration {
      var configuration = TLSConfiguration.makeClientConfiguration()
      if let file = getenv("SSL_CERT_FILE").map({ String(cString: $0) }), !file.isEmpty {
        configuration.trustRoots = .file(file)
      }
      return configuration
    }
  }
#endif

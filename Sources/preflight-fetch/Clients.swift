#if Network
  import AsyncHTTPClient
  import NIOCore
  import NIOHTTP1
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
      var keepsConnections: Bool
    }

    /// A client, and how many requests it was given.
    private struct Kept {
      let client: HTTPClient
      var requestCount = 0
    }

    private struct State {
      var clients: [Key: Kept] = [:]
      /// The keys, the latest used last.
      var order: [Key] = []
      /// The servers that closed a connection that was kept, or sent something on it that nobody had asked for.
      var unreliable: Set<String> = []
    }

    /// The most that are kept; each may have eight connections.
    private static let maximum = 64

    private let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let state = Mutex(State())

    /// The client for a request to an address, whatever the name of the host resolves to by now.
    private func client(for key: Key, _ target: Target) -> HTTPClient {
      let (client, evicted): (HTTPClient, HTTPClient?) = state.withLock { state in
        state.order.removeAll { $0 == key }
        state.order.append(key)
        if let known = state.clients[key]?.client {
          state.clients[key]?.requestCount += 1
          return (known, nil)
        }
        let made = HTTPClient(
          eventLoopGroupProvider: .shared(threads), configuration: Self.configuration(target, key.address))
        state.clients[key] = Kept(client: made, requestCount: 1)
        guard state.order.count > Self.maximum else { return (made, nil) }
        return (made, state.clients.removeValue(forKey: state.order.removeFirst())?.client)
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
          return try await execute(request, to: target, at: address, within: time)
        } catch  where Self.isUnconnected(error) { continue }
      }
      return try await execute(request, to: target, at: addresses.last ?? target.host, within: time)
    }

    /// Sends a request to an address, and a GET once more if the server had closed the connection that was kept, or what
    /// came on it was no answer to this request (RFC 9112, section 9.3.1).
    private func execute(
      _ request: HTTPClientRequest, to target: Target, at address: String, within time: Time
    ) async throws -> HTTPClientResponse {
      var key = Key(origin: target.origin, address: address, keepsConnections: true)
      if !state.withLock({ $0.unreliable.contains(target.origin) }) {
        do {
          return try await client(for: key, target).execute(request, timeout: time.timeout)
        } catch  where request.method == .GET && Self.mayBeOfEarlierRequest(error) {
          let isFirst = state.withLock { state in
            let isFirst = state.clients[key]?.requestCount == 1
            if !isFirst { state.unreliable.insert(target.origin) }
            return isFirst
          }
          if isFirst { throw error }
        }
      }
      key.keepsConnections = false
      var request = request
      request.headers.replaceOrAdd(name: "Connection", value: "close")
      return try await client(for: key, target).execute(request, timeout: time.timeout)
    }

    /// Whether an error that came before any answer may have its reason in what happened on the connection before.
    private static func mayBeOfEarlierRequest(_ error: any Error) -> Bool {
      switch error {
      case is ChannelError, is HTTPParserError, is NIOHTTPDecoderError: true
      case let error as HTTPClientError: error == .remoteConnectionClosed
      case let error as IOError: [ECONNRESET, EPIPE].contains(error.errnoCode)
      default: false
      }
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
      configuration.http1_1ConnectionDebugInitializer = StatusGuard.add
      return configuration
    }
  }

  /// Refuses answers with a status code below 100, which end AsyncHTTPClient, and with it this process.
  private final class StatusGuard: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    private var hasRefused = false

    static func add(to channel: any Channel) -> EventLoopFuture<Void> {
      channel.eventLoop.makeCompletedFuture {
        let operations = channel.pipeline.syncOperations
        let decoder = try operations.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        try operations.addHandler(StatusGuard(), position: .after(decoder))
      }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if case .head(let head) = unwrapInboundIn(data), head.status.code < 100 {
        hasRefused = true
        context.fireErrorCaught(HTTPParserError.invalidStatus)
      }
      if !hasRefused { context.fireChannelRead(data) }
    }
  }

  /// The certificates that are trusted: this machine's, or those of the file that `SSL_CERT_FILE` names, which OpenSSL and
  /// curl respect too.
  enum Trust {
    /// Why there are none.
    static let unreadable =
      "this machine's certificates of authorities can't be read: install the package ca-certificates, or set SSL_CERT_FILE"

    static var configuration: TLSConfiguration {
      var configuration = TLSConfiguration.makeClientConfiguration()
      // RFC 8996: earlier ones must not be used.
      configuration.minimumTLSVersion = .tlsv12
      if let file = getenv("SSL_CERT_FILE").map({ String(cString: $0) }), !file.isEmpty {
        configuration.trustRoots = .file(file)
      }
      return configuration
    }
  }
#endif

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
      /// Whether another address is tried if this one can't be connected to.
      let hasAlternative: Bool
      var keepsConnections = true
    }

    /// A client, and how many requests it was given.
    private struct Kept {
      let client: HTTPClient
      var requestCount = 0
      /// How many of them have an answer that is still read, or none yet.
      var useCount = 0
    }

    /// The head of an answer, whose client is kept until it is released.
    private struct Head {
      let response: HTTPClientResponse
      let key: Key
    }

    private struct State {
      var clients: [Key: Kept] = [:]
      /// The keys, the latest used last.
      var order: [Key] = []
      /// The servers that closed a connection that was kept, or sent something on it that nobody had asked for.
      var unreliable: Set<String> = []
    }

    /// The most that are kept without being used; each may have eight connections.
    private static let maximum = 64

    private let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let state = Mutex(State())

    /// The client for a request to an address, whatever the name of the host resolves to by now. It must be released.
    private func client(for key: Key, _ target: Target) -> HTTPClient {
      let (client, evicted): (HTTPClient, HTTPClient?) = state.withLock { state in
        state.order.removeAll { $0 == key }
        state.order.append(key)
        var kept =
          state.clients[key]
          ?? Kept(
            client: HTTPClient(
              eventLoopGroupProvider: .shared(threads), configuration: Self.configuration(target, key)))
        kept.requestCount += 1
        kept.useCount += 1
        state.clients[key] = kept
        // One that is shut down ends its requests.
        guard state.order.count > Self.maximum,
          let unused = state.order.firstIndex(where: { state.clients[$0]?.useCount == 0 })
        else { return (kept.client, nil) }
        return (kept.client, state.clients.removeValue(forKey: state.order.remove(at: unused))?.client)
      }
      if let evicted { Task { try? await evicted.shutdown() } }
      return client
    }

    private func release(_ key: Key) { state.withLock { $0.clients[key]?.useCount -= 1 } }

    /// Sends a request to the addresses in turn, until one can be connected to, and reads the answer. Only a connection
    /// that failed is tried again: nothing was sent on it.
    func answer<T: Sendable>(
      _ request: HTTPClientRequest, from target: Target, at addresses: [String], within time: Time,
      _ read: (HTTPClientResponse) async throws -> T
    ) async throws -> T {
      let head = try await send(request, to: target, at: addresses, within: time)
      defer { release(head.key) }
      return try await read(head.response)
    }

    private func send(
      _ request: HTTPClientRequest, to target: Target, at addresses: [String], within time: Time
    ) async throws -> Head {
      for address in addresses.dropLast() {
        do {
          let key = Key(origin: target.origin, address: address, hasAlternative: true)
          return try await send(request, to: target, key, within: time)
        } catch  where Self.isUnconnected(error) { continue }
      }
      let last = Key(
        origin: target.origin, address: addresses.last ?? target.host, hasAlternative: false)
      return try await send(request, to: target, last, within: time)
    }

    /// Sends a request to an address, and a GET once more if the server had closed the connection that was kept, or what
    /// came on it was no answer to this request (RFC 9112, section 9.3.1).
    private func send(
      _ request: HTTPClientRequest, to target: Target, _ key: Key, within time: Time
    ) async throws -> Head {
      if !state.withLock({ $0.unreliable.contains(target.origin) }) {
        do { return try await sendOnce(request, to: target, key, within: time) } catch
          where request.method == .GET && Self.mayBeOfEarlierRequest(error)
        {
          let isFirst = state.withLock { state in
            let isFirst = state.clients[key]?.requestCount == 1
            if !isFirst { state.unreliable.insert(target.origin) }
            return isFirst
          }
          if isFirst { throw error }
        }
      }
      var key = key
      key.keepsConnections = false
      var request = request
      request.headers.replaceOrAdd(name: "Connection", value: "close")
      return try await sendOnce(request, to: target, key, within: time)
    }

    private func sendOnce(
      _ request: HTTPClientRequest, to target: Target, _ key: Key, within time: Time
    ) async throws -> Head {
      let client = client(for: key, target)
      do { return Head(response: try await client.execute(request, timeout: time.timeout), key: key) } catch {
        release(key)
        throw error
      }
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

    private static func configuration(_ target: Target, _ key: Key) -> HTTPClient.Configuration {
      var configuration = HTTPClient.Configuration(
        tlsConfiguration: Trust.configuration, redirectConfiguration: .disallow, decompression: .disabled)
      configuration.httpVersion = .http1Only
      // So that there is time for another address.
      configuration.timeout.connect = .seconds(key.hasAlternative ? 2 : 5)
      configuration.dnsOverride = [target.host: key.address]
      configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 8
      configuration.connectionPool.idleTimeout = .seconds(15)
      // What fails is reported, not tried again until time is up.
      configuration.connectionPool.retryConnectionEstablishment = false
      configuration.http1_1ConnectionDebugInitializer = AnswerGuard.add
      return configuration
    }
  }

  /// Refuses answers with a status code below 100, which end AsyncHTTPClient, and with it this process.
  private final class AnswerGuard: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    private let framing: FramingGuard
    private var hasRefused = false

    private init(_ framing: FramingGuard) { self.framing = framing }

    static func add(to channel: any Channel) -> EventLoopFuture<Void> {
      channel.eventLoop.makeCompletedFuture {
        let operations = channel.pipeline.syncOperations
        let decoder = try operations.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        let framing = FramingGuard()
        try operations.addHandler(framing, position: .before(decoder))
        try operations.addHandler(AnswerGuard(framing), position: .after(decoder))
      }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head) where head.status.code < 100:
        hasRefused = true
        context.fireErrorCaught(HTTPParserError.invalidStatus)
      case .head: break
      case .body, .end: framing.byteCount = 0
      }
      if !hasRefused { context.fireChannelRead(data) }
    }
  }

  /// Refuses an answer that goes on without its body: with a line or a chunk's size that doesn't end, or with one interim
  /// answer (1xx) after another. The parser limits fields only.
  private final class FramingGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let maximum = 256 << 10

    /// How many bytes came since the last of a body.
    var byteCount = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      byteCount += unwrapInboundIn(data).readableBytes
      context.fireChannelRead(data)
      if byteCount > Self.maximum {
        context.fireErrorCaught(HTTPParserError.headerOverflow)
        context.close(promise: nil)
      }
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

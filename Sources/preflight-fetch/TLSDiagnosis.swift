#if Network
  import NIOCore
  import NIOPosix
  import NIOSSL
  import NIOTLS
  import PreflightReferences
  import Synchronization

  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// Finds out why a server's certificate is refused. TLS only says that it is.
  ///
  /// It connects again, without sending a request, and tries which check refuses the certificates.
  struct TLSDiagnosis: Sendable {
    private static let seconds: Int64 = 5

    private let target: Target

    init(_ target: Target) { self.target = target }

    /// The reason, for a failed handshake.
    func reason(for error: any Error) async -> String {
      let text = "\(error)"
      if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
        return "the server doesn't speak TLS at port \(target.port)"
      }
      guard
        text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("unableToValidateCertificate")
          || error is NIOSSLExtraError
      else {
        return "TLS fails: the server offers nothing that this client accepts (\(text.prefix(200)))"
      }
      guard let chain = try? await presentedChain(), let leaf = chain.first, let last = chain.last else {
        return "the server's certificate can't be verified"
      }
      let now = Int(time(nil))
      if Int(leaf.notValidAfter) < now { return "the server's certificate has expired" }
      if Int(leaf.notValidBefore) > now { return "the server's certificate is not yet valid" }
      if await accepts(.noHostnameVerification) {
        return "the server's certificate is for another name than \(target.url.host)"
      }
      if await accepts(.noHostnameVerification, trusting: last) {
        return chain.count == 1
          ? "the server's certificate is self-signed"
          : "the server's certificate comes from an authority that isn't trusted"
      }
      return chain.dropFirst().contains { Int($0.notValidAfter) < now }
        ? "a certificate in the server's chain has expired"
        : "the server's certificate chain is incomplete: it doesn't send the intermediate certificate, which browsers fetch by themselves"
    }

    /// The certificates that the server sends, its own first.
    private func presentedChain() async throws -> [NIOSSLCertificate] {
      let chain = Mutex<[NIOSSLCertificate]>([])
      let seen = Seen(chain)
      var configuration = Trust.configuration
      configuration.certificateVerification = .noHostnameVerification
      try await handshake(configuration) { @Sendable certificates, promise in
        seen.keep(certificates)
        promise.succeed(.certificateVerified)
      }
      return seen.all
    }

    /// Whether a handshake succeeds.
    private func accepts(
      _ verification: CertificateVerification, trusting root: NIOSSLCertificate? = nil
    ) async -> Bool {
      var configuration = Trust.configuration
      configuration.certificateVerification = verification
      if let root { configuration.additionalTrustRoots = [.certificates([root])] }
      do {
        try await handshake(configuration, verify: nil)
        return true
      } catch { return false }
    }

    private typealias Verify =
      @Sendable ([NIOSSLCertificate], EventLoopPromise<NIOSSLVerificationResult>) -> Void

    private func handshake(
      _ configuration: TLSConfiguration, verify: Verify?
    ) async throws {
      let context = try NIOSSLContext(configuration: configuration)
      let host = target.url.host
      let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
      let threads = MultiThreadedEventLoopGroup.singleton
      let done = threads.next().makePromise(of: Void.self)
      let addresses = try await Resolver.addresses(
        of: target, allowsPrivate: true, within: Double(Self.seconds))
      let bootstrap = ClientBootstrap(group: threads).connectTimeout(.seconds(Self.seconds))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let name = isAddress ? nil : host
            let handler =
              try verify.map {
                try NIOSSLClientHandler(
                  context: context, serverHostname: name, customVerificationCallback: $0)
              } ?? NIOSSLClientHandler(context: context, serverHostname: name)
            try channel.pipeline.syncOperations.addHandlers([handler, Handshake(done)])
          }
        }
      let channel: any Channel
      do {
        channel = try await bootstrap.connect(host: addresses.first ?? host, port: target.port).get()
      } catch {
        done.fail(error)
        throw error
      }
      let timer = channel.eventLoop.scheduleTask(in: .seconds(Self.seconds)) { done.fail(ChannelError.eof) }
      defer {
        timer.cancel()
        channel.close(promise: nil)
      }
      try await done.futureResult.get()
    }

    private final class Seen: Sendable {
      private let chain: Mutex<[NIOSSLCertificate]>

      init(_ chain: consuming Mutex<[NIOSSLCertificate]>) { self.chain = chain }

      var all: [NIOSSLCertificate] { chain.withLock { $0 } }

      func keep(_ certificates: [NIOSSLCertificate]) { chain.withLock { $0 = certificates } }
    }

    /// Waits for the end of a handshake.
    private final class Handshake: ChannelInboundHandler {
      typealias InboundIn = Any

      private let done: EventLoopPromise<Void>

      init(_ done: EventLoopPromise<Void>) { self.done = done }

      func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { done.succeed() }
        context.fireUserInboundEventTriggered(event)
      }

      func errorCaught(context: ChannelHandlerContext, error: any Error) { done.fail(error) }

      func channelInactive(context: ChannelHandlerContext) { done.fail(ChannelError.eof) }
    }
  }
#endif

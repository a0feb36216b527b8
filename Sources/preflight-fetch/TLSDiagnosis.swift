#if Network
  import NIOCore
  import NIOPosix
  import NIOSSL
  import NIOTLS
  import PreflightReferences
  import Synchronization

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// Finds out why a server's certificate is refused. TLS only says that it is.
  ///
  /// It connects again, without sending a request, and tries which check refuses the certificates.
  struct TLSDiagnosis: Sendable {
    /// The most that a handshake may take, in seconds.
    private static let seconds = 5.0

    private let target: Target
    private let addresses: [String]
    private let time: Time

    /// - Parameters:
    ///   - addresses: Those of the host that may be connected to.
    ///   - time: What is left for the fetch.
    init(_ target: Target, at addresses: [String], within time: Time) {
      self.target = target
      self.addresses = addresses
      self.time = time
    }

    /// The reason, for a failed handshake.
    func reason(for error: any Error) async -> String {
      let text = "\(error)"
      let knows = { (names: String...) in names.contains { text.contains($0) } }
      if knows("WRONG_VERSION_NUMBER", "HTTP_REQUEST") {
        return "the server doesn't speak TLS at port \(target.port)"
      }
      if knows("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION") { return "the server's TLS is older than 1.2" }
      if knows("CERTIFICATE_REQUIRED") { return "the server asks for a client certificate" }
      guard
        knows("CERTIFICATE_VERIFY_FAILED", "unableToValidateCertificate") || error is NIOSSLExtraError
      else {
        return "TLS fails: the server offers nothing that this client accepts\(Self.name(in: text))"
      }
      for address in addresses {
        // An address without a connection isn't the one whose certificate was refused.
        if let reason = try? await reason(at: address) { return reason }
      }
      return "the server's certificate can't be verified"
    }

    /// The reason why the certificates are refused; nil if there are none.
    ///
    /// - Throws: If there is no connection, or no time left.
    private func reason(at address: String) async throws -> String? {
      let chain = try await presentedChain(at: address)
      guard let leaf = chain.first, let last = chain.last else { return nil }
      let now = Int(Date().timeIntervalSince1970)
      if Int(leaf.notValidAfter) < now { return "the server's certificate has expired" }
      if Int(leaf.notValidBefore) > now { return "the server's certificate is not yet valid" }
      if try await accepts(.noHostnameVerification, at: address) {
        return "the server's certificate is for another name than \(target.host)"
      }
      if try await accepts(.noHostnameVerification, at: address, trusting: last) {
        return chain.count == 1
          ? "the server's certificate is self-signed"
          : "the server's certificate comes from an authority that isn't trusted"
      }
      if chain.dropFirst().contains(where: { Int($0.notValidAfter) < now }) {
        return "a certificate in the server's chain has expired"
      }
      return chain.count == 1
        ? "the server's certificate chain is incomplete: it doesn't send the intermediate certificate, which browsers fetch by themselves"
        : "the server's certificates lead to no authority that is trusted: it is unknown, or an intermediate certificate is missing"
    }

    /// The name that BoringSSL gives an error, in brackets.
    private static func name(in text: String) -> String {
      guard let start = text.firstRange(of: "OPENSSL_internal:")?.upperBound else { return "" }
      let name = text[start...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      return name.isEmpty ? "" : " (\(name))"
    }

    /// The certificates that the server sends, its own first.
    private func presentedChain(at address: String) async throws -> [NIOSSLCertificate] {
      let chain = Mutex<[NIOSSLCertificate]>([])
      let seen = Seen(chain)
      var configuration = Trust.configuration
      configuration.certificateVerification = .noHostnameVerification
      try await handshake(configuration, at: address) { @Sendable certificates, promise in
        seen.keep(certificates)
        promise.succeed(.certificateVerified)
      }
      return seen.all
    }

    /// Whether the server's certificates are accepted.
    ///
    /// - Throws: If the handshake fails for another reason.
    private func accepts(
      _ verification: CertificateVerification, at address: String, trusting root: NIOSSLCertificate? = nil
    ) async throws -> Bool {
      var configuration = Trust.configuration
      configuration.certificateVerification = verification
      if let root { configuration.additionalTrustRoots = [.certificates([root])] }
      do {
        try await handshake(configuration, at: address, verify: nil)
        return true
      } catch is NIOSSLError { return false } catch is NIOSSLExtraError { return false }
    }

    private typealias Verify =
      @Sendable ([NIOSSLCertificate], EventLoopPromise<NIOSSLVerificationResult>) -> Void

    private func handshake(
      _ configuration: TLSConfiguration, at address: String, verify: Verify?
    ) async throws {
      let context = try NIOSSLContext(configuration: configuration)
      let host = target.host
      let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
      let threads = MultiThreadedEventLoopGroup.singleton
      let done = threads.next().makePromise(of: Void.self)
      let limit = TimeAmount.nanoseconds(Int64(min(Self.seconds, time.left) * 1e9))
      let bootstrap = ClientBootstrap(group: threads).connectTimeout(limit)
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
        channel = try await bootstrap.connect(host: address, port: target.port).get()
      } catch {
        done.fail(error)
        throw error
      }
      let timer = channel.eventLoop.scheduleTask(in: limit) { done.fail(ChannelError.eof) }
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

#if Network
  import AsyncHTTPClient
  import NIOCore
  import NIOHTTP1
  import NIOPosix
  import PreflightChannel
  import PreflightReferences
  import Synchronization

  /// Fetches one URL as WhatsApp fetches it: a plain GET for the whole file, following nothing.
  final class Download: Sendable {
    /// How much is kept of an answer that isn't the file: enough for a page's title, or an error's code.
    private static let errorByteCount: UInt64 = 64 << 10

    /// What an HTTP answer may be, as far as it has come.
    private let progress = Mutex(Transfer())
    /// The addresses that were found, and may be connected to.
    private let addresses = Mutex<[String]>([])
    private let spooled = Mutex<Spool?>(nil)
    private let target: Target
    private let limits: FetchRequest.Limits
    private let clients: Clients
    private let authorization: String?
    private let time: Time
    private let start = ContinuousClock.now

    /// - Parameters:
    ///   - time: What is left for it.
    ///   - authorization: A header for whoever may read the file; nil for a public one.
    init(
      _ target: Target, _ limits: FetchRequest.Limits, _ clients: Clients, within time: Time,
      authorization: String? = nil
    ) {
      self.target = target
      self.limits = limits
      self.clients = clients
      self.authorization = authorization
      self.time = time
    }

    /// What came of the body.
    var spool: Spool? { spooled.withLock { $0 } }

    /// Fetches.
    ///
    /// - Parameter askLimit: Reports the beginning of a file, and answers how many bytes of it are wanted.
    /// - Throws: `FetchFailure`, with what had come until then.
    func run(
      askLimit: @escaping @Sendable (Transfer, Spool) async throws -> UInt64
    ) async throws -> Transfer {
      do {
        try await Deadline.run(seconds: time.left) { [self] in try await fetch(askLimit) }
        return finished()
      } catch {
        var transfer = finished()
        guard transfer.answer.status != nil else { throw await failure(of: error, transfer) }
        // What refuses is an answer, whatever becomes of its words.
        if !transfer.answer.isSuccess {
          transfer.isCut = true
          return transfer
        }
        var failure = await failure(of: error, transfer)
        failure.answer = transfer.answer
        throw failure
      }
    }

    private func failure(of error: any Error, _ transfer: Transfer) async -> FetchFailure {
      await FailureWords(target, at: addresses.withLock { $0 }, transfer, within: time).failure(of: error)
    }

    private func finished() -> Transfer {
      progress.withLock { transfer in
        transfer.answer.milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
        return transfer
      }
    }

    /// Sends the request to the host's addresses in turn, until one can be connected to, and reads the answer.
    private func fetch(
      _ askLimit: @escaping @Sendable (Transfer, Spool) async throws -> UInt64
    ) async throws {
      let found = try await Resolver.addresses(
        of: target, allowsPrivate: limits.allowsPrivateHosts, within: time.left)
      addresses.withLock { $0 = found }
      var request = HTTPClientRequest(url: target.text)
      request.headers.add(name: "User-Agent", value: "preflight/\(Version.current)")
      request.headers.add(name: "Accept", value: "*/*")
      if let authorization { request.headers.add(name: "Authorization", value: authorization) }
      try await clients.answer(request, from: target, at: found, within: time) {
        try await read($0, askLimit)
      }
    }

    private func read(
      _ response: HTTPClientResponse, _ askLimit: (Transfer, Spool) async throws -> UInt64
    ) async throws {
      let (transfer, isFile) = progress.withLock { transfer in
        transfer.take(response)
        return (transfer, transfer.answer.isSuccess)
      }
      if let part = response.partialRange {
        throw FetchFailure(
          .unreachable, "the server sends a part of the file (\(part)), though all of it was asked for")
      }
      if response.isCodedForTransfer {
        throw FetchFailure(
          .unreachable, "the server compresses the transfer (Transfer-Encoding), though nothing was asked for"
        )
      }
      let spool = try Spool()
      spooled.withLock { $0 = spool }
      // What refuses an authorization may quote it.
      var limit = isFile ? limits.byteCount : authorization == nil ? Self.errorByteCount : 0
      var body = Body(spool, decoding: transfer.contentEncoding)
      progress.withLock { $0.isDecoded = body.isDecoding }
      for try await chunk in response.body {
        try body.write(Array(chunk.readableBytesView), upTo: limit ?? FetchReply.beginning)
        let bytesRead = progress.withLock {
          $0.answer.bytesRead += UInt64(chunk.readableBytes)
          return $0.answer.bytesRead
        }
        // Compressed data is hardly longer than what it unpacks to.
        if body.isDecoding, bytesRead > body.byteCount + 1 << 20 {
          throw FetchFailure(.unreachable, "its compressed answer has no end")
        }
        if limit == nil, body.isFull {
          let wanted = try await askLimit(progress.withLock { $0 }, spool)
          limit = wanted
          try body.resume(upTo: wanted)
        }
        // What is said to be longer than the limit is too long, whatever comes.
        let isTooLong = limit.map { limit in
          transfer.contentEncoding == nil && transfer.answer.contentLength ?? 0 > limit
            && body.byteCount >= min(limit, FetchReply.beginning)
        }
        if body.isFull || isTooLong == true {
          if isFile { progress.withLock { $0.isCut = true } }
          return
        }
        if body.hasEnded { return }
      }
      try body.finish()
    }

  }

  extension Transfer {
    /// The content codings that change a body (IANA, "HTTP Content Coding Registry"). Others that servers state, as
    /// `aws-chunked` and `utf-8`, change nothing, and clients ignore them.
    private static let codings: Set = [
      "gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd", "dcb", "dcz", "exi",
      "pack200-gzip",
      "aes128gcm",
    ]

    /// Takes over the head of an answer.
    fileprivate mutating func take(_ response: HTTPClientResponse) {
      let headers = response.headers
      answer.status = Int(response.status.code)
      answer.contentType = headers.first(name: "Content-Type")
      answer.contentLength = headers.first(name: "Content-Length").flatMap { length in
        UInt64(length.prefix { $0 != " " && $0 != "\t" })
      }
      answer.location = headers.first(name: "Location")
      let encodings = headers[canonicalForm: "Content-Encoding"].map { $0.lowercased() }
        .filter(Self.codings.contains)
      contentEncoding = encodings.isEmpty ? nil : encodings.joined(separator: ", ")
      let isChunked = headers[canonicalForm: "Transfer-Encoding"].contains { $0.lowercased() == "chunked" }
      hasKnownEnd = answer.contentLength != nil || isChunked
    }
  }

  extension HTTPClientResponse {
    /// Whether the transfer has another coding than chunks (RFC 9112, section 6.1), which no part of HTTP undoes here.
    fileprivate var isCodedForTransfer: Bool {
      headers[canonicalForm: "Transfer-Encoding"].contains {
        !["chunked", "identity"].contains($0.lowercased())
      }
    }

    /// The range of an answer with less than the whole (RFC 9110, section 14.4); nil for another answer.
    fileprivate var partialRange: String? {
      guard status == .partialContent else { return nil }
      let range = headers.first(name: "Content-Range") ?? "of unknown range"
      let numbers = range.split { !("0"..."9").contains($0) }.compactMap { UInt64($0) }
      let isWhole = numbers.count == 3 && numbers[0] == 0 && numbers[2] > 0 && numbers[1] == numbers[2] - 1
      return isWhole ? nil : range
    }
  }
#endif

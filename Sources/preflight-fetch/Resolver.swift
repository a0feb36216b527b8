#if Network
  import Dispatch
  import PreflightReferences
  import Synchronization

  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// Looks up the addresses of hosts.
  enum Resolver {
    /// The addresses of a target's host, in the order in which to try them.
    ///
    /// - Throws: `FetchFailure` if there are none, or if one isn't public: a name may have a public address beside it so
    ///   that a check passes.
    static func addresses(
      of target: Target, allowsPrivate: Bool, within seconds: Double
    ) async throws -> [String] {
      let found = try await lookUp(target.host, within: seconds)
      if !allowsPrivate {
        for address in found {
          if let reason = MediaURL.privateReason(ofAddress: address) {
            let isLiteral = address == target.host
            throw FetchFailure(
              .privateAddress, isLiteral ? reason : "\(reason), to which \(target.host) resolves")
          }
        }
      }
      return found
    }

    private typealias Answer = Result<[String], FetchFailure>

    /// Those that wait for the addresses of each host that is being looked up.
    private static let waiting = Mutex<[String: [Once]]>([:])

    private static func lookUp(_ host: String, within seconds: Double) async throws -> [String] {
      let answer: Answer = await withCheckedContinuation { continuation in
        let once = Once(Mutex(continuation))
        let isFirst = waiting.withLock { waiting in
          waiting[host, default: []].append(once)
          return waiting[host]?.count == 1
        }
        // getaddrinfo blocks, and can't be cancelled: it gets a thread of its own, one for each host.
        if isFirst {
          DispatchQueue(label: "look-up").async {
            let answer = resolve(host)
            let all = waiting.withLock { $0.removeValue(forKey: host) ?? [] }
            for once in all { once.resume(answer) }
          }
        }
        Task {
          try await Task.sleep(for: .seconds(seconds))
          once.resume(.failure(FetchFailure(.local, "the address of \(host) wasn't found in time")))
        }
      }
      return try answer.get()
    }

    /// Resumes a continuation with the first answer.
    private final class Once: Sendable {
      private let pending: Mutex<CheckedContinuation<Answer, Never>?>

      init(_ pending: consuming Mutex<CheckedContinuation<Answer, Never>?>) { self.pending = pending }

      func resume(_ answer: Answer) { pending.withLock { $0.take() }?.resume(returning: answer) }
    }

    private static func resolve(_ host: String) -> Answer {
      var hints = addrinfo()
      hints.ai_family = AF_UNSPEC
      #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
      #else
        hints.ai_socktype = SOCK_STREAM
      #endif
      var list: UnsafeMutablePointer<addrinfo>?
      let code = getaddrinfo(host, nil, &hints, &list)
      defer { if let list { freeaddrinfo(list) } }
      switch code {
      case 0: break
      case EAI_AGAIN, EAI_SYSTEM, EAI_FAIL:
        return .failure(
          FetchFailure(
            .local, "\(host) can't be looked up: the name servers, or this machine's resolver, don't answer"))
      default: return .failure(FetchFailure(.unreachable, "its host \(host) has no address"))
      }
      var addresses: [String] = []
      var next = list
      while let entry = next {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = getnameinfo(
          entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
          NI_NUMERICHOST)
        let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if status == 0, !addresses.contains(address) { addresses.append(address) }
        next = entry.pointee.ai_next
      }
      return addresses.isEmpty
        ? .failure(FetchFailure(.unreachable, "its host \(host) has no address")) : .success(addresses)
    }
  }
#endif

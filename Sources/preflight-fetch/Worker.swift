#if Network
  import PreflightBytes
  import PreflightChannel
  import PreflightReferences
  import Synchronization
  import SystemPackage

  /// Works on requests, each in a task of its own, and replies to them.
  final class Worker: Sendable {
    private let channel: Channel
    private let clients = Clients()
    private let hosts = HostSlots()
    private let sending = Mutex(())
    /// The limits that those wait for of whose file the beginning was reported.
    private let limits = Mutex<[Int: AsyncStream<UInt64>.Continuation]>([:])

    init(_ channel: Channel) { self.channel = channel }

    func take(_ request: FetchRequest, _ file: FileDescriptor?) {
      if case .proceed(let limit) = request.task {
        limits.withLock { $0.removeValue(forKey: request.id) }?.yield(limit)
        return
      }
      Task { [self] in
        do {
          switch request.task {
          case .url(let text, let limits): try await fetch(text, limits, for: request.id)
          case .media(let id, let access, let limits):
            try await fetch(media: id, access, limits, for: request.id)
          case .upload(let upload, let access):
            guard let file else { throw FetchFailure(.local, "no file came with the upload") }
            let source: FileSource
            do { source = try FileSource(file) } catch {
              throw FetchFailure(.local, "the file can't be sent: \(error)")
            }
            let graph = try GraphAPI(access, clients: clients)
            reply(.began, to: request.id)
            reply(.uploaded(try await graph.upload(upload, source)), to: request.id)
          case .proceed: break
          }
        } catch let failure as FetchFailure {
          reply(.failure(failure), to: request.id)
        } catch {
          reply(.failure(FetchFailure(.unreachable, "\(error)")), to: request.id)
        }
      }
    }

    // MARK: Fetching

    private func fetch(_ text: String, _ limits: FetchRequest.Limits, for id: Int) async throws {
      let target = try Target(text)
      try await hosts.withSlot(at: target.host) { [self] in
        reply(.began, to: id)
        let download = Download(target, limits, clients, within: Time(limits.seconds))
        let transfer = try await download.run { try await self.limit(for: id, $0, $1) }
        reply(.answer(transfer, nil), with: download.spool, to: id)
      }
    }

    private func fetch(
      media: String, _ access: FetchRequest.MetaAccess, _ limits: FetchRequest.Limits, for id: Int
    ) async throws {
      let graph = try GraphAPI(access, clients: clients)
      reply(.began, to: id)
      let time = Time(limits.seconds)
      let (uploaded, url) = try await graph.media(media, within: time)
      guard let url else { return reply(.answer(Transfer(), uploaded), to: id) }
      do {
        let target = try graph.target(ofDownload: url)
        try await hosts.withSlot(at: target.host) { [self] in
          reply(.began, to: id)
          let download = Download(
            target, limits, clients, within: time, authorization: graph.authorization)
          let transfer = graph.hidingToken(
            try await download.run { try await self.limit(for: id, graph.hidingToken($0), $1) })
          if let status = transfer.answer.status, status == 429 || status >= 500 {
            throw FetchFailure(.unserved, "Meta's download answers \(status)", answer: transfer.answer)
          }
          reply(.answer(transfer, uploaded), with: download.spool, to: id)
        }
      } catch let failure as FetchFailure {
        var hidden = graph.hidingToken(failure)
        hidden.uploaded = uploaded
        throw hidden
      }
    }

    /// Reports the beginning of a file, and waits for how many bytes of it are wanted.
    private func limit(for id: Int, _ transfer: Transfer, _ spool: Spool) async throws -> UInt64 {
      let (stream, continuation) = AsyncStream.makeStream(of: UInt64.self)
      limits.withLock { $0[id] = continuation }
      reply(.beginning(transfer), with: spool, to: id)
      for await limit in stream { return limit }
      throw CancellationError()
    }

    private func reply(_ outcome: FetchReply.Outcome, with spool: Spool? = nil, to id: Int) {
      // A reader that is gone needs no reply; this process ends with it.
      sending.withLock { _ in _ = try? channel.send(FetchReply(id: id, outcome), with: spool?.reading) }
    }
  }
#endif

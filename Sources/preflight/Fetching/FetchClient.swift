import Dispatch
import MediaPreflight
import PreflightChannel
import Synchronization
import SystemPackage

/// Has `preflight-fetch` fetch for this process, which has no network.
///
/// Any thread may fetch; a thread of its own receives the replies.
final class FetchClient: Fetcher {
  private enum Event: Sendable {
    case reply(FetchReply.Outcome, FileDescriptor?)
    /// Nothing more will come.
    case ended(FetchFailure)
  }

  /// How much longer than it was given the program may take to reply, in seconds.
  private static let patience = 5.0

  /// How often a request is sent that may have been lost with its program. It may not have been: the program may have
  /// ended just before.
  private static let maximumTries = 3

  let allowsPrivateHosts: Bool
  private let seconds: Double
  private let graphURL: String?
  private let channel: Channel
  private let requests = RequestTable<Event>()
  private let sending = Mutex(())

  /// Starts the supervisor of `preflight-fetch`. Must be called before the sandbox is entered.
  ///
  /// If it can't be started, nothing can be fetched, and files are checked as ever.
  init(_ options: FetchOptions) throws {
    allowsPrivateHosts = options.allowPrivateHosts
    seconds = options.urlTimeout
    graphURL = options.graphUrl.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    let other: Channel
    do { (channel, other) = try Channel.pair() } catch { throw Failure("can't make a socket: \(error)") }
    defer { try? other.descriptor.close() }
    do {
      try ChildProcess.start(
        ChildProcess.ownPath, [SuperviseFetchCommand.name], standardInput: other.descriptor)
    } catch {
      let failure = FetchFailure(.local, "\(ChildProcess.ownPath.display) can't be started again: \(error)")
      requests.end(.ended(failure))
    }
  }

  /// What the sandbox has to leave usable.
  var socket: FileDescriptor { channel.descriptor }

  /// Starts to receive. Must be called after the sandbox is entered, which holds for threads that are started later.
  func start() {
    DispatchQueue(label: "fetch").async { [self] in
      var reader = Channel.Reader(channel)
      while let (reply, file) = reader.next(FetchReply.self) { receive(reply, file) }
      requests.end(.ended(FetchFailure(.local, "the program that fetches has ended")))
    }
  }

  // MARK: Fetching

  func fetch(
    _ reference: Reference, from phoneNumberID: String?, upTo byteCount: UInt64?,
    limit: (any ByteSource) -> UInt64
  ) throws(FetchFailure) -> FetchedMedia {
    let limits = FetchRequest.Limits(
      byteCount: byteCount, seconds: seconds, allowsPrivateHosts: allowsPrivateHosts)
    let task: FetchRequest.Task =
      switch reference {
      case .url(let text): .url(text, limits)
      case .mediaID(let id): .media(id: id, access(phoneNumberID), limits)
      case .file: throw FetchFailure(.local, "a file is not fetched")
      }
    let (outcome, file) = try reply(to: task, within: seconds) { beginning in
      do { return limit(try FileSource(beginning)) } catch { return limit(MemorySource([])) }
    }
    switch outcome {
    case .answer(let transfer, let uploaded):
      return FetchedMedia(transfer, uploaded: uploaded, source: try source(file))
    case .failure(let failure): throw failure
    case .began, .beginning, .uploaded, .restarted:
      throw FetchFailure(.local, "the program that fetches is confused")
    }
  }

  /// Uploads an open file.
  ///
  /// - Returns: The media ID, or the handle of a sample.
  func upload(
    _ upload: FetchRequest.Upload, _ source: FileSource, from phoneNumberID: String?
  ) throws(FetchFailure) -> String {
    let (outcome, _) = try reply(
      to: .upload(upload, access(phoneNumberID)), with: source.fileDescriptor, within: upload.seconds
    ) { _ in 0 }
    switch outcome {
    case .uploaded(let id): return id
    case .failure(let failure): throw failure
    case .began, .answer, .beginning, .restarted:
      throw FetchFailure(.local, "the program that fetches is confused")
    }
  }

  private func access(_ phoneNumberID: String?) -> FetchRequest.MetaAccess {
    FetchRequest.MetaAccess(
      graphURL: graphURL ?? FetchOptions.standardGraphURL, phoneNumberID: phoneNumberID)
  }

  private func source(_ file: FileDescriptor?) throws(FetchFailure) -> any ByteSource {
    guard let file else { return MemorySource([]) }
    do { return try FileSource(file) } catch {
      throw FetchFailure(.local, "what was fetched can't be read: \(error)")
    }
  }

  // MARK: Requests and replies

  /// Sends a request and waits for the last reply to it.
  ///
  /// - Parameters:
  ///   - file: What is uploaded. It isn't sent again if the program ends: it may have been uploaded.
  ///   - limit: Answers how many bytes to read of what begins like a file, which it closes.
  private func reply(
    to task: FetchRequest.Task, with file: FileDescriptor? = nil, within seconds: Double,
    limit: (FileDescriptor) -> UInt64
  ) throws(FetchFailure) -> (FetchReply.Outcome, FileDescriptor?) {
    let (id, events) = requests.begin()
    defer { requests.remove(id) }
    send(FetchRequest(id: id, task), with: file)
    var tries = 1
    // It may have to wait for many others. If the program dies meanwhile, its supervisor says so.
    var patience: Double?
    while true {
      let event = if let patience { events.take(within: patience) } else { events.take() }
      switch event {
      case nil: throw FetchFailure(.local, "the program that fetches doesn't reply")
      case .ended(let failure): throw failure
      case .reply(.restarted, _):
        if tries == Self.maximumTries || file != nil {
          throw FetchFailure(.local, "the program that fetches ended unexpectedly")
        }
        tries += 1
        patience = nil
        send(FetchRequest(id: id, task))
      case .reply(.began, _): patience = seconds + Self.patience
      case .reply(.beginning, let file):
        send(FetchRequest(id: id, .proceed(upTo: file.map(limit) ?? 0)))
      case .reply(let outcome, let file): return (outcome, file)
      }
    }
  }

  private func send(_ request: FetchRequest, with file: FileDescriptor? = nil) {
    // If the other end is gone, the receiving thread ends every request.
    sending.withLock { _ in _ = try? channel.send(request, with: file) }
  }

  private func receive(_ reply: FetchReply, _ file: FileDescriptor?) {
    if reply.id != 0 {
      let isWaitedFor = requests.put(.reply(reply.outcome, file), for: reply.id)
      if !isWaitedFor, let file { try? file.close() }
    } else if case .failure(let failure) = reply.outcome {
      requests.end(.ended(failure))
    } else {
      requests.putForAll(.reply(reply.outcome, nil))
    }
  }
}

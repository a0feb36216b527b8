#if Network
  import AsyncHTTPClient
  import NIOCore

  /// Ends work when its time is up.
  enum Deadline {
    /// - Throws: `HTTPClientError.deadlineExceeded` when time is up, else what the work throws.
    static func run<T: Sendable>(
      seconds: Double, _ body: @escaping @Sendable () async throws -> T
    ) async throws -> T {
      try await withThrowingTaskGroup(of: T.self) { group in
        group.addTask { try await body() }
        group.addTask {
          try await Task.sleep(for: .seconds(seconds))
          throw HTTPClientError.deadlineExceeded
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw HTTPClientError.deadlineExceeded }
        return first
      }
    }
  }

  /// The time that is left of some seconds.
  struct Time: Sendable {
    let seconds: Double
    private let start = ContinuousClock.now

    init(_ seconds: Double) { self.seconds = seconds }

    /// What has passed, in seconds.
    var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// What is left, in seconds.
    var left: Double { max(0.001, seconds - elapsed) }

    /// What is left, for the HTTP client.
    var timeout: TimeAmount { .nanoseconds(Int64(left * 1e9)) }
  }
#endif

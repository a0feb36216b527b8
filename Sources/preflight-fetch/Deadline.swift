#if Network
  import AsyncHTTPClient

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
#endif

internal import Dispatch
internal import Synchronization

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

// The same checks for code that must not block: files are read on threads of their own, never on those of the
// cooperative pool, and a check whose task is cancelled ends at its next read.
extension Preflight {
  /// Checks a file, without blocking the calling thread.
  ///
  /// - Parameters:
  ///   - url: A file URL.
  ///   - endpoint: The endpoint to check against; nil for the first one that accepts the file's type.
  ///   - declaredType: The media type that you intend to declare, such as `image/png`; nil for none.
  ///   - request: The message to send the file with; nil to check the file alone.
  /// - Returns: The result. A file that can't be read is ``Verdict/unjudged``, not an error.
  /// - Throws: `CancellationError` if the task is cancelled; ``UnsupportedURL`` if the URL isn't a file URL;
  ///   `SnifferError` if libmagic's database can't be loaded.
  public func check(
    contentsOf url: URL, as endpoint: Endpoint? = nil, declaredType: String? = nil,
    sending request: MessageRequest? = nil
  ) async throws -> CheckResult {
    try await check(.file(Self.path(of: url)), CheckOptions(endpoint, declaredType, request))
  }

  /// Checks the file at a path, without blocking the calling thread.
  ///
  /// - Parameters:
  ///   - path: An absolute path, or one relative to the working folder.
  ///   - endpoint: The endpoint to check against; nil for the first one that accepts the file's type.
  ///   - declaredType: The media type that you intend to declare, such as `image/png`; nil for none.
  ///   - request: The message to send the file with; nil to check the file alone.
  /// - Returns: The result. A file that can't be read is ``Verdict/unjudged``, not an error.
  /// - Throws: `CancellationError` if the task is cancelled; `SnifferError` if libmagic's database can't be loaded.
  public func check(
    fileAt path: String, as endpoint: Endpoint? = nil, declaredType: String? = nil,
    sending request: MessageRequest? = nil
  ) async throws -> CheckResult {
    try await check(.file(Self.path(path)), CheckOptions(endpoint, declaredType, request))
  }

  /// Checks the file at a path that need not be valid UTF-8, without blocking the calling thread.
  ///
  /// - Parameters:
  ///   - path: An absolute path, or one relative to the working folder.
  ///   - endpoint: The endpoint to check against; nil for the first one that accepts the file's type.
  ///   - declaredType: The media type that you intend to declare, such as `image/png`; nil for none.
  ///   - request: The message to send the file with; nil to check the file alone.
  /// - Returns: The result. A file that can't be read is ``Verdict/unjudged``, not an error.
  /// - Throws: `CancellationError` if the task is cancelled; `SnifferError` if libmagic's database can't be loaded.
  public func check(
    fileAt path: FilePath, as endpoint: Endpoint? = nil, declaredType: String? = nil,
    sending request: MessageRequest? = nil
  ) async throws -> CheckResult {
    try await check(.file(path), CheckOptions(endpoint, declaredType, request))
  }

  /// Checks bytes in memory, without blocking the calling thread.
  ///
  /// - Parameters:
  ///   - data: The whole file.
  ///   - name: The file name, for its extension and for the suggested fixes; nil for none.
  ///   - endpoint: The endpoint to check against; nil for the first one that accepts the file's type.
  ///   - declaredType: The media type that you intend to declare, such as `image/png`; nil for none.
  ///   - request: The message to send the file with; nil to check the file alone.
  /// - Returns: The result. A file that can't be read is ``Verdict/unjudged``, not an error.
  /// - Throws: `CancellationError` if the task is cancelled; `SnifferError` if libmagic's database can't be loaded.
  public func check(
    _ data: Data, named name: String? = nil, as endpoint: Endpoint? = nil, declaredType: String? = nil,
    sending request: MessageRequest? = nil
  ) async throws -> CheckResult {
    try await check(
      DataSource(data), named: Self.name(name), as: endpoint, declaredType: declaredType, sending: request)
  }

  /// Checks bytes in memory, without blocking the calling thread.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - name: The file name, for its extension and for the suggested fixes; nil for none.
  ///   - endpoint: The endpoint to check against; nil for the first one that accepts the file's type.
  ///   - declaredType: The media type that you intend to declare, such as `image/png`; nil for none.
  ///   - request: The message to send the file with; nil to check the file alone.
  /// - Returns: The result. A file that can't be read is ``Verdict/unjudged``, not an error.
  /// - Throws: `CancellationError` if the task is cancelled; `SnifferError` if libmagic's database can't be loaded.
  public func check(
    _ bytes: [UInt8], named name: String? = nil, as endpoint: Endpoint? = nil, declaredType: String? = nil,
    sending request: MessageRequest? = nil
  ) async throws -> CheckResult {
    try await check(
      MemorySource(bytes), named: Self.name(name), as: endpoint, declaredType: declaredType, sending: request)
  }

  /// Checks anything that can be read at an offset, without blocking the calling thread.
  ///
  /// - Parameters:
  ///   - source: Where the bytes come from.
  ///   - name: The file name, for its extension and for the suggested fixes; nil for none.
  ///   - endpoint: The endpoint to check against; nil for the first one that accepts the file's type.
  ///   - declaredType: The media type that you intend to declare, such as `image/png`; nil for none.
  ///   - request: The message to send the file with; nil to check the file alone.
  /// - Returns: The result. A file that can't be read is ``Verdict/unjudged``, not an error.
  /// - Throws: `CancellationError` if the task is cancelled; `SnifferError` if libmagic's database can't be loaded.
  public func check(
    _ source: any ByteSource, named name: FilePath? = nil, as endpoint: Endpoint? = nil,
    declaredType: String? = nil, sending request: MessageRequest? = nil
  ) async throws -> CheckResult {
    try await BlockingWork.run { [self] cancellation in
      var options = CheckOptions(endpoint, declaredType, request)
      options.cancellation = cancellation
      return try judge(source, as: name.map(Reference.file), options)
    }
  }

  /// Checks what a reference leads to, without blocking.
  package func check(_ reference: Reference, _ options: CheckOptions) async throws -> CheckResult {
    try await BlockingWork.run { [self] cancellation in
      var options = options
      options.cancellation = cancellation
      return try check(reference, options)
    }
  }

  /// Reads a file without applying a policy and without blocking the calling thread.
  ///
  /// - Parameter path: An absolute path, or one relative to the working folder.
  /// - Returns: What the bytes say.
  /// - Throws: `CancellationError` if the task is cancelled; `ByteSourceError` if the file can't be read; `SnifferError`
  ///   if libmagic's database can't be loaded.
  public func inspect(fileAt path: FilePath) async throws -> Inspection {
    try await BlockingWork.run { [self] cancellation in
      let source = CancellableSource(source: try FileSource(path: path), cancellation: cancellation)
      return try inspect(source, named: path)
    }
  }
}

/// Work that waits for disks, kept off the cooperative pool, whose few threads must always move on.
package enum BlockingWork {
  private static let queue = DispatchQueue(label: "preflight.checks", attributes: .concurrent)

  package static func run<Value: Sendable>(
    _ work: @escaping @Sendable (Cancellation) throws -> Value
  ) async throws -> Value {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        queue.async {
          continuation.resume(
            with: Result {
              try cancellation.check()
              let value = try work(cancellation)
              // A read that was given up has made the file look unreadable.
              try cancellation.check()
              return value
            })
        }
      }
    } onCancel: {
      cancellation.cancel()
    }
  }
}

/// Whether the task that asked for a check has been cancelled.
package final class Cancellation: Sendable {
  private let isCancelled = Atomic(false)

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  func check() throws(CancellationError) {
    if isCancelled.load(ordering: .relaxed) { throw CancellationError() }
  }
}

/// A source that is no longer read once the task is cancelled.
package struct CancellableSource: ByteSource {
  private let source: any ByteSource
  private let cancellation: Cancellation

  package init(source: any ByteSource, cancellation: Cancellation) {
    self.source = source
    self.cancellation = cancellation
  }

  package var byteCount: UInt64 { source.byteCount }

  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int {
    try cancellation.check()
    return try source.read(into: buffer, at: offset)
  }

  package func checkUnchanged() throws { try source.checkUnchanged() }
}

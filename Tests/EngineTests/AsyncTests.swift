import Dispatch
import MediaPreflight
@testable import PreflightTestSupport
import Synchronization
import Testing

/// Asynchronous checks.
@Suite struct AsyncTests {
  /// A source whose reads block until a test releases them.
  private final class WaitingSource: ByteSource {
    let byteCount: UInt64 = 1 << 20
    let isRead = DispatchSemaphore(value: 0)
    let mayGoOn = DispatchSemaphore(value: 0)
    private let reads = Mutex(0)

    var readCount: Int { reads.withLock { $0 } }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
      let isFirst = reads.withLock { reads in
        reads += 1
        return reads == 1
      }
      if isFirst {
        isRead.signal()
        mayGoOn.wait()
      }
      buffer.initializeMemory(as: UInt8.self, repeating: 0x20)
      return Int(min(UInt64(buffer.count), byteCount - offset))
    }
  }

  @Test func givesTheSameResultsAsSynchronousChecks() async throws {
    let bytes = try Fixture.bytes("pictures/cmyk.jpg")
    let awaited = try await engine.check(MemorySource(bytes), named: FilePath("a.jpg"), as: .image)
    let direct = try check(bytes)
    #expect(awaited.json == direct.json)
  }

  @Test func hookAnswersWithoutBlocking() async throws {
    let hook = Hook(engine)
    for line in [
      "{\"id\":1,\"file\":\"\(Fixture.folder)pictures/cmyk.jpg\"}", "{",
      "{\"endpoint\":\"image\",\"to\":\"1\"}",
    ] {
      let awaited = try await hook.answer(Array(line.utf8), number: 2)
      #expect(awaited.json == (try answer(line, of: hook)))
    }
    let cancelled = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await hook.answer(Array("{\"file\":\"a\"}".utf8), number: 1)
    }
    await #expect(throws: CancellationError.self) { try await cancelled.value }
  }

  private func answer(_ line: String, of hook: Hook) throws -> [UInt8] {
    try hook.answer(Array(line.utf8), number: 2).json
  }

  private func check(_ bytes: [UInt8]) throws -> CheckResult {
    try engine.check(MemorySource(bytes), named: FilePath("a.jpg"), as: .image)
  }

  /// More blocked checks than the cooperative pool has threads must not block other tasks.
  @Test func blockedChecksDoNotBlockOtherTasks() async throws {
    let sources = (0..<32).map { _ in WaitingSource() }
    let checks = sources.map { source in
      Task { try await engine.check(source, as: .document) }
    }
    // This task couldn't continue if the checks blocked the pool's threads.
    for _ in 0..<100 { await Task.yield() }
    for source in sources { source.mayGoOn.signal() }
    for check in checks { #expect(try await check.value.verdict == .accepted) }
  }

  @Test func cancelledCheckEndsAtItsNextRead() async throws {
    let source = WaitingSource()
    let check = Task { try await engine.check(source, as: .document) }
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        source.isRead.wait()
        continuation.resume()
      }
    }
    check.cancel()
    source.mayGoOn.signal()
    await #expect(throws: CancellationError.self) { try await check.value }
    #expect(source.readCount == 1)
  }

  @Test func checkCancelledBeforehandIsNotStarted() async {
    let source = WaitingSource()
    let check = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await engine.check(source, as: .document)
    }
    check.cancel()
    await #expect(throws: CancellationError.self) { try await check.value }
    #expect(source.readCount == 0)
  }
}

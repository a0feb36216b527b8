import SystemPackage
import PreflightInspection
import Foundation
import MediaPreflight
import Synchronization
@testable import PreflightTestSupport
import Testing

/// File system errors and concurrent changes during a check.
@Suite struct FileFaultTests {
  @Test(arguments: Fixture.names)
  func failingDevice(name: String) throws {
    let bytes = try Fixture.bytes(name)
    for good in [0, 1, 2, 3, 5] {
      let result = try engine.check(FailingSource(bytes, goodReads: good))
      let isRead = result.findings.first?.code != .unreadable
      // Either the reader had finished before the failure, or the file is unjudged.
      #expect(
        isRead || (result.findings.count == 1 && result.byteCount == nil && result.verdict == .unjudged))
      if isRead { #expect(try engine.check(MemorySource(bytes)).verdict == result.verdict) }
      if good == 0 { #expect(!isRead || bytes.isEmpty) }
    }
  }

  @Test(arguments: Fixture.names)
  func contentThatDiffersAtEachRead(name: String) throws {
    for seed in 0..<3 {
      let source = ShiftingSource(try Fixture.bytes(name), seed: seed)
      let inspection = try engine.inspect(source)
      #expect(inspection.faults.allSatisfy { $0.offset ?? 0 <= source.byteCount })
    }
  }

  @Test(arguments: [-1, 0, Int.max])
  func sourceWithWrongCounts(count: Int) throws {
    let source = MiscountingSource(try Fixture.bytes("mp4/aac.m4a"), count: count)
    #expect(try !engine.inspect(source).faults.isEmpty)
    #expect(try engine.check(source).verdict == .rejected)
  }

  /// The source makes each change while the file is being read.
  @Test(arguments: [
    "grows", "shrinks", "is written to", "is written to and its time set back", "is removed", "is replaced",
  ])
  func changingFile(how: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "preflight-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "rgb.jpg")
    let bytes = try Fixture.bytes("pictures/rgb.jpg")
    try Data(bytes).write(to: file)
    let source = WatchedSource(try FileSource(path: FilePath(file.path))) {
      switch how {
      case "grows", "is written to":
        let handle = try FileHandle(forWritingTo: file)
        if how == "grows" { try handle.seekToEnd() }
        try handle.write(contentsOf: Data("more".utf8))
        try handle.close()
      case "is written to and its time set back": try rewriteKeepingTime(of: file.path)
      case "shrinks": _ = truncate(file.path, 100)
      case "is removed": try FileManager.default.removeItem(at: file)
      default: try Data("other".utf8).write(to: file, options: .atomic)
      }
    }
    let result = try engine.check(source, named: FilePath(file.path), as: .image)
    // An open file is unaffected if its path is removed or replaced, but not if it is written to.
    if how == "is removed" || how == "is replaced" {
      #expect(result.verdict == .accepted)
      #expect(result.byteCount == UInt64(bytes.count))
    } else {
      #expect(result.findings.map(\.code) == [.unreadable])
      #expect(result.findings.first?.actual == "it changed while it was read")
    }
  }
}

/// Changes a byte of a file in place, and sets its modification time back.
private func rewriteKeepingTime(of path: String) throws {
  var before = stat()
  try #require(stat(path, &before) == 0)
  var after = before
  // The system's clock for files advances every few milliseconds.
  repeat {
    let handle = try FileHandle(forUpdating: URL(filePath: path))
    try handle.seek(toOffset: 600)
    try handle.write(contentsOf: Data([0x55]))
    try handle.close()
    let times = [before.st_atim, before.st_mtim]
    try #require(utimensat(AT_FDCWD, path, times, 0) == 0)
    try #require(stat(path, &after) == 0)
  } while after.st_ctim.tv_sec == before.st_ctim.tv_sec && after.st_ctim.tv_nsec == before.st_ctim.tv_nsec
  #expect(after.st_mtim.tv_nsec == before.st_mtim.tv_nsec && after.st_size == before.st_size)
}

/// A source whose reads fail after a number of successful ones.
private final class FailingSource: ByteSource {
  private let source: MemorySource
  private let goodReads: Mutex<Int>

  init(_ bytes: [UInt8], goodReads: Int) {
    source = MemorySource(bytes)
    self.goodReads = Mutex(goodReads)
  }

  var byteCount: UInt64 { source.byteCount }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int {
    let isGood = goodReads.withLock { left in
      left -= 1
      return left >= 0
    }
    if !isGood { throw ByteSourceError("the device reports a read error", errorNumber: EIO) }
    // Read little at a time, so that failures also occur in the middle.
    return source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(128)), at: offset)
  }
}

/// A source whose bytes change between reads.
private final class ShiftingSource: ByteSource {
  private let bytes: [UInt8]
  private let state: Mutex<UInt64>

  init(_ bytes: [UInt8], seed: Int) {
    self.bytes = bytes
    state = Mutex(UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1)
  }

  var byteCount: UInt64 { UInt64(bytes.count) }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    let limit = min(buffer.count, 512)
    let read = MemorySource(bytes).read(
      into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(limit)), at: offset)
    state.withLock { state in
      for _ in 0..<8 where read > 0 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        buffer[Int(state >> 33) % read] = UInt8(truncatingIfNeeded: state >> 24)
      }
    }
    return read
  }
}

/// A source that returns wrong byte counts.
private struct MiscountingSource: ByteSource {
  let bytes: [UInt8]
  let count: Int

  init(_ bytes: [UInt8], count: Int) {
    self.bytes = bytes
    self.count = count
  }

  var byteCount: UInt64 { UInt64(bytes.count) }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int { count }
}

/// A file that is changed after its first read.
private final class WatchedSource: ByteSource {
  private let source: FileSource
  private let change: @Sendable () throws -> Void
  private let isChanged = Mutex(false)

  init(_ source: FileSource, change: @escaping @Sendable () throws -> Void) {
    self.source = source
    self.change = change
  }

  var byteCount: UInt64 { source.byteCount }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int {
    let read = try source.read(into: buffer, at: offset)
    try isChanged.withLock { isChanged in
      if !isChanged { try change() }
      isChanged = true
    }
    return read
  }

  func checkUnchanged() throws { try source.checkUnchanged() }
}

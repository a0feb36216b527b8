import Foundation
import PreflightBytes
@testable import PreflightTestSupport
import SystemPackage
import Testing

@Suite struct MemorySourceTests {
  @Test func everyOffsetIntoEveryRoom() {
    let bytes = numbered(7)
    let source = MemorySource(bytes)
    #expect(source.byteCount == 7)
    for offset in [0, 1, 6, 7, 8, UInt64(Int.max), UInt64(Int.max) + 1, .max] {
      for room in [1, 2, 6, 7, 8, 100] {
        #expect(
          contents(source, at: offset, room: room)
            == Array(bytes.dropFirst(Int(clamping: offset)).prefix(room)))
      }
    }
    #expect(contents(MemorySource([]), at: 0, room: 1) == [])
    source.checkUnchanged()
  }
}

/// What a source gives in one read. No byte that it doesn't claim may have been written.
private func contents(_ source: some ByteSource, at offset: UInt64, room: Int) -> [UInt8]? {
  var buffer = [UInt8](repeating: 0xaa, count: room)
  guard let count = try? buffer.withUnsafeMutableBytes({ try source.read(into: $0, at: offset) }),
    0...room ~= count
  else { return nil }
  #expect(buffer.dropFirst(count).allSatisfy { $0 == 0xaa })
  return Array(buffer.prefix(count))
}

@Suite struct FileSourceTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func path(_ name: String) -> FilePath { FilePath("\(folder.path)/\(name)") }

  private func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: "\(folder.path)/\(name)"))
  }

  /// What is said of a path that can't be opened, of a link to it, and of a link to that.
  private func expectRefusal(
    _ path: FilePath, _ description: String, isMissing: Bool = false, errorNumber: Int32? = nil
  ) throws {
    let link = self.path("link-\(UUID().uuidString)")
    try #require(symlink(path.string, link.string) == 0)
    try #require(symlink(link.string, link.string + "-2") == 0)
    for path in [path, link, FilePath(link.string + "-2")] {
      let error = #expect(throws: ByteSourceError.self) { try FileSource(path: path) }
      #expect(
        error == ByteSourceError(description, errorNumber: errorNumber, isMissing: isMissing), "\(path)")
    }
  }

  // MARK: What is at a path

  @Test func aRegularFileAndLinksToIt() throws {
    let bytes = numbered(70_000)
    try write(bytes, to: "file")
    try #require(symlink("file", path("link").string) == 0)
    try #require(link(path("file").string, path("other").string) == 0)
    for name in ["file", "link", "other"] {
      let source = try FileSource(path: path(name))
      #expect(source.byteCount == 70_000)
      for (offset, room): (UInt64, Int) in [
        (0, 1), (0, 70_000), (0, 70_001), (69_999, 1), (69_999, 2), (70_000, 1), (70_001, 1),
        (UInt64(Int64.max) + 1, 1), (.max, 1),
      ] {
        let expected = Array(bytes.dropFirst(Int(clamping: offset)).prefix(room))
        #expect(contents(source, at: offset, room: room) == expected, "\(room) at \(offset)")
      }
      try source.checkUnchanged()
    }
  }

  @Test func anEmptyFile() throws {
    try write([], to: "file")
    let source = try FileSource(path: path("file"))
    #expect(source.byteCount == 0)
    #expect(contents(source, at: 0, room: 1) == [])
    try source.checkUnchanged()
  }

  @Test func aNameThatIsNotUTF8() throws {
    let path = FilePath(Array("\(folder.path)/".utf8) + [0xff, 0x0a, 0x27])
    let descriptor = path.withPlatformString { open($0, O_WRONLY | O_CREAT, 0o600) }
    try #require(descriptor >= 0)
    try #require(Foundation.write(descriptor, "abc", 3) == 3)
    close(descriptor)
    #expect(contents(try FileSource(path: path), at: 0, room: 9) == Array("abc".utf8))
  }

  @Test func aFolder() throws {
    try expectRefusal(FilePath(folder.path), "it is a directory, not a regular file")
    try expectRefusal("/", "it is a directory, not a regular file")
  }

  /// To open it would make a writer believe that it is read.
  @Test func aPipe() throws {
    let pipe = path("pipe")
    try #require(mkfifo(pipe.string, 0o600) == 0)
    try expectRefusal(pipe, "it is a pipe, not a regular file")
    #expect(open(pipe.string, O_WRONLY | O_NONBLOCK) == -1 && errno == ENXIO)
  }

  @Test func aDevice() throws {
    try expectRefusal("/dev/null", "it is a device, not a regular file")
    try expectRefusal("/dev/zero", "it is a device, not a regular file")
  }

  @Test func aSocket() throws {
    let socket = path("socket")
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try #require(socket.string.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socket.string.utf8) }
    #if canImport(Darwin)
      let kind = SOCK_STREAM
    #else
      let kind = Int32(SOCK_STREAM.rawValue)
    #endif
    let descriptor = Foundation.socket(AF_UNIX, kind, 0)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let isBound = withUnsafeBytes(of: &address) { address in
      bind(
        descriptor, address.assumingMemoryBound(to: sockaddr.self).baseAddress,
        socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
    }
    try #require(isBound)
    try expectRefusal(socket, "it is a socket, not a regular file")
  }

  @Test func nothing() throws {
    try expectRefusal(path("missing"), "no such file", isMissing: true, errorNumber: ENOENT)
    try expectRefusal(path("missing/file"), "no such file", isMissing: true, errorNumber: ENOENT)
    let error = #expect(throws: ByteSourceError.self) { try FileSource(path: FilePath()) }
    #expect(error == ByteSourceError("no such file", errorNumber: ENOENT, isMissing: true))
  }

  @Test func belowAFile() throws {
    try write([], to: "file")
    try expectRefusal(
      path("file/file"), "a component of the path is not a directory", isMissing: true, errorNumber: ENOTDIR)
  }

  @Test func aLinkToItself() throws {
    let loop = path("loop")
    try #require(symlink("loop", loop.string) == 0)
    try expectRefusal(loop, "too many symbolic links", errorNumber: ELOOP)
  }

  @Test func aNameThatIsTooLong() throws {
    let name = String(repeating: "n", count: 300)
    try expectRefusal(path(name), "the file name is too long", errorNumber: ENAMETOOLONG)
  }

  @Test func withoutPermission() throws {
    // What the superuser may not read either, where the tests run as one.
    var closed: FilePath = "/proc/sys/vm/drop_caches"
    if geteuid() != 0 {
      closed = path("closed")
      try write([1], to: "closed")
      try #require(chmod(closed.string, 0) == 0)
    }
    try expectRefusal(closed, "permission denied", errorNumber: EACCES)
  }

  #if os(Linux)
    /// The process's own memory: a regular file to the system, of which the first page can't be read.
    @Test func aReadThatFails() throws {
      let source = try FileSource(path: "/proc/self/mem")
      var buffer: [UInt8] = [0]
      let error = #expect(throws: ByteSourceError.self) {
        try buffer.withUnsafeMutableBytes { try source.read(into: $0, at: 0) }
      }
      #expect(error == ByteSourceError("the device reports a read error", errorNumber: EIO))
    }

    @Test func nothingStaysOpen() throws {
      try write([1], to: "file")
      try #require(mkfifo(path("pipe").string, 0o600) == 0)
      func isOpen() throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").contains {
          (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?
            .hasPrefix(folder.path) == true
        }
      }
      do {
        let source = try FileSource(path: path("file"))
        #expect(try isOpen())
        #expect(source.byteCount == 1)
      }
      for name in ["", "pipe", "missing"] { _ = try? FileSource(path: path(name)) }
      #expect(try !isOpen())
    }
  #endif

  @Test func theSystemsErrorsInWords() {
    let words: [(number: Int32, words: String, isMissing: Bool)] = [
      (ENOENT, "no such file", true), (ENOTDIR, "a component of the path is not a directory", true),
      (EACCES, "permission denied", false), (EPERM, "permission denied", false),
      (ELOOP, "too many symbolic links", false), (ENAMETOOLONG, "the file name is too long", false),
      (EMFILE, "too many open files", false), (ENFILE, "too many open files", false),
      (EIO, "the device reports a read error", false),
      (ENXIO, "it is a socket or a device without a driver, not a regular file", false),
      (ENOSPC, "No space left on device", false),
    ]
    for (number, words, isMissing) in words {
      #expect(
        ByteSourceError(systemError: number)
          == ByteSourceError(words, errorNumber: number, isMissing: isMissing))
    }
  }

  // MARK: What happens meanwhile

  /// A source on a file that was last written to a while ago: what is written at once after that has the same
  /// time for some systems.
  private func oldFile(_ bytes: [UInt8]) throws -> FileSource {
    try write(bytes, to: "file")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: path("file").string)
    return try FileSource(path: path("file"))
  }

  private func expectChanged(_ source: FileSource) {
    let error = #expect(throws: ByteSourceError.self) { try source.checkUnchanged() }
    #expect(error == ByteSourceError("it changed while it was read"))
  }

  @Test func writtenInto() throws {
    let source = try oldFile(numbered(100))
    let handle = try FileHandle(forWritingTo: URL(filePath: path("file").string))
    try handle.write(contentsOf: Data([0xee]))
    try handle.close()
    #expect(source.byteCount == 100)
    #expect(contents(source, at: 0, room: 2) == [0xee, numbered(2)[1]])
    expectChanged(source)
  }

  @Test func madeLonger() throws {
    let source = try oldFile(numbered(100))
    let handle = try FileHandle(forWritingTo: URL(filePath: path("file").string))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0xee]))
    try handle.close()
    #expect(source.byteCount == 100)
    expectChanged(source)
  }

  @Test func cut() throws {
    let source = try oldFile(numbered(100))
    try #require(truncate(path("file").string, 40) == 0)
    #expect(source.byteCount == 100)
    #expect(contents(source, at: 30, room: 50) == Array(numbered(40)[30...]))
    #expect(contents(source, at: 40, room: 1) == [])
    expectChanged(source)
  }

  /// Written to with the same bytes: what was read in between may have been others.
  @Test func touched() throws {
    let source = try oldFile(numbered(100))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1e9 + 1)], ofItemAtPath: path("file").string)
    expectChanged(source)
  }

  /// What is opened stays what it was, whatever its name is given to.
  @Test func replacedOrRemoved() throws {
    let source = try oldFile(numbered(100))
    try write([1, 2, 3], to: "new")
    try #require(rename(path("new").string, path("file").string) == 0)
    #expect(contents(source, at: 0, room: 200) == numbered(100))
    try source.checkUnchanged()
    try #require(unlink(path("file").string) == 0)
    #expect(contents(source, at: 0, room: 200) == numbered(100))
    try source.checkUnchanged()
  }

  /// What has a file's name is that file only as long as nothing happened to either.
  @Test func standsAtAPath() throws {
    let source = try oldFile(numbered(100))
    #expect(source.isUnchanged(at: path("file")))
    try #require(symlink(path("file").string, path("link").string) == 0)
    #expect(source.isUnchanged(at: path("link")))
    // The same content with the same time, in another file.
    try FileManager.default.copyItem(atPath: path("file").string, toPath: path("copy").string)
    let times = [FileAttributeKey.modificationDate: Date(timeIntervalSince1970: 1e9)]
    try FileManager.default.setAttributes(times, ofItemAtPath: path("copy").string)
    #expect(!source.isUnchanged(at: path("copy")))
    try #require(rename(path("copy").string, path("file").string) == 0)
    #expect(!source.isUnchanged(at: path("file")))
    try #require(unlink(path("file").string) == 0)
    #expect(!source.isUnchanged(at: path("file")))
    let written = try oldFile(numbered(100))
    try Data([0xee]).write(to: URL(filePath: path("file").string))
    #expect(!written.isUnchanged(at: path("file")))
  }

  /// Two names of one file may both be replaced.
  @Test func hasAnotherNameNoLonger() throws {
    try write(numbered(100), to: "file")
    try #require(link(path("file").string, path("other").string) == 0)
    let source = try FileSource(path: path("file"))
    try #require(unlink(path("other").string) == 0)
    #expect(source.isUnchanged(at: path("file")))
    try source.checkUnchanged()
  }

  /// Reads from several threads don't move each other.
  @Test func readByManyAtOnce() async throws {
    let bytes = numbered(100_000)
    try write(bytes, to: "file")
    let source = try FileSource(path: path("file"))
    await withTaskGroup { group in
      for start in 0..<8 {
        group.addTask {
          stride(from: start * 1000, to: bytes.count, by: 777).allSatisfy {
            contents(source, at: UInt64($0), room: 500) == Array(bytes[$0...].prefix(500))
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}

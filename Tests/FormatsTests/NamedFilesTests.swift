import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// Archives, programs and other files that are named and no more.
@Suite struct NamedFilesTests {
  private static func padded(_ bytes: [UInt8], to count: Int = 600) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: max(0, count - bytes.count))
  }

  private func expect(
    _ bytes: [UInt8], _ mediaType: MediaType, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let inspection = try inspect(bytes)
    #expect(inspection.mediaType == mediaType, sourceLocation: sourceLocation)
    #expect(inspection.faults == [], sourceLocation: sourceLocation)
  }

  @Test(
    arguments: [
      ([0x1f, 0x8b, 8, 0], "application/gzip"),
      ([0x1f, 0x9d, 0x90], "application/x-compress"),
      (Array("BZh91AY&SY".utf8), "application/x-bzip2"),
      ([0xfd] + Array("7zXZ\0".utf8), "application/x-xz"),
      ([0x28, 0xb5, 0x2f, 0xfd], "application/zstd"),
      ([4, 0x22, 0x4d, 0x18], "application/x-lz4"),
      ([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "application/x-7z-compressed"),
      (Array("Rar!\u{1a}\u{7}\0".utf8), "application/x-rar"),
      (Array("Rar!\u{1a}\u{7}\u{1}\0".utf8), "application/x-rar"),
      (Array("MSCF\0\0\0\0".utf8), "application/vnd.ms-cab-compressed"),
      (Array("!<arch>\ndebian-binary   ".utf8), "application/vnd.debian.binary-package"),
      (Array("!<arch>\nhello.o/".utf8), "application/x-archive"),
      ([0xed, 0xab, 0xee, 0xdb, 3, 0], "application/x-rpm"),
      ([0x1a, 0] + Array("-lh5-".utf8), "application/x-lzh-compressed"),
      ([0x60, 0xea, 0x2b, 0, 0x22, 2], "application/x-arj"),
      ([0xc7, 0x71, 0, 0, 1, 0, 0xa4, 0x81], "application/x-cpio"),
      (Array("070707".utf8) + [UInt8](repeating: 0x31, count: 70), "application/x-cpio"),
      (Array("070701".utf8) + [UInt8](repeating: 0x41, count: 104), "application/x-cpio"),
      ([UInt8](repeating: 0, count: 0x8001) + Array("CD001".utf8), "application/x-iso9660-image"),
    ] as [([UInt8], String)])
  func archives(start: [UInt8], mediaType: String) throws {
    try expect(Self.padded(start), MediaType(rawValue: mediaType))
  }

  @Test(arguments: [true, false]) func tar(isPOSIX: Bool) throws {
    var block = Self.padded(Array("hello.txt".utf8), to: 512)
    block.replaceSubrange(100..<108, with: Array("0000644\0".utf8))
    if isPOSIX { block.replaceSubrange(257..<263, with: Array("ustar\0".utf8)) }
    block.replaceSubrange(148..<156, with: Array("        ".utf8))
    let sum = block.reduce(0) { $0 + Int($1) }
    let digits = String(sum, radix: 8)
    block.replaceSubrange(148..<148 + digits.count + 1, with: Array((digits + "\0").utf8))
    try expect(block + [UInt8](repeating: 0, count: 1024), "application/x-tar")
    // One byte more and the sum doesn't hold; the mark of POSIX is enough for libmagic still.
    block[20] = 1
    if !isPOSIX { #expect(try inspect(block).mediaType == "application/octet-stream") }
  }

  @Test func windowsPrograms() throws {
    var file = Self.padded([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0, 4, 0])
    try expect(file, "application/x-dosexec")
    file[60] = 0x80
    file.replaceSubrange(0x80..<0x84, with: [0x50, 0x45, 0, 0])
    try expect(file, "application/vnd.microsoft.portable-executable")
    file.replaceSubrange(0x80..<0x84, with: [0x4e, 0x45, 5, 1])
    try expect(file, "application/x-ms-ne-executable")
    // Where the other header should be, the file has ended.
    file.replaceSubrange(60..<64, with: [0xff, 0xff, 0xff, 0xff])
    try expect(file, "application/x-dosexec")
    #expect(try inspect(Array("MZ is how some words begin, too.\n".utf8)).mediaType == "text/plain")
  }

  @Test(
    arguments: [
      ([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0], "application/x-executable"),
      ([0x7f, 0x45, 0x4c, 0x46, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "application/x-object"),
      ([0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1], "application/x-mach-binary"),
      ([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], "application/x-mach-binary"),
      ([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 0x41], "application/x-java-applet"),
      ([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], "application/wasm"),
      (Array("dex\n035\0".utf8), "application/x-dex"),
    ] as [([UInt8], String)])
  func programs(start: [UInt8], mediaType: String) throws {
    try expect(Self.padded(start), MediaType(rawValue: mediaType))
  }

  @Test(
    arguments: [
      (Array("SQLite format 3\0".utf8), "application/vnd.sqlite3"),
      (Array("wOF2\0\u{1}\0\0".utf8), "font/woff2"),
      (Array("OTTO\0\u{9}".utf8), "font/otf"),
      ([0, 1, 0, 0, 0, 0x11, 1, 0, 0, 4, 0, 0x10], "font/ttf"),
      ([0xdb, 0xa5, 0x2d, 0, 0, 0, 9, 4], "application/msword"),
    ] as [([UInt8], String)])
  func others(start: [UInt8], mediaType: String) throws {
    try expect(Self.padded(start), MediaType(rawValue: mediaType))
  }
}

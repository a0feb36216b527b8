internal import PreflightFacts
internal import PreflightFormats
internal import CLibMagic
package import PreflightBytes
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#endif

/// libmagic, touched here and nowhere else.
///
/// A small magic source of our own (`common.magic`) comes first. The system's database is used only if that
/// has no answer: it is a hundred times as large, and loaded on first use. Only one thread may use a cookie
/// at a time, so cookies are kept in pools and each lookup takes one: there are never more cookies than
/// concurrent lookups.
package final class Sniffer: Sendable {
  private let common = Mutex<[Cookie]>([])
  private let system = Mutex<[Cookie]>([])

  package init() {}

  /// Loads libmagic's databases, for one lookup at a time in a process that can't open files later.
  ///
  /// - Throws: ``SnifferError`` if libmagic's own database can't be loaded.
  package func prepare() throws(SnifferError) {
    if let cookie = Cookie.common() { common.withLock { $0.append(cookie) } }
    let cookie = try Cookie.system()
    system.withLock { $0.append(cookie) }
  }

  /// libmagic's media type for a file, unchanged.
  ///
  /// - Throws: ``SnifferError`` if libmagic's database is needed and can't be loaded; ``ReadError`` if the
  ///   file can't be read.
  package func mediaType(of window: inout ByteWindow) throws -> String? {
    try commonMediaType(of: &window) ?? systemMediaType(of: &window)
  }

  /// The answer of `common.magic`; nil if it has none.
  package func commonMediaType(of window: inout ByteWindow) throws -> String? {
    let limit = try Self.commonLimit(window.available(at: 0, upTo: Limits.Sniffing.common))
    let answer = Self.withCookie(from: common, { Cookie.common() }) { cookie in
      try cookie?.mediaType(of: window.available(at: 0, upTo: limit))
    }
    let type = try answer.get()
    return type == "application/octet-stream" ? nil : type
  }

  /// How much of a file `common.magic` has to see: the whole tag before the audio, and the first members of
  /// an archive.
  private static func commonLimit(_ head: borrowing ByteSpan) -> Int {
    if head.has("PK\u{3}\u{4}") { return Limits.Sniffing.archive }
    guard head.has("ID3"), let size = ID3Size(head).byteCount else { return Limits.Sniffing.common }
    return min(size + 4, Limits.Sniffing.system)
  }

  /// The answer of the system's database.
  ///
  /// - Parameter skipsTextTests: Whether libmagic skips its text tests for data that can't be text. The answer is
  ///   the same.
  package func systemMediaType(of window: inout ByteWindow, skipsTextTests: Bool = true) throws -> String? {
    let isBinary = try skipsTextTests && Self.isBinary(window.available(at: 0, upTo: Limits.Sniffing.common))
    return try Self.withCookie(from: system, { try Cookie.system() }) { cookie in
      try cookie?.mediaType(of: window.available(at: 0, upTo: Limits.Sniffing.system), isBinary: isBinary)
    }.get()
  }

  /// Whether a file can't be text in any encoding that libmagic supports: it has control characters that
  /// neither ASCII and its extensions nor EBCDIC use in text, and no byte order mark, without which libmagic
  /// doesn't detect UTF-16 or UTF-32.
  private static func isBinary(_ head: borrowing ByteSpan) -> Bool {
    if head.has([0xff, 0xfe]) || head.has([0xfe, 0xff]) || head.has([0, 0, 0xfe, 0xff]) { return false }
    return (0..<head.bytes.byteCount).contains { index in
      head[index].map { 0x00...0x03 ~= $0 || 0x10...0x13 ~= $0 } == true
    }
  }

  private static func withCookie(
    from pool: borrowing Mutex<[Cookie]>, _ make: () throws -> Cookie?,
    _ body: (Cookie?) throws -> String?
  ) -> Result<String?, any Error> {
    Result {
      guard let cookie = try pool.withLock({ $0.popLast() }) ?? make() else { return nil }
      defer { pool.withLock { $0.append(cookie) } }
      return try body(cookie)
    }
  }
}

/// The size of an ID3v2 tag at the start of a file, as libmagic's entries compute it (ID3v2.4, section 3.1).
private struct ID3Size {
  /// The header and what it declares about the rest; nil if the size isn't syncsafe.
  let byteCount: Int?

  init(_ head: borrowing ByteSpan) {
    var size = 0
    for index in 6..<10 {
      guard let byte = head[index], byte < 0x80 else {
        byteCount = nil
        return
      }
      size = size << 7 | Int(byte)
    }
    byteCount = size + 10
  }
}

/// libmagic could not be made ready.
public struct SnifferError: Error, CustomStringConvertible {
  /// What is missing and how to fix it.
  public let description: String
}

/// One libmagic handle with a database loaded.
// Safe to pass between threads: the pool gives a cookie to one caller at a time.
private final class Cookie: @unchecked Sendable {
  /// Types only, which contain nothing that needs escaping.
  private static let usualFlags = MAGIC_MIME_TYPE | MAGIC_RAW

  private let handle: magic_t
  private let flags: Int32

  private init(_ handle: magic_t) {
    self.handle = handle
    flags = magic_getflags(handle)
  }

  deinit { magic_close(handle) }

  /// A handle with the system's database.
  static func system() throws(SnifferError) -> Cookie {
    guard let handle = magic_open(usualFlags | MAGIC_ERROR) else {
      throw SnifferError(description: "libmagic can't be started")
    }
    if SystemDatabase.shared?.load(into: handle) == true { return Cookie(handle) }
    guard magic_load(handle, nil) == 0 else {
      let reason = magic_error(handle).map { String(cString: $0) } ?? "unknown reason"
      magic_close(handle)
      throw SnifferError(
        description: "libmagic's database can't be loaded (\(reason)); install libmagic-mgc or point "
          + "the environment variable MAGIC at magic.mgc")
    }
    return Cookie(handle)
  }

  /// A handle with `common.magic` and without libmagic's built-in tests; nil if libmagic can't load a source
  /// from memory. Then the system's database answers everything.
  static func common() -> Cookie? {
    #if canImport(Glibc)
      let builtIn =
        MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_APPTYPE | MAGIC_NO_CHECK_ELF
        | MAGIC_NO_CHECK_TEXT | MAGIC_NO_CHECK_CSV | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_TOKENS
        | MAGIC_NO_CHECK_ENCODING | MAGIC_NO_CHECK_JSON
      guard let handle = magic_open(usualFlags | builtIn) else { return nil }
      // libmagic only loads a source by its path; this is the path of a file in memory.
      let descriptor = memfd_create("common.magic", 0)
      defer { if descriptor >= 0 { close(descriptor) } }
      let source = PackageResources.common_magic
      let isWritten = source.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) == $0.count }
      guard isWritten, magic_load(handle, "/proc/self/fd/\(descriptor)") == 0 else {
        magic_close(handle)
        return nil
      }
      return Cookie(handle)
    #else
      return nil
    #endif
  }

  /// - Parameter isBinary: Whether the file is known not to be text, so that libmagic needn't scan all bytes
  ///   to find out.
  func mediaType(of head: borrowing ByteSpan, isBinary: Bool = false) -> String? {
    if isBinary { magic_setflags(handle, flags | MAGIC_NO_CHECK_ENCODING) }
    defer { if isBinary { magic_setflags(handle, flags) } }
    return head.bytes.withUnsafeBytes { bytes in
      magic_buffer(handle, bytes.baseAddress, bytes.count).map { String(cString: $0) }
    }
  }
}

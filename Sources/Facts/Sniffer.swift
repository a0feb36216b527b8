internal import CLibMagic
package import PreflightBytes
internal import Synchronization

/// libmagic, touched here and nowhere else.
///
/// A cookie may be used by one thread at a time, so cookies are kept in a pool and one is taken out
/// for each answer: there are never more than threads that asked at once.
package final class Sniffer: Sendable {
  /// How much of a file libmagic is shown: what `file` shows it.
  private static let maximumBytes = 1 << 20

  private let idle = Mutex<[Cookie]>([])

  package init() {}

  /// libmagic's media type for the start of a file, exactly as it gives it.
  ///
  /// - Throws: ``SnifferError`` when libmagic's database can't be loaded.
  package func mediaType(of head: borrowing ByteSpan) throws(SnifferError) -> String? {
    let cookie: Cookie
    if let pooled = idle.withLock({ $0.popLast() }) { cookie = pooled } else { cookie = try Cookie() }
    defer { idle.withLock { $0.append(cookie) } }
    return cookie.mediaType(of: head)
  }

  package func mediaType(of window: inout ByteWindow) throws -> String? {
    try mediaType(of: window.available(at: 0, upTo: Self.maximumBytes))
  }
}

/// libmagic could not be made ready.
public struct SnifferError: Error, CustomStringConvertible {
  /// What is missing and how to mend it.
  public let description: String
}

/// One libmagic handle with the system's database loaded.
// Safe to hand from thread to thread: the pool gives a cookie to one caller at a time.
private final class Cookie: @unchecked Sendable {
  private let handle: magic_t

  init() throws(SnifferError) {
    guard let handle = magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR) else {
      throw SnifferError(description: "libmagic can't be started")
    }
    guard magic_load(handle, nil) == 0 else {
      let reason = magic_error(handle).map { String(cString: $0) } ?? "unknown reason"
      magic_close(handle)
      throw SnifferError(
        description: "libmagic's database can't be loaded (\(reason)); install libmagic-mgc or point "
          + "the environment variable MAGIC at magic.mgc")
    }
    self.handle = handle
  }

  deinit { magic_close(handle) }

  func mediaType(of head: borrowing ByteSpan) -> String? {
    head.bytes.withUnsafeBytes { bytes in
      magic_buffer(handle, bytes.baseAddress, bytes.count).map { String(cString: $0) }
    }
  }
}

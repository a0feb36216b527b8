/// A source whose bytes can be read at any offset: a file, a buffer in memory, an object in a store.
///
/// During a check, one thread reads a source at a time, but several concurrent checks may share a source. So
/// `read` must not depend on a position kept between calls.
public protocol ByteSource: Sendable {
  /// The number of bytes; it never changes.
  var byteCount: UInt64 { get }

  /// Fills the start of `buffer` with the bytes at `offset`.
  ///
  /// - Parameters:
  ///   - buffer: Where the bytes go; never empty.
  ///   - offset: The position of the first byte to read, below `byteCount`.
  /// - Returns: How many bytes were written: at least 1 unless the source ended early.
  /// - Throws: Any error that makes a verdict impossible. A ``ByteSourceError`` is reported with its own
  ///   text, any other error with its description.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int

  /// Called after everything was read. Throws if the source may have changed since then.
  ///
  /// Mixing bytes from before and after a change would judge a file that never existed. Sources that can't
  /// change don't need to do anything.
  ///
  /// - Throws: As ``read(into:at:)``.
  func checkUnchanged() throws
}

extension ByteSource {
  /// Takes the source for one that can't change.
  public func checkUnchanged() {}
}

/// Why a source can't be opened or read.
public struct ByteSourceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The reason, without the file's name, such as "it is a directory, not a regular file" or "permission
  /// denied".
  public let description: String

  /// The operating system's error number, if any.
  public let errorNumber: Int32?

  /// Whether the path doesn't exist, as opposed to existing but being unreadable.
  public let isMissing: Bool

  /// Creates an error with a reason.
  public init(_ description: String, errorNumber: Int32? = nil, isMissing: Bool = false) {
    self.description = description
    self.errorNumber = errorNumber
    self.isMissing = isMissing
  }
}

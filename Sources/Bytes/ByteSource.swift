/// Anything whose bytes can be read at an offset: a file, a buffer in memory, an object in a store.
///
/// A source is read from one thread at a time during a check, but a source may be shared by
/// several checks that run at once, so `read` must not depend on a position kept between calls.
public protocol ByteSource: Sendable {
  /// The number of bytes, fixed for as long as the source lives.
  var byteCount: UInt64 { get }

  /// Fills the start of `buffer` with the bytes at `offset`.
  ///
  /// - Parameters:
  ///   - buffer: Where the bytes go; never empty.
  ///   - offset: The position of the first byte to read, below `byteCount`.
  /// - Returns: How many bytes were written: at least 1 unless the source has ended early.
  /// - Throws: Any error for which no judgement is possible. A ``ByteSourceError`` is reported in
  ///   its own words, any other by its description.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int

  /// Asked once all has been read: throws if what is there now may not be what was read.
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

  /// The operating system's error number, where one was given.
  public let errorNumber: Int32?

  /// Whether there is nothing at the path, as opposed to something that can't be read.
  public let isMissing: Bool

  /// Creates an error with a reason.
  public init(_ description: String, errorNumber: Int32? = nil, isMissing: Bool = false) {
    self.description = description
    self.errorNumber = errorNumber
    self.isMissing = isMissing
  }
}

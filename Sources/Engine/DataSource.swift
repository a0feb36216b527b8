public import PreflightBytes

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Foundation's `Data` as a source, read in place.
public struct DataSource: ByteSource {
  private let data: Data

  /// Creates a source over a copy-on-write reference to `data`.
  ///
  /// - Parameter data: The whole file; it may be a slice.
  public init(_ data: Data) { self.data = data }

  /// The number of bytes.
  public var byteCount: UInt64 { UInt64(data.count) }

  /// Copies the bytes at `offset` into `buffer`; never throws.
  ///
  /// - Parameters:
  ///   - buffer: Where the bytes go.
  ///   - offset: The position of the first byte.
  /// - Returns: The number of bytes copied; 0 at the end.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    guard offset < byteCount else { return 0 }
    // A slice of data keeps the indices of the whole.
    let slice = data.dropFirst(Int(offset)).prefix(buffer.count)
    return slice.copyBytes(to: buffer)
  }
}

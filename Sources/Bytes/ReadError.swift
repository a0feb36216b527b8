/// Why a read at an offset failed.
@usableFromInline
package struct ReadError: Error, Sendable {
  @usableFromInline
  package enum Reason: Sendable {
    /// The data ends before the requested bytes.
    case endOfData
    /// A size or offset that the file declares is impossible: it overflows or exceeds every plausible bound.
    case implausible
    /// More was read than any file is worth (``Limits/Window/bytesRead(of:)``). What was found so far counts, and
    /// the rest is unchecked.
    case enough
    /// The source itself failed, so no verdict is possible.
    case source(ByteSourceError)
  }

  @usableFromInline
  package let reason: Reason

  /// The file offset of the requested bytes (`implausible`: the offset of the declared value).
  @usableFromInline
  package let offset: UInt64

  @inlinable
  package init(_ reason: Reason, at offset: UInt64) {
    self.reason = reason
    self.offset = offset
  }
}

extension UInt64 {
  /// Adds a number that a file declares; throws instead of trapping.
  ///
  /// - Parameters:
  ///   - claim: The number.
  ///   - place: The file offset of the declared value.
  package func adding(_ claim: UInt64, claimedAt place: UInt64) throws(ReadError) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(claim)
    if overflow { throw ReadError(.implausible, at: place) }
    return sum
  }
}

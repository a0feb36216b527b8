internal import PreflightFacts
internal import PreflightBytes

extension Reading {
  /// Notes that metadata is longer than the limit, and no coordinates were found before it.
  ///
  /// - Parameter range: The part of the metadata that is in the file.
  mutating func leaveMetadataUnchecked(in range: Range<UInt64>) {
    let limit = Limits.Metadata.byteCount
    guard range.count > limit, locationMetadataOffset == nil else { return }
    let size = Limits.size(limit)
    leaveUnchecked(
      UncheckedPart("metadata after the first \(size)", limit: size, at: range.lowerBound + UInt64(limit)))
  }
}

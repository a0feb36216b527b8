import MediaPreflight
import PreflightFacts
import PreflightInspection
import Testing

/// Expects that a limit of this library leaves part of a file unchecked, and that no damage is reported for it.
@discardableResult
func expectUnchecked(
  _ what: [String], in bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
) throws -> Inspection {
  let inspection = try inspect(bytes)
  #expect(inspection.unchecked.map(\.what) == what, sourceLocation: sourceLocation)
  #expect(inspection.faults == [], sourceLocation: sourceLocation)
  for part in inspection.unchecked {
    #expect(part.offset ?? 0 <= UInt64(bytes.count), "\(part)", sourceLocation: sourceLocation)
    #expect(!part.limit.isEmpty, sourceLocation: sourceLocation)
  }
  return inspection
}

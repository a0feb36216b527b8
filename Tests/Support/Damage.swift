import PreflightInspection
import MediaPreflight
import Testing

/// Truncates the bytes at every length up to 4 KiB, then in steps, and expects that inspection doesn't throw.
func expectSurvivesCuts(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
  var length = 0
  while length < bytes.count {
    #expect(throws: Never.self, "cut to \(length)", sourceLocation: sourceLocation) {
      try inspect(Array(bytes[..<length]))
    }
    length += length < 4096 ? 1 : max(1, bytes.count / 64)
  }
}

/// Flips every bit of the first bytes, one at a time, and sets each byte to 0 and 255. Expects that inspection doesn't
/// throw.
func expectSurvivesFlips(
  _ bytes: [UInt8], first: Int = 512, sourceLocation: SourceLocation = #_sourceLocation
) {
  for index in 0..<min(first, bytes.count) {
    for value in (0..<8).map({ bytes[index] ^ (1 << $0) }) + [0, 255] {
      var variant = bytes
      variant[index] = value
      #expect(throws: Never.self, "byte \(index) as \(value)", sourceLocation: sourceLocation) {
        try inspect(variant)
      }
    }
  }
}

/// Expects that the file is reported as damaged, or as possibly truncated, if it is truncated to half, to 95 % or by one byte, but not if it is
/// complete.
func expectTellsCuts(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws {
  #expect(try inspect(bytes).faults == [], sourceLocation: sourceLocation)
  for length in [bytes.count / 2, bytes.count * 95 / 100, bytes.count - 1] {
    let inspection = try inspect(Array(bytes[..<length]))
    let faults = inspection.faults
    let isTold = !faults.isEmpty || inspection.possibleTruncation != nil
    #expect(isTold, "cut to \(length) of \(bytes.count)", sourceLocation: sourceLocation)
    #expect(faults.allSatisfy { $0.offset ?? 0 <= UInt64(length) }, sourceLocation: sourceLocation)
  }
}

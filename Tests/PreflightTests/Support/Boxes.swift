/// A box of an ISO base media file, with a 32-bit size.
func isoBox(_ type: String, _ payload: [UInt8]) -> [UInt8] {
  bigEndian(UInt32(8 + payload.count)) + Array(type.unicodeScalars.map { UInt8($0.value) }) + payload
}

extension [UInt8] {
  /// Where `pattern` first stands at or after `start`.
  func firstIndex(ofBytes pattern: [UInt8], from start: Int = 0) -> Int? {
    guard count - start >= pattern.count, start >= 0 else { return nil }
    return (start..<count - pattern.count + 1).first { self[$0...].starts(with: pattern) }
  }

  /// Where the first box of a type begins that stands at or after `start`.
  func isoBox(_ type: String, from start: Int = 0) -> Int? {
    firstIndex(ofBytes: Array(type.utf8), from: start + 4).map { $0 - 4 }
  }
}

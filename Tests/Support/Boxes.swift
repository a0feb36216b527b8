/// A box of an ISO base media file, with a 32-bit size.
func isoBox(_ type: String, _ payload: [UInt8]) -> [UInt8] {
  bigEndian(UInt32(8 + payload.count)) + Array(type.unicodeScalars.map { UInt8($0.value) }) + payload
}

extension [UInt8] {
  /// The first index of `pattern` at or after `start`.
  func firstIndex(ofBytes pattern: [UInt8], from start: Int = 0) -> Int? {
    guard count - start >= pattern.count, start >= 0 else { return nil }
    return (start..<count - pattern.count + 1).first { self[$0...].starts(with: pattern) }
  }

  /// The start of the first box of a type at or after `start`.
  func isoBox(_ type: String, from start: Int = 0) -> Int? {
    firstIndex(ofBytes: Array(type.utf8), from: start + 4).map { $0 - 4 }
  }

  /// A copy of a movie with the contents of the first box of a type replaced and the sizes of its parents updated. `moov`
  /// must follow `mdat`.
  func withContents(_ contents: [UInt8], ofBox type: String, in parents: [String]) -> [UInt8]? {
    guard let place = isoBox(type) else { return nil }
    let end = place + bigEndian32(at: place)
    var copy = self
    var box = 0
    for parent in parents {
      guard let next = isoBox(parent, from: box) else { return nil }
      box = next
      let size = bigEndian32(at: box) + contents.count + 8 - (end - place)
      copy.replaceSubrange(box..<box + 4, with: bigEndian(UInt32(size)))
    }
    copy.replaceSubrange(place..<end, with: PreflightTestSupport.isoBox(type, contents))
    return copy
  }
}

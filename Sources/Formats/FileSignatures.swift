internal import PreflightFacts
internal import PreflightBytes

/// Bytes at a fixed offset in every file of a type. If they are letters that could start a text, the
/// signature includes a byte elsewhere that no text has there.
struct FileSignature<Value: Sendable>: Sendable {
  fileprivate let bytes: [UInt8]
  fileprivate let offset: Int
  private let check: (index: Int, values: ClosedRange<UInt8>)?
  let value: Value

  /// - Parameter check: An offset from the file's start, and the allowed bytes there.
  init(_ bytes: [UInt8], at offset: Int = 0, check: (Int, ClosedRange<UInt8>)? = nil, _ value: Value) {
    self.bytes = bytes
    self.offset = offset
    self.check = check.map { (index: $0.0, values: $0.1) }
    self.value = value
  }

  /// - Parameter latin1: The bytes, one per character.
  init(_ latin1: String, at offset: Int = 0, check: (Int, ClosedRange<UInt8>)? = nil, _ value: Value) {
    let bytes = latin1.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    self.init(bytes, at: offset, check: check, value)
  }

  fileprivate func matches(_ head: borrowing ByteSpan) -> Bool {
    guard head.has(bytes, at: offset) else { return false }
    guard let check else { return true }
    return head[check.index].map { check.values.contains($0) } ?? false
  }
}

/// A table of signatures. If two match, the earlier one wins.
struct FileSignatures<Value: Sendable>: Sendable {
  private let all: [FileSignature<Value>]

  /// The signatures that can match a file that starts with a given byte. Most files match none, and are
  /// checked against a dozen tables.
  private let candidates: [[Int]]

  init(_ all: [FileSignature<Value>]) {
    self.all = all
    candidates = (UInt8.min...UInt8.max).map { byte in
      all.indices.filter { all[$0].offset != 0 || all[$0].bytes.first == byte }
    }
  }

  /// The result of the first matching signature; nil if none matches.
  func first(in head: borrowing ByteSpan) -> Value? {
    guard let byte = head[0] else { return nil }
    for index in candidates[Int(byte)] where all[index].matches(head) { return all[index].value }
    return nil
  }
}

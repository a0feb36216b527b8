import PreflightInspection
import MediaPreflight

extension [UInt8] {
  /// A copy with the bytes at an index replaced.
  func with(_ replacement: [UInt8], at index: Int) -> [UInt8] {
    var copy = self
    copy.replaceSubrange(index..<index + replacement.count, with: replacement)
    return copy
  }

  /// A copy with bytes inserted before an index.
  func inserting(_ addition: [UInt8], at index: Int) -> [UInt8] {
    Array(self[..<index]) + addition + Array(self[index...])
  }

  /// A copy without the bytes of a range.
  func without(_ range: Range<Int>) -> [UInt8] {
    Array(self[..<range.lowerBound]) + Array(self[range.upperBound...])
  }

  /// The first index of text.
  func index(of text: String) -> Int? { firstRange(of: Array(text.utf8))?.lowerBound }

  func bigEndian32(at index: Int) -> Int { self[index..<index + 4].reduce(0) { $0 << 8 | Int($1) } }

  func littleEndian32(at index: Int) -> Int {
    self[index..<index + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}

extension Inspection {
  /// The faults' names and offsets, in order.
  var namedFaults: [NamedFault] { faults.map { NamedFault($0.name, $0.offset.map(Int.init)) } }
}

extension Inspection {
  /// Whether the file plays, but may have lost its end.
  var isPossiblyTruncated: Bool { faults.isEmpty && possibleTruncation != nil }
}

/// A fault's name and offset, for comparison in tests.
struct NamedFault: Equatable, CustomStringConvertible {
  let name: String
  let offset: Int?

  init(_ name: String, _ offset: Int?) {
    self.name = name
    self.offset = offset
  }

  var description: String { "\(name) at \(offset.map(String.init) ?? "nowhere")" }
}

package import PreflightBytes

/// A new file as parts: new bytes, and ranges of the file that it is made from.
///
/// A rewrite yields one, so that moving the index of a video of 90 MB costs no memory but the index.
package struct Splice: Sendable, Hashable {
  /// A part of the new file.
  package enum Part: Sendable, Hashable {
    /// Bytes that the source doesn't have.
    case bytes([UInt8])
    /// A range of the source.
    case range(Range<UInt64>)

    fileprivate var byteCount: UInt64 {
      switch self {
      case .bytes(let bytes): UInt64(bytes.count)
      case .range(let range): range.upperBound - range.lowerBound
      }
    }
  }

  /// The parts, in order; none is empty.
  package private(set) var parts: [Part] = []

  /// The size of the new file.
  package private(set) var byteCount: UInt64 = 0

  package init() {}

  /// Appends new bytes.
  package mutating func append(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    parts.append(.bytes(bytes))
    byteCount += UInt64(bytes.count)
  }

  /// Appends a range of the source. Ranges that touch become one.
  package mutating func append(_ range: Range<UInt64>) {
    guard !range.isEmpty else { return }
    byteCount += range.upperBound - range.lowerBound
    if case .range(let last) = parts.last, last.upperBound == range.lowerBound {
      parts[parts.count - 1] = .range(last.lowerBound..<range.upperBound)
    } else {
      parts.append(.range(range))
    }
  }
}

/// A spliced file as a source: it can be checked, and rewritten again, before a byte of it is written.
package struct SplicedSource: ByteSource {
  private let base: any ByteSource
  private let parts: [Splice.Part]
  /// Where each part begins.
  private let starts: [UInt64]
  package let byteCount: UInt64

  /// - Throws: ``RewriteError`` if a range isn't in the source.
  package init(_ splice: Splice, of base: any ByteSource) throws(RewriteError) {
    self.base = base
    parts = splice.parts
    byteCount = splice.byteCount
    var starts: [UInt64] = []
    starts.reserveCapacity(parts.count)
    var next: UInt64 = 0
    for part in parts {
      if case .range(let range) = part, range.upperBound > base.byteCount { throw .pastEnd }
      starts.append(next)
      next += part.byteCount
    }
    self.starts = starts
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int {
    guard offset < byteCount, var index = partIndex(at: offset) else { return 0 }
    var (offset, filled) = (offset, 0)
    while filled < buffer.count, index < parts.count {
      let inner = offset - starts[index]
      let count = Int(min(UInt64(buffer.count - filled), parts[index].byteCount - inner))
      let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count])
      var got = count
      switch parts[index] {
      case .bytes(let bytes): target.copyBytes(from: bytes[Int(inner)..<Int(inner) + count])
      case .range(let range): got = try base.read(into: target, at: range.lowerBound + inner)
      }
      // The source ended early, or gave less than was asked for.
      if got <= 0 || got > count { return filled }
      filled += got
      offset += UInt64(got)
      if got < count { return filled }
      index += 1
    }
    return filled
  }

  package func checkUnchanged() throws { try base.checkUnchanged() }

  /// The last part that begins at or before an offset.
  private func partIndex(at offset: UInt64) -> Int? {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }
}

/// Why a file can't be rewritten without loss.
package struct RewriteError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The reason, as the end of a sentence, such as "its video is not H.264".
  package let description: String

  package init(_ description: String) { self.description = description }

  /// The file ends before its own tables say.
  package static let pastEnd = RewriteError("its tables refer to data past the end of the file")
  /// A table contradicts itself.
  package static let inconsistent = RewriteError("its tables contradict each other")
  /// A limit of ours was reached.
  package static let tooMuch = RewriteError("it has more samples or metadata than this program rewrites")
}

internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// What makes a decoder fail on its configuration.
  struct SyntaxDefect: Error {
    /// The syntax element, as spelled in the specification.
    let element: String
    /// What the element may be.
    let expected: String
    /// What it is; nil if the data ends before it.
    let actual: String?
  }

  /// Reads syntax elements by their names in the specification, and checks each against the values that its
  /// semantics allow.
  struct SyntaxReader {
    private var bits: BitReader

    init(_ bits: BitReader) { self.bits = bits }

    /// How many bits are left.
    var remaining: Int { bits.remaining }

    /// `u(n)`.
    mutating func unsigned(
      _ element: String, _ count: Int, in range: ClosedRange<UInt32> = 0...(.max)
    ) throws(SyntaxDefect) -> UInt32 {
      let value = try read(element) { (bits) throws(ReadError) in try bits.bits(count) }
      return try hold(value, in: range, element)
    }

    /// `u(1)`.
    mutating func flag(_ element: String) throws(SyntaxDefect) -> Bool {
      try read(element) { (bits) throws(ReadError) in try bits.flag() }
    }

    /// Elements that aren't checked.
    mutating func skip(_ element: String, _ count: Int) throws(SyntaxDefect) {
      try read(element) { (bits) throws(ReadError) in try bits.skip(count) }
    }

    mutating func alignToByte() { bits.alignToByte() }

    /// `ue(v)`.
    mutating func unsignedExpGolomb(
      _ element: String, in range: ClosedRange<UInt32> = 0...(.max)
    ) throws(SyntaxDefect) -> UInt32 {
      let value = try read(element) { (bits) throws(ReadError) in try bits.unsignedExpGolomb() }
      return try hold(value, in: range, element)
    }

    /// `se(v)`.
    mutating func signedExpGolomb(
      _ element: String, in range: ClosedRange<Int> = .min...(.max)
    ) throws(SyntaxDefect) -> Int {
      let value = try read(element) { (bits) throws(ReadError) in try bits.signedExpGolomb() }
      return try hold(value, in: range, element)
    }

    private mutating func read<Value>(
      _ element: String, _ body: (inout BitReader) throws(ReadError) -> Value
    ) throws(SyntaxDefect) -> Value {
      do throws(ReadError) {
        return try body(&bits)
      } catch {
        guard case .implausible = error.reason else {
          throw SyntaxDefect(element: element, expected: element, actual: nil)
        }
        throw SyntaxDefect(
          element: element, expected: "\(element) of at most 32 bits", actual: "an unterminated number")
      }
    }

    private func hold<Value: Comparable>(
      _ value: Value, in range: ClosedRange<Value>, _ element: String
    ) throws(SyntaxDefect) -> Value {
      guard range.contains(value) else {
        throw SyntaxDefect(
          element: element, expected: "\(element) from \(range.lowerBound) to \(range.upperBound)",
          actual: "\(value)")
      }
      return value
    }
  }
}

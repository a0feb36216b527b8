import PreflightBytes
import Testing

/// What a read comes to.
enum Outcome<Value: Equatable & Sendable>: Equatable, Sendable {
  case value(Value)
  case endOfData(at: UInt64)
  case implausible(at: UInt64)
  case enough(at: UInt64)
  case source(ByteSourceError, at: UInt64)

  init(_ body: () throws(ReadError) -> Value) {
    do { self = .value(try body()) } catch {
      self =
        switch error.reason {
        case .endOfData: .endOfData(at: error.offset)
        case .implausible: .implausible(at: error.offset)
        case .enough: .enough(at: error.offset)
        case .source(let reason): .source(reason, at: error.offset)
        }
    }
  }
}

/// A read and how far it has come.
struct Step<Value: Equatable & Sendable>: Equatable, Sendable {
  let outcome: Outcome<Value>
  let position: Int

  init(_ outcome: Outcome<Value>, to position: Int) {
    self.outcome = outcome
    self.position = position
  }

  /// Reads from bytes that stand at `base` in a file, of which some have been read.
  init(
    in bytes: [UInt8], at base: UInt64 = 0, from start: Int = 0,
    _ body: (inout ByteSpan) throws(ReadError) -> Value
  ) throws {
    var span = ByteSpan(bytes.span.bytes, at: base)
    try span.skip(start)
    var position = start
    outcome = Outcome { () throws(ReadError) in
      defer { position = span.position }
      return try body(&span)
    }
    self.position = position
  }
}

/// The bytes of a span, read or not, which outlive it.
func copy(_ span: borrowing ByteSpan) -> [UInt8] { span.bytes.withUnsafeBytes { Array($0) } }

/// So many bytes, each told from its neighbours and from those at any round distance.
func numbered(_ count: Int) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count)
  while bytes.count < count { bytes += numbers.prefix(count - bytes.count) }
  return bytes
}

/// As many as a prime: after so many they begin anew.
private let numbers = (0..<65_521).map { UInt8(truncatingIfNeeded: ($0 ^ $0 >> 8) + 1) }

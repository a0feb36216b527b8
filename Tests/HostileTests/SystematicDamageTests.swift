import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// Every fixture, systematically truncated and modified.
///
/// For any bytes, inspection must not throw and must not read the same bytes many times, and reported offsets must be
/// within the file.
@Suite struct SystematicDamageTests {
  /// The number of variants per kind and fixture in the ordinary suite.
  private static let sample = 24

  @Test(arguments: Fixture.names)
  func cutAtEveryLength(name: String) throws {
    let bytes = try Fixture.bytes(name)
    var lengths = Array(0..<min(4096, bytes.count))
    lengths += stride(from: 4096, to: bytes.count, by: max(1, bytes.count / 256))
    for length in Self.chosen(lengths, for: name) {
      try expectGuarantees(Array(bytes[..<length]), "cut to \(length)")
    }
  }

  @Test(arguments: Fixture.names)
  func everyByteOfTheHeader(name: String) throws {
    let bytes = try Fixture.bytes(name)
    var changes: [(index: Int, value: UInt8)] = []
    for index in 0..<min(1024, bytes.count) {
      let values = (0..<8).map { bytes[index] ^ (1 << $0) } + [0, 0xff, ~bytes[index]]
      changes += values.map { (index, $0) }
    }
    for change in Self.chosen(changes, for: name) {
      try expectGuarantees(
        bytes.with([change.value], at: change.index), "byte \(change.index) as \(change.value)")
    }
  }

  /// Lengths, counts and offsets are stored with one of these widths and byte orders.
  @Test(arguments: Fixture.names)
  func everyNumberOfTheHeader(name: String) throws {
    let bytes = try Fixture.bytes(name)
    var numbers = Set<[UInt8]>()
    for number: UInt16 in [0, 1, 0x7fff, 0x8000, 0xffff] {
      numbers.formUnion([bigEndian(number), littleEndian(number)])
    }
    for number: UInt32 in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] {
      numbers.formUnion([bigEndian(number), littleEndian(number)])
    }
    for number: UInt64 in [0x7fff_ffff_ffff_ffff, 1 << 63, .max] {
      numbers.formUnion([bigEndian(number), littleEndian(number)])
    }
    var changes: [(index: Int, number: [UInt8])] = []
    for number in numbers.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard bytes.count >= number.count else { continue }
      changes += (0...min(1024, bytes.count - number.count)).map { ($0, number) }
    }
    for change in Self.chosen(changes, for: name) {
      try expectGuarantees(
        bytes.with(change.number, at: change.index), "\(change.number) at \(change.index)")
    }
  }

  /// All of them, or a sample spread over all of them that depends on the fixture.
  private static func chosen<T>(_ all: [T], for name: String) -> [T] {
    guard !Effort.isFull, all.count > sample else { return all }
    let step = all.count / sample
    let first = Int(name.utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) } % UInt64(step))
    return stride(from: first, to: all.count, by: step).map { all[$0] }
  }
}

/// Expects that the guarantees of all readers hold for any bytes.
private func expectGuarantees(_ bytes: [UInt8], _ what: @autoclosure () -> String) throws {
  let source = CountingSource(bytes)
  let inspection = try engine.inspect(source)
  let count = UInt64(bytes.count)
  let isTold = inspection.faults.allSatisfy { !$0.message.isEmpty && $0.offset ?? 0 <= count }
  // One expectation for all: a million of them would take longer than the inspections.
  let holds =
    isTold && inspection.trailingDataOffset ?? 0 <= count && inspection.locationMetadataOffset ?? 0 <= count
    && source.bytesRead <= 64 * count + 1 << 20
  if !holds { Issue.record("\(what()): \(source.bytesRead) bytes read, \(inspection.faults)") }
}

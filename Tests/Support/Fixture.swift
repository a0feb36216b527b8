import PreflightInspection
import Foundation
import MediaPreflight
import Testing

/// The files under Fixtures, whose README says how each was made.
enum Fixture {
  static let folder =
    String(#filePath.dropLast("Tests/Support/Fixture.swift".count)) + "Fixtures/"

  /// Every fixture, by its path below Fixtures, sorted.
  static let names: [String] = {
    let all = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.contains("/") && $0.contains(".") }.sorted()
  }()

  /// The bytes of a fixture, by its path below Fixtures.
  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: folder + name)))
  }
}

/// One engine for all tests, as a program would keep one.
let engine = Preflight()

/// What the bytes say, with no policy.
func inspect(_ bytes: [UInt8]) throws -> Inspection {
  try engine.inspect(MemorySource(bytes))
}

/// What a fixture says, with no policy.
func inspect(fixture name: String) throws -> Inspection {
  try inspect(Fixture.bytes(name))
}

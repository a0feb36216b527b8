import PreflightInspection
import Foundation
import MediaPreflight
import Testing

/// The files under Fixtures. Its README documents how each was created.
enum Fixture {
  static let folder =
    String(#filePath.dropLast("Tests/Support/Fixture.swift".count)) + "Fixtures/"

  /// The paths of all fixtures relative to Fixtures, sorted.
  static let names: [String] = {
    let all = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.contains("/") && $0.contains(".") }.sorted()
  }()

  /// The bytes of a fixture, given its path relative to Fixtures.
  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: folder + name)))
  }

  /// A PNG whose header claims a size. Its image data is that of another size, which only decoding shows.
  static func png(_ width: UInt32, _ height: UInt32) throws -> [UInt8] {
    var bytes = try bytes("pictures/rgb.png")
    bytes.replaceSubrange(16..<24, with: bigEndian(width) + bigEndian(height))
    bytes.replaceSubrange(29..<33, with: bigEndian(crc32(Array(bytes[12..<29]))))
    return bytes
  }
}

/// One engine for all tests, as in a program.
let engine = Preflight()

/// Inspects bytes, without a policy.
func inspect(_ bytes: [UInt8]) throws -> Inspection {
  try engine.inspect(MemorySource(bytes))
}

/// Inspects the structure of bytes alone, without a policy.
func inspectStructure(_ bytes: [UInt8]) throws -> Inspection {
  try Preflight(depth: .structure, sharing: engine).inspect(MemorySource(bytes))
}

/// Inspects a fixture, without a policy.
func inspect(fixture name: String) throws -> Inspection {
  try inspect(Fixture.bytes(name))
}

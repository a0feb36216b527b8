import Foundation
@testable import PreflightTestSupport
import Testing

/// Checks that UnsafeOperations.md lists every operation in the sources that the compiler doesn't verify, with a reason.
@Suite struct UnsafeOperationsTests {
  private static let package = String(Fixture.folder.dropLast("Fixtures/".count))

  /// A line of code with an unsafe operation.
  private struct Operation: Hashable, CustomStringConvertible {
    let file: String
    let code: String

    var description: String { "\(file): \(code)" }
  }

  @Test func everyOperationIsListedWithAReason() throws {
    let found = try Self.found()
    let listed = try Self.listed()
    #expect(found.count > 50)
    #expect(Self.difference(found, listed) == [], "not listed in UnsafeOperations.md")
    #expect(Self.difference(listed, found) == [], "listed in UnsafeOperations.md and not there any more")
  }

  /// The operations in the sources, in order, one per line of code.
  private static func found() throws -> [Operation] {
    let words = [
      "unsafe[A-Z]\\w*", "Unsafe", "@unchecked", "\\(unsafe\\)", "withMemoryRebound", "assumingMemoryBound",
      "bindMemory", "&[-+*]",
    ]
    let pattern = try Regex(words.joined(separator: "|"))
    let names =
      FileManager.default.enumerator(atPath: package + "Sources")?.compactMap { $0 as? String } ?? []
    return try names.filter { $0.hasSuffix(".swift") }.sorted().flatMap { name in
      try String(contentsOfFile: "\(package)Sources/\(name)", encoding: .utf8).split(separator: "\n")
        .map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.hasPrefix("//") && $0.contains(pattern) }
        .map { Operation(file: "Sources/\(name)", code: $0) }
    }
  }

  /// The operations in the list. Each must have a reason on the next line.
  private static func listed() throws -> [Operation] {
    let text = try String(
      contentsOfFile: package + "Tests/HostileTests/UnsafeOperations.md", encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var file = ""
    var operations: [Operation] = []
    for (line, next) in zip(lines, lines.dropFirst()) {
      if line.hasPrefix("## ") { file = String(line.dropFirst(3)) }
      guard line.hasPrefix("- `"), line.hasSuffix("`") else { continue }
      let code = String(line.dropFirst(3).dropLast())
      #expect(next.hasPrefix("  ") && next.count > 20, "no reason is given for \(code)")
      operations.append(Operation(file: file, code: code))
    }
    return operations
  }

  /// The operations that occur more often in the first list than in the second.
  private static func difference(_ first: [Operation], _ second: [Operation]) -> [Operation] {
    var left = Dictionary(second.map { ($0, 1) }, uniquingKeysWith: +)
    return first.filter { operation in
      left[operation, default: 0] -= 1
      return left[operation, default: 0] < 0
    }
  }
}

import PreflightInspection
import Foundation
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// Files that have too much of something: what they cost is in proportion to their size, whatever they claim.
@Suite struct BoundsTests {
  /// The number of boxes, chunks, pages or members in the largest of the three files.
  private static let count = Effort.isFull ? 1 << 20 : 1 << 14

  /// How many seconds of a processor one file may take; the readers aren't optimised in a debug build.
  private static let limit = Effort.isFull ? 1.0 : 10

  /// How often the files are read, one after the other: often enough, and more often where the costs don't look linear
  /// yet. The least time of each is what it costs: whatever else the machine does only adds to it, often for longer than
  /// one file takes.
  private static let rounds = Effort.isFull ? 3...9 : 1...1

  /// What a file costs.
  private struct Cost: CustomStringConvertible {
    let bytes: UInt64
    var read: UInt64 = 0
    var seconds = Double.infinity

    /// Whether a file of twice the size takes twice the time, give or take.
    func allows(_ large: Cost) -> Bool { large.seconds <= seconds * 2.6 + 0.03 }

    var description: String { "\(read) of \(bytes) bytes in \(seconds) s" }
  }

  @Test(arguments: HostileFile.all)
  func costsNoMoreThanItsSize(file: HostileFile) throws {
    let files = try [Self.count / 4, Self.count / 2, Self.count].map(file.make)
    var costs = files.map { Cost(bytes: UInt64($0.count)) }
    for round in 1...Self.rounds.upperBound {
      for (index, bytes) in files.enumerated() {
        let source = CountingSource(bytes)
        let start = Effort.processorTime
        let inspection = try engine.inspect(source)
        costs[index].seconds = min(costs[index].seconds, Effort.processorTime - start)
        costs[index].read = source.bytesRead
        guard round == 1 else { continue }
        #expect(inspection.faults.allSatisfy { $0.offset ?? 0 <= source.byteCount })
        #expect(inspection.unchecked.allSatisfy { $0.offset ?? 0 <= source.byteCount })
        if let fault = file.fault { #expect(inspection.faults.map(\.name).contains(fault)) }
      }
      if round >= Self.rounds.lowerBound, zip(costs, costs.dropFirst()).allSatisfy({ $0.allows($1) }) {
        break
      }
    }
    if let folder = Effort.folder, let largest = files.last {
      let name = file.name.map { $0.isLetter ? $0 : "-" }
      try Data(largest).write(to: URL(filePath: "\(folder)/\(String(name))"))
      print(file.name, costs)
    }
    // What is read ahead, and read again from another place, is at most so much of a file of any size.
    let isBounded = costs.allSatisfy { $0.read <= 80 * $0.bytes + 1 << 20 && $0.seconds < Self.limit }
    #expect(isBounded, "\(costs)")
    guard Effort.isFull else { return }
    for (small, large) in zip(costs, costs.dropFirst()) {
      #expect(large.read <= max(small.read * 23 / 10 + 1 << 20, 4 * large.bytes), "\(costs)")
      #expect(small.allows(large), "\(costs)")
    }
  }
}

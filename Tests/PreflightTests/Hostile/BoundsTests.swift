import Foundation
import MediaPreflight
import Testing

/// Files that have too much of something: what they cost is in proportion to their size, whatever they claim.
@Suite struct BoundsTests {
  /// The number of boxes, chunks, pages or members in the largest of the three files.
  private static let count = Effort.isFull ? 1 << 20 : 1 << 14

  /// How many seconds of a processor one file may take; the readers aren't optimised in a debug build.
  private static let limit = Effort.isFull ? 1.0 : 10

  /// How often each file is read. The least time is what it costs: whatever else the machine does only adds to it.
  private static let readings = Effort.isFull ? 3 : 1

  @Test(arguments: HostileFile.all)
  func costsNoMoreThanItsSize(file: HostileFile) throws {
    var costs: [(bytes: UInt64, read: UInt64, seconds: Double)] = []
    for count in [Self.count / 4, Self.count / 2, Self.count] {
      let bytes = try file.make(count)
      var seconds = Double.infinity
      var last: (source: CountingSource, inspection: Inspection)?
      for _ in 0..<Self.readings {
        let source = CountingSource(bytes)
        let start = Effort.processorTime
        last = (source, try engine.inspect(source))
        seconds = min(seconds, Effort.processorTime - start)
      }
      let (source, inspection) = try #require(last)
      costs.append((source.byteCount, source.bytesRead, seconds))
      #expect(inspection.faults.allSatisfy { $0.offset ?? 0 <= source.byteCount })
      if let fault = file.fault { #expect(inspection.faults.map(\.name).contains(fault)) }
      if count == Self.count, let folder = Effort.folder {
        let name = file.name.map { $0.isLetter ? $0 : "-" }
        try Data(bytes).write(to: URL(filePath: "\(folder)/\(String(name))"))
        print(file.name, costs, inspection.mediaType ?? "-", inspection.faults.map(\.name))
      }
    }
    // What is read ahead, and read again from another place, is at most so much of a file of any size.
    let isBounded = costs.allSatisfy { $0.read <= 80 * $0.bytes + 1 << 20 && $0.seconds < Self.limit }
    #expect(isBounded, "\(costs)")
    guard Effort.isFull else { return }
    for (small, large) in zip(costs, costs.dropFirst()) {
      #expect(large.read <= max(small.read * 23 / 10 + 1 << 20, 4 * large.bytes), "\(costs)")
      #expect(large.seconds <= small.seconds * 2.6 + 0.03, "\(costs)")
    }
  }
}

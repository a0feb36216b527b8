import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// Files that have too much of something: what is read of them is in proportion to their size, whatever they
/// claim. The instructions that they cost are counted by `.ci/damage`.
@Suite struct BoundsTests {
  @Test(arguments: HostileFile.all)
  func readsInProportionToTheSize(file: HostileFile) throws {
    for count in Effort.counts {
      let bytes = try file.make(count)
      let source = CountingSource(bytes)
      let inspection = try engine.inspect(source)
      #expect(inspection.faults.allSatisfy { $0.offset ?? 0 <= source.byteCount })
      #expect(inspection.unchecked.allSatisfy { $0.offset ?? 0 <= source.byteCount })
      if let fault = file.fault { #expect(inspection.faults.map(\.name).contains(fault)) }
      // What is read ahead, and read again from another place, is at most so much of a file of any size; the rest
      // is what may be unpacked of it, and the chains that may be followed, which have bounds of their own.
      #expect(source.bytesRead <= 8 * source.byteCount + 16 << 20, "\(count) of them")
      try Effort.keep(bytes, as: file.name, count: count)
    }
  }
}

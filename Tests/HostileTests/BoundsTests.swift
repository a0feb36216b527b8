import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// Files with an excessive number of elements. The number of bytes read must be proportional to the file's size, whatever
/// the file claims. `.ci/damage` also counts instructions.
@Suite struct BoundsTests {
  @Test(arguments: HostileFile.all)
  func bytesReadAreProportionalToTheSize(file: HostileFile) throws {
    for count in Effort.counts {
      let bytes = try file.make(count)
      let source = CountingSource(bytes)
      let inspection = try engine.inspect(source)
      #expect(inspection.faults.allSatisfy { $0.offset ?? 0 <= source.byteCount })
      #expect(inspection.unchecked.allSatisfy { $0.offset ?? 0 <= source.byteCount })
      if let fault = file.fault { #expect(inspection.faults.map(\.name).contains(fault)) }
      // Read-ahead and repeated reads are proportional to the size: a PDF without a valid table is searched about ten times,
      // each time for something else. The constant covers decompression and chains, which have their own limits.
      #expect(source.bytesRead <= 12 * source.byteCount + 16 << 20, "\(count) of them")
      try Effort.keep(bytes, as: file.name, count: count)
    }
  }
}

import MediaPreflight
import Testing

@testable import PreflightTestSupport

/// The entropy-coded data of JPEG images: what transfers do to it, and what good encoders do.
@Suite struct JPEGScanTests {
  private static let names = ["usual-tables", "progressive-large", "restart-large"]

  @Test(arguments: names)
  func wholeImagesHaveNoFault(_ name: String) throws {
    #expect(try inspect(JPEGBytes(name).bytes).faults == [])
  }

  /// The faults by the name of what was done; `restart` where a restart marker shows it first.
  @Test(arguments: names)
  func changedDataIsDamaged(_ name: String) throws {
    let original = try JPEGBytes(name)
    let bytes = original.bytes
    let (half, block) = (bytes.count / 2, bytes.count / 10)
    let changed: [String: [UInt8]] = [
      "line ends": bytes.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] },
      "a hole": bytes[..<half] + [UInt8](repeating: 0, count: bytes.count / 5)
        + bytes[(half + bytes.count / 5)...],
      "a block dropped": Array(bytes[..<half] + bytes[(half + block)...]),
      "a block doubled": Array(bytes[..<(half + block)] + bytes[half...]),
    ]
    for (what, bytes) in changed {
      let result = try engine.check(MemorySource(bytes), as: .image)
      #expect(result.verdict == .rejected, "\(what)")
      #expect(result.findings.contains { $0.code == .damagedFile }, "\(what)")
    }
  }

  @Test func halvesOfTwoImages() throws {
    let (first, second) = try (JPEGBytes("usual-tables").bytes, JPEGBytes("restart-large").bytes)
    let joined = Array(first[..<(first.count / 2)] + second[(second.count / 2)...])
    #expect(try inspect(joined).faults.count == 1)
  }

  /// One code that the table doesn't have: all ones is never a code (section C.2).
  @Test func codesThatDoNotExist() throws {
    let usual = try JPEGBytes("usual-tables")
    let data = try #require(usual.scans.first?.data)
    let ones = (0..<8).flatMap { _ -> [UInt8] in [0xff, 0] }
    let bytes = usual.bytes.with(ones, at: data.lowerBound + 100)
    let fault = try #require(inspect(bytes).faults.first)
    #expect(["huffman-code", "block-overrun", "coefficient-range"].contains(fault.name))
  }

  @Test func bytesBeforeAMarker() throws {
    let usual = try JPEGBytes("usual-tables")
    let end = try #require(usual.scans.first?.data.upperBound)
    #expect(try inspect(usual.bytes.inserting([UInt8](repeating: 0, count: 16), at: end)).faults == [])
    let tooMany = try inspect(usual.bytes.inserting([UInt8](repeating: 0, count: 17), at: end))
    #expect(tooMany.namedFaults == [NamedFault("surplus-scan-data", end + 17)])
  }

  /// 192 × 144 points in units of 16 × 16 are 108, of which two may be missing.
  @Test func missingUnits() throws {
    let restart = try JPEGBytes("restart-large")
    let frame = try restart.segment(0xc0).lowerBound
    // Each line of units more is twelve that the data doesn't have.
    let taller = try inspect(restart.bytes.with([0, 160], at: frame + 5))
    #expect(taller.faults.map(\.name) == ["restart-marker"])
    let usual = try JPEGBytes("usual-tables")
    let place = try usual.segment(0xc0).lowerBound
    let fault = try #require(inspect(usual.bytes.with([0, 160], at: place + 5)).faults.first)
    #expect(fault.name == "incomplete-scan")
    #expect(fault.expected == "120 units" && fault.actual == "108")
    // One column of units wider, each line takes the first unit of the next: nine are missing.
    let wider = try #require(inspect(usual.bytes.with([0, 208], at: place + 7)).faults.first)
    #expect(wider.actual == "108")
  }

  @Test func restartMarkersInOrder() throws {
    let restart = try JPEGBytes("restart-large")
    let bytes = restart.bytes
    let first = try #require(
      bytes.indices.first { bytes[$0] == 0xff && bytes[min($0 + 1, bytes.count - 1)] == 0xd0 })
    let fault = try #require(inspect(bytes.with([0xff, 0xd1], at: first)).faults.first)
    #expect(fault.name == "restart-marker" && fault.offset == UInt64(first))
    #expect(fault.expected == "RST0" && fault.actual == "RST1")
  }

  /// Eight intervals more have the right markers. Some encoders write a marker after the last interval, too.
  @Test func intervalsAfterTheLast() throws {
    let restart = try JPEGBytes("restart-large")
    let data = try #require(restart.scans.first?.data)
    let bytes = restart.bytes
    let first = try #require(data.first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xd0 })
    let doubled = bytes.inserting(Array(bytes[first..<data.upperBound]), at: data.upperBound)
    #expect(try inspect(doubled).faults.map(\.name) == ["surplus-scan-data"])
    for (count, names) in [(0, []), (16, []), (17, ["surplus-scan-data"])] as [(Int, [String])] {
      let addition = [0xff, 0xd0] + [UInt8](repeating: 0, count: count)
      #expect(
        try inspect(bytes.inserting(addition, at: data.upperBound)).faults.map(\.name) == names, "\(count)")
    }
  }

  /// In a sequential image a scan of all components is the only one.
  @Test func aSecondScan() throws {
    for name in ["usual-tables", "restart-large"] {
      let image = try JPEGBytes(name)
      let scan = try #require(image.scans.first)
      let both = Array(image.bytes[scan.header.lowerBound..<scan.data.upperBound])
      let bytes = image.bytes.inserting(both, at: scan.data.upperBound)
      #expect(try inspect(bytes).namedFaults == [NamedFault("second-scan", scan.data.upperBound)])
    }
    #expect(try JPEGBytes("progressive-large").scans.count > 1)
  }

  @Test func structureAloneDoesNotReadTheData() throws {
    let usual = try JPEGBytes("usual-tables").bytes
    let hole = usual.with([UInt8](repeating: 0, count: 900), at: usual.count / 2)
    #expect(try inspectStructure(hole).faults == [])
    #expect(try inspect(hole).faults.count == 1)
  }

  /// A scan that lists its components in another order than the frame (section B.2.3).
  @Test func componentsOutOfOrder() throws {
    for name in ["usual-tables", "progressive-large"] {
      let image = try JPEGBytes(name)
      let scan = try #require(image.scans.first?.header)
      var bytes = image.bytes
      let (second, third) = (scan.lowerBound + 7, scan.lowerBound + 9)
      bytes.swapAt(second, third)
      bytes.swapAt(second + 1, third + 1)
      #expect(try inspect(bytes).namedFaults == [NamedFault("scan-component-order", third)])
    }
  }

  /// A few bytes that declare the largest image.
  @Test func declaredSizesCostNothing() throws {
    let image = try JPEGBytes("progressive-large")
    let frame = try image.segment(0xc2).lowerBound
    let huge = image.bytes.with([0xff, 0xff, 0xff, 0xff], at: frame + 5)
    #expect(try inspect(huge).faults.first?.name == "short-scan")
  }

  /// Scans of some bytes that each go through all blocks of a large image: one code ends 32,767 blocks.
  @Test(arguments: [1024, 1025])
  func scansWithoutData(_ blocksAcross: Int) throws {
    let (high, low) = (UInt8(blocksAcross >> 5), UInt8(blocksAcross << 3 & 0xff))
    var bytes: [UInt8] = [0xff, 0xd8, 0xff, 0xdb, 0, 67, 0] + [UInt8](repeating: 1, count: 64)
    bytes += [0xff, 0xc2, 0, 11, 8, high, low, high, low, 1, 1, 0x11, 0]
    // The code 0 ends 2^14 blocks and as many more as the next 14 bits say; here none.
    bytes += [0xff, 0xc4, 0, 20, 0x10, 1] + [UInt8](repeating: 0, count: 15) + [0xe0]
    let scan: [UInt8] = [0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0]
    for _ in 0..<40 { bytes += scan + [UInt8](repeating: 0, count: 2 * 65) }
    let inspection = try inspect(bytes + [0xff, 0xd9])
    #expect(inspection.faults == [])
    #expect(inspection.unchecked.map(\.what) == ["image data"])
  }

  @Test func cutsAndFlipsNeverTrap() throws {
    for name in Self.names {
      let bytes = try JPEGBytes(name).bytes
      for length in stride(from: 0, to: bytes.count, by: 7) { _ = try inspect(Array(bytes[..<length])) }
      for index in stride(from: 0, to: bytes.count, by: 11) {
        _ = try inspect(bytes.with([bytes[index] ^ (1 << UInt8(index % 8))], at: index))
      }
    }
  }
}

// ITU-T T.81, B.2 (high-level syntax) and E.2.4 (restart intervals).

internal import PreflightFacts
internal import PreflightBytes

/// Walks through the entropy-coded data of a JPEG as a decoder would, to find out whether it is whole: whether its
/// codes exist, and whether it has as many blocks as the image.
///
/// No coefficient is kept, only which ones of a progressive image aren't zero: refining scans can't be read without
/// them.
struct JPEGScanWalk {
  private var dc: [UInt8: JPEGHuffmanTable] = [:]
  private var ac: [UInt8: JPEGHuffmanTable] = [:]
  private var restartInterval = 0
  private var frame: JPEGFrameHeader?

  /// For each component of the frame, a bit for each coefficient of each block; empty until a scan needs them.
  private var nonzero: [[UInt64]] = []

  /// The file offset at which the image ends at the latest.
  private let end: UInt64

  /// Whether no unit may be missing.
  private let isEntire: Bool

  init(end: UInt64, isEntire: Bool) {
    self.end = end
    self.isEntire = isEntire
  }

  mutating func takeHuffman(_ segment: ByteSpan) throws(ReadError) {
    var segment = segment
    while !segment.isAtEnd {
      let head = try UInt8(parsing: &segment)
      let table = try JPEGHuffmanTable(parsing: &segment)
      if head >> 4 == 0 { dc[head & 15] = table } else { ac[head & 15] = table }
    }
  }

  mutating func takeRestartInterval(_ segment: ByteSpan) throws(ReadError) {
    var segment = segment
    restartInterval = Int(try UInt16(parsingBigEndian: &segment))
  }

  /// Reads a frame header; false for a frame whose scans can't be walked through.
  mutating func takeFrame(_ marker: JPEGMarker, _ segment: ByteSpan) throws(ReadError) -> Bool {
    var segment = segment
    let frame = try JPEGFrameHeader(marker, parsing: &segment)
    guard frame.isReadable, !frame.isArithmeticCoded, marker.code != JPEGMarker.hierarchicalProgression,
      frame.lines > 0, frame.fault(at: marker.offset) == nil
    else { return false }
    self.frame = frame
    nonzero = Array(repeating: [], count: frame.components.count)
    return true
  }

  /// Walks through the data of a scan.
  ///
  /// - Parameters:
  ///   - header: The scan's header.
  ///   - start: The file offset of its data.
  ///   - blocks: How many blocks of progressive scans may be walked through, and are left.
  /// - Returns: The file offset of the marker after the data, or of where a fault was found.
  mutating func walk(
    _ header: JPEGScanHeader, from start: UInt64, blocks: inout Int, _ window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) -> UInt64 {
    guard let frame, let scan = JPEGScan(header, of: frame, dc: dc, ac: ac),
      makeRoom(for: scan, at: start, blocks: &blocks, into: &reading)
    else { return start }
    var data = JPEGEntropyCodedData(at: start, upTo: self.end)
    var unit = 0
    while true {
      let end = restartInterval > 0 ? min(unit + restartInterval, scan.unitCount) : scan.unitCount
      let problem = try walk(scan, unit..<end, &data, &window)
      let marker = try data.skipToMarker(&window)
      if let problem, let fault = fault(problem, in: scan, at: marker.offset) {
        reading.add(fault)
        return marker.offset
      }
      if end == scan.unitCount {
        return try noteSurplus(data.skipped, before: marker, &window, into: &reading)
      }
      let restart = 0xd0 | UInt8(truncatingIfNeeded: end / restartInterval - 1) & 7
      guard marker.code == restart else {
        reading.add(
          Fault(
            "restart-marker", clause: "T.81 E.1.4", at: marker.offset,
            "A restart marker is missing or out of order: part of the image is missing or in the wrong place.",
            expected: "RST\(restart & 7)",
            actual: 0xd0...0xd7 ~= marker.code ? "RST\(marker.code & 7)" : "another marker"))
        return marker.offset
      }
      unit = end
      data = JPEGEntropyCodedData(at: marker.offset + 2, upTo: self.end)
    }
  }

  /// Notes what data there is after a scan's last unit: before the marker, or after it if it is that of a restart, which
  /// some encoders write after the last interval.
  ///
  /// - Returns: The file offset of the marker.
  private func noteSurplus(
    _ byteCount: Int, before marker: (offset: UInt64, code: UInt8), _ window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) -> UInt64 {
    var (byteCount, marker) = (byteCount, marker)
    if byteCount <= Self.toleratedSurplus, restartInterval > 0, 0xd0...0xd7 ~= marker.code {
      var data = JPEGEntropyCodedData(at: marker.offset + 2, upTo: end)
      marker = try data.skipToMarker(&window)
      byteCount = data.skipped
    }
    if byteCount > Self.toleratedSurplus {
      reading.add(
        Fault(
          "surplus-scan-data", clause: "T.81 B.2.3", at: marker.offset,
          "A scan has more data than its part of the image needs: part of it was duplicated or comes from another "
            + "file.", expected: "a marker", actual: "\(byteCount) more bytes"))
    }
    return marker.offset
  }

  /// What good images have, too: some encoders leave bytes before a marker.
  private static let toleratedSurplus = 16

  /// How many units of a scan may be missing at its end: some encoders omit the last ones.
  private static func toleratedMissing(of count: Int) -> Int { count / 64 + 1 }

  /// Whether a progressive scan can be walked through within the limits. Prepares for one of AC coefficients.
  private mutating func makeRoom(
    for scan: JPEGScan, at offset: UInt64, blocks: inout Int, into reading: inout Reading
  ) -> Bool {
    guard scan.isProgressive else { return true }
    blocks -= scan.unitCount * scan.blocks.count
    guard blocks >= 0 else {
      let limit = "\(Limits.JPEG.progressiveBlocks) blocks of progressive scans"
      reading.leaveUnchecked(UncheckedPart("image data", limit: limit, at: offset))
      return false
    }
    guard scan.isOfAC, nonzero[scan.component].isEmpty else { return true }
    guard nonzero.reduce(scan.unitCount, { $0 + $1.count }) <= Limits.JPEG.keptBlocks else {
      let limit = "\(Limits.JPEG.keptBlocks) progressive blocks"
      reading.leaveUnchecked(UncheckedPart("image data", limit: limit, at: offset))
      return false
    }
    nonzero[scan.component] = Array(repeating: 0, count: scan.unitCount)
    return true
  }

  /// Walks through units up to a restart.
  private mutating func walk(
    _ scan: JPEGScan, _ units: Range<Int>, _ data: inout JPEGEntropyCodedData, _ window: inout ByteWindow
  ) throws(ReadError) -> JPEGScan.Problem? {
    var state = JPEGScan.State()
    var unit = units.lowerBound
    while unit < units.upperBound {
      try data.fill(&window)
      var bits = data.bits
      let problem = scan.walk(&unit, upTo: units.upperBound, &state, &nonzero[scan.component], &bits)
      data.position = bits.position
      // Beyond the end there are zeros, which may look like anything: the last unit isn't one, with or without a
      // problem.
      if data.isOverrun { return .end(missing: units.upperBound - unit + (problem == nil ? 1 : 0)) }
      if let problem { return problem }
    }
    return nil
  }

  private func fault(_ problem: JPEGScan.Problem, in scan: JPEGScan, at offset: UInt64) -> Fault? {
    switch problem {
    case .end(let missing):
      if !isEntire, missing <= Self.toleratedMissing(of: scan.unitCount) { return nil }
      return Fault(
        "incomplete-scan", clause: "T.81 B.2.3", at: offset,
        "The image data ends too early: \(missing * 100 / max(1, scan.unitCount)) % of a scan is missing.",
        expected: "\(scan.unitCount) units", actual: "\(scan.unitCount - missing)")
    case .noSuchCode:
      return Fault(
        "huffman-code", clause: "T.81 F.2.2.3", at: offset,
        "The image data has a code that its Huffman table doesn't have: its bytes were changed.")
    case .tooManyCoefficients:
      return Fault(
        "block-overrun", clause: "T.81 F.2.2.2", at: offset,
        "The image data has more than 64 coefficients for a block: its bytes were changed.")
    case .valueOutOfRange:
      return Fault(
        "coefficient-range", clause: "T.81 F.1.2.1", at: offset,
        "The image data adds up to values that no image has: its bytes were changed.")
    }
  }
}

// ITU-T T.81, annexes F.2 (sequential) and G.2 (progressive decoding), and E.2.4 (restart intervals).

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

  init(end: UInt64) { self.end = end }

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
    guard let scan = scan(header, at: start, blocks: &blocks, into: &reading) else { return start }
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
        if data.skipped > Self.toleratedSurplus {
          reading.add(
            Fault(
              "surplus-scan-data", clause: "T.81 B.2.3", at: marker.offset,
              "A scan has more data than its part of the image needs: part of it was doubled or comes from another "
                + "file.", expected: "a marker", actual: "\(data.skipped) more bytes"))
        }
        return marker.offset
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

  /// What good images have, too: some encoders leave bytes before a marker.
  private static let toleratedSurplus = 16

  /// How many units of a scan may be missing at its end: some encoders omit the last ones.
  private static func toleratedMissing(of count: Int) -> Int { count / 64 + 1 }

  // MARK: Scans

  /// What a scan consists of.
  private struct Scan {
    let header: JPEGScanHeader
    let isProgressive: Bool
    /// Whether it adds a bit to the coefficients of an earlier scan.
    var isRefining: Bool { isProgressive && header.approximationHigh > 0 }
    /// How many units of blocks there are.
    let unitCount: Int
    /// The blocks of a unit.
    let blocks: [Block]
    let tables: JPEGHuffmanTables
    /// The component's index in the frame, where the scan has only one.
    let component: Int
    /// The largest value of a DC coefficient that isn't certainly wrong.
    let largestDC: Int
  }

  /// A block of a unit.
  private struct Block {
    /// The component's index in the scan.
    let component: Int
    /// The numbers of its tables.
    let dc: Int
    let ac: Int
  }

  /// What ends a walk before its last unit.
  private enum Problem {
    /// The data ends `missing` units too early.
    case end(missing: Int)
    case noSuchCode
    case tooManyCoefficients
    case valueOutOfRange
  }

  private mutating func scan(
    _ header: JPEGScanHeader, at offset: UInt64, blocks budget: inout Int, into reading: inout Reading
  ) -> Scan? {
    guard let frame, !header.components.isEmpty else { return nil }
    var blocks: [Block] = []
    var tables = JPEGHuffmanTables()
    var index = 0
    let needsDC = header.spectralStart == 0 && header.approximationHigh == 0
    let needsAC = !frame.isProgressive || header.spectralStart > 0
    for (number, selected) in header.components.enumerated() {
      guard let place = frame.index(of: header, at: number) else { return nil }
      index = place
      let count = header.components.count == 1 ? 1 : frame.components[place].blocks
      let dc = dc[selected.dcTable] ?? .usual(.dc, selected.dcTable)
      let ac = ac[selected.acTable] ?? .usual(.ac, selected.acTable)
      guard !needsDC || dc != nil, !needsAC || ac != nil else { return nil }
      let block = Block(
        component: number, dc: dc.map { tables.add($0) } ?? 0, ac: ac.map { tables.add($0) } ?? 0)
      blocks += repeatElement(block, count: count)
    }
    let count = frame.unitCount(of: header)
    if frame.isProgressive {
      budget -= count * blocks.count
      guard budget >= 0 else {
        reading.leaveUnchecked(
          UncheckedPart(
            "image data", limit: "\(Limits.JPEG.progressiveBlocks) blocks of progressive scans", at: offset))
        return nil
      }
      if header.spectralStart > 0, nonzero[index].isEmpty {
        guard nonzero.reduce(count, { $0 + $1.count }) <= Limits.JPEG.keptBlocks else {
          reading.leaveUnchecked(
            UncheckedPart("image data", limit: "\(Limits.JPEG.keptBlocks) progressive blocks", at: offset))
          return nil
        }
        nonzero[index] = Array(repeating: 0, count: count)
      }
    }
    return Scan(
      header: header, isProgressive: frame.isProgressive, unitCount: count, blocks: blocks, tables: tables,
      component: index,
      largestDC: 1 << (Int(frame.precision) + 4))
  }

  private func fault(_ problem: Problem, in scan: Scan, at offset: UInt64) -> Fault? {
    switch problem {
    case .end(let missing):
      if missing <= Self.toleratedMissing(of: scan.unitCount) { return nil }
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

  // MARK: Units

  /// What carries over from one unit to the next, up to a restart.
  private struct State {
    /// The last DC coefficient of each component of the scan.
    var predictions = InlineArray<4, Int>(repeating: 0)
    /// How many blocks have nothing more: the rest of an end-of-band run.
    var run = 0
  }

  /// Walks through units up to a restart.
  private mutating func walk(
    _ scan: Scan, _ units: Range<Int>, _ data: inout JPEGEntropyCodedData, _ window: inout ByteWindow
  ) throws(ReadError) -> Problem? {
    var state = State()
    var unit = units.lowerBound
    while unit < units.upperBound {
      try data.fill(&window)
      var position = data.position
      let problem = walk(
        scan, &unit, upTo: units.upperBound, &state, data.bytes.span.bytes, &position, data.lastStart)
      data.position = position
      // Beyond the end there are zeros, which may look like anything: the last unit isn't one, with or without a problem.
      if data.isOverrun { return .end(missing: units.upperBound - unit + (problem == nil ? 1 : 0)) }
      if let problem { return problem }
    }
    return nil
  }

  /// Walks through units up to `end`, as long as a unit begins at `last` at the latest. `unit` is the next one then; after
  /// a problem, the one that has it.
  private mutating func walk(
    _ scan: Scan, _ unit: inout Int, upTo end: Int, _ state: inout State, _ bytes: RawSpan,
    _ position: inout Int,
    _ last: Int
  ) -> Problem? {
    while unit < end, position <= last {
      let problem: Problem?
      switch (scan.isProgressive, scan.header.spectralStart > 0, scan.isRefining) {
      case (false, _, _):
        // All units at once: most images consist of these alone.
        return walkSequential(scan, &unit, upTo: end, &state, bytes, &position, last)
      case (true, false, false): problem = walkDC(scan, &state, bytes, &position)
      case (true, false, true):
        // A bit for each block (section G.1.2.1).
        position += scan.blocks.count
        problem = nil
      case (true, true, false): problem = walkAC(scan, unit, &state, bytes, &position)
      case (true, true, true): problem = walkRefiningAC(scan, unit, &state, bytes, &position)
      }
      if problem != nil { return problem }
      unit += 1
      if !scan.isRefining {
        unit += state.run
        state.run = 0
      }
    }
    return nil
  }

  private func walkSequential(
    _ scan: Scan, _ unit: inout Int, upTo end: Int, _ state: inout State, _ bytes: RawSpan,
    _ position: inout Int,
    _ last: Int
  ) -> Problem? {
    let short = scan.tables.short.span
    let blocks = scan.blocks.span
    var place = position
    defer { position = place }
    while unit < end, place <= last {
      for number in blocks.indices {
        let block = blocks[number]
        if let problem = Self.walkDC(block, scan, short, scan.largestDC, &state, bytes, &place) {
          return problem
        }
        var index = 1
        repeat {
          let code = scan.tables.code(block.ac, in: short, at: bytes.bits(at: place))
          if code == 0 { return .noSuchCode }
          let size = Int(code & 15)
          place += Int(code >> 8) + size
          // Without a value it is sixteen zeros, or the end of the block.
          if size == 0, code & 0xf0 != 0xf0 { break }
          index += Int(code >> 4 & 15) + 1
        } while index < 64
        if index > 64 { return .tooManyCoefficients }
      }
      unit += 1
    }
    return nil
  }

  /// A unit of the first scan of DC coefficients (section G.1.2.1).
  private func walkDC(
    _ scan: Scan, _ state: inout State, _ bytes: RawSpan, _ position: inout Int
  ) -> Problem? {
    let largest = scan.largestDC >> Int(scan.header.approximationLow)
    for block in scan.blocks {
      if let problem = Self.walkDC(block, scan, scan.tables.short.span, largest, &state, bytes, &position) {
        return problem
      }
    }
    return nil
  }

  /// A DC coefficient, which is stored as the difference from the one before it (section F.2.2.1).
  @inline(__always)
  private static func walkDC(
    _ block: Block, _ scan: Scan, _ short: Span<UInt16>, _ largest: Int, _ state: inout State,
    _ bytes: RawSpan,
    _ position: inout Int
  ) -> Problem? {
    let bits = bytes.bits(at: position)
    let code = scan.tables.code(block.dc, in: short, at: bits)
    if code == 0 { return .noSuchCode }
    let (length, size) = (UInt64(code >> 8), UInt64(code & 15))
    position += Int(length + size)
    if size == 0 { return nil }
    let value = Int((bits << length) >> (64 - size))
    // The lower half of the values are negative.
    state.predictions[block.component] += value >> Int(size - 1) == 0 ? value - (1 << Int(size)) + 1 : value
    return abs(state.predictions[block.component]) > largest ? .valueOutOfRange : nil
  }

  /// A block of the first scan of some AC coefficients (section G.1.2.2).
  private mutating func walkAC(
    _ scan: Scan, _ unit: Int, _ state: inout State, _ bytes: RawSpan, _ position: inout Int
  ) -> Problem? {
    let table = scan.blocks[0].ac
    let short = scan.tables.short.span
    let last = Int(scan.header.spectralEnd)
    var index = Int(scan.header.spectralStart)
    var mask: UInt64 = 0
    while index <= last {
      let bits = bytes.bits(at: position)
      let code = scan.tables.code(table, in: short, at: bits)
      if code == 0 { return .noSuchCode }
      let (length, size, zeros) = (Int(code >> 8), Int(code & 15), Int(code >> 4 & 15))
      position += length
      if size == 0, zeros < 15 {
        position += zeros
        state.run = Self.endOfBandRun(zeros, bits, after: length) - 1
        break
      }
      position += size
      index += zeros
      if index <= last, size > 0 { mask |= 1 << UInt64(index) }
      index += 1
    }
    nonzero[scan.component][unit] |= mask
    return index > last + 1 ? .tooManyCoefficients : nil
  }

  /// A block of a refining scan of some AC coefficients (section G.1.2.3): each that isn't zero has a bit, in between
  /// the codes of those that become so.
  private mutating func walkRefiningAC(
    _ scan: Scan, _ unit: Int, _ state: inout State, _ bytes: RawSpan, _ position: inout Int
  ) -> Problem? {
    let table = scan.blocks[0].ac
    let short = scan.tables.short.span
    let last = Int(scan.header.spectralEnd)
    var index = Int(scan.header.spectralStart)
    var mask = nonzero[scan.component][unit]
    while state.run == 0, index <= last {
      let bits = bytes.bits(at: position)
      let code = scan.tables.code(table, in: short, at: bits)
      if code == 0 { return .noSuchCode }
      let (length, size) = (Int(code >> 8), Int(code & 15))
      var zeros = Int(code >> 4 & 15)
      position += length
      if size == 0, zeros < 15 {
        position += zeros
        state.run = Self.endOfBandRun(zeros, bits, after: length)
        break
      }
      // A coefficient that becomes 1 or -1 has its sign.
      if size > 0 { position += 1 }
      while index <= last {
        if mask >> UInt64(index) & 1 == 1 {
          position += 1
        } else if zeros == 0 {
          break
        } else {
          zeros -= 1
        }
        index += 1
      }
      if size > 0, index <= last { mask |= 1 << UInt64(index) }
      index += 1
    }
    if state.run > 0 {
      state.run -= 1
      if index <= last {
        let band = (UInt64.max >> UInt64(63 - last)) & (UInt64.max << UInt64(index))
        position += (mask & band).nonzeroBitCount
      }
    }
    nonzero[scan.component][unit] = mask
    return nil
  }

  /// How many blocks end here (section G.1.2.2): a power of two, and as many more as the bits after the code say.
  @inline(__always)
  private static func endOfBandRun(_ exponent: Int, _ bits: UInt64, after length: Int) -> Int {
    (1 << exponent) + (exponent == 0 ? 0 : Int((bits << UInt64(length)) >> UInt64(64 - exponent)))
  }
}

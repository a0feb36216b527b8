// ITU-T T.81, annexes F.2 (sequential) and G.2 (progressive decoding).

internal import PreflightBytes

/// A scan that is ready to be walked through: its blocks and their tables.
struct JPEGScan {
  /// Decoders support no more blocks in a unit of several components (section B.2.3).
  static let maximumBlocks = 10

  let header: JPEGScanHeader
  let isProgressive: Bool
  /// How many units of blocks there are.
  let unitCount: Int
  /// The blocks of a unit.
  let blocks: [Block]
  /// The component's index in the frame, where the scan has only one.
  let component: Int
  private let tables: JPEGHuffmanTables
  /// The largest value of a DC coefficient that isn't certainly wrong.
  private let largestDC: Int

  /// Whether it has AC coefficients of a progressive image.
  var isOfAC: Bool { isProgressive && header.spectralStart > 0 }

  /// Whether it adds a bit to the coefficients of an earlier scan.
  var isRefining: Bool { isProgressive && header.approximationHigh > 0 }

  /// A block of a unit.
  struct Block {
    /// The component's index in the scan.
    let component: Int
    /// The numbers of its tables.
    let dc: Int
    let ac: Int
  }

  /// What ends a walk before its last unit.
  enum Problem {
    /// The data ends `missing` units too early.
    case end(missing: Int)
    case noSuchCode
    case tooManyCoefficients
    case valueOutOfRange
  }

  /// What carries over from one unit to the next, up to a restart.
  struct State {
    /// The last DC coefficient of each component of the scan.
    fileprivate var predictions = InlineArray<4, Int>(repeating: 0)
    /// How many blocks have nothing more: the rest of an end-of-band run.
    fileprivate var run = 0
  }

  /// Nil if a decoder couldn't read the scan. The reader of a JPEG file has found out why; one in a document hasn't been
  /// read before.
  init?(
    _ header: JPEGScanHeader, of frame: JPEGFrameHeader, dc: [UInt8: JPEGHuffmanTable],
    ac: [UInt8: JPEGHuffmanTable]
  ) {
    guard 1...4 ~= header.components.count, !frame.isProgressive || header.isProgression else { return nil }
    let needsDC = header.spectralStart == 0 && header.approximationHigh == 0
    let needsAC = !frame.isProgressive || header.spectralStart > 0
    var blocks: [Block] = []
    var tables = JPEGHuffmanTables()
    var component = 0
    for (number, selected) in header.components.enumerated() {
      guard let index = frame.index(of: header, at: number) else { return nil }
      component = index
      let dc = dc[selected.dcTable] ?? .usual(.dc, selected.dcTable)
      let ac = ac[selected.acTable] ?? .usual(.ac, selected.acTable)
      guard !needsDC || dc != nil, !needsAC || ac != nil else { return nil }
      let block = Block(
        component: number, dc: dc.map { tables.add($0) } ?? 0, ac: ac.map { tables.add($0) } ?? 0)
      let count = header.components.count == 1 ? 1 : frame.components[index].blocks
      blocks += repeatElement(block, count: count)
    }
    guard blocks.count <= Self.maximumBlocks else { return nil }
    self.header = header
    isProgressive = frame.isProgressive
    unitCount = frame.unitCount(of: header)
    self.blocks = blocks
    self.component = component
    self.tables = tables
    largestDC = 1 << (Int(frame.precision) + 4)
  }

  // MARK: Units

  /// Walks through units before `end`, as far as whole ones are in memory. `unit` is the next one then; after a problem,
  /// the one that has it.
  ///
  /// - Parameter nonzero: For each block of the component, a bit for each coefficient that isn't zero.
  func walk(
    _ unit: inout Int, upTo end: Int, _ state: inout State, _ nonzero: inout [UInt64], _ bits: inout JPEGBits
  ) -> Problem? {
    // All units at once: most images consist of these alone.
    if !isProgressive { return walkSequential(&unit, upTo: end, &state, &bits) }
    let short = tables.short.span
    while unit < end, bits.hasUnit {
      let problem =
        switch (isOfAC, isRefining) {
        case (false, false): walkDC(short, &state, &bits)
        case (false, true): skipDC(&bits)
        case (true, false): walkAC(short, &nonzero[unit], &state, &bits)
        case (true, true): walkRefiningAC(short, &nonzero[unit], &state, &bits)
        }
      if let problem { return problem }
      unit += 1
      if !isRefining {
        unit += state.run
        state.run = 0
      }
    }
    return nil
  }

  private func walkSequential(
    _ unit: inout Int, upTo end: Int, _ state: inout State, _ bits: inout JPEGBits
  ) -> Problem? {
    let short = tables.short.span
    let blocks = blocks.span
    while unit < end, bits.hasUnit {
      for number in blocks.indices {
        let block = blocks[number]
        if let problem = walkDC(block, short, largestDC, &state, &bits) { return problem }
        var index = 1
        repeat {
          guard let code = code(block.ac, short, &bits) else { return .noSuchCode }
          // Without a value it is sixteen zeros, or the end of the block.
          if code.size == 0, code.zeros < 15 { break }
          bits.skip(code.size)
          index += code.zeros + 1
        } while index < 64
        if index > 64 { return .tooManyCoefficients }
      }
      unit += 1
    }
    return nil
  }

  /// A unit of the first scan of DC coefficients (section G.1.2.1).
  private func walkDC(_ short: Span<UInt16>, _ state: inout State, _ bits: inout JPEGBits) -> Problem? {
    let largest = largestDC >> Int(header.approximationLow)
    for block in blocks {
      if let problem = walkDC(block, short, largest, &state, &bits) { return problem }
    }
    return nil
  }

  /// A DC coefficient, which is stored as the difference from the one before it (section F.2.2.1).
  @inline(__always)
  private func walkDC(
    _ block: Block, _ short: Span<UInt16>, _ largest: Int, _ state: inout State, _ bits: inout JPEGBits
  ) -> Problem? {
    guard let size = code(block.dc, short, &bits)?.size else { return .noSuchCode }
    if size == 0 { return nil }
    let value = bits.take(size)
    // The lower half of the values are negative.
    state.predictions[block.component] += value >> (size - 1) == 0 ? value - (1 << size) + 1 : value
    return abs(state.predictions[block.component]) > largest ? .valueOutOfRange : nil
  }

  /// A unit of a refining scan of DC coefficients: a bit for each block (section G.1.2.1).
  private func skipDC(_ bits: inout JPEGBits) -> Problem? {
    bits.skip(blocks.count)
    return nil
  }

  /// A block of the first scan of some AC coefficients (section G.1.2.2).
  private func walkAC(
    _ short: Span<UInt16>, _ nonzero: inout UInt64, _ state: inout State, _ bits: inout JPEGBits
  ) -> Problem? {
    let last = Int(header.spectralEnd)
    var index = Int(header.spectralStart)
    while index <= last {
      guard let code = code(blocks[0].ac, short, &bits) else { return .noSuchCode }
      if code.size == 0, code.zeros < 15 {
        state.run = endOfBandRun(code.zeros, &bits) - 1
        break
      }
      bits.skip(code.size)
      index += code.zeros
      if index <= last, code.size > 0 { nonzero |= 1 << UInt64(index) }
      index += 1
    }
    return index > last + 1 ? .tooManyCoefficients : nil
  }

  /// A block of a refining scan of some AC coefficients (section G.1.2.3): each that isn't zero has a bit, in between
  /// the codes of those that become so.
  private func walkRefiningAC(
    _ short: Span<UInt16>, _ nonzero: inout UInt64, _ state: inout State, _ bits: inout JPEGBits
  ) -> Problem? {
    let last = Int(header.spectralEnd)
    var index = Int(header.spectralStart)
    while state.run == 0, index <= last {
      guard let code = code(blocks[0].ac, short, &bits) else { return .noSuchCode }
      if code.size == 0, code.zeros < 15 {
        state.run = endOfBandRun(code.zeros, &bits)
        break
      }
      // A coefficient that becomes 1 or -1 has its sign.
      if code.size > 0 { bits.skip(1) }
      var zeros = code.zeros
      while index <= last {
        if nonzero >> UInt64(index) & 1 == 1 {
          bits.skip(1)
        } else if zeros == 0 {
          break
        } else {
          zeros -= 1
        }
        index += 1
      }
      if code.size > 0, index <= last { nonzero |= 1 << UInt64(index) }
      index += 1
    }
    if state.run > 0 {
      state.run -= 1
      if index <= last {
        let band = (UInt64.max >> UInt64(63 - last)) & (UInt64.max << UInt64(index))
        bits.skip((nonzero & band).nonzeroBitCount)
      }
    }
    return nil
  }

  // MARK: Codes

  /// Reads a code: how many zeros precede a coefficient, and how many bits its value has. Nil if there is no such code.
  @inline(__always)
  private func code(
    _ table: Int, _ short: Span<UInt16>, _ bits: inout JPEGBits
  ) -> (zeros: Int, size: Int)? {
    let code = tables.code(table, in: short, at: bits.next)
    if code == 0 { return nil }
    bits.skip(Int(code >> 8))
    return (Int(code >> 4 & 15), Int(code & 15))
  }

  /// How many blocks end here (section G.1.2.2): a power of two, and as many more as the bits after the code say.
  @inline(__always)
  private func endOfBandRun(_ exponent: Int, _ bits: inout JPEGBits) -> Int {
    (1 << exponent) + (exponent == 0 ? 0 : bits.take(exponent))
  }
}

internal import PreflightFacts

/// The prefix codes of a VP8L stream (RFC 9649, section 3.7.2), all in one table.
struct LosslessCodes {
  /// One prefix code: where its entries begin, and which of the next bits lead to them.
  struct Code {
    // Small, since the codes are looked up for every few pixels.
    fileprivate let start: UInt32
    fileprivate let mask: UInt32

    fileprivate init(start: Int, bits: Int) {
      self.start = UInt32(start)
      mask = 1 << UInt32(bits) - 1
    }

    /// Whether there is one symbol, which takes no bits.
    var isSingle: Bool { mask == 0 }
  }

  /// So many bits lead straight to an entry. Longer codes go by a second table.
  private static let rootBits = 8

  static let maximumLength = 15

  /// A file can ask for tens of thousands of codes. What takes more than 4 MiB is left to libwebp.
  private static let maximumEntries = 1 << 20

  /// A symbol, or where a second table begins, in the upper bits; in the lower eight how many bits it takes.
  private var entries: [UInt32] = []

  // What is shifted by below comes of this table, and is at most 15: no shift needs a check of its width.

  /// A symbol off the next bits, and how many of them it takes.
  @inline(__always)
  func symbol(_ code: Code, _ bits: UInt64) -> (value: Int, bitCount: Int) {
    var entry = entries[Int(code.start) + Int(UInt32(truncatingIfNeeded: bits) & code.mask)]
    let length = Int(entry & 0xff)
    guard length > Self.rootBits else { return (Int(entry >> 8), length) }
    let rest = bits &>> UInt64(Self.rootBits) & (1 &<< UInt64(length - Self.rootBits) - 1)
    entry = entries[Int(code.start) + Int(entry >> 8) + Int(rest)]
    return (Int(entry >> 8), Self.rootBits + Int(entry & 0xff))
  }

  /// Makes a code of one symbol, which takes no bits, or of two, which take one each.
  mutating func add(_ first: Int, _ second: Int?) throws(LosslessDoubt) -> Code {
    let start = entries.count
    guard start < Self.maximumEntries else { throw LosslessDoubt() }
    guard let second, second != first else {
      entries.append(UInt32(first) << 8)
      return Code(start: start, bits: 0)
    }
    entries.append(UInt32(min(first, second)) << 8 | 1)
    entries.append(UInt32(max(first, second)) << 8 | 1)
    return Code(start: start, bits: 1)
  }

  /// Makes a code of the lengths of its symbols' codes, 0 for a symbol that has none.
  ///
  /// - Throws: `LosslessDoubt` where they are too many, too few, or too long to be a prefix code.
  mutating func add(lengths: [UInt8]) throws(LosslessDoubt) -> Code {
    var counts = Counts(repeating: 0)
    for length in lengths {
      guard length <= Self.maximumLength else { throw LosslessDoubt() }
      counts[Int(length)] += 1
    }
    let symbolCount = lengths.count - Int(counts[0])
    guard symbolCount > 1 else {
      guard let only = lengths.firstIndex(where: { $0 > 0 }) else { throw LosslessDoubt() }
      return try add(only, nil)
    }
    try Self.checkCompleteness(counts)
    let start = entries.count
    guard start < Self.maximumEntries else { throw LosslessDoubt() }
    let sorted = Self.sorted(lengths, counts)

    // From the last code, which is all ones, to the first: so the first that leads to a second table is the longest
    // that does, and tells its size.
    var length = Int(lengths[sorted[symbolCount - 1]])
    let rootBits = min(length, Self.rootBits)
    entries.append(contentsOf: repeatElement(0, count: 1 << rootBits))
    var code = 1 << length
    for symbol in sorted.reversed() {
      let own = Int(lengths[symbol])
      code = code >> (length - own) - 1
      length = own
      let bits = Self.reversed(code, length)
      if length <= rootBits {
        let entry = UInt32(symbol) << 8 | UInt32(length)
        fill(start + bits, until: start + 1 << rootBits, by: 1 << length, entry)
        continue
      }
      let root = start + bits & (1 << rootBits - 1)
      if entries[root] == 0 {
        entries[root] = UInt32(entries.count - start) << 8 | UInt32(length)
        entries.append(contentsOf: repeatElement(0, count: 1 << (length - rootBits)))
      }
      let table = start + Int(entries[root] >> 8)
      let size = 1 << (Int(entries[root] & 0xff) - rootBits)
      let rest = length - rootBits
      fill(table + bits >> rootBits, until: table + size, by: 1 << rest, UInt32(symbol) << 8 | UInt32(rest))
    }
    return Code(start: start, bits: rootBits)
  }

  /// Takes away the code that was made last.
  mutating func removeLast(_ code: Code) { entries.removeSubrange(Int(code.start)...) }

  private mutating func fill(_ first: Int, until end: Int, by step: Int, _ entry: UInt32) {
    var index = first
    while index < end {
      entries[index] = entry
      index += step
    }
  }

  // MARK: Lengths

  /// A number for each length, such as how many symbols have it. Not an array, since there are many codes.
  private typealias Counts = SIMD16<Int32>

  /// The symbols that have a code, in the order of their codes: by length, and of one length as they are numbered.
  private static func sorted(_ lengths: [UInt8], _ counts: Counts) -> [Int] {
    var next = Counts(repeating: 0)
    for length in 1..<maximumLength { next[length + 1] = next[length] + counts[length] }
    var sorted = [Int](repeating: 0, count: lengths.count - Int(counts[0]))
    for (symbol, length) in lengths.enumerated() where length > 0 {
      sorted[Int(next[Int(length)])] = symbol
      next[Int(length)] += 1
    }
    return sorted
  }

  /// Every sequence of bits has to be the start of exactly one symbol's code.
  private static func checkCompleteness(_ counts: Counts) throws(LosslessDoubt) {
    var open: Int32 = 1
    for length in 1...maximumLength {
      open = open << 1 - counts[length]
      guard open >= 0 else { throw LosslessDoubt() }
    }
    guard open == 0 else { throw LosslessDoubt() }
  }

  /// Codes are given with their first bit the most significant, and read with it the least.
  private static func reversed(_ code: Int, _ length: Int) -> Int {
    var bits = UInt16(code)
    bits = bits >> 1 & 0x5555 | (bits & 0x5555) << 1
    bits = bits >> 2 & 0x3333 | (bits & 0x3333) << 2
    bits = bits >> 4 & 0x0f0f | (bits & 0x0f0f) << 4
    return Int(bits.byteSwapped) >> (16 - length)
  }
}

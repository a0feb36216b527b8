/// The prefix codes of a VP8L stream (RFC 9649, section 3.7.2), all in one table.
struct LosslessCodes {
  /// One prefix code: where its entries begin, and which of the next bits lead to them.
  struct Code {
    fileprivate let start: Int
    fileprivate let mask: UInt64

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

  /// A symbol off the next bits, and how many of them it takes.
  @inline(__always)
  func symbol(_ code: Code, _ bits: UInt64) -> (value: Int, bitCount: Int) {
    var entry = entries[code.start + Int(bits & code.mask)]
    let length = Int(entry & 0xff)
    guard length > Self.rootBits else { return (Int(entry >> 8), length) }
    let rest = bits >> UInt64(Self.rootBits) & (1 << UInt64(length - Self.rootBits) - 1)
    entry = entries[code.start + Int(entry >> 8) + Int(rest)]
    return (Int(entry >> 8), Self.rootBits + Int(entry & 0xff))
  }

  /// Makes a code of the lengths of its symbols' codes, 0 for a symbol that has none.
  ///
  /// - Throws: `LosslessDoubt` where they are too many, too few, or too long to be a prefix code.
  mutating func add(lengths: [UInt8]) throws(LosslessDoubt) -> Code {
    var counts = [Int](repeating: 0, count: Self.maximumLength + 1)
    for length in lengths {
      guard length <= Self.maximumLength else { throw LosslessDoubt() }
      counts[Int(length)] += 1
    }
    let symbolCount = lengths.count - counts[0]
    let start = entries.count
    guard symbolCount > 0, start < Self.maximumEntries else { throw LosslessDoubt() }
    if symbolCount == 1 {
      entries.append(UInt32(lengths.firstIndex { $0 > 0 } ?? 0) << 8)
      return Code(start: start, mask: 0)
    }
    try Self.checkCompleteness(counts)
    entries.append(contentsOf: repeatElement(0, count: 1 << Self.rootBits))

    var next = [Int](repeating: 0, count: Self.maximumLength + 2)
    for length in 1...Self.maximumLength { next[length + 1] = (next[length] + counts[length]) << 1 }
    // Of the codes that begin with the same root bits, the longest.
    var longest = [Int](repeating: 0, count: 1 << Self.rootBits)
    var long: [(symbol: Int, code: Int, length: Int)] = []
    for (symbol, length) in lengths.enumerated() where length > 0 {
      let length = Int(length)
      let code = Self.reversed(next[length], length)
      next[length] += 1
      if length <= Self.rootBits {
        for index in stride(from: code, to: 1 << Self.rootBits, by: 1 << length) {
          entries[start + index] = UInt32(symbol) << 8 | UInt32(length)
        }
      } else {
        long.append((symbol, code, length))
        let root = code & (1 << Self.rootBits - 1)
        longest[root] = max(longest[root], length)
      }
    }
    for (root, length) in longest.enumerated() where length > 0 {
      let table = entries.count
      entries.append(contentsOf: repeatElement(0, count: 1 << (length - Self.rootBits)))
      entries[start + root] = UInt32(table - start) << 8 | UInt32(length)
    }
    for (symbol, code, length) in long {
      let entry = entries[start + code & (1 << Self.rootBits - 1)]
      let table = start + Int(entry >> 8)
      let size = 1 << (Int(entry & 0xff) - Self.rootBits)
      let rest = length - Self.rootBits
      for index in stride(from: code >> Self.rootBits, to: size, by: 1 << rest) {
        entries[table + index] = UInt32(symbol) << 8 | UInt32(rest)
      }
    }
    return Code(start: start, mask: 1 << UInt64(Self.rootBits) - 1)
  }

  /// Every sequence of bits has to be the start of exactly one symbol's code.
  private static func checkCompleteness(_ counts: [Int]) throws(LosslessDoubt) {
    var open = 1
    for length in 1...maximumLength {
      open = open << 1 - counts[length]
      guard open >= 0 else { throw LosslessDoubt() }
    }
    guard open == 0 else { throw LosslessDoubt() }
  }

  /// Codes are given with their first bit the most significant, and read with it the least.
  private static func reversed(_ code: Int, _ length: Int) -> Int {
    var code = code
    var reversed = 0
    for _ in 0..<length {
      reversed = reversed << 1 | code & 1
      code >>= 1
    }
    return reversed
  }
}

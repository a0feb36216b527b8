internal import PreflightBytes

/// A Huffman table, as a decoder uses it (T.81, section C.2 and annex F.2.2.3).
struct JPEGHuffmanTable {
  /// The codes of up to this many bits are found in one step; most codes are as short.
  static let shortLength = 9

  /// By the next `shortLength` bits: the code's length in the high byte, its symbol in the low one; 0 if the code is
  /// longer, or if it doesn't exist.
  private(set) var short = [UInt16](repeating: 0, count: 1 << shortLength)

  /// For each length: the first code, how many there are, and the index of the first one's symbol.
  private var first = [Int](repeating: 0, count: 17)
  private var count = [Int](repeating: 0, count: 17)
  private var index = [Int](repeating: 0, count: 17)

  private let symbols: [UInt8]

  /// Reads a table after its first byte.
  init(parsing segment: inout ByteSpan) throws(ReadError) {
    let counts = try segment.array(16).map(Int.init)
    symbols = try segment.array(counts.reduce(0, +))
    var code = 0
    var next = 0
    for length in 1...16 {
      first[length] = code
      count[length] = counts[length - 1]
      index[length] = next
      for _ in 0..<count[length] {
        if length <= Self.shortLength, code < 1 << length {
          let start = code << (Self.shortLength - length)
          let entry = UInt16(length) << 8 | UInt16(symbols[next])
          for place in start..<start + (1 << (Self.shortLength - length)) { short[place] = entry }
        }
        code += 1
        next += 1
      }
      code <<= 1
    }
  }

  /// A code of more than `shortLength` bits, as in ``short``.
  func longCode(at bits: UInt64) -> UInt16 {
    for length in Self.shortLength + 1...16 {
      let place = Int(bits >> UInt64(64 - length)) - first[length]
      if place >= 0, place < count[length] {
        return UInt16(length) << 8 | UInt16(symbols[index[length] + place])
      }
    }
    return 0
  }
}

/// The tables of a scan. Their short codes are in one list, so that decoding a block reads from one place.
struct JPEGHuffmanTables {
  private var tables: [JPEGHuffmanTable] = []
  private(set) var short: [UInt16] = []

  /// Adds a table.
  ///
  /// - Returns: The number by which ``code(_:in:at:)`` finds it.
  mutating func add(_ table: JPEGHuffmanTable) -> Int {
    tables.append(table)
    short += table.short
    return tables.count - 1
  }

  /// The code at the start of 64 bits: its length in the high byte, its symbol in the low one; 0 if there is no such
  /// code.
  ///
  /// - Parameters:
  ///   - table: The table's number.
  ///   - short: ``short``, borrowed by the caller for many codes.
  @inline(__always)
  func code(_ table: Int, in short: Span<UInt16>, at bits: UInt64) -> UInt16 {
    let shift = UInt64(64 - JPEGHuffmanTable.shortLength)
    let entry = short[table << JPEGHuffmanTable.shortLength | Int(truncatingIfNeeded: bits >> shift)]
    return entry != 0 ? entry : tables[table].longCode(at: bits)
  }
}

extension JPEGHuffmanTable {
  /// The tables of annex K.3, which decoders use for frames without tables, such as those of Motion JPEG videos.
  static func usual(_ kind: JPEGTables.HuffmanClass, _ destination: UInt8) -> JPEGHuffmanTable? {
    switch (kind, destination) {
    case (.dc, 0):
      JPEGHuffmanTable(hexadecimal: "00010501010101010100000000000000" + "000102030405060708090a0b")
    case (.dc, 1):
      JPEGHuffmanTable(hexadecimal: "00030101010101010101010000000000" + "000102030405060708090a0b")
    case (.ac, 0):
      JPEGHuffmanTable(
        hexadecimal: "0002010303020403050504040000017d"
          + "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435"
          + "363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798"
          + "999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4"
          + "f5f6f7f8f9fa")
    case (.ac, 1):
      JPEGHuffmanTable(
        hexadecimal: "00020102040403040705040400010277"
          + "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a"
          + "35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a9293949596"
          + "9798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4"
          + "f5f6f7f8f9fa")
    default: nil
    }
  }

  private init?(hexadecimal text: String) {
    guard let bytes = Array(hexadecimal: text) else { return nil }
    var span = ByteSpan(bytes.span.bytes, at: 0)
    try? self.init(parsing: &span)
  }
}

internal import PreflightFacts
internal import PreflightBytes

/// The tables so far (T.81, section B.2.4), one bit per destination.
struct JPEGTables {
  private var quantization: UInt8 = 0
  private var dc: UInt8 = 0
  private var ac: UInt8 = 0
  /// The destinations with an invalid Huffman table.
  private var brokenDC: UInt8 = 0
  private var brokenAC: UInt8 = 0

  enum HuffmanClass {
    case dc
    case ac
  }

  enum HuffmanState {
    case missing
    case broken
    case usable
  }

  func hasQuantization(_ destination: UInt8) -> Bool {
    destination < 4 && quantization & 1 << destination != 0
  }

  func huffman(_ kind: HuffmanClass, _ destination: UInt8) -> HuffmanState {
    guard destination < 4 else { return .missing }
    let bit: UInt8 = 1 << destination
    let (given, broken) = kind == .dc ? (dc, brokenDC) : (ac, brokenAC)
    return given & bit == 0 ? .missing : broken & bit == 0 ? .usable : .broken
  }

  /// Reads quantization tables (section B.2.4.1).
  mutating func takeQuantization(_ segment: inout ByteSpan) throws(ReadError) -> Fault? {
    while !segment.isAtEnd {
      let offset = segment.offset
      let head = try UInt8(parsing: &segment)
      guard head & 15 < 4 else { return Self.destinationFault("quantization", head & 15, at: offset) }
      try segment.skip(head >> 4 == 0 ? 64 : 128)
      quantization |= 1 << (head & 15)
    }
    return nil
  }

  /// Reads Huffman tables (section B.2.4.2).
  mutating func takeHuffman(_ segment: inout ByteSpan) throws(ReadError) -> Fault? {
    while !segment.isAtEnd {
      let offset = segment.offset
      let head = try UInt8(parsing: &segment)
      guard head & 15 < 4, head >> 4 < 2 else {
        return Self.destinationFault("Huffman", head & 15, at: offset)
      }
      // The codes of each length are assigned in order; all ones is never a code (section C.2).
      var code = 0
      var codeCount = 0
      var isUsable = true
      for length in 1...16 {
        let count = Int(try UInt8(parsing: &segment))
        codeCount += count
        code += count
        if count > 0, code >= 1 << length { isUsable = false }
        code <<= 1
      }
      guard codeCount <= 256 else {
        return Fault(
          "huffman-table", clause: "T.81 B.2.4.2", at: offset, "A Huffman table has more than 256 codes.",
          expected: "≤ 256", actual: "\(codeCount)")
      }
      for _ in 0..<codeCount {
        let value = try UInt8(parsing: &segment)
        // A difference of DC values has at most 16 bits (table H.2).
        if head >> 4 == 0, value > 16 { isUsable = false }
      }
      let bit: UInt8 = 1 << (head & 15)
      if head >> 4 == 0 {
        dc |= bit
        brokenDC = isUsable ? brokenDC & ~bit : brokenDC | bit
      } else {
        ac |= bit
        brokenAC = isUsable ? brokenAC & ~bit : brokenAC | bit
      }
    }
    return nil
  }

  /// The fault in the conditioning of arithmetic coding (section B.2.4.3). Decoders that support it check it
  /// in all images.
  static func conditioningFault(_ segment: inout ByteSpan) throws(ReadError) -> Fault? {
    while !segment.isAtEnd {
      let offset = segment.offset
      let head = try UInt8(parsing: &segment)
      let value = try UInt8(parsing: &segment)
      // For DC coefficients it contains two bounds, the lower one in the low bits.
      guard head >> 4 < 2, head >> 4 == 1 || value & 15 <= value >> 4 else {
        return Fault(
          "arithmetic-conditioning", clause: "T.81 B.2.4.3", at: offset,
          "The arithmetic coding conditioning has an invalid value.")
      }
    }
    return nil
  }

  private static func destinationFault(_ kind: String, _ destination: UInt8, at offset: UInt64) -> Fault {
    Fault(
      "table-destination", clause: "T.81 B.2.4", at: offset,
      "A \(kind) table has an invalid destination.", expected: "0 to 3", actual: "\(destination)")
  }
}

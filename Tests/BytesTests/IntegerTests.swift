import PreflightBytes
import Testing

/// Integers read from bytes, in both byte orders.
@Suite struct IntegerTests {
  /// The bytes as a number by its definition, cut to the width of a type.
  private static func number<T: FixedWidthInteger>(_ bytes: some Sequence<UInt8>) -> T {
    bytes.reduce(0) { $0 &* 256 &+ T(truncatingIfNeeded: $1) }
  }

  private static func expectReads<T: FixedWidthInteger & BitwiseCopyable & Sendable>(_: T.Type) throws {
    let size = T.bitWidth / 8
    for bytes in [numbered(20), numbered(20).map { ~$0 }, [UInt8](repeating: 0xff, count: 20)] {
      for start in 0...3 {
        for length in start...20 {
          let big = try Step(in: Array(bytes[..<length]), at: 100, from: start) { span throws(ReadError) in
            try T(parsingBigEndian: &span)
          }
          let little = try Step(in: Array(bytes[..<length]), at: 100, from: start) { span throws(ReadError) in
            try T(parsingLittleEndian: &span)
          }
          if length - start < size {
            #expect(big == Step(.endOfData(at: 100 + UInt64(length)), to: start))
            #expect(little == big)
          } else {
            let own = bytes[start..<start + size]
            #expect(big == Step(.value(number(own)), to: start + size))
            #expect(little == Step(.value(number(own.reversed())), to: start + size))
          }
        }
      }
    }
  }

  @Test func ofEveryType() throws {
    try Self.expectReads(UInt8.self)
    try Self.expectReads(UInt16.self)
    try Self.expectReads(UInt32.self)
    try Self.expectReads(UInt64.self)
    try Self.expectReads(UInt128.self)
    try Self.expectReads(Int8.self)
    try Self.expectReads(Int16.self)
    try Self.expectReads(Int32.self)
    try Self.expectReads(Int64.self)
    try Self.expectReads(Int.self)
  }

  @Test func oneByte() throws {
    #expect(
      try Step(in: [0xfe]) { span throws(ReadError) in try UInt8(parsing: &span) }
        == Step(.value(0xfe), to: 1))
    let none = try Step(in: [0xfe], at: 8, from: 1) { span throws(ReadError) in try UInt8(parsing: &span) }
    #expect(none == Step(.endOfData(at: 9), to: 1))
  }

  private static func expectReadsCounts<T: FixedWidthInteger & BitwiseCopyable & Sendable>(_: T.Type) throws {
    let bytes = numbered(20).map { $0 | 0x80 }
    for count in 0...18 {
      for length in 1...20 {
        let given = Array(bytes[..<length])
        let big = try Step(in: given, at: 100, from: 1) { span throws(ReadError) in
          try T(parsingBigEndian: &span, byteCount: count)
        }
        let little = try Step(in: given, at: 100, from: 1) { span throws(ReadError) in
          try T(parsingLittleEndian: &span, byteCount: count)
        }
        if length - 1 < count {
          #expect(big == Step(.endOfData(at: 100 + UInt64(length)), to: 1))
          #expect(little == big)
        } else {
          // Of more bytes than the type holds, the least significant.
          let own = bytes[1..<1 + count]
          #expect(big == Step(.value(number(own)), to: 1 + count))
          #expect(little == Step(.value(number(own.reversed())), to: 1 + count))
        }
      }
    }
    for count in [-1, Int.min] {
      let big = try Step(in: bytes, at: 100, from: 1) { span throws(ReadError) in
        try T(parsingBigEndian: &span, byteCount: count)
      }
      let little = try Step(in: bytes, at: 100, from: 1) { span throws(ReadError) in
        try T(parsingLittleEndian: &span, byteCount: count)
      }
      #expect(big == Step(.implausible(at: 101), to: 1))
      #expect(little == big)
    }
  }

  @Test func ofEveryByteCount() throws {
    try Self.expectReadsCounts(UInt8.self)
    try Self.expectReadsCounts(UInt16.self)
    try Self.expectReadsCounts(UInt32.self)
    try Self.expectReadsCounts(UInt64.self)
    try Self.expectReadsCounts(UInt128.self)
    try Self.expectReadsCounts(Int32.self)
  }

  @Test func sumsOfClaims() {
    func sum(_ left: UInt64, _ right: UInt64) -> Outcome<UInt64> {
      Outcome { () throws(ReadError) in try left.adding(right, claimedAt: 12) }
    }
    #expect(sum(0, 0) == .value(0))
    #expect(sum(.max, 0) == .value(.max))
    #expect(sum(1 << 63, 1 << 63 - 1) == .value(.max))
    #expect(sum(.max, 1) == .implausible(at: 12))
    #expect(sum(1, .max) == .implausible(at: 12))
    #expect(sum(.max, .max) == .implausible(at: 12))
  }
}

@Suite struct FourCCTests {
  @Test func readsInFileOrder() throws {
    let code = try Step(in: Array("xmoov".utf8), at: 3, from: 1) { span throws(ReadError) in
      try FourCC(parsing: &span)
    }
    #expect(code == Step(.value("moov"), to: 5))
    let cut = try Step(in: Array("moo".utf8), at: 3) { span throws(ReadError) in try FourCC(parsing: &span) }
    #expect(cut == Step(.endOfData(at: 6), to: 0))
  }

  @Test func isANumberAndBytes() {
    #expect(FourCC("moov").rawValue == 0x6d6f_6f76)
    #expect(FourCC("moov").bytes == Array("moov".utf8))
    #expect(FourCC(rawValue: 0xa978_797a).bytes == [0xa9, 0x78, 0x79, 0x7a])
    #expect(FourCC(rawValue: 0x0001_0203).bytes == [0, 1, 2, 3])
    #expect(FourCC("moov") == FourCC(rawValue: 0x6d6f_6f76))
    #expect(FourCC("moov") != "moow" && FourCC("moov") != "noov")
    #expect(Set<FourCC>(["moov", FourCC(rawValue: 0x6d6f_6f76), "trak"]).count == 2)
  }

  @Test func isOfLetters() {
    for byte: UInt32 in 0...255 {
      let isLetter = Unicode.Scalar(UInt8(byte)).properties.isAlphabetic && byte < 0x80
      for place: UInt32 in [0, 8, 16, 24] {
        let code = FourCC(rawValue: 0x6141_7a5a & ~(0xff << place) | byte << place)
        #expect(code.isLetters == isLetter, "\(code)")
      }
    }
  }

  @Test func isShownInPrintableASCII() {
    #expect(FourCC("mp4 ").description == "mp4 ")
    #expect(FourCC(rawValue: 0xa978_797a).description == #"\xa9xyz"#)
    #expect(FourCC(rawValue: 0x0009_7f80).description == #"\x00\x09\x7f\x80"#)
    #expect(FourCC(rawValue: 0x207e_1fff).description == #" ~\x1f\xff"#)
  }
}

import PreflightBytes
import Testing

@Suite struct ByteSpanTests {
  @Test func knowsWhereItStands() throws {
    let bytes = numbered(5)
    var span = ByteSpan(bytes.span.bytes, at: 1000)
    for position in 0...5 {
      let (offset, remaining, isAtEnd) = (span.offset, span.remaining, span.isAtEnd)
      #expect(span.base == 1000)
      #expect(span.position == position)
      #expect(offset == 1000 + UInt64(position))
      #expect(remaining == 5 - position)
      #expect(isAtEnd == (position == 5))
      if position < 5 { try span.skip(1) }
    }
  }

  @Test func ofNoBytes() throws {
    var empty = ByteSpan(RawSpan(), at: 7)
    let (offset, remaining, isAtEnd) = (empty.offset, empty.remaining, empty.isAtEnd)
    #expect(offset == 7 && remaining == 0 && isAtEnd)
    let (byte, place, text, past) = (
      empty[0], empty.firstIndex(of: 0, from: 0), empty.firstIndex(of: "a"), empty.firstIndexPastPadding
    )
    #expect(byte == nil && place == nil && text == nil && past == nil)
    let has = (empty.has("a"), empty.has([1]), empty.has([]), empty.has([], at: 1))
    #expect(has == (false, false, true, false))
    #expect(try empty.array(0) == [])
    #expect(try empty.latin1(0) == "")
    #expect(Outcome { () throws(ReadError) in try empty.array(1) } == .endOfData(at: 7))
  }

  /// The last byte that a file can have stands one before the highest offset.
  @Test func atTheHighestOffset() throws {
    let base = UInt64.max - 3
    let end = try Step(in: [1, 2, 3], at: base, from: 3) { $0.offset }
    #expect(end == Step(.value(.max), to: 3))
    let rest = try Step(in: [1, 2, 3], at: base, from: 3) { span throws(ReadError) in try span.take(0).base }
    #expect(rest == Step(.value(.max), to: 3))
    let number = try Step(in: [1, 2, 3], at: base, from: 2) { span throws(ReadError) in
      try UInt16(parsingBigEndian: &span)
    }
    #expect(number == Step(.endOfData(at: .max), to: 2))
    let bytes = try Step(in: [1, 2, 3], at: base) { span throws(ReadError) in try span.array(4) }
    #expect(bytes == Step(.endOfData(at: .max), to: 0))
    let negative = try Step(in: [1, 2, 3], at: base, from: 3) { span throws(ReadError) in try span.array(-1) }
    #expect(negative == Step(.implausible(at: .max), to: 3))
  }

  @Test func byIndexWhateverHasBeenRead() throws {
    let bytes = numbered(3)
    for position in 0...3 {
      for index in [Int.min, -1, 0, 1, 2, 3, 4, .max] {
        let byte = try Step(in: bytes, from: position) { $0[index] }
        #expect(byte == Step(.value(bytes.indices.contains(index) ? bytes[index] : nil), to: position))
      }
    }
  }

  // MARK: Passing over bytes

  /// Every count at every place: what fits is passed over, and what doesn't moves nothing.
  @Test func everyCountAtEveryPlace() throws {
    let bytes = numbered(9)
    for start in 0...9 {
      for count in 0...10 {
        func expect<T>(_ step: Step<T>, _ value: (ArraySlice<UInt8>) -> T) {
          if start + count <= 9 {
            #expect(step == Step(.value(value(bytes[start..<start + count])), to: start + count))
          } else {
            #expect(step == Step(.endOfData(at: 109), to: start))
          }
        }
        expect(try Step(in: bytes, at: 100, from: start) { span throws(ReadError) in try span.array(count) })
        {
          Array($0)
        }
        expect(try Step(in: bytes, at: 100, from: start) { span throws(ReadError) in try span.latin1(count) })
        {
          String($0.map { Character(Unicode.Scalar($0)) })
        }
        expect(
          try Step(in: bytes, at: 100, from: start) { span throws(ReadError) in
            try span.skip(count)
            return 0
          }
        ) { _ in 0 }
        expect(
          try Step(in: bytes, at: 100, from: start) { span throws(ReadError) in copy(try span.take(count)) }
        ) { Array($0) }
        expect(
          try Step(in: bytes, at: 100, from: start) { span throws(ReadError) in
            let part = try span.take(count)
            return [part.base, UInt64(part.position), UInt64(part.remaining)]
          }
        ) { [100 + UInt64($0.startIndex), 0, UInt64($0.count)] }
      }
    }
  }

  /// A count is of any type of integer: one below zero, and one that no memory has, are no counts at all.
  @Test func countsThatCannotBe() throws {
    func expectImplausible(_ count: some FixedWidthInteger) throws {
      let bytes = numbered(4)
      let array = try Step(in: bytes, at: 50, from: 1) { span throws(ReadError) in try span.array(count) }
      #expect(array == Step(.implausible(at: 51), to: 1))
      let text = try Step(in: bytes, at: 50, from: 1) { span throws(ReadError) in try span.latin1(count) }
      #expect(text == Step(.implausible(at: 51), to: 1))
      let part = try Step(in: bytes, at: 50, from: 1) { span throws(ReadError) in try span.take(count).base }
      #expect(part == Step(.implausible(at: 51), to: 1))
      let skip = try Step(in: bytes, at: 50, from: 1) { span throws(ReadError) in
        try span.skip(count)
        return 0
      }
      #expect(skip == Step(.implausible(at: 51), to: 1))
    }
    try expectImplausible(-1)
    try expectImplausible(Int.min)
    try expectImplausible(Int8.min)
    try expectImplausible(UInt64.max)
    try expectImplausible(UInt64(Int.max) + 1)
    try expectImplausible(UInt128.max)
    for count in [UInt64(Int.max), 4] {
      let array = try Step(in: numbered(4), at: 50, from: 1) { span throws(ReadError) in try span.array(count)
      }
      #expect(array == Step(.endOfData(at: 54), to: 1))
    }
  }

  @Test func latin1IsEveryByteAsItsScalar() throws {
    let all = (0...255).map { UInt8($0) }
    let text = try Step(in: all) { span throws(ReadError) in try span.latin1(256) }
    // By scalars: a carriage return and a line feed are one character.
    let scalars = String(String.UnicodeScalarView(all.map { Unicode.Scalar($0) }))
    #expect(text == Step(.value(scalars), to: 256))
  }

  // MARK: Looking

  @Test func hasAPatternAtEveryPlace() throws {
    let bytes = Array("abcab".utf8)
    let span = ByteSpan(bytes.span.bytes, at: 3)
    for index in -2...7 {
      let has = (span.has("ab", at: index), span.has(Array("ab".utf8), at: index))
      #expect(has == (index == 0 || index == 3, index == 0 || index == 3), "at \(index)")
      let all = span.has("abcab", at: index)
      #expect(all == (index == 0))
      let more = (span.has("abcabc", at: index), span.has(Array("abcabc".utf8), at: index))
      #expect(more == (false, false))
      let nothing = (span.has("", at: index), span.has([], at: index))
      #expect(nothing == (0...5 ~= index, 0...5 ~= index), "at \(index)")
      let last = span.has("b", at: index)
      #expect(last == (index == 1 || index == 4))
    }
    for index in [Int.min, .max] {
      let has = (
        span.has("a", at: index), span.has([0x61], at: index), span.has("", at: index),
        span.has([], at: index)
      )
      #expect(has == (false, false, false, false))
    }
    // Whatever has been read.
    #expect(try Step(in: bytes, from: 5) { $0.has("abc") } == Step(.value(true), to: 5))
  }

  @Test func hasNulsAndHighBytes() {
    let bytes: [UInt8] = [0, 0xff, 0xc3, 0xa9, 0]
    let span = ByteSpan(bytes.span.bytes, at: 0)
    let has = (span.has("\0"), span.has("é", at: 2), span.has("é\0", at: 2), span.has([0xff], at: 1))
    #expect(has == (true, true, true, true))
    let hasNot = (span.has("\0\0"), span.has("é\0\0", at: 2), span.has([0xff, 0], at: 1))
    #expect(hasNot == (false, false, false))
  }

  @Test func firstIndexOfAByte() {
    let bytes: [UInt8] = [7, 0, 7, 255]
    let span = ByteSpan(bytes.span.bytes, at: 90)
    for start in [Int.min, -1, 0, 1, 2, 3, 4, 5, .max] {
      for byte: UInt8 in [0, 7, 8, 255] {
        let found = span.firstIndex(of: byte, from: start)
        let expected = start < 0 ? nil : bytes.indices.first { $0 >= start && bytes[$0] == byte }
        #expect(found == expected, "\(byte) from \(start)")
      }
    }
  }

  @Test func firstIndexOfAPattern() {
    let bytes = Array("aaabaab".utf8)
    let span = ByteSpan(bytes.span.bytes, at: 90)
    let starts = [Int.min, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, Int.max]
    func expect(_ pattern: StaticString, _ found: [Int?], line: UInt = #line) {
      let pattern = pattern
      #expect(starts.map { span.firstIndex(of: pattern, from: $0) } == found, "line \(line)")
    }
    expect("aab", [nil, nil, 1, 1, 4, 4, 4, nil, nil, nil, nil, nil])
    expect("b", [nil, nil, 3, 3, 3, 3, 6, 6, 6, nil, nil, nil])
    expect("aaabaab", [nil, nil, 0, nil, nil, nil, nil, nil, nil, nil, nil, nil])
    expect("aaabaabc", starts.map { _ in nil })
    expect("c", starts.map { _ in nil })
    expect("", starts.map { _ in nil })
  }

  @Test func firstIndexPastPadding() {
    func found(_ bytes: [UInt8]) -> Int? { ByteSpan(bytes.span.bytes, at: 5).firstIndexPastPadding }
    #expect(found([]) == nil)
    #expect(found([0, 10, 13, 0]) == nil)
    #expect(found([1]) == 0)
    #expect(found([0, 10, 13, 32]) == 3)
    for byte: UInt8 in 0...255 { #expect(found([byte, 1]) == ([0, 10, 13].contains(byte) ? 1 : 0)) }
  }
}

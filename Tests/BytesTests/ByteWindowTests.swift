import PreflightBytes
import Synchronization
@testable import PreflightTestSupport
import Testing

@Suite struct ByteWindowTests {
  private static let maximum = Limits.Window.span

  // MARK: Exact spans

  /// Every count at every offset of a small file, each in a window of its own and all in one.
  @Test func everySpanOfASmallFile() {
    let bytes = numbered(7)
    var shared = ByteWindow(MemorySource(bytes))
    for offset in 0...9 {
      for count in 0...9 {
        var own = ByteWindow(MemorySource(bytes))
        let expected: Outcome<[UInt8]> =
          offset <= 7 && offset + count <= 7
          ? .value(Array(bytes[offset..<offset + count])) : .endOfData(at: 7)
        #expect(span(&own, UInt64(offset), count) == expected, "\(count) at \(offset)")
        #expect(span(&shared, UInt64(offset), count) == expected, "\(count) at \(offset)")
      }
    }
  }

  @Test func spansKnowWhereTheyStand() throws {
    var window = ByteWindow(MemorySource(numbered(7)))
    #expect(window.byteCount == 7)
    for offset: UInt64 in 0...7 {
      #expect(try window.span(at: offset, count: 7 - offset).base == offset)
      #expect(try window.available(at: offset, upTo: 9).base == offset)
    }
    // What stands nowhere in the file stands at its end.
    for offset: UInt64 in [8, 1 << 63, .max] { #expect(try window.available(at: offset, upTo: 9).base == 7) }
  }

  @Test func countsThatCannotBe() {
    var window = ByteWindow(MemorySource(numbered(7)))
    for offset: UInt64 in [0, 3, 7, 8, .max] {
      let place = min(offset, 7)
      func expect(_ count: some FixedWidthInteger) {
        #expect(span(&window, offset, count) == .implausible(at: place), "\(count) at \(offset)")
      }
      expect(-1)
      expect(Int.min)
      expect(Int.max)
      expect(Self.maximum + 1)
      expect(UInt64.max)
      expect(UInt64(Int.max) + 1)
      expect(UInt128.max)
    }
    #expect(window.bytesRead == 0)
  }

  @Test func theLongestSpan() {
    let bytes = numbered(Self.maximum + 2)
    for offset in 0...2 {
      var window = ByteWindow(MemorySource(bytes))
      #expect(
        span(&window, UInt64(offset), Self.maximum) == .value(Array(bytes[offset..<offset + Self.maximum])))
      #expect(span(&window, UInt64(offset), Self.maximum + 1) == .implausible(at: UInt64(offset)))
    }
    var window = ByteWindow(MemorySource(bytes))
    #expect(span(&window, 3, Self.maximum) == .endOfData(at: UInt64(Self.maximum + 2)))
  }

  @Test func ofAnEmptySource() {
    var window = ByteWindow(MemorySource([]))
    #expect(span(&window, 0, 0) == .value([]))
    #expect(span(&window, 0, 1) == .endOfData(at: 0))
    #expect(span(&window, 1, 0) == .endOfData(at: 0))
    #expect(available(&window, 0, 1) == .value([]))
    #expect(available(&window, .max, .max) == .value([]))
    #expect(window.missingOffset == nil)
  }

  // MARK: What there is

  @Test func everyLimitOfASmallFile() {
    let bytes = numbered(7)
    var shared = ByteWindow(MemorySource(bytes))
    for offset in [0, 1, 6, 7, 8, Int.max] {
      for limit in [Int.min, -1, 0, 1, 2, 7, 8, Self.maximum, Self.maximum + 1, .max] {
        var own = ByteWindow(MemorySource(bytes))
        let expected = Array(bytes.dropFirst(offset).prefix(max(0, limit)))
        #expect(available(&own, UInt64(offset), limit) == .value(expected), "\(limit) at \(offset)")
        #expect(available(&shared, UInt64(offset), limit) == .value(expected), "\(limit) at \(offset)")
      }
    }
  }

  @Test func noMoreIsAvailableThanTheLongestSpan() {
    let bytes = numbered(Self.maximum + 2)
    var window = ByteWindow(MemorySource(bytes))
    #expect(available(&window, 1, .max) == .value(Array(bytes[1...Self.maximum])))
    #expect(available(&window, 2, .max) == .value(Array(bytes[2...])))
    #expect(available(&window, 3, .max) == .value(Array(bytes[3...])))
  }

  // MARK: Integers

  @Test func integersAtEveryOffset() {
    let bytes = numbered(11)
    var window = ByteWindow(MemorySource(bytes))
    for offset: UInt64 in [0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 12, .max - 8, .max - 7, .max - 1, .max] {
      func expect<T: FixedWidthInteger & BitwiseCopyable & Sendable>(_ type: T.Type) {
        let size = UInt64(MemoryLayout<T>.size)
        let big = Outcome { () throws(ReadError) in try window.bigEndian(type, at: offset) }
        let little = Outcome { () throws(ReadError) in try window.littleEndian(type, at: offset) }
        if offset <= 11, offset + size <= 11 {
          let own = bytes[Int(offset)..<Int(offset + size)]
          #expect(big == .value(own.reduce(0) { $0 &* 256 &+ T(truncatingIfNeeded: $1) }))
          #expect(little == .value(own.reversed().reduce(0) { $0 &* 256 &+ T(truncatingIfNeeded: $1) }))
        } else {
          #expect(big == .endOfData(at: 11))
          #expect(little == .endOfData(at: 11))
        }
      }
      expect(UInt8.self)
      expect(UInt16.self)
      expect(UInt32.self)
      expect(UInt64.self)
      expect(Int16.self)
    }
  }

  // MARK: Refilling

  /// Reads here and there in a file of several buffers, against the bytes themselves.
  @Test(arguments: [1, 7, 1000, ByteWindow.usualReadAhead, 3 << 20])
  func acrossRefills(readAhead: Int) {
    let bytes = numbered(3 << 20)
    var window = ByteWindow(MemorySource(bytes))
    window.readAhead = readAhead
    for step in 1...200 {
      // Primes, so that places and counts are spread over all without a pattern.
      let offset = step * 1_299_709 % (bytes.count + 10)
      let count = step * 7_368_787 % (1 << (step % 21))
      let rest = Array(bytes.dropFirst(offset).prefix(count))
      #expect(available(&window, UInt64(offset), count) == .value(rest))
      if rest.count == count, offset <= bytes.count {
        #expect(span(&window, UInt64(offset), count) == .value(rest))
      } else {
        #expect(span(&window, UInt64(offset), count) == .endOfData(at: UInt64(bytes.count)))
      }
    }
  }

  @Test func readsAheadAndNothingTwice() {
    let source = CountingSource(numbered(200_000))
    var window = ByteWindow(source)
    _ = span(&window, 10, 1)
    #expect(source.bytesRead == 1 << 16)
    // What is held is not read again, to its very last byte; one more is read with what follows it.
    #expect(span(&window, 10, 1 << 16) == .value(Array(numbered(200_000)[10..<10 + 1 << 16])))
    #expect(source.bytesRead == 1 << 16 && window.bytesRead == 1 << 16)
    _ = span(&window, 10 + 1 << 16, 1)
    #expect(source.bytesRead == 2 << 16)
    _ = span(&window, 9 + 1 << 16, 1)
    #expect(source.bytesRead == 3 << 16)
    // More than is read ahead is read at once; and no more than there is.
    _ = span(&window, 0, 150_000)
    #expect(source.bytesRead == 3 << 16 + 150_000)
    _ = span(&window, 199_999, 1)
    #expect(source.bytesRead == 3 << 16 + 150_001)
    // To look behind the end takes no reading, and what was held is held still.
    _ = available(&window, 200_000, 10)
    _ = span(&window, .max, 10)
    _ = span(&window, 199_999, 1)
    #expect(source.bytesRead == 3 << 16 + 150_001 && window.bytesRead == source.bytesRead)
    #expect(window.missingOffset == nil)
  }

  @Test func aSourceThatGivesFewBytesAtATime() {
    let bytes = numbered(10_000)
    let source = FakeSource(byteCount: 10_000) { buffer, offset in
      MemorySource(bytes).read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(3)), at: offset)
    }
    var window = ByteWindow(source)
    #expect(span(&window, 1, 9_999) == .value(Array(bytes[1...])))
    #expect(window.bytesRead == 9_999 && window.missingOffset == nil)
  }

  // MARK: Sources that don't keep their word

  @Test func aSourceThatEndsEarly() {
    let bytes = numbered(100)
    var window = ByteWindow(FakeSource(byteCount: 200, fill: MemorySource(bytes).read))
    // The place is not known before something is wanted from behind it; then it is the first one found.
    window.readAhead = 1
    #expect(span(&window, 0, 100) == .value(bytes))
    #expect(window.missingOffset == nil)
    #expect(span(&window, 150, 1) == .endOfData(at: 150))
    #expect(window.missingOffset == 150)
    #expect(span(&window, 0, 101) == .endOfData(at: 100))
    #expect(window.missingOffset == 100)
    #expect(span(&window, 120, 1) == .endOfData(at: 120))
    #expect(window.missingOffset == 100)
    #expect(available(&window, 90, 50) == .value(Array(bytes[90...])))
    #expect(available(&window, 100, 50) == .value([]))
    #expect(available(&window, 199, 50) == .value([]))
    #expect(span(&window, 0, 100) == .value(bytes))
    #expect(span(&window, 200, 1) == .endOfData(at: 200))
  }

  /// A count of more than there was room for, of nothing, or of less: taken for the end.
  @Test(arguments: [Int.min, -1, 0, 65, Int.max])
  func aSourceThatMiscounts(count: Int) {
    // First 16 bytes as they are, so that what is left is less than all the room.
    let source = FakeSource(byteCount: 64) { buffer, offset in
      let head = MemorySource(numbered(16)).read(into: buffer, at: offset)
      return head > 0 ? head : count
    }
    var window = ByteWindow(source)
    #expect(span(&window, 0, 64) == .endOfData(at: 16))
    #expect(window.missingOffset == 16 && window.bytesRead == 16)
    #expect(available(&window, 0, 16) == .value(Array(numbered(16))))
  }

  @Test func aSourceThatFails() {
    struct Broken: Error, CustomStringConvertible { var description: String { "it fell down" } }
    let bytes = numbered(200_000)
    let good = MemorySource(bytes)
    let own = ByteSourceError("the device reports a read error", errorNumber: 5)
    for error: any Error in [own, Broken()] {
      let isFailing = Mutex(false)
      let source = FakeSource(byteCount: 200_000) { buffer, offset in
        if isFailing.withLock({ $0 }) { throw error }
        return good.read(into: buffer, at: offset)
      }
      let reason = error as? ByteSourceError ?? ByteSourceError("it fell down")
      var window = ByteWindow(source)
      #expect(span(&window, 5, 10) == .value(Array(bytes[5..<15])))
      isFailing.withLock { $0 = true }
      #expect(span(&window, 5, 10) == .value(Array(bytes[5..<15])))
      #expect(span(&window, 100_000, 10) == .source(reason, at: 100_000))
      #expect(available(&window, 100_000, 10) == .source(reason, at: 100_000))
      // The source may have written over what the buffer held, so nothing of it is held any more.
      #expect(span(&window, 5, 10) == .source(reason, at: 5))
      #expect(span(&window, 200_000, 1) == .endOfData(at: 200_000))
      isFailing.withLock { $0 = false }
      #expect(span(&window, 5, 10) == .value(Array(bytes[5..<15])))
      #expect(window.missingOffset == nil)
    }
  }

  // MARK: Sources without end

  @Test func offsetsOfTheHighestNumbers() {
    var window = ByteWindow(FakeSource.endless)
    for offset: UInt64 in [.max - 4, .max - 1, .max] {
      let there = Int(UInt64.max - offset)
      let bytes = (0..<there).map { FakeSource.byte(at: offset + UInt64($0)) }
      #expect(span(&window, offset, there) == .value(bytes))
      #expect(span(&window, offset, there + 1) == .endOfData(at: .max))
      #expect(span(&window, offset, Self.maximum) == .endOfData(at: .max))
      #expect(available(&window, offset, 10) == .value(bytes))
      #expect(block(&window, offset, .max) == .value(bytes))
      #expect(
        Outcome { () throws(ReadError) in try window.bigEndian(UInt64.self, at: offset) }
          == .endOfData(at: .max))
    }
    #expect(
      span(&window, 1 << 63, 2) == .value([FakeSource.byte(at: 1 << 63), FakeSource.byte(at: 1 << 63 + 1)]))
  }

  @Test func noMoreIsReadThanIsWorthIt() throws {
    var window = ByteWindow(FakeSource.endless)
    let limit = Limits.Window.bytesReadOfLarger
    while window.bytesRead < limit {
      #expect(try window.available(at: window.bytesRead, upTo: Self.maximum).remaining == Self.maximum)
    }
    #expect(window.bytesRead == limit)
    #expect(span(&window, limit, 1) == .enough(at: limit))
    #expect(available(&window, 5, 1) == .enough(at: 5))
    // What is held can be had still.
    #expect(span(&window, limit - 1, 1) == .value([FakeSource.byte(at: limit - 1)]))
    #expect(available(&window, .max, 1) == .value([]))
    #expect(window.bytesRead == limit)
  }

  /// The last read may pass the limit, by less than a span.
  @Test func theLimitIsPassedByOneReadAtMost() throws {
    var window = ByteWindow(FakeSource.endless)
    window.readAhead = 1
    let limit = Limits.Window.bytesReadOfLarger
    while window.bytesRead < limit - 1 {
      let count = min(limit - 1 - window.bytesRead, UInt64(Self.maximum))
      #expect(try window.span(at: window.bytesRead, count: count).remaining == Int(count))
    }
    #expect(try window.span(at: 0, count: Self.maximum).remaining == Self.maximum)
    #expect(window.bytesRead == limit - 1 + UInt64(Self.maximum))
    #expect(available(&window, 1 << 40, 1) == .enough(at: 1 << 40))
  }

  // MARK: Blocks

  @Test func blocksEndOnRoundOffsets() {
    let size = 1 << 16
    let bytes = numbered(3 * size + 5)
    func expect(_ offset: Int, _ limit: UInt64, _ end: Int) {
      var window = ByteWindow(MemorySource(bytes))
      #expect(
        block(&window, UInt64(offset), limit) == .value(Array(bytes[offset..<end])), "\(limit) at \(offset)")
    }
    expect(0, .max, size)
    expect(1, .max, size)
    expect(size - 2, .max, size)
    // One byte alone would be no progress for who looks for two.
    expect(size - 1, .max, 2 * size)
    expect(size, .max, 2 * size)
    expect(3 * size, .max, 3 * size + 5)
    expect(3 * size + 4, .max, 3 * size + 5)
    expect(3 * size + 5, .max, 3 * size + 5)
    expect(size - 2, 0, size - 2)
    expect(size - 2, 1, size - 1)
    expect(size - 2, 2, size)
    expect(size - 2, 3, size)
    expect(size - 1, 1, size)
    expect(size - 1, 2, size + 1)
    expect(size - 1, UInt64(size + 1), 2 * size)
    expect(size - 1, UInt64(size + 2), 2 * size)
  }

  /// But for the first block, which may begin anywhere.
  @Test func aWalkInBlocksReadsEveryByteOnce() throws {
    let bytes = numbered(300_001)
    for start in [0, 1, 65_534, 65_535, 65_536] {
      let source = CountingSource(bytes)
      var window = ByteWindow(source)
      var walked: [UInt8] = []
      while true {
        let block = try window.block(at: UInt64(start + walked.count), upTo: .max)
        if block.remaining == 0 { break }
        walked += copy(block)
      }
      #expect(walked == Array(bytes[start...]))
      let readTwice = source.bytesRead - UInt64(walked.count)
      #expect(start % (1 << 16) == 0 ? readTwice == 0 : readTwice < 1 << 16, "from \(start)")
    }
  }

  // MARK: Memory

  @Test func memoryIsHandedOn() {
    let large = numbered(500_000)
    var first = ByteWindow(MemorySource(large))
    #expect(span(&first, 0, 500_000) == .value(large))
    let memory = first.takeMemory()
    // What the earlier file had there is not seen in the later one's, and that two have it does no harm.
    let small = [UInt8](repeating: 0xee, count: 100)
    var second = ByteWindow(MemorySource(small), memory: memory)
    var third = ByteWindow(
      FakeSource(byteCount: 200, fill: MemorySource(small).read), memory: memory)
    #expect(available(&second, 0, 1000) == .value(small))
    #expect(available(&third, 0, 1000) == .value(small))
    #expect(span(&second, 0, 101) == .endOfData(at: 100))
    #expect(available(&third, 100, 1) == .value([]))
    #expect(second.bytesRead == 100 && second.missingOffset == nil)
    let again = second.takeMemory()
    var fourth = ByteWindow(MemorySource(large), memory: again)
    #expect(span(&fourth, 1, 499_999) == .value(Array(large[1...])))
  }
}

// MARK: -

private func span(
  _ window: inout ByteWindow, _ offset: UInt64, _ count: some FixedWidthInteger
) -> Outcome<[UInt8]> {
  Outcome { () throws(ReadError) in copy(try window.span(at: offset, count: count)) }
}

private func available(_ window: inout ByteWindow, _ offset: UInt64, _ limit: Int) -> Outcome<[UInt8]> {
  Outcome { () throws(ReadError) in copy(try window.available(at: offset, upTo: limit)) }
}

private func block(_ window: inout ByteWindow, _ offset: UInt64, _ limit: UInt64) -> Outcome<[UInt8]> {
  Outcome { () throws(ReadError) in copy(try window.block(at: offset, upTo: limit)) }
}

/// A source that may claim any size, count as it likes, or fail.
private struct FakeSource: ByteSource {
  let byteCount: UInt64
  let fill: @Sendable (UnsafeMutableRawBufferPointer, UInt64) throws -> Int

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int {
    try fill(buffer, offset)
  }

  /// As long as a source can be. Of each read the first and the last bytes are told apart.
  static let endless = FakeSource(byteCount: .max) { buffer, offset in
    for index in Set(buffer.indices.prefix(8)).union(buffer.indices.suffix(8)) {
      buffer[index] = byte(at: offset + UInt64(index))
    }
    return buffer.count
  }

  static func byte(at offset: UInt64) -> UInt8 {
    UInt8(truncatingIfNeeded: offset ^ offset >> 16 ^ offset >> 32)
  }
}

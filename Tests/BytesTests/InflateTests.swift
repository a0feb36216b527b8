import Foundation
import PreflightBytes
@testable import PreflightTestSupport
import Testing

@Suite struct InflateTests {
  @Test(arguments: Compressed.wrappers)
  func inPiecesOfEverySizeIntoRoomsOfEverySize(wrapper: Inflate.Wrapper) {
    for (content, level) in Compressed.samples {
      let stream = Compressed.stream(content, wrapper, level: level)
      for pieces in [1, 2, 3, 7, 64, 1000, Int.max] {
        for room in [1, 2, 3, 258, 1000, 1 << 16] {
          let inflated = Compressed.inflated(stream, wrapper, pieces: pieces, room: room)
          let isWhole = inflated.whole == content && inflated.consumed == stream.count
          #expect(isWhole, "level \(level), \(content.count) bytes, \(pieces) into \(room)")
        }
      }
    }
  }

  /// Streams written by hand (RFC 1951, section 3.2).
  @Test func knownStreams() {
    #expect(Compressed.inflated([0x03, 0x00], .none).whole == [])
    #expect(Compressed.inflated([0x4b, 0x04, 0x00], .none).whole == Array("a".utf8))
    #expect(Compressed.inflated([1, 0, 0, 0xff, 0xff], .none).whole == [])
    #expect(Compressed.inflated([1, 2, 0, 0xfd, 0xff, 7, 8], .none).whole == [7, 8])
    #expect(Compressed.inflated([0x78, 0x9c, 0x03, 0x00, 0, 0, 0, 1], .zlib).whole == [])
    // A block of the kind that isn't defined; a length that its complement contradicts; a check value.
    #expect(Compressed.inflated([7], .none).status == .damaged)
    #expect(Compressed.inflated([1, 2, 0, 0xfc, 0xff, 7, 8], .none).status == .damaged)
    #expect(Compressed.inflated([0x78, 0x9c, 0x03, 0x00, 0, 0, 0, 2], .zlib).status == .damaged)
  }

  /// Lengths 286 and 287 and distances 30 and 31 are reserved (RFC 1951, section 3.2.6).
  @Test func reservedCodes() {
    func status(length: Int, distance: Int) -> Inflate.Status {
      var writer = LowBitWriter()
      writer.number(1, 1)
      writer.number(1, 2)
      writer.code(0x30 + 0x61, 8)
      writer.code(0xc0 + length - 280, 8)
      writer.code(distance, 5)
      // What a length or a distance may have behind it, and the end of the block.
      writer.number(0, 20)
      return Compressed.inflated(writer.bytes, .none).status
    }
    #expect(status(length: 285, distance: 0) == .ended)
    #expect(status(length: 286, distance: 0) == .damaged)
    #expect(status(length: 287, distance: 0) == .damaged)
    #expect(status(length: 285, distance: 30) == .damaged)
    #expect(status(length: 285, distance: 31) == .damaged)
  }

  @Test func nothingGivenAndNoRoom() {
    let stream = Compressed.stream(Array("abcabcabc".utf8), .zlib)
    var inflate = Inflate(.zlib)
    var room = [UInt8](repeating: 0, count: 100)
    var none: [UInt8] = []
    func step(_ bytes: RawSpan, _ room: inout [UInt8]) -> [Int] {
      let step = inflate.step(ByteSpan(bytes, at: 0), into: &room)
      #expect(step.status == .more)
      return [step.consumed, step.produced]
    }
    #expect(step(RawSpan(), &room) == [0, 0])
    #expect(step(RawSpan(), &none) == [0, 0])
    // Without room the header is read, and what makes no bytes.
    let consumed = step(stream.span.bytes, &none)[0]
    #expect(consumed >= 2 && consumed < stream.count)
    let rest = inflate.step(
      ByteSpan(stream.span.bytes.extracting(consumed..<stream.count), at: 0), into: &room)
    #expect(rest.status == .ended && rest.consumed == stream.count - consumed && rest.produced == 9)
    #expect(room.prefix(9) == Array("abcabcabc".utf8)[...])
  }

  @Test func whatHasEndedStaysSo() {
    let stream = Compressed.stream(Array("abc".utf8), .none) + [1, 2, 3]
    var inflate = Inflate(.none)
    var room = [UInt8](repeating: 0, count: 100)
    let first = inflate.step(ByteSpan(stream.span.bytes, at: 0), into: &room)
    #expect(first.status == .ended && first.consumed == stream.count - 3 && first.produced == 3)
    let second = inflate.step(ByteSpan(([4, 5] as [UInt8]).span.bytes, at: 0), into: &room)
    #expect(second.status == .ended && second.consumed == 0 && second.produced == 0)
    var broken = Inflate(.none)
    #expect(broken.step(ByteSpan(([7] as [UInt8]).span.bytes, at: 0), into: &room).status == .damaged)
    #expect(broken.step(ByteSpan(stream.span.bytes, at: 0), into: &room).status == .damaged)
  }

  /// All of a span is given to zlib, whatever of it has been read; what is behind the stream's end is left.
  @Test func moreThanZlibCountsAtOnce() throws {
    let stream = Compressed.stream(Array("abc".utf8), .zlib)
    let count = 1 << 32 + 10
    // Takes no memory but for its start, which alone may be written to.
    let start = try #require(mmap(nil, count, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0))
    try #require(start != MAP_FAILED)
    defer { munmap(start, count) }
    try #require(mprotect(start, 1 << 16, PROT_READ | PROT_WRITE) == 0)
    start.copyMemory(from: stream, byteCount: stream.count)
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    var inflate = Inflate(.zlib)
    var room = [UInt8](repeating: 0, count: 100)
    let step = inflate.step(ByteSpan(bytes.bytes, at: 0), into: &room)
    #expect(step.status == .ended && step.consumed == stream.count && step.produced == 3)
  }

  // MARK: Damage

  @Test(arguments: Compressed.wrappers)
  func cutAtEveryLength(wrapper: Inflate.Wrapper) {
    for (content, level) in Compressed.samples {
      let stream = Compressed.stream(content, wrapper, level: level)
      for length in 0..<stream.count {
        let inflated = Compressed.inflated(Array(stream[..<length]), wrapper)
        let isUnfinished =
          inflated.status == .more && inflated.consumed == length && content.starts(with: inflated.bytes)
        #expect(isUnfinished, "level \(level), \(length) of \(stream.count)")
        // Decoders of PNG don't miss a check value that is cut off.
        let lacksCheckValue = wrapper == .zlib && length >= stream.count - 4
        let unpacked = Compressed.unpacked(Array(stream[..<length]), wrapper, expecting: content.count)
        #expect(unpacked == (lacksCheckValue ? content : nil), "level \(level), \(length) of \(stream.count)")
      }
    }
  }

  /// Whatever the bytes are, both ways come to the same, but for a check value that is cut off.
  private static func expectAgreement(_ stream: [UInt8], _ wrapper: Inflate.Wrapper, _ what: () -> String) {
    let inflated = Compressed.inflated(stream, wrapper)
    let unpacked = Compressed.unpacked(stream, wrapper, expecting: inflated.bytes.count)
    let lacksCheckValue =
      wrapper == .zlib && inflated.status == .more && inflated.consumed == stream.count
    if unpacked != inflated.whole, !(lacksCheckValue && unpacked == inflated.bytes) {
      Issue.record(
        "\(what()): \(inflated.status) after \(inflated.bytes.count) bytes, and unpacked: \(unpacked != nil)")
    }
  }

  @Test(arguments: Compressed.wrappers)
  func everyByteFlipped(wrapper: Inflate.Wrapper) {
    for (content, level) in Compressed.samples {
      let stream = Compressed.stream(content, wrapper, level: level)
      for index in stream.indices {
        for value in (0..<8).map({ stream[index] ^ (1 << $0) }) + [~stream[index]] {
          Self.expectAgreement(stream.with([value], at: index), wrapper) {
            "level \(level), byte \(index) of \(stream.count) as \(value)"
          }
        }
      }
    }
  }

  /// Every header of two bytes (RFC 1950, section 2.2).
  @Test func everyHeader() {
    var accepted = 0
    for method: UInt8 in 0...255 {
      for flags: UInt8 in 0...255 {
        let stream = [method, flags, 0x03, 0x00, 0, 0, 0, 1]
        Self.expectAgreement(stream, .zlib) { "\(method) \(flags)" }
        if Compressed.unpacked(stream, .zlib, expecting: 0) != nil { accepted += 1 }
      }
    }
    // Eight sizes of the window and four levels.
    #expect(accepted == 32)
  }

  @Test func presetDictionary() {
    let content = Array("abcabcabc".utf8)
    let plain = Compressed.stream(content, .zlib)
    // With the bit that says so, a header whose check holds, and the dictionary's number.
    let stream = [0x78, 0xbb] + [0, 1, 2, 3] + plain[2...]
    #expect((0x78 << 8 | 0xbb) % 31 == 0 && 0xbb & 0x20 != 0)
    #expect(Compressed.inflated(stream, .zlib).status == .damaged)
    #expect(Compressed.unpacked(stream, .zlib, expecting: 9) == nil)
  }

  @Test func bytesBehindTheEnd() {
    for wrapper in Compressed.wrappers {
      let content = Array("abcabcabc".utf8)
      let stream = Compressed.stream(content, wrapper)
      for rest in [[0], [1, 2, 3, 4], numbered(5000)] {
        let inflated = Compressed.inflated(stream + rest, wrapper)
        #expect(inflated.whole == content && inflated.consumed == stream.count)
        #expect(Compressed.unpacked(stream + rest, wrapper, expecting: 9) == content)
      }
    }
  }
}

@Suite struct UnpackerTests {
  @Test(arguments: Compressed.wrappers)
  func exactlyAsMuchAsIsExpected(wrapper: Inflate.Wrapper) {
    let unpacker = Unpacker()
    for (content, level) in Compressed.samples {
      let stream = Compressed.stream(content, wrapper, level: level)
      func unpacked(_ count: Int) -> [UInt8]? {
        Compressed.unpacked(stream, wrapper, expecting: count, by: unpacker)
      }
      #expect(unpacked(content.count) == content)
      // Too little and too much.
      for count in [0, 1, content.count / 2, content.count - 1, content.count + 1, content.count * 2 + 1]
      where count >= 0 && count != content.count {
        #expect(unpacked(count) == nil, "\(count) of \(content.count) at level \(level)")
      }
      #expect(unpacker.unpack(stream.span.bytes, wrapper: wrapper, expecting: .max) { _ in 0 } == nil)
    }
  }

  @Test func nothingGiven() {
    for wrapper in Compressed.wrappers {
      for count in [0, 1] {
        #expect(Compressed.unpacked([], wrapper, expecting: count) == nil)
        let isUnpacked = Unpacker().unpack(RawSpan(), wrapper: wrapper, expecting: UInt64(count)) { _ in true
        }
        #expect(isUnpacked == nil)
      }
    }
    for start: [UInt8] in [[0x78], [0x78, 0x9c], [0x78, 0x9c, 3]] {
      #expect(Compressed.unpacked(start, .zlib, expecting: 0) == nil)
    }
  }

  // The room for what is large is one for the whole process, and the other tests use it at the same time: hence
  // a process of its own.

  /// Sizes about those at which the room is another.
  @Test func sizesAtTheLimits() async {
    await #expect(processExitsWith: .success) {
      let own = 2 << 20
      let most = Limits.Unpacker.byteCount
      let unpacker = Unpacker()
      for count in [1, 65_535, 65_536, 65_537, own - 1, own, own + 1, 5, most - 1, most, 3] {
        let content = numbered(count)
        let stream = Compressed.stream(content, .zlib, level: 1)
        precondition(Compressed.unpacked(stream, .zlib, expecting: count, by: unpacker) == content)
      }
      let stream = Compressed.stream(numbered(most + 1), .zlib, level: 1)
      precondition(Compressed.unpacked(stream, .zlib, expecting: most + 1, by: unpacker) == nil)
    }
  }

  /// What is large is unpacked by one at a time, who gives the room back, by damage too.
  @Test func whatIsSharedByAll() async {
    await #expect(processExitsWith: .success) {
      let content = numbered(3 << 20)
      let stream = Compressed.stream(content, .zlib, level: 1)
      let broken = stream.with([0xff], at: stream.count - 1)
      func unpacked(_ stream: [UInt8]) -> [UInt8]? {
        Compressed.unpacked(stream, .zlib, expecting: content.count)
      }
      for _ in 0..<2 {
        let isUndisturbed = Unpacker().unpack(
          stream.span.bytes, wrapper: .zlib, expecting: UInt64(content.count)
        ) { bytes in
          precondition(unpacked(stream) == nil)
          return bytes.withUnsafeBytes { Array($0) } == content
        }
        precondition(isUndisturbed == true)
        precondition(unpacked(stream) == content)
        precondition(unpacked(broken) == nil)
        precondition(unpacked(Array(stream.dropLast(1000))) == nil)
        precondition(unpacked(stream) == content)
      }
    }
  }

  @Test func packedSizesAtTheLimit() {
    let content = numbered(100)
    let stream = Compressed.stream(content, .none)
    let padding = [UInt8](repeating: 0, count: Limits.Unpacker.packedByteCount - stream.count)
    #expect(Compressed.unpacked(stream + padding, .none, expecting: 100) == content)
    #expect(Compressed.unpacked(stream + padding + [0], .none, expecting: 100) == nil)
  }

  /// While what is unpacked is looked at, nothing else is unpacked over it.
  @Test func whileTheRoomIsInUse() {
    let unpacker = Unpacker()
    let content = numbered(1000)
    let stream = Compressed.stream(content, .none)
    let isUndisturbed = unpacker.unpack(stream.span.bytes, wrapper: .none, expecting: 1000) { bytes in
      #expect(Compressed.unpacked(stream, .none, expecting: 1000, by: unpacker) == nil)
      #expect(Compressed.unpacked(stream, .none, expecting: 1000) == content)
      return bytes.withUnsafeBytes { Array($0) } == content
    }
    #expect(isUndisturbed == true)
    #expect(Compressed.unpacked(stream, .none, expecting: 1000, by: unpacker) == content)
  }

  @Test func afterDamage() {
    let unpacker = Unpacker()
    let content = Compressed.noise(1000)
    let stream = Compressed.stream(content, .zlib)
    for broken in [Array(stream.dropLast(100)), stream.with([0xff], at: stream.count - 1)] {
      #expect(Compressed.unpacked(broken, .zlib, expecting: 1000, by: unpacker) == nil)
      #expect(Compressed.unpacked(stream, .zlib, expecting: 1000, by: unpacker) == content)
    }
  }
}

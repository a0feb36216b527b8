import MediaPreflight
@testable import PreflightTestSupport
import Testing

@testable import PreflightFormats

/// A VP8L stream that is called whole without libwebp is one that libwebp decodes, whatever its bits are.
@Suite struct LosslessStreamTests {
  private static let names = ["lossless", "lossless-palette", "lossless-cache", "lossless-blocks"]

  /// The data of the chunk VP8L, which these files have alone.
  private static func stream(_ name: String) throws -> [UInt8] {
    let bytes = try Fixture.bytes("pictures/\(name).webp")
    return Array(bytes[20..<20 + bytes.littleEndian32(at: 16)])
  }

  private static func isWhole(_ stream: [UInt8]) -> Bool { LosslessStream.isWhole(stream.span.bytes) }

  private static func libwebpDecodes(_ stream: [UInt8]) -> Bool {
    LibWebP.decodes(Array("VP8L".utf8) + littleEndian(UInt32(stream.count)) + stream)
  }

  @Test(arguments: names) func goodStreamsNeedNoLibWebP(name: String) throws {
    let stream = try Self.stream(name)
    #expect(Self.isWhole(stream))
    #expect(Self.libwebpDecodes(stream))
  }

  /// At the end of a stream at most seven bits are of no use.
  @Test(arguments: names) func cutStreamsAreNotWhole(name: String) throws {
    let stream = try Self.stream(name)
    #expect(!Self.libwebpDecodes(stream.dropLast()))
    for length in stride(from: 0, to: stream.count, by: max(1, stream.count / 400)) {
      #expect(!Self.isWhole(Array(stream[..<length])), "\(length)")
    }
  }

  /// Most flips of a bit make codes that can't be, distances before the picture, or data that doesn't suffice; some
  /// make another picture.
  @Test(arguments: names) func whatIsWholeIsDecoded(name: String) throws {
    let stream = try Self.stream(name)
    var whole = 0
    var broken = 0
    var doubted = 0
    for index in stream.indices.filter({ $0 < 48 || $0 % 211 == 0 }) {
      for bit in 0..<8 {
        var changed = stream
        changed[index] ^= 1 << bit
        // A picture of another size takes the time of its points.
        if (1..<5).contains(index), bit > 5 { continue }
        let isDecoded = Self.libwebpDecodes(changed)
        let isWhole = Self.isWhole(changed)
        #expect(!isWhole || isDecoded, "bit \(bit) of byte \(index)")
        if isDecoded { whole += 1 } else { broken += 1 }
        // libwebp passes over symbols that their alphabet doesn't have.
        if isDecoded, !isWhole { doubted += 1 }
      }
    }
    #expect(whole > 10)
    #expect(broken > 10)
    #expect(doubted <= 2)
  }

  /// The transparency of a lossy frame is such a stream without a header of its own.
  @Test(arguments: [("lossy-alpha", 48, 32), ("sticker", 512, 512)])
  func wholeAlphaIsDecoded(name: String, width: Int, height: Int) throws {
    let bytes = try Fixture.bytes("pictures/\(name).webp")
    // Behind the extended header: ALPH, and the picture after it.
    let alpha = 38..<38 + bytes.littleEndian32(at: 34)
    let picture = Array(bytes[(alpha.upperBound + alpha.count % 2)...])
    func isWhole(_ data: [UInt8]) -> Bool {
      LosslessStream.isWholeAlpha(data.span.bytes, width: width, height: height)
    }
    func libwebpDecodes(_ data: [UInt8]) -> Bool {
      let padding = [UInt8](repeating: 0, count: data.count % 2)
      return LibWebP.decodes(
        Array("ALPH".utf8) + littleEndian(UInt32(data.count)) + data + padding + picture)
    }
    let data = Array(bytes[alpha])
    #expect(isWhole(data))
    #expect(libwebpDecodes(data))
    #expect(!isWhole(data.dropLast()))
    #expect(!isWhole([]))
    var (whole, broken) = (0, 0)
    for index in data.indices.filter({ $0 < 24 || $0 % 97 == 0 }) {
      for bit in 0..<8 {
        var changed = data
        changed[index] ^= 1 << bit
        let isDecoded = libwebpDecodes(changed)
        #expect(!isWhole(changed) || isDecoded, "bit \(bit) of byte \(index)")
        if isDecoded { whole += 1 } else { broken += 1 }
      }
    }
    #expect(whole > 5)
    #expect(broken > 10)
  }

  /// A few bytes that claim a million pixels, of one color that takes no bits.
  @Test func aPictureOfOneColorTakesNoBits() {
    var bits = LowBitWriter()
    bits.number(0x2f, 8)
    bits.number(999, 14)
    bits.number(999, 14)
    bits.number(0, 1 + 3)
    bits.number(0, 1)  // no transform
    bits.number(0, 1)  // no cache
    bits.number(0, 1)  // one group of codes
    for _ in 0..<5 { bits.number(0b0001, 4) }  // a simple code, one symbol, of one bit: 0
    let stream = bits.bytes
    #expect(Self.isWhole(stream))
    #expect(Self.libwebpDecodes(stream))
    #expect(!Self.isWhole(stream.dropLast()))
    #expect(!Self.libwebpDecodes(stream.dropLast()))
  }
}

import PreflightBytes
@testable import PreflightTestSupport
import Testing

@Suite struct ChecksumTests {
  /// Lengths about every one at which a step of the computation begins.
  private static let lengths =
    Array(0...200) + [511, 512, 513, 1023, 1024, 1025, 1087, 1088, 1089, 2048, 5000]

  /// The bytes in pieces of one size, the last of which may be shorter.
  private static func pieces(_ bytes: [UInt8], of size: Int) -> [[UInt8]] {
    stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
  }

  private static func crc(_ pieces: [[UInt8]]) -> UInt32 {
    var crc = CRC32()
    for piece in pieces { crc.update(piece.span.bytes) }
    return crc.value
  }

  private static func oggCRC(_ pieces: [[UInt8]]) -> UInt32 {
    var crc = OggCRC()
    for piece in pieces { crc.update(ByteSpan(piece.span.bytes, at: 0)) }
    return crc.value
  }

  /// The check of Ogg bit by bit, from its definition (RFC 3533, section 6).
  private static func oggDefinition(_ bytes: [UInt8]) -> UInt32 {
    bytes.reduce(0) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte) << 24) { crc, _ in crc << 1 ^ (crc >> 31 == 1 ? 0x04c1_1db7 : 0) }
    }
  }

  // MARK: CRC-32

  @Test func crcOfKnownBytes() {
    #expect(Self.crc([]) == 0)
    #expect(Self.crc([Array("123456789".utf8)]) == 0xcbf4_3926)
    #expect(Self.crc([[UInt8](repeating: 0, count: 32)]) == 0x190a_55ad)
    #expect(Self.crc([[UInt8](repeating: 0xff, count: 32)]) == 0xff6c_ab0b)
    for byte: UInt8 in 0...255 { #expect(Self.crc([[byte]]) == crc32([byte])) }
  }

  @Test func crcOfEveryLength() {
    for length in Self.lengths {
      #expect(Self.crc([numbered(length)]) == crc32(numbered(length)), "\(length)")
    }
  }

  @Test func crcInPiecesOfEverySize() {
    let bytes = numbered(300)
    for size in 1...301 { #expect(Self.crc(Self.pieces(bytes, of: size)) == crc32(bytes), "\(size)") }
  }

  /// No bytes change nothing, wherever they stand.
  @Test func crcOfNothingInBetween() {
    var crc = CRC32()
    crc.update(RawSpan())
    #expect(crc.value == 0)
    crc.update([UInt8]("1234".utf8).span.bytes)
    let value = crc.value
    crc.update(RawSpan())
    crc.update(ByteSpan(RawSpan(), at: 0))
    crc.update([UInt8]().span.bytes)
    #expect(crc.value == value)
    crc.update([UInt8]("56789".utf8).span.bytes)
    #expect(crc.value == 0xcbf4_3926)
  }

  @Test func crcTakesInWhatHasBeenRead() throws {
    let bytes = Array("123456789".utf8)
    var span = ByteSpan(bytes.span.bytes, at: 0)
    try span.skip(5)
    var (crc, ogg) = (CRC32(), OggCRC())
    crc.update(span)
    ogg.update(span)
    #expect(crc.value == 0xcbf4_3926)
    #expect(ogg.value == 0x89a1_897f)
  }

  // MARK: Ogg's

  @Test func oggCRCOfKnownBytes() {
    #expect(Self.oggCRC([]) == 0)
    #expect(Self.oggCRC([Array("123456789".utf8)]) == 0x89a1_897f)
    // From a start of zero, zeros change nothing.
    #expect(Self.oggCRC([[UInt8](repeating: 0, count: 100)]) == 0)
    #expect(Self.oggCRC([[1]]) == 0x04c1_1db7)
    for byte: UInt8 in 0...255 { #expect(Self.oggCRC([[byte]]) == Self.oggDefinition([byte])) }
  }

  @Test func oggCRCOfEveryLength() {
    for length in Self.lengths {
      #expect(Self.oggCRC([numbered(length)]) == Self.oggDefinition(numbered(length)), "\(length)")
    }
  }

  @Test func oggCRCInPiecesOfEverySize() {
    let bytes = numbered(300)
    let value = Self.oggDefinition(bytes)
    for size in 1...301 { #expect(Self.oggCRC(Self.pieces(bytes, of: size)) == value, "\(size)") }
    let long = numbered(3000)
    for size in [1023, 1024, 1025, 1500] {
      #expect(Self.oggCRC(Self.pieces(long, of: size)) == Self.oggDefinition(long), "\(size)")
    }
  }

  @Test func oggCRCOfNothingInBetween() {
    var crc = OggCRC()
    for piece in ["1234", "", "56789"] {
      crc.update(ByteSpan(RawSpan(), at: 0))
      crc.update(ByteSpan(Array(piece.utf8).span.bytes, at: 0))
    }
    #expect(crc.value == 0x89a1_897f)
  }

  @Test func oggCRCOverItsOwnPlace() {
    for length in [0, 1, 22, 63, 64, 65] {
      var crc = OggCRC()
      crc.update(ByteSpan(numbered(length).span.bytes, at: 0))
      crc.updateWithZeros()
      #expect(crc.value == Self.oggDefinition(numbered(length) + [0, 0, 0, 0]))
      crc.update(ByteSpan(([7, 8] as [UInt8]).span.bytes, at: 0))
      #expect(crc.value == Self.oggDefinition(numbered(length) + [0, 0, 0, 0, 7, 8]))
    }
  }
}

@Suite struct SHA256Tests {
  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
  }

  private static func digest(_ bytes: [UInt8], inPiecesOf size: Int) -> [UInt8] {
    var hash = SHA256()
    bytes.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: size) {
        hash.update(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + size, bytes.count)]))
      }
    }
    return hash.digest()
  }

  /// The examples of FIPS 180 (NIST, "Cryptographic Standards and Guidelines: examples with intermediate
  /// values", SHA-256) and of RFC 6234, section 8.5.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func knownText(text: String, digest: String) {
    #expect(Self.hex(SHA256.digest(of: Array(text.utf8))) == digest)
    for size in 1...120 { #expect(Self.hex(Self.digest(Array(text.utf8), inPiecesOf: size)) == digest) }
  }

  @Test func aMillionTimesA() {
    let bytes = [UInt8](repeating: 0x61, count: 1_000_000)
    let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    #expect(Self.hex(SHA256.digest(of: bytes)) == digest)
    #expect(Self.hex(Self.digest(bytes, inPiecesOf: 999)) == digest)
  }

  /// Every length up to three blocks and more, in pieces of every size, and the digest of all these digests as
  /// another implementation (Python's hashlib) has it.
  @Test func everyLengthInPiecesOfEverySize() {
    var all: [UInt8] = []
    for length in 0...200 {
      let bytes = numbered(length)
      let digest = SHA256.digest(of: bytes)
      #expect(digest.count == 32)
      let isSame = (1...max(1, length)).allSatisfy { Self.digest(bytes, inPiecesOf: $0) == digest }
      #expect(isSame, "\(length) bytes")
      all += digest
    }
    #expect(
      Self.hex(SHA256.digest(of: all)) == "0b81391b3721930c5fc43f57ba01e3c0a1a3b48605b9046595e7f4c36fe1b61f")
  }

  @Test func nothingInBetweenChangesNothing() {
    var hash = SHA256()
    for piece in ["a", "", "bc"] {
      hash.update(UnsafeRawBufferPointer(start: nil, count: 0))
      Array(piece.utf8).withUnsafeBytes { hash.update($0) }
    }
    #expect(hash.digest() == SHA256.digest(of: Array("abc".utf8)))
  }
}

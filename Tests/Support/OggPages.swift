import Testing

/// A page with a body. The body is one packet unless lacing values are given.
func oggPage(
  _ body: [UInt8], lacing: [UInt8]? = nil, serial: UInt32 = 1, granule: UInt64 = 0,
  flags: UInt8 = 0, sequence: UInt32 = 0
) -> [UInt8] {
  let lacing =
    lacing ?? [UInt8](repeating: 255, count: body.count / 255) + [UInt8(body.count % 255)]
  var page = Array("OggS".utf8) + [0, flags] + littleEndian(granule, 8)
  page += littleEndian(UInt64(serial), 4) + littleEndian(UInt64(sequence), 4) + [0, 0, 0, 0]
  page += [UInt8(lacing.count)] + lacing + body
  page.replaceSubrange(22..<26, with: littleEndian(UInt64(checksum(page)), 4))
  return page
}

/// The checksum, computed bit by bit as defined in RFC 3533.
private func checksum(_ bytes: [UInt8]) -> UInt32 {
  var value: UInt32 = 0
  for byte in bytes {
    value ^= UInt32(byte) << 24
    for _ in 0..<8 { value = value << 1 ^ (value >> 31 == 1 ? 0x04c1_1db7 : 0) }
  }
  return value
}

/// A file's pages.
func oggPages(_ bytes: [UInt8]) throws -> [[UInt8]] {
  var pages: [[UInt8]] = []
  var rest = bytes[...]
  while !rest.isEmpty {
    let start = rest.startIndex
    try #require(rest.starts(with: "OggS".utf8))
    let count = Int(rest[start + 26])
    let size = 27 + count + rest[start + 27..<start + 27 + count].reduce(0) { $0 + Int($1) }
    pages.append(Array(rest.prefix(size)))
    rest = rest.dropFirst(size)
  }
  return pages
}

/// Changes the last page of a file and updates its checksum.
func setLastOggPage(
  _ bytes: inout [UInt8], _ change: (inout [UInt8]) -> Void
) throws {
  let all = try oggPages(bytes)
  var page = try #require(all.last)
  change(&page)
  page.replaceSubrange(22..<26, with: [0, 0, 0, 0])
  page.replaceSubrange(22..<26, with: littleEndian(UInt64(checksum(page)), 4))
  bytes = all.dropLast().flatMap(\.self) + page
}

/// The first bytes of an integer, least significant first.
func littleEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// An Opus identification header (RFC 7845, section 5.1).
func opusHead(version: UInt8 = 1, channels: UInt8 = 1, preSkip: UInt64 = 312) -> [UInt8] {
  Array("OpusHead".utf8) + [version, channels] + littleEndian(preSkip, 2) + littleEndian(48000, 4)
    + [0, 0, 0]
}

/// An Opus comment header without comments (RFC 7845, section 5.2).
let opusTags = Array("OpusTags".utf8) + [UInt8](repeating: 0, count: 8)

internal import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let archives = Format(
    "Archives", reader: Archives.self, hiding: .none,
    mediaTypes: [
      .init("application/gzip", "a gzip archive", .data, extensions: ["gz", "tgz"]),
      .init("application/x-7z-compressed", "a 7-Zip archive", .data, extensions: ["7z"]),
      .init("application/x-rar", "a RAR archive", .data, extensions: ["rar"]),
      .init("application/x-tar", "a tar archive", .data, extensions: ["tar"]),
    ])
}

/// Archives, packages and compressed files other than ZIP, detected by their signatures so that a rejection
/// can name the type. They aren't read any further.
enum Archives: FormatReader {
  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    reading.mediaType = type(startingWith: try window.available(at: 0, upTo: 512))
    if reading.mediaType == nil, try window.available(at: 0x8001, upTo: 5).has("CD001") {
      // ISO 9660 (ECMA-119 8.1): the first volume descriptor, after 16 sectors for the system.
      reading.mediaType = "application/x-iso9660-image"
    }
  }

  private static func type(startingWith head: borrowing ByteSpan) -> MediaType? {
    if let type = signatures.first(in: head) { return type }
    return structured(head)
  }

  private static let signatures = FileSignatures<MediaType>([
    .init("\u{1f}\u{8b}\u{8}", "application/gzip"),
    .init("\u{fd}7zXZ\0", "application/x-xz"),
    .init("\u{28}\u{b5}\u{2f}\u{fd}", "application/zstd"),
    .init("\u{4}\u{22}\u{4d}\u{18}", "application/x-lz4"),
    .init("LZIP\u{1}", "application/x-lzip"),
    .init("\u{89}LZO\0\r\n\u{1a}\n", "application/x-lzop"),
    .init("7z\u{bc}\u{af}\u{27}\u{1c}", "application/x-7z-compressed"),
    .init("Rar!\u{1a}\u{7}\0", "application/x-rar"),
    .init("Rar!\u{1a}\u{7}\u{1}\0", "application/x-rar"),
    .init("MSCF\0\0\0\0", "application/vnd.ms-cab-compressed"),
    .init("!<arch>\ndebian-binary", "application/vnd.debian.binary-package"),
    .init("!<arch>\n", "application/x-archive"),
    .init("!<thin>\n", "application/x-archive"),
    .init("\u{ed}\u{ab}\u{ee}\u{db}", "application/x-rpm"),
    .init("xar!\0\u{1c}", "application/x-xar"),
    .init("Cr24\u{2}\0\0\0", "application/x-chrome-extension"),
    .init("Cr24\u{3}\0\0\0", "application/x-chrome-extension"),
  ])

  /// Types whose signature alone is too short or too common to be reliable.
  private static func structured(_ head: borrowing ByteSpan) -> MediaType? {
    if isBzip2(head) { return "application/x-bzip2" }
    if isCompress(head) { return "application/x-compress" }
    if isLHA(head) { return "application/x-lzh-compressed" }
    if isARJ(head) { return "application/x-arj" }
    if isBinaryCpio(head) || isTextualCpio(head) { return "application/x-cpio" }
    if isTar(head) { return "application/x-tar" }
    return nil
  }

  /// A block of data, or the end of a stream without any, follows the header.
  private static func isBzip2(_ head: borrowing ByteSpan) -> Bool {
    guard head.has("BZh"), let level = head[3], (0x31...0x39).contains(level) else { return false }
    return head.has([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], at: 4)
      || head.has([0x17, 0x72, 0x45, 0x38, 0x50, 0x90], at: 4)
  }

  /// The maximum code width, 9 to 16 bits, follows the signature.
  private static func isCompress(_ head: borrowing ByteSpan) -> Bool {
    guard head.has([0x1f, 0x9d]), let flags = head[2] else { return false }
    return flags & 0x60 == 0 && (9...16).contains(flags & 0x1f)
  }

  private static func isLHA(_ head: borrowing ByteSpan) -> Bool {
    guard head.has("-lh", at: 2) || head.has("-lz", at: 2), head[6] == 0x2d, let method = head[5] else {
      return false
    }
    return (0x30...0x39).contains(method) || method == 0x64 || method == 0x73
  }

  /// The basic header has at most 2600 bytes, its first part at least 30.
  private static func isARJ(_ head: borrowing ByteSpan) -> Bool {
    guard head.has([0x60, 0xea]), let low = head[2], let high = head[3], let first = head[4] else {
      return false
    }
    let byteCount = Int(high) << 8 | Int(low)
    return (30...2600).contains(byteCount) && Int(first) >= 30 && Int(first) <= byteCount
  }

  /// The octal number 070707 in either byte order, and a valid file mode.
  private static func isBinaryCpio(_ head: borrowing ByteSpan) -> Bool {
    guard head.bytes.byteCount >= 26, let first = head[6], let second = head[7] else { return false }
    if head.has([0xc7, 0x71]) { return second & 0xf0 != 0 && second & 0xf0 != 0xf0 }
    if head.has([0x71, 0xc7]) { return first & 0xf0 != 0 && first & 0xf0 != 0xf0 }
    return false
  }

  /// A header of digits alone: 76 octal ones, or 110 hexadecimal ones.
  private static func isTextualCpio(_ head: borrowing ByteSpan) -> Bool {
    let isOld = head.has("070707")
    guard isOld || head.has("070701") || head.has("070702"),
      head.bytes.byteCount >= (isOld ? 76 : 110)
    else { return false }
    for index in 6..<(isOld ? 76 : 110) {
      switch head[index] ?? 0 {
      case 0x30...0x37: continue
      case 0x38, 0x39, 0x41...0x46, 0x61...0x66: if isOld { return false }
      default: return false
      }
    }
    return true
  }

  /// A header block with a matching checksum (POSIX.1-2017, pax, ustar interchange format), with the magic of
  /// POSIX and GNU or, in the oldest archives, without.
  private static func isTar(_ head: borrowing ByteSpan) -> Bool {
    guard head.bytes.byteCount == 512, let start = head[0], start != 0,
      let claimed = octal(head, in: 148..<156)
    else { return false }
    var sum = 0
    var signedSum = 0
    for index in 0..<512 {
      let byte = (148..<156).contains(index) ? 0x20 : head[index] ?? 0
      sum += Int(byte)
      signedSum += Int(Int8(bitPattern: byte))
    }
    return claimed == sum || claimed == signedSum
  }

  /// Octal digits with spaces before and a space or NUL after.
  private static func octal(_ head: borrowing ByteSpan, in range: Range<Int>) -> Int? {
    var value: Int?
    for index in range {
      switch head[index] {
      case .some(let digit) where (0x30...0x37).contains(digit):
        value = (value ?? 0) << 3 | Int(digit & 7)
      case 0x20 where value == nil: continue
      case 0, 0x20: return value
      default: return nil
      }
    }
    return value
  }
}

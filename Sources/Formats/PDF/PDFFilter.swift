// ISO 32000-2:2020, 7.4.2 "ASCIIHexDecode filter" to 7.4.5 "RunLengthDecode filter".

internal import PreflightBytes

/// Undoes a filter of a stream, piece by piece.
///
/// It is strict where no reader goes on: what is passed over by some isn't damage.
protocol PDFFilter: AnyObject {
  /// Decodes the next bytes. Whatever follows the end of the data is ignored.
  func decode(_ input: borrowing ByteSpan, _ sink: (borrowing ByteSpan) -> Void) -> PDFFilterStatus

  /// Decodes what is left at the end of the stream; false if the data isn't complete.
  ///
  /// - Parameter isExact: Whether the stream's last byte is the data's, and not that of the line end behind it.
  func finish(isExact: Bool, _ sink: (borrowing ByteSpan) -> Void) -> Bool
}

enum PDFFilterStatus {
  case more
  case damaged
}

/// Hexadecimal digits, up to `>` (7.4.2).
final class PDFHexadecimal: PDFFilter {
  private var high: UInt8?
  private var isEnded = false

  func decode(_ input: borrowing ByteSpan, _ sink: (borrowing ByteSpan) -> Void) -> PDFFilterStatus {
    var output: [UInt8] = []
    for index in 0..<input.remaining {
      guard !isEnded, let byte = input[index] else { break }
      if byte == UInt8(ascii: ">") {
        isEnded = true
      } else if let digit = byte.hexadecimalDigit {
        if let high { output.append(high << 4 | digit) }
        high = high == nil ? digit : nil
      } else if !byte.isPDFWhitespace {
        return .damaged
      }
    }
    sink(ByteSpan(output.span.bytes, at: 0))
    return .more
  }

  func finish(isExact: Bool, _ sink: (borrowing ByteSpan) -> Void) -> Bool {
    guard let high else { return true }
    let last = [high << 4]
    sink(ByteSpan(last.span.bytes, at: 0))
    return true
  }
}

/// Groups of five characters for four bytes, up to `~>` (7.4.3).
final class PDFASCII85: PDFFilter {
  private var value: UInt32 = 0
  private var count = 0
  private var isEnded = false

  func decode(_ input: borrowing ByteSpan, _ sink: (borrowing ByteSpan) -> Void) -> PDFFilterStatus {
    var output: [UInt8] = []
    for index in 0..<input.remaining {
      guard !isEnded, let byte = input[index] else { break }
      switch byte {
      case UInt8(ascii: "~"): isEnded = true
      case UInt8(ascii: "z") where count == 0: output += [0, 0, 0, 0]
      case UInt8(ascii: "!")...UInt8(ascii: "u"):
        take(byte - UInt8(ascii: "!"))
        guard count == 5 else { continue }
        append(4, to: &output)
      case _ where byte.isPDFWhitespace: break
      default: return .damaged
      }
    }
    sink(ByteSpan(output.span.bytes, at: 0))
    return .more
  }

  func finish(isExact: Bool, _ sink: (borrowing ByteSpan) -> Void) -> Bool {
    guard count > 1 else { return true }
    var output: [UInt8] = []
    let known = count - 1
    while count < 5 { take(84) }
    append(known, to: &output)
    sink(ByteSpan(output.span.bytes, at: 0))
    return true
  }

  private func take(_ digit: UInt8) {
    // A group that is too large has no meaning; readers drop its high bits.
    value = UInt32(truncatingIfNeeded: UInt64(value) * 85 + UInt64(digit))
    count += 1
  }

  private func append(_ byteCount: Int, to output: inout [UInt8]) {
    for index in 0..<byteCount { output.append(UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32(index)))) }
    (value, count) = (0, 0)
  }
}

/// Runs of bytes, each behind its length (7.4.5).
final class PDFRunLength: PDFFilter {
  private enum State {
    case length
    case copy(Int)
    case repetition(Int)
    case ended
  }

  private var state = State.length
  /// How many bytes of the current run were copied.
  private var copied = 0

  func decode(_ input: borrowing ByteSpan, _ sink: (borrowing ByteSpan) -> Void) -> PDFFilterStatus {
    var output: [UInt8] = []
    for index in 0..<input.remaining {
      guard let byte = input[index] else { break }
      switch state {
      case .length:
        copied = 0
        state = byte < 128 ? .copy(Int(byte) + 1) : byte == 128 ? .ended : .repetition(257 - Int(byte))
      case .copy(let count):
        output.append(byte)
        copied += 1
        state = count > 1 ? .copy(count - 1) : .length
      case .repetition(let count):
        output += repeatElement(byte, count: count)
        state = .length
      case .ended: break
      }
    }
    sink(ByteSpan(output.span.bytes, at: 0))
    return .more
  }

  /// A line end that was taken for data is a run of which a byte is there, or two.
  func finish(isExact: Bool, _ sink: (borrowing ByteSpan) -> Void) -> Bool {
    if case .copy = state { return copied < (isExact ? 2 : 3) }
    return true
  }
}

/// Codes of 9 to 12 bits for bytes and for sequences that have occurred (7.4.4).
final class PDFLZW: PDFFilter {
  private static let clearTable = 256
  private static let endOfData = 257
  private static let most = 4096

  private let earlyChange: Int
  /// For each code: the code of the sequence without its last byte, that byte, and the sequence's first one.
  private var prefixes = [Int](repeating: 0, count: most)
  private var lasts = [UInt8](repeating: 0, count: most)
  private var firsts = [UInt8](repeating: 0, count: most)
  private var next = endOfData + 1
  private var previous: Int?
  private var bits: UInt32 = 0
  private var bitCount = 0
  private var isEnded = false
  /// The bytes that came after a code that means nothing; nil as long as there is none.
  private var afterNonsense: Int?

  /// - Parameter earlyChange: How many codes early the codes become longer: 0 or 1.
  init(earlyChange: Int) {
    self.earlyChange = earlyChange
    for code in 0..<Self.clearTable {
      (lasts[code], firsts[code]) = (UInt8(code), UInt8(code))
    }
  }

  private var width: Int {
    switch next + earlyChange {
    case ..<512: 9
    case ..<1024: 10
    case ..<2048: 11
    default: 12
    }
  }

  func decode(_ input: borrowing ByteSpan, _ sink: (borrowing ByteSpan) -> Void) -> PDFFilterStatus {
    var output: [UInt8] = []
    for index in 0..<input.remaining {
      guard !isEnded, let byte = input[index] else { break }
      if let count = afterNonsense {
        // A line end that was taken for data is no damage.
        if count == 2 { return .damaged }
        afterNonsense = count + 1
        continue
      }
      bits = bits << 8 | UInt32(byte)
      bitCount += 8
      guard bitCount >= width else { continue }
      let size = width
      bitCount -= size
      let code = Int(bits >> UInt32(bitCount)) & (1 << size - 1)
      if !take(code, into: &output) { afterNonsense = 0 }
      // Sequences may be thousands of times as long as their codes.
      if output.count >= 1 << 16 {
        sink(ByteSpan(output.span.bytes, at: 0))
        output.removeAll(keepingCapacity: true)
      }
    }
    sink(ByteSpan(output.span.bytes, at: 0))
    return .more
  }

  func finish(isExact: Bool, _ sink: (borrowing ByteSpan) -> Void) -> Bool { true }

  /// Takes the next code; false if it means nothing.
  private func take(_ code: Int, into output: inout [UInt8]) -> Bool {
    switch code {
    case Self.clearTable:
      next = Self.endOfData + 1
      previous = nil
      return true
    case Self.endOfData:
      isEnded = true
      return true
    default: break
    }
    // Readers differ on what follows a full table.
    if let previous, next < Self.most {
      guard code <= next else { return false }
      prefixes[next] = previous
      firsts[next] = firsts[previous]
      lasts[next] = code == next ? firsts[previous] : firsts[code]
      next += 1
    } else if previous == nil, code >= Self.clearTable {
      return false
    }
    previous = code
    append(code, to: &output)
    return true
  }

  private func append(_ code: Int, to output: inout [UInt8]) {
    let start = output.count
    var code = code
    while code > Self.endOfData {
      output.append(lasts[code])
      code = prefixes[code]
    }
    output.append(UInt8(truncatingIfNeeded: code))
    output[start...].reverse()
  }
}

/// Data in zlib's format (7.4.4, RFC 1950).
final class PDFFlate: PDFFilter {
  // Without zlib's wrapper: a checksum that is missing or cut is no damage.
  private var inflate = Inflate(.none)
  private var checksum = Adler32()
  private var header: [UInt8] = []
  private var isEnded = false
  /// What follows the compressed data: the checksum, and perhaps a line end.
  private var rest: [UInt8] = []
  private var lastBytes: [UInt8] = []
  private var piece = [UInt8](repeating: 0, count: 64 << 10)
  /// How many bytes were decompressed, with the header; none as long as only that is there.
  private(set) var consumed = 0

  func decode(_ input: borrowing ByteSpan, _ sink: (borrowing ByteSpan) -> Void) -> PDFFilterStatus {
    var index = 0
    while header.count < 2, let byte = input[index] {
      header.append(byte)
      index += 1
    }
    // A line end alone is an empty stream.
    if consumed == 0, index < input.remaining {
      if !hasHeader { return .damaged }
      consumed = header.count
    }
    var isFull = false
    while !isEnded, index < input.remaining || isFull {
      let (used, produced, status) = inflate.step(
        ByteSpan(input.bytes.extracting(index..<input.bytes.byteCount), at: 0), into: &piece)
      index += used
      consumed += used
      isFull = produced == piece.count
      checksum.update(piece.span.bytes.extracting(0..<produced))
      sink(ByteSpan(piece.span.bytes.extracting(0..<produced), at: 0))
      switch status {
      case .ended: isEnded = true
      case .more where used > 0 || produced > 0 || index == input.remaining: break
      case .more, .damaged: return .damaged
      }
    }
    while isEnded, rest.count <= 4, let byte = input[index] {
      rest.append(byte)
      index += 1
    }
    let count = input.bytes.byteCount
    lastBytes += (max(0, count - 6)..<count).compactMap { input[$0] }
    lastBytes = lastBytes.suffix(6)
    return .more
  }

  func finish(isExact: Bool, _ sink: (borrowing ByteSpan) -> Void) -> Bool {
    if isEnded {
      // What is left of a checksum that was cut doesn't count.
      guard rest.count > (isExact ? 3 : 4) else { return true }
      return rest[..<4].elementsEqual(bigEndianBytes(checksum.value))
    }
    // An empty stream has nothing to decompress.
    return consumed == 0 || isFlushed
  }

  /// Whether the data begins with zlib's header (RFC 1950, section 2.2).
  private var hasHeader: Bool {
    header[0] & 0x0f == 8 && (UInt16(header[0]) << 8 | UInt16(header[1])) % 31 == 0
  }

  /// Whether the last block is an empty one without data, before at most a line end: some writers flush a stream instead
  /// of ending it (RFC 1951, section 3.2.4).
  private var isFlushed: Bool {
    (0...2).contains { lastBytes.dropFirst($0).starts(with: [0, 0, 0xff, 0xff]) }
  }

  private func bigEndianBytes(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}

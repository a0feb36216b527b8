internal import PreflightFacts
internal import PreflightBytes

/// The directories of TIFF 6.0, section 2, in which Exif, MPF and raw images store values.
///
/// A structure is read in place. Nothing in it is trusted, and what can't be read is treated as absent.
struct TIFFStructure: ~Escapable {
  /// The byte order.
  enum ByteOrder {
    case littleEndian
    case bigEndian
  }

  /// One value of a directory: 12 bytes.
  struct Entry {
    let type: UInt16
    let count: UInt32
    /// The offset of the value from the structure's start.
    let valueIndex: Int
  }

  let order: ByteOrder
  let bytes: ByteSpan

  /// The offset of the first directory from the structure's start.
  private(set) var firstDirectory = 0

  /// Recognizes a structure by its eight-byte header.
  @_lifetime(copy bytes)
  init?(_ bytes: ByteSpan) {
    if bytes.has("II*\0") {
      order = .littleEndian
    } else if bytes.has("MM\0*") {
      order = .bigEndian
    } else {
      return nil
    }
    self.bytes = bytes
    guard let first = uint32(at: 4), let index = Int(exactly: first), index >= 8 else { return nil }
    firstDirectory = index
  }

  /// A directory alone, at the index 0. Values of more than four bytes aren't in it.
  @_lifetime(copy bytes)
  init(directory bytes: ByteSpan, _ order: ByteOrder) {
    self.bytes = bytes
    self.order = order
  }

  /// The file offset of an index into the structure.
  func offset(of index: Int) -> UInt64 { bytes.base + UInt64(index) }

  /// The entry of a directory with the given tag.
  func entry(_ tag: UInt16, inDirectoryAt directory: Int) -> Entry? {
    guard let count = uint16(at: directory) else { return nil }
    for i in 0..<Int(count) {
      let index = directory + 2 + 12 * i
      guard let found = uint16(at: index) else { return nil }
      if found != tag { continue }
      guard let type = uint16(at: index + 2), let count = uint32(at: index + 4) else { return nil }
      guard let size = Self.size(ofType: type) else { return nil }
      let (byteCount, overflow) = size.multipliedReportingOverflow(by: Int(count))
      if overflow { return nil }
      if byteCount <= 4 { return Entry(type: type, count: count, valueIndex: index + 8) }
      guard let pointer = uint32(at: index + 8), let valueIndex = Int(exactly: pointer) else { return nil }
      return Entry(type: type, count: count, valueIndex: valueIndex)
    }
    return nil
  }

  /// The first number of an entry of type SHORT or LONG.
  func number(_ tag: UInt16, inDirectoryAt directory: Int) -> Int? {
    guard let entry = entry(tag, inDirectoryAt: directory), entry.count > 0 else { return nil }
    switch entry.type {
    case 3: return uint16(at: entry.valueIndex).map(Int.init)
    case 4, 13: return uint32(at: entry.valueIndex).flatMap(Int.init(exactly:))
    default: return nil
    }
  }

  func uint16(at index: Int) -> UInt16? {
    guard let a = bytes[index], let b = bytes[index + 1] else { return nil }
    return switch order {
    case .littleEndian: UInt16(b) << 8 | UInt16(a)
    case .bigEndian: UInt16(a) << 8 | UInt16(b)
    }
  }

  func uint32(at index: Int) -> UInt32? {
    guard let a = uint16(at: index), let b = uint16(at: index + 2) else { return nil }
    return switch order {
    case .littleEndian: UInt32(b) << 16 | UInt32(a)
    case .bigEndian: UInt32(a) << 16 | UInt32(b)
    }
  }

  /// The size in bytes of one value of a type (TIFF 6.0, page 15).
  private static func size(ofType type: UInt16) -> Int? {
    switch type {
    case 1, 2, 6, 7: 1
    case 3, 8: 2
    case 4, 9, 11, 13: 4
    case 5, 10, 12: 8
    default: nil
    }
  }
}

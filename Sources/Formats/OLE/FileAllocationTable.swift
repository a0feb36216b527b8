internal import PreflightFacts
internal import PreflightBytes

/// The file allocation table (MS-CFB 2.3): for every sector the next one of its stream.
///
/// As many entries are kept as the file has sectors, four bytes for 512, and at most ``Limits/OLE/sectors``
/// of them.
struct FileAllocationTable {
  private var next: [UInt32] = []
  /// Whether a part of the table itself lies past the end of the file.
  private(set) var isCut = false
  /// Whether the table's own list leads astray.
  private(set) var isBroken = false

  private let header: CompoundFileHeader
  private let fileByteCount: UInt64

  init(_ header: CompoundFileHeader, in window: inout ByteWindow) throws(ReadError) {
    self.header = header
    fileByteCount = window.byteCount
    let sectorCount = fileByteCount >> UInt64(header.sectorShift)
    let wanted = Int(min(sectorCount + 1, UInt64(Limits.OLE.sectors)))
    var left = header.fatSectorCount
    for sector in header.difat where left > 0 && next.count < wanted {
      guard try append(sector, in: &window) else { return }
      left -= 1
    }
    try appendDIFAT(left, wanted: wanted, in: &window)
  }

  /// Follows the chain of DIFAT sectors (2.5), each with its numbers and, at its end, the next.
  private mutating func appendDIFAT(
    _ count: UInt32, wanted: Int, in window: inout ByteWindow
  ) throws(ReadError) {
    var left = count
    var sector = header.firstDIFATSector
    let numbersPerSector = header.sectorSize / 4 - 1
    // A chain that is longer than the whole table needs is a loop.
    var sectorsLeft = wanted / (numbersPerSector * header.sectorSize / 4) + 1
    while left > 0, next.count < wanted {
      guard sector <= SectorNumber.maximum else { return }
      guard sectorsLeft > 0 else {
        isBroken = true
        return
      }
      sectorsLeft -= 1
      var span = try window.available(at: header.offset(of: sector), upTo: header.sectorSize)
      guard span.remaining == header.sectorSize else {
        isCut = true
        return
      }
      var numbers: [UInt32] = []
      for _ in 0..<numbersPerSector { numbers.append(try UInt32(parsingLittleEndian: &span)) }
      sector = try UInt32(parsingLittleEndian: &span)
      for number in numbers where left > 0 && next.count < wanted {
        guard try append(number, in: &window) else { return }
        left -= 1
      }
    }
  }

  /// Adds a sector of the table; false at the end of the list.
  private mutating func append(
    _ sector: UInt32, in window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    guard sector <= SectorNumber.maximum else {
      if sector != SectorNumber.free { isBroken = true }
      return false
    }
    var span = try window.available(at: header.offset(of: sector), upTo: header.sectorSize)
    if span.remaining < header.sectorSize { isCut = true }
    var missing = (header.sectorSize - span.remaining) / 4
    while span.remaining >= 4 { next.append(try UInt32(parsingLittleEndian: &span)) }
    while missing > 0 {
      next.append(SectorNumber.unknown)
      missing -= 1
    }
    return true
  }

  /// The sector that follows in the same stream; nil past what is known of the table.
  subscript(sector: UInt32) -> UInt32? {
    guard Int(sector) < next.count, next[Int(sector)] != SectorNumber.unknown else { return nil }
    return next[Int(sector)]
  }

  /// The first sector of the table that it doesn't know as its own.
  ///
  /// Some writers make a chain of them, as of a stream's sectors.
  func unmarkedSector() -> UInt32? {
    let sectors = header.difat.prefix(Int(clamping: header.fatSectorCount))
    let following = sectors.dropFirst() + [SectorNumber.endOfChain]
    return zip(sectors, following).first { sector, next in
      guard sector <= SectorNumber.maximum, let entry = self[sector] else { return false }
      return ![SectorNumber.table, SectorNumber.endOfChain, next].contains(entry)
    }?.0
  }

  /// Whether the table is complete, so that an entry beyond it is an error of the file.
  var isComplete: Bool { !isCut && next.count < Limits.OLE.sectors }

  /// The number of sectors in the file, including an incomplete last one.
  var sectorCount: UInt64 { (fileByteCount >> UInt64(header.sectorShift)) + 1 }

  /// What is wrong with a chain of sectors.
  enum Defect: Equatable {
    /// The data of the chain is not completely in the file.
    case cut
    /// The chain ends before the stream does, after this many bytes and this sector.
    case short(UInt64, last: UInt32?)
    /// The chain comes back to the sector.
    case loop(UInt32)
    /// The sector is none that the table knows.
    case astray(UInt32)
  }

  /// A piece of a chain in one place.
  struct Extent: Equatable {
    var offset: UInt64
    var byteCount: UInt64
  }

  /// Where the bytes of a chain are, in order.
  struct Extents {
    private(set) var all: [Extent] = []
    /// Whether there are more than are kept.
    private(set) var isLimited = false

    mutating func append(_ extent: Extent) {
      if let last = all.last, last.offset + last.byteCount == extent.offset {
        all[all.count - 1].byteCount += extent.byteCount
      } else if all.count < Limits.OLE.extents {
        all.append(extent)
      } else {
        isLimited = true
      }
    }
  }

  /// Whether the file has more sectors than the limit.
  var isLimited: Bool { sectorCount > UInt64(Limits.OLE.sectors) }

  /// Follows a chain for `byteCount` bytes, or to its end where that is nil.
  ///
  /// - Parameters:
  ///   - visited: The sectors of this chain so far, to detect a loop; nil if the number of
  ///     bytes bounds it.
  ///   - extents: The bytes of the chain, as far as it continues.
  func follow(
    from start: UInt32, byteCount: UInt64?, visited: inout SectorSet?, extents: inout Extents
  ) -> Defect? {
    let sectorSize = UInt64(header.sectorSize)
    var left = byteCount ?? .max
    var sector = start
    var last: UInt32?
    while left > 0 {
      guard sector <= SectorNumber.maximum else {
        if byteCount == nil { return nil }
        return .short((byteCount ?? .max) - left, last: last)
      }
      if visited?.insert(sector) == false { return .loop(sector) }
      let offset = header.offset(of: sector)
      let needed = min(left, sectorSize)
      guard offset < fileByteCount else { return isAstray(sector) ? .astray(sector) : .cut }
      let there = fileByteCount - offset
      extents.append(Extent(offset: offset, byteCount: min(needed, there)))
      if there < sectorSize {
        // Some writers don't fill the last sector, and end the file right after their data.
        if there != needed { return .cut }
      }
      left -= needed
      guard let following = self[sector] else {
        if left == 0 || Int(sector) >= Limits.OLE.sectors { return nil }
        return isComplete ? .astray(sector) : .cut
      }
      last = sector
      sector = following
    }
    return nil
  }

  /// Whether a sector past the end of the file is past all that the table has room for, so that it
  /// was never there.
  private func isAstray(_ sector: UInt32) -> Bool {
    UInt64(sector) >= UInt64(header.fatSectorCount) * UInt64(header.sectorSize / 4)
  }

}

/// A set of sector numbers below a bound.
struct SectorSet {
  private var words: [UInt64]

  init(bound: UInt64) {
    words = [UInt64](repeating: 0, count: Int(min(bound, UInt64(Limits.OLE.sectors)) / 64 + 1))
  }

  /// Adds a number; false if it was already present. Numbers beyond the limit never are.
  mutating func insert(_ sector: UInt32) -> Bool {
    let index = Int(sector >> 6)
    guard index < words.count else { return true }
    let bit: UInt64 = 1 << UInt64(sector & 63)
    defer { words[index] |= bit }
    return words[index] & bit == 0
  }
}

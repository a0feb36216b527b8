internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// A table of entries of one size in a box. The declared number of entries is checked against the space in
  /// the box, and they are read block by block, so that neither time nor memory depends on the declared
  /// number.
  struct Table {
    /// Where the first entry is.
    let start: UInt64
    let entrySize: Int
    /// The entries that are there.
    let count: UInt64

    /// - Parameters:
    ///   - claimed: The declared number of entries.
    ///   - start: Where the first of them is.
    init(
      in box: Box, from start: UInt64, entrySize: Int, claimed: UInt64, into reading: inout Reading
    ) {
      self.start = start
      self.entrySize = entrySize
      let room = start < box.end ? box.end - start : 0
      let present = room / UInt64(max(1, entrySize))
      if claimed > present, !box.isCut {
        reading.add(.tablePastBox(box, claimed: claimed, present: present))
      }
      count = min(claimed, present)
    }

    /// A full box that consists of a count and entries (most of ISO/IEC 14496-12, 8.6 and 8.7).
    init?(
      counted box: Box, entrySize: Int, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      guard let header = try box.value(TableHeader.self, in: &window, into: &reading) else { return nil }
      self.init(
        in: box, from: box.payload + 8, entrySize: entrySize, claimed: UInt64(header.count),
        into: &reading)
    }
  }

  fileprivate struct TableHeader: BoxContents {
    let count: UInt32

    init(parsing span: inout ByteSpan) throws(ReadError) {
      _ = try FullBoxHeader(parsing: &span)
      count = try UInt32(parsingBigEndian: &span)
    }
  }

  /// Reads a table from its first entry to its last. Several can be read side by side.
  struct TableReader {
    private static let blockSize = 1 << 13

    let table: Table
    /// How many entries come after the present one.
    private(set) var remaining: UInt64
    private var nextBlock: UInt64
    private var block: [UInt8] = []
    private var position = 0

    init(_ table: Table) {
      self.table = table
      remaining = table.count
      nextBlock = table.start
    }

    /// The file offset of the present entry.
    var offset: UInt64 { nextBlock - UInt64(block.count - position) }

    /// Moves to the next entry; false at the end.
    mutating func advance(in window: inout ByteWindow) throws(ReadError) -> Bool {
      guard remaining > 0 else { return false }
      remaining -= 1
      position += table.entrySize
      if position < block.count { return true }
      let entries = min(remaining + 1, UInt64(Self.blockSize / table.entrySize))
      var span = try window.span(at: nextBlock, count: entries * UInt64(table.entrySize))
      block = try span.array(span.remaining)
      nextBlock += UInt64(block.count)
      position = 0
      return true
    }

    /// A number in the current entry, most significant byte first.
    func u32(at index: Int = 0) -> UInt32 {
      let start = position + index
      guard start + 4 <= block.count else { return 0 }
      return UInt32(block[start]) << 24 | UInt32(block[start + 1]) << 16 | UInt32(block[start + 2]) << 8
        | UInt32(block[start + 3])
    }

    /// A number in the current entry, most significant byte first.
    func u64(at index: Int = 0) -> UInt64 {
      UInt64(u32(at: index)) << 32 | UInt64(u32(at: index + 4))
    }

    /// A byte of the present entry.
    func u8(at index: Int = 0) -> UInt8 {
      position + index < block.count ? block[position + index] : 0
    }

    /// A number in the current entry, of one, two, four or eight bytes.
    func number(_ byteCount: Int) -> UInt64 {
      switch byteCount {
      case 1: UInt64(u8())
      case 2: UInt64(u8()) << 8 | UInt64(u8(at: 1))
      case 8: u64()
      default: UInt64(u32())
      }
    }
  }
}

internal import PreflightFacts
internal import PreflightBytes

/// A compound file (MS-CFB): a small file system with a table of sectors and a directory.
struct CompoundFile {
  let header: CompoundFileHeader
  private(set) var fat: FileAllocationTable
  private(set) var directory: CompoundDirectory
  private(set) var directoryDefect: FileAllocationTable.Defect?
  /// The mini stream, which contains the small streams.
  private(set) var miniStream = CompoundStream(FileAllocationTable.Extents())
  private var miniFAT = CompoundStream(FileAllocationTable.Extents())
  private(set) var miniDefect: FileAllocationTable.Defect?
  /// Whether the directory or the small streams have more pieces than the limit.
  private(set) var isLimited = false

  init(_ header: CompoundFileHeader, in window: inout ByteWindow) throws(ReadError) {
    self.header = header
    fat = try FileAllocationTable(header, in: &window)
    var visited: SectorSet? = SectorSet(bound: fat.sectorCount)
    var extents = FileAllocationTable.Extents()
    directoryDefect = fat.follow(
      from: header.firstDirectorySector, byteCount: nil, visited: &visited, extents: &extents)
    directory = try CompoundDirectory(extents, header, in: &window)
    isLimited = extents.isLimited
    followMiniStream()
  }

  private mutating func followMiniStream() {
    guard let root = directory.entries.first, root.kind == .root, root.byteCount > 0 else { return }
    // The declared sizes, up to 2^64 bytes, don't bound chains that form a cycle.
    let bound = fat.sectorCount
    var visited: SectorSet? = SectorSet(bound: bound)
    var extents = FileAllocationTable.Extents()
    miniDefect = fat.follow(
      from: root.start, byteCount: root.byteCount, visited: &visited, extents: &extents)
    miniStream = CompoundStream(extents)
    // As long as the mini stream needs: four bytes for each of its sectors.
    let (tableByteCount, overflow) = (root.byteCount >> UInt64(header.miniSectorShift))
      .multipliedReportingOverflow(by: 4)
    extents = FileAllocationTable.Extents()
    visited = SectorSet(bound: bound)
    let defect = fat.follow(
      from: header.firstMiniFATSector, byteCount: overflow ? .max : tableByteCount, visited: &visited,
      extents: &extents)
    if defect == .cut { miniDefect = miniDefect ?? .cut }
    miniFAT = CompoundStream(extents)
    if miniStream.isLimited || miniFAT.isLimited { isLimited = true }
  }

  /// Streams shorter than this are in the mini stream: 4096, whatever the header declares.
  var cutoff: UInt64 { min(UInt64(header.miniStreamCutoff), 4096) }

  /// A stream's bytes, and the fault in its sector chain.
  func stream(
    _ entry: CompoundDirectory.Entry, in window: inout ByteWindow
  ) throws(ReadError) -> (CompoundStream, FileAllocationTable.Defect?) {
    var extents = FileAllocationTable.Extents()
    guard entry.byteCount >= cutoff else {
      let defect = try followMini(entry, extents: &extents, in: &window)
      return (CompoundStream(extents), defect)
    }
    var visited: SectorSet? = SectorSet(bound: fat.sectorCount)
    let defect = fat.follow(
      from: entry.start, byteCount: entry.byteCount, visited: &visited, extents: &extents)
    return (CompoundStream(extents), defect)
  }

  /// A stream's first bytes and their offset, whatever is wrong with the rest.
  func head(
    of entry: CompoundDirectory.Entry, upTo count: Int, in window: inout ByteWindow
  ) throws(ReadError) -> (bytes: [UInt8], offset: UInt64?) {
    var head = entry
    let isSmall = entry.byteCount < cutoff
    head.byteCount = min(entry.byteCount, UInt64(count))
    var extents = FileAllocationTable.Extents()
    if isSmall {
      _ = try followMini(head, extents: &extents, in: &window)
    } else {
      var visited: SectorSet? = SectorSet(bound: fat.sectorCount)
      _ = fat.follow(from: head.start, byteCount: head.byteCount, visited: &visited, extents: &extents)
    }
    let bytes = try CompoundStream(extents).bytes(at: 0, count: count, in: &window)
    return (bytes, extents.all.first?.offset)
  }

  /// Follows a small stream through the mini FAT (MS-CFB 2.4); its size bounds the walk.
  private func followMini(
    _ entry: CompoundDirectory.Entry, extents: inout FileAllocationTable.Extents,
    in window: inout ByteWindow
  ) throws(ReadError) -> FileAllocationTable.Defect? {
    var left = entry.byteCount
    var sector = entry.start
    while left > 0 {
      guard sector <= SectorNumber.maximum else { return .short(entry.byteCount - left, last: nil) }
      let position = UInt64(sector) << UInt64(header.miniSectorShift)
      var needed = min(left, UInt64(header.miniSectorSize))
      left -= needed
      var from = position
      while needed > 0 {
        guard let place = miniStream.place(of: from) else {
          return defect(of: miniStream, at: sector)
        }
        let count = min(needed, place.byteCount)
        extents.append(.init(offset: place.offset, byteCount: count))
        needed -= count
        from += count
      }
      if left == 0 { return nil }
      let next = try miniFAT.bytes(at: UInt64(sector) * 4, count: 4, in: &window)
      guard next.count == 4 else { return defect(of: miniFAT, at: sector) }
      sector = next.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
    return nil
  }

  /// The fault if a small stream exceeds the known part of the mini stream or its table; nil if there is more
  /// that isn't kept.
  private func defect(of stream: CompoundStream, at sector: UInt32) -> FileAllocationTable.Defect? {
    if stream.isLimited { return nil }
    return miniDefect == .cut ? .cut : .astray(sector)
  }
}

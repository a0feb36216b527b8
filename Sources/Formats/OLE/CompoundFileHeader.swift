internal import PreflightFacts
internal import PreflightBytes

/// The header of a compound file (MS-CFB 2.2).
struct CompoundFileHeader {
  static let signature: [UInt8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
  static let byteCount = 512

  /// Sectors are `1 << sectorShift` bytes long.
  let sectorShift: UInt16
  let miniSectorShift: UInt16
  let fatSectorCount: UInt32
  let firstDirectorySector: UInt32
  /// Streams shorter than this are in the mini stream.
  let miniStreamCutoff: UInt32
  let firstMiniFATSector: UInt32
  let firstDIFATSector: UInt32
  /// The first of the sectors that contain the FAT.
  let difat: [UInt32]
  /// Version 3 stores a stream's size in 32 bits, and arbitrary data in the others.
  let has32BitSizes: Bool

  init(parsing span: inout ByteSpan) throws(ReadError) {
    try span.skip(8 + 16 + 2)  // signature, CLSID, minor version
    has32BitSizes = try UInt16(parsingLittleEndian: &span) < 4
    try span.skip(2)  // byte order
    sectorShift = try UInt16(parsingLittleEndian: &span)
    miniSectorShift = try UInt16(parsingLittleEndian: &span)
    try span.skip(6 + 4)  // reserved, number of directory sectors
    fatSectorCount = try UInt32(parsingLittleEndian: &span)
    firstDirectorySector = try UInt32(parsingLittleEndian: &span)
    try span.skip(4)  // transaction signature
    miniStreamCutoff = try UInt32(parsingLittleEndian: &span)
    firstMiniFATSector = try UInt32(parsingLittleEndian: &span)
    try span.skip(4)  // number of mini FAT sectors
    firstDIFATSector = try UInt32(parsingLittleEndian: &span)
    try span.skip(4)  // number of DIFAT sectors
    var difat: [UInt32] = []
    difat.reserveCapacity(109)
    for _ in 0..<109 { difat.append(try UInt32(parsingLittleEndian: &span)) }
    self.difat = difat
  }

  /// Whether a decoder can use the sizes at all.
  var isPlausible: Bool { (7...16).contains(sectorShift) && miniSectorShift < sectorShift }

  var sectorSize: Int { 1 << Int(sectorShift) }
  var miniSectorSize: Int { 1 << Int(miniSectorShift) }

  /// The offset of a sector; the header occupies one.
  func offset(of sector: UInt32) -> UInt64 { (UInt64(sector) + 1) << UInt64(sectorShift) }
}

/// The sector numbers with a special meaning (MS-CFB 2.1).
enum SectorNumber {
  /// The highest number that a sector can have.
  static let maximum: UInt32 = 0xffff_fffa
  /// Not used by the format; used here for missing entries.
  static let unknown: UInt32 = 0xffff_fffb
  /// A sector of the table itself.
  static let table: UInt32 = 0xffff_fffd
  static let endOfChain: UInt32 = 0xffff_fffe
  static let free: UInt32 = 0xffff_ffff
}

internal import PreflightBytes

/// What a compound file was of which the directory is lost, by how its sectors begin.
enum OLERemains {
  /// Looks at the start of every sector, in the order of the file, until one tells.
  static func type(
    _ header: CompoundFileHeader, in window: inout ByteWindow
  ) throws(ReadError) -> OLEType? {
    var offset = UInt64(header.sectorSize)
    var fallback: OLEType?
    while offset < window.byteCount {
      if let type = try type(at: offset, header, in: &window) { return type }
      if offset == UInt64(header.sectorSize), try isPicture(at: offset, in: &window) {
        fallback = .powerPoint
      }
      offset += UInt64(header.sectorSize)
    }
    return fallback
  }

  private static func type(
    at offset: UInt64, _ header: CompoundFileHeader, in window: inout ByteWindow
  ) throws(ReadError) -> OLEType? {
    let (type, isRoot) = type(startingAt: try window.available(at: offset, upTo: 16))
    guard type == nil, isRoot else { return type }
    // The directory begins here, of which this sector and those behind it may be there.
    var directory = CompoundDirectory()
    var names: Set<CompoundName> = []
    for index in 0..<UInt64(64) {
      let place = offset + index * UInt64(CompoundDirectory.entryByteCount)
      var entry = try window.available(at: place, upTo: CompoundDirectory.entryByteCount)
      guard entry.remaining == CompoundDirectory.entryByteCount else { break }
      try directory.append(&entry, header)
    }
    for entry in directory.entries { if let name = entry.name { names.insert(name) } }
    return OLEType(class: directory.rootClass) ?? OLEType(names, class: nil)
  }

  private static func type(
    startingAt span: borrowing ByteSpan
  ) -> (type: OLEType?, isRoot: Bool) {
    if WordDocument.isStart(span) { return (.word, false) }
    if Workbook.isStart(span) { return (.excel, false) }
    if PowerPointDocument.isStart(span) { return (.powerPoint, false) }
    let rootEntry: [UInt8] = [0x52, 0, 0x6f, 0, 0x6f, 0, 0x74, 0, 0x20, 0, 0x45, 0]
    return (nil, span.has(rootEntry))
  }

  /// Whether a picture of Office Art stands there (MS-ODRAW 2.2.23), as PowerPoint has in a stream that
  /// it often writes first.
  private static func isPicture(
    at offset: UInt64, in window: inout ByteWindow
  ) throws(ReadError) -> Bool {
    guard let type = try? window.littleEndian(UInt16.self, at: offset + 2) else { return false }
    return (0xf01a...0xf01f).contains(type) || type == 0xf029 || type == 0xf02a
  }
}

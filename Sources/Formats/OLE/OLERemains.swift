internal import PreflightFacts
internal import PreflightBytes

/// The type of a compound file whose directory is lost, by the first bytes of the remaining streams.
struct OLERemains {
  /// Streams start at a sector, small ones at a sector of the mini stream.
  private static let step = 64

  private let header: CompoundFileHeader
  /// What is found but may belong to an embedded object, or is found elsewhere too.
  private var hint: OLEType?

  /// Looks through the file, which takes as long as reading it.
  static func type(
    _ header: CompoundFileHeader, in window: inout ByteWindow
  ) throws(ReadError) -> OLEType? {
    var remains = OLERemains(header: header)
    var offset = UInt64(header.sectorSize)
    while offset < window.byteCount {
      let piece = try window.available(at: offset, upTo: 1 << 16)
      if piece.isAtEnd { break }
      if let type = try remains.type(in: piece) { return type }
      offset += UInt64(piece.remaining)
    }
    return remains.hint
  }

  private init(header: CompoundFileHeader) { self.header = header }

  private mutating func type(in piece: borrowing ByteSpan) throws(ReadError) -> OLEType? {
    var index = 0
    while index < piece.bytes.byteCount {
      switch piece[index] {
      case 0xec, 0xdc:
        if WordDocument.isStart(piece, at: index) { return .word }
      case 0x09:
        if Workbook.isStreamStart(piece, at: index) { return .excel }
      case 0x0f:
        if PowerPointDocument.isStart(piece, at: index) { return .powerPoint }
      case 0x52:
        if let type = try typeOfDirectory(piece, at: index) { return type }
      case 0x01:
        noteCompObj(piece, at: index)
      default:
        notePicture(piece, at: index)
      }
      index += Self.step
    }
    return nil
  }

  /// The directory begins with "Root Entry"; this part of it and what follows it may be there.
  private func typeOfDirectory(
    _ piece: borrowing ByteSpan, at index: Int
  ) throws(ReadError) -> OLEType? {
    guard piece.has([0x52, 0, 0x6f, 0, 0x6f, 0, 0x74, 0, 0x20, 0, 0x45, 0], at: index) else { return nil }
    var rest = ByteSpan(piece.bytes.extracting(index..<piece.bytes.byteCount), at: 0)
    var directory = CompoundDirectory()
    for _ in 0..<16 where rest.remaining >= CompoundDirectory.entryByteCount {
      var entry = try rest.take(CompoundDirectory.entryByteCount)
      try directory.append(&entry, header)
    }
    return OLEType(class: directory.rootClass)
      ?? OLEType(Set(directory.entries.compactMap(\.name)), class: nil)
  }

  /// The stream "\u{1}CompObj" names a class (MS-OLEDS 2.3.7): that of the document or of an object in it.
  private mutating func noteCompObj(_ piece: borrowing ByteSpan, at index: Int) {
    let start: [UInt8] = [0x01, 0x00, 0xfe, 0xff, 0x03, 0x0a, 0, 0, 0xff, 0xff, 0xff, 0xff]
    guard hint == nil, piece.has(start, at: index), piece.bytes.byteCount - index >= 28 else { return }
    var span = ByteSpan(piece.bytes.extracting(index + 12..<index + 28), at: 0)
    hint = OLEType(class: try? ClassIdentifier(parsing: &span))
  }

  /// An image of Office Art (MS-ODRAW 2.2.23), as PowerPoint has in a stream that it often writes first.
  private mutating func notePicture(_ piece: borrowing ByteSpan, at index: Int) {
    guard hint == nil, piece[index + 3] == 0xf0, piece[index].map({ $0 & 0x0f }) == 0,
      let type = piece[index + 2], (0x1a...0x1f).contains(type)
    else { return }
    hint = .powerPoint
  }
}

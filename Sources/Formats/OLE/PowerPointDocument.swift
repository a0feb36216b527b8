internal import PreflightFacts
internal import PreflightBytes

/// A PowerPoint Document stream (MS-PPT 2.1.2): records, some of which contain others.
struct PowerPointDocument {
  /// The record types that matter (MS-PPT 2.13.24).
  private enum RecordType {
    static let document: UInt16 = 0x03e8
    static let documentInfoList: UInt16 = 0x07d0
    static let macroInfo: UInt16 = 0x03ff
    static let macroInfoAtom: UInt16 = 0x0400
  }

  /// Whether the presentation has macros; nil if the records can't be followed to their end.
  private(set) var hasMacros: Bool?
  /// The offset of records beyond the limit.
  private(set) var unchecked: UInt64?

  private static let headerByteCount: UInt64 = 8

  /// Follows the records, descending only into those that contain the macro flag (2.4.10).
  init(_ stream: CompoundStream, in window: inout ByteWindow) throws(ReadError) {
    var position: UInt64 = 0
    var found = false
    for _ in 0..<Limits.OLE.records {
      if position == stream.byteCount {
        if !stream.isLimited { hasMacros = found }
        return
      }
      let bytes = try stream.bytes(at: position, count: 16, in: &window)
      guard bytes.count >= Int(Self.headerByteCount) else { return }
      var span = ByteSpan(bytes.span.bytes, at: position)
      try span.skip(2)  // version and instance
      let type = try UInt16(parsingLittleEndian: &span)
      let length = UInt64(try UInt32(parsingLittleEndian: &span))
      position += Self.headerByteCount
      switch type {
      case RecordType.document, RecordType.documentInfoList, RecordType.macroInfo: continue
      case RecordType.macroInfoAtom:
        // PowerPoint may append the document again at each save; the last one counts. The reference to the
        // project (4), then whether there are macros.
        found = bytes.count >= 16 && bytes[12] == 1
      default: break
      }
      guard length <= stream.byteCount - position else { return }
      position += length
    }
    if position == stream.byteCount, !stream.isLimited { hasMacros = found }
    unchecked = stream.place(of: position)?.offset
  }

  /// Whether a stream begins here with the record of a document.
  static func isStart(_ span: borrowing ByteSpan, at index: Int) -> Bool {
    span.has([0x0f, 0, 0xe8, 0x03], at: index)
  }
}

extension OLE {
  static func readPowerPoint(
    _ file: CompoundFile, _ damage: inout Damage, in window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    let isProtected =
      file.directory.rootEntry(.encryptedSummary) != nil
      || file.directory.rootEntry(.protectedContent) != nil
    if isProtected { reading.facts.encrypted = true }
    if let user = file.directory.rootEntry(.currentUser), !isProtected {
      let (stream, _) = try file.stream(user, in: &window)
      reading.facts.encrypted = try isEncrypted(stream, in: &window)
    }
    guard
      let stream = try damage.mainStream(.powerPointDocument, of: file, in: &window, into: &reading)
    else { return }
    // Encryption leaves no record as it was.
    guard reading.facts.encrypted == false, !damage.isFound else { return }
    let document = try PowerPointDocument(stream, in: &window)
    reading.leaveRecordsUnchecked(at: document.unchecked)
    reading.facts.hasMacros = document.hasMacros
  }

  /// What the current user's atom says (MS-PPT 2.3.2); nil if it says nothing known.
  private static func isEncrypted(
    _ stream: CompoundStream, in window: inout ByteWindow
  ) throws(ReadError) -> Bool? {
    let bytes = try stream.bytes(at: 0, count: 16, in: &window)
    guard bytes.count == 16 else { return nil }
    var span = ByteSpan(bytes.span.bytes, at: 0)
    try span.skip(8 + 4)  // record header, size
    switch try UInt32(parsingLittleEndian: &span) {
    case 0xe391_c05f: return false
    case 0xf3d1_c4df: return true
    default: return nil
    }
  }
}

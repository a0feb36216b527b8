internal import PreflightFacts
internal import PreflightBytes

/// The start of an Excel workbook: a stream of records (MS-XLS 2.1.4), each with a type and a length.
struct Workbook {
  /// The record types that matter (MS-XLS 2.3).
  private enum RecordType {
    static let endOfFile: UInt16 = 0x000a
    static let filePassword: UInt16 = 0x002f
    static let boundSheet: UInt16 = 0x0085
  }

  private(set) var isEncrypted = false
  /// Whether a sheet holds macros of Excel 4.
  private(set) var hasMacroSheet = false
  /// Whether the list of sheets was reached, so that what wasn't found is absent.
  private(set) var isKnown = false
  /// The offset of records beyond the limit.
  private(set) var unchecked: UInt64?

  init(_ stream: CompoundStream, in window: inout ByteWindow) throws(ReadError) {
    var position: UInt64 = 0
    for _ in 0..<Limits.OLE.records {
      let bytes = try stream.bytes(at: position, count: 10, in: &window)
      guard bytes.count >= 4 else { return }
      var span = ByteSpan(bytes.span.bytes, at: position)
      let type = try UInt16(parsingLittleEndian: &span)
      let length = try UInt16(parsingLittleEndian: &span)
      switch type {
      case RecordType.filePassword: isEncrypted = true
      case RecordType.boundSheet:
        // Position (4), visibility, kind: 1 is a macro sheet. Encryption leaves the position alone.
        if span.remaining >= 6, !isEncrypted, span[9] == 1 { hasMacroSheet = true }
        isKnown = true
      case RecordType.endOfFile:
        isKnown = true
        return
      default: break
      }
      position += 4 + UInt64(length)
    }
    isKnown = false
    unchecked = stream.place(of: position)?.offset
  }

  /// Whether a stream of records begins here: with the record BOF of one of Excel's versions.
  static func isStart(_ span: borrowing ByteSpan) -> Bool {
    guard span[0] == 0x09, let version = span[1], let length = span[2], span[3] == 0 else { return false }
    switch version {
    case 0x00, 0x02, 0x04: return (4...8).contains(length)
    case 0x08: return length >= 8 && length <= 32 && (span[5] == 5 || span[5] == 6)
    default: return false
    }
  }

  /// Whether the workbook stream of Excel 5 or later seems to start here: with the BOF of the whole workbook,
  /// since those of sheets come later.
  static func isStreamStart(_ span: borrowing ByteSpan, at index: Int) -> Bool {
    (span.has([0x09, 0x08, 0x10, 0, 0, 6], at: index) || span.has([0x09, 0x08, 8, 0, 0, 5], at: index))
      && span[index + 6] == 5 && span[index + 7] == 0
  }
}

extension OLE {
  static func readExcel(
    _ file: CompoundFile, _ damage: inout Damage, in window: inout ByteWindow,
    into reading: inout Reading
  ) throws(ReadError) {
    let hasProject = file.directory.hasStorage(.macrosOfWorkbook, with: .vba)
    if hasProject { reading.facts.hasMacros = true }
    let name: CompoundName = file.directory.rootEntry(.workbook) != nil ? .workbook : .book
    guard let stream = try damage.mainStream(name, of: file, in: &window, into: &reading),
      let place = stream.place(of: 0)
    else { return }
    let head = try stream.bytes(at: 0, count: 8, in: &window)
    guard Workbook.isStart(ByteSpan(head.span.bytes, at: place.offset)) else {
      if !damage.isFound {
        damage.add(
          Fault(
            "workbook-start", clause: "MS-XLS 2.4.21", at: place.offset,
            "The workbook doesn't start with a BOF record.",
            expected: "a BOF record"), to: &reading)
      }
      return
    }
    let workbook = try Workbook(stream, in: &window)
    reading.leaveRecordsUnchecked(at: workbook.unchecked)
    reading.facts.encrypted =
      workbook.isEncrypted || file.directory.rootEntry(.protectedContent) != nil
    if workbook.hasMacroSheet {
      reading.facts.hasMacros = true
    } else if !hasProject, workbook.isKnown, !stream.isLimited, !workbook.isEncrypted, !damage.isFound {
      reading.facts.hasMacros = false
    }
  }
}

extension Reading {
  /// Notes that records beyond the limit follow; nil if none do.
  mutating func leaveRecordsUnchecked(at offset: UInt64?) {
    guard let offset else { return }
    let count = Limits.OLE.records
    leaveUnchecked(UncheckedPart("records after the first \(count)", limit: "\(count) records", at: offset))
  }
}

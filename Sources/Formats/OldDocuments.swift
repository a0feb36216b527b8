internal import PreflightFacts
internal import PreflightBytes

/// Documents from before compound files: workbooks of Excel 2 to 4, which are records from BOF to EOF (the OpenOffice.org
/// documentation of the Excel file format, 3 and 4.1), and documents of Word 1 and 2 for Windows and Word 4 and 5 for
/// the Mac.
enum OldDocuments {
  /// Word 1 and 2 for Windows: the end of the file as the header notes it, `cbMac`, after `fcMin` and `fcMac`.
  private static let lengthOffset = 0x20
  /// No header of Word is shorter.
  private static let headerSize: UInt64 = 128

  /// Follows the records of a workbook to the end of its last substream.
  static func checkWorkbook(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    let clause = "OpenOffice.org, Microsoft Excel File Format 4.1"
    var position: UInt64 = 0
    var depth = 0
    while true {
      var head = try window.available(at: position, upTo: 4)
      let isWhole = head.remaining == 4
      let type = isWhole ? try UInt16(parsingLittleEndian: &head) : 0
      let isBeginning = [0x0009, 0x0209, 0x0409, 0x0809].contains(type)
      // Some writers fill the file up behind the last substream.
      if depth == 0, position > 0, !isBeginning { return }
      guard isWhole else { break }
      position += 4 + UInt64(try UInt16(parsingLittleEndian: &head))
      guard position <= window.byteCount else { break }
      if isBeginning { depth += 1 }
      if type == 0x000a { depth -= 1 }
    }
    reading.addTruncation(of: "the workbook, before its record EOF", clause: clause, at: window.byteCount)
  }

  /// Holds the length in the header of a Word document against the file's.
  static func checkDocument(
    isForWindows: Bool, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) {
    let clause = "Microsoft Word for Windows 2.0 Binary Format, FIB"
    let isShort = window.byteCount < headerSize
    if !isShort, try AudioTags.isZero(&window, from: 4, to: headerSize) {
      return reading.add(
        Fault(
          "header-unwritten", clause: clause, at: 4,
          "The document's header consists of NULs: it was never written.",
          expected: "where the text is", actual: "NULs"))
    }
    var length: UInt64 = 0
    if !isShort, isForWindows {
      length = UInt64(try window.littleEndian(UInt32.self, at: UInt64(lengthOffset)))
    }
    guard isShort || length > window.byteCount else { return }
    reading.addTruncation(
      of: isShort ? "the document's header" : "the document", clause: clause, at: window.byteCount)
  }
}

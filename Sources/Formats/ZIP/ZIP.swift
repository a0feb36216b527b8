package import PreflightFacts
package import PreflightBytes

extension Format {
  package static let zip = Format(
    "ZIP", reader: ZIP.self, hiding: .archive,
    mediaTypes: [
      .init(.docx, "a Word document", .text, extensions: ["docx"], isConfirmedByReader: true),
      .init(.xlsx, "an Excel workbook", .workbook, extensions: ["xlsx"], isConfirmedByReader: true),
      .init(
        .pptx, "a PowerPoint presentation", .presentation, extensions: ["pptx"], isConfirmedByReader: true),
      .init(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template", "a Word template", .text,
        extensions: ["dotx"]),
      .init(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template", "an Excel template",
        .workbook, extensions: ["xltx"]),
      .init(
        "application/vnd.openxmlformats-officedocument.presentationml.template", "a PowerPoint template",
        .presentation, extensions: ["potx"]),
      .init(
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow", "a PowerPoint show",
        .presentation, extensions: ["ppsx"]),
      .init(
        .docm, "a Word document with macros", .text,
        extensions: ["docm"]),
      .init(
        .dotm, "a Word template with macros", .text,
        extensions: ["dotm"]),
      .init(
        .xlsm, "an Excel workbook with macros", .workbook,
        extensions: ["xlsm"]),
      .init(
        .xltm, "an Excel template with macros", .workbook,
        extensions: ["xltm"]),
      .init(
        .xlsb, "a binary Excel workbook", .workbook,
        extensions: ["xlsb"]),
      .init(
        .pptm, "a PowerPoint presentation with macros",
        .presentation, extensions: ["pptm"]),
      .init(
        .ppsm, "a PowerPoint show with macros",
        .presentation, extensions: ["ppsm"]),
      .init("application/vnd.oasis.opendocument.text", "an OpenDocument text", .text, extensions: ["odt"]),
      .init(
        "application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet", .workbook,
        extensions: ["ods"]),
      .init(
        "application/vnd.oasis.opendocument.presentation", "an OpenDocument presentation", .presentation,
        extensions: ["odp"]),
      .init("application/epub+zip", "an EPUB book", .pages, extensions: ["epub"]),
      .init(.zip, "a ZIP archive", .data, extensions: ["zip"]),
      .init("application/java-archive", "a Java archive", .data, extensions: ["jar"]),
      .init("application/vnd.android.package-archive", "an Android package", .data, extensions: ["apk"]),
    ])
}

/// ZIP (PKWARE APPNOTE.TXT 6.3.10): consecutive members and a directory of them at the end.
///
/// Yields `application/zip`, and the specific type of formats based on it: OOXML and other packages of
/// ISO/IEC 29500-2, OpenDocument, EPUB, Java and Android archives and some more.
package enum ZIP: FormatReader {
  package static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    let memberStart = try memberStart(in: &window)
    if memberStart != nil { reading.mediaType = .zip }
    let search = try EndOfCentralDirectory.find(in: &window, memberStart: memberStart)
    guard case .found(let end) = search else {
      guard let memberStart else { return }
      return try readWithoutDirectory(&window, from: memberStart, search, into: &reading)
    }
    if memberStart == nil {
      // Something precedes the archive: a self-extractor, if the archive extends to the end of the file.
      // Otherwise the archive is just part of another file. If the directory's offsets leave no room before
      // the archive, its first bytes are corrupt.
      guard end.end == window.byteCount else { return }
      // A file that starts like a document or audio has that type; the archive is hidden after it.
      if try isOther(startingWith: window.available(at: 0, upTo: 5)) { return }
      let first = try firstMember(of: end, in: &window)
      guard first != nil || end.base == 0 else { return }
      reading.mediaType = .zip
      try reading.noteLeadingData(&window, before: first ?? 0, isSkippedByDecoders: false)
    }
    if end.end < window.byteCount { reading.trailingDataOffset = end.end }
    try readMembers(&window, end, into: &reading)
    if end.end > window.byteCount {
      reading.addTruncation(
        of: "the comment of the archive", clause: "APPNOTE 4.3.16", at: window.byteCount)
    }
  }

  /// Whether a file is a PDF document, an MP3 or ADTS by its first bytes.
  private static func isOther(startingWith head: ByteSpan) -> Bool {
    if head.has("%PDF-") || head.has("ID3") { return true }
    guard head[0] == 0xff, let second = head[1] else { return false }
    return second & 0xe0 == 0xe0
  }

  /// The offset of the first member in a file that starts like an archive; nil in others.
  static func memberStart(in window: inout ByteWindow) throws(ReadError) -> UInt64? {
    let head = try window.available(at: 0, upTo: 8)
    if head.has(LocalFileHeader.signature) || head.has(EndOfCentralDirectory.signature) { return 0 }
    // The marker of an archive that was to be split and wasn't (APPNOTE 8.5.4), or of its first part.
    let isMarked = head.has("PK00") || head.has("PK\u{7}\u{8}")
    return isMarked && head.has(LocalFileHeader.signature, at: 4) ? 4 : nil
  }

  /// The offset of the first member in the directory; nil if there is none.
  static func firstMember(
    of end: EndOfCentralDirectory, in window: inout ByteWindow
  ) throws(ReadError) -> UInt64? {
    guard end.directoryOffset < end.directoryEnd else { return nil }
    var entry = try window.span(at: end.directoryOffset, count: CentralFileHeader.byteCount)
    let offset = try UInt64(try CentralFileHeader(parsing: &entry).headerOffset).adding(
      end.base, claimedAt: end.directoryOffset)
    return try window.available(at: offset, upTo: 4).has(LocalFileHeader.signature) ? offset : nil
  }

  /// An archive that is found by the end of a file, however the file starts.
  package struct AtEnd {
    /// Where the first member is.
    package let start: UInt64
    /// The offset of the end of central directory record.
    package let recordOffset: UInt64
    /// Where the record and its comment end.
    package let end: UInt64
  }

  /// The archive at a file's end; nil if there is none with a member.
  ///
  /// - Parameter reach: How many bytes before the file's end are searched for the archive's record.
  package static func archive(
    atEndOf window: inout ByteWindow, reach: Int, into reading: inout Reading
  ) throws(ReadError) -> AtEnd? {
    switch try EndOfCentralDirectory.find(in: &window, memberStart: nil, reach: reach) {
    case .found(let end):
      guard let start = try firstMember(of: end, in: &window) else { return nil }
      return AtEnd(start: start, recordOffset: end.offset, end: end.end)
    case .unchecked(let offset):
      reading.leaveUnchecked(.archive(endingBefore: offset))
      return nil
    case .withoutDirectory, .nothing: return nil
    }
  }

  static func readMembers(
    _ window: inout ByteWindow, _ end: EndOfCentralDirectory, into reading: inout Reading
  ) throws(ReadError) {
    var directory = CentralDirectory(end)
    var contents = ZIPContents()
    var verification = ZIPVerification(end, fileByteCount: window.byteCount)
    var isFirstRun = true
    repeat {
      let members = try directory.next(&window, contents: &contents, into: &reading)
      if directory.isAtEnd {
        try ZIPType.find(
          contents, end, members: isFirstRun ? members : nil, in: &window, into: &reading)
      }
      try verification.check(members, in: &window, into: &reading)
      isFirstRun = false
    } while !directory.isAtEnd
  }
}

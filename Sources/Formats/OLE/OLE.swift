package import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let ole = Format(
    "OLE compound file", reader: OLE.self, hiding: .compoundFile,
    mediaTypes: [
      .init(
        "application/msword", "a Word 97 document", .text, extensions: ["doc", "dot"],
        isConfirmedByReader: true),
      .init(
        "application/vnd.ms-excel", "an Excel 97 workbook", .workbook, extensions: ["xls", "xlt", "xla"],
        isConfirmedByReader: true),
      .init(
        "application/vnd.ms-powerpoint", "a PowerPoint 97 presentation", .presentation,
        extensions: ["ppt", "pot", "pps"], isConfirmedByReader: true),
      .init(
        .encryptedPackage, "a password-protected Office document", .text,
        extensions: ["docx", "xlsx", "pptx", "docm", "xlsm", "pptm"]),
      .init("application/x-msi", "a Windows installer", .data, extensions: ["msi"]),
      .init(OLEType.unknown, "an OLE compound file", .data),
    ])
}

extension MediaType {
  /// An encrypted OOXML document, whose inner type the bytes don't show.
  package static let encryptedPackage: MediaType = "application/encrypted"
}

/// Compound files (MS-CFB 12.0), the Office document format before OOXML.
///
/// Yields `application/msword`, `application/vnd.ms-excel`, `application/vnd.ms-powerpoint`,
/// `application/encrypted` for an encrypted OOXML document, the types of some other programs, and
/// `application/x-ole-storage` for the rest.
enum OLE: FormatReader {
  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    guard try window.available(at: 0, upTo: 8).has(CompoundFileHeader.signature) else { return }
    reading.mediaType = OLEType.unknown
    var span = try window.span(at: 0, count: CompoundFileHeader.byteCount)
    let header = try CompoundFileHeader(parsing: &span)
    guard header.isPlausible else {
      reading.add(
        Fault(
          "sector-size", clause: "MS-CFB 2.2", at: 30,
          "The header has an invalid sector size.", expected: "9 or 12",
          actual: "\(header.sectorShift)"))
      return
    }
    let file = try CompoundFile(header, in: &window)
    noteLimits(file, into: &reading)
    var damage = Damage()
    damage.check(file, fileByteCount: window.byteCount, into: &reading)

    let type = try type(of: file, isDamaged: damage.isFound, in: &window)
    reading.mediaType = type?.mediaType ?? OLEType.unknown
    switch type {
    case .word: try readWord(file, &damage, in: &window, into: &reading)
    case .excel: try readExcel(file, &damage, in: &window, into: &reading)
    case .powerPoint: try readPowerPoint(file, &damage, in: &window, into: &reading)
    case .encryptedPackage:
      reading.facts.encrypted = true
      _ = try damage.mainStream(.encryptedPackage, of: file, in: &window, into: &reading)
    case .other, nil: break
    }
    try damage.checkOtherStreams(of: file, in: &window, into: &reading)
    try PackagedFile.notePrograms(in: file, &window, into: &reading)
    noteTrailingData(file, fileByteCount: window.byteCount, into: &reading)
  }

  /// Notes the limits that were reached while reading the directory and the small streams.
  private static func noteLimits(_ file: CompoundFile, into reading: inout Reading) {
    if file.fat.isLimited {
      let count = Limits.OLE.sectors
      let end = UInt64(count) << UInt64(file.header.sectorShift)
      reading.leaveUnchecked(
        UncheckedPart("sectors after the first \(count)", limit: "\(count) sectors", at: end))
    }
    if file.directory.isLimited {
      let count = Limits.OLE.entries
      reading.leaveUnchecked(
        UncheckedPart(
          "directory entries after the first \(count)", limit: "\(count) entries",
          at: file.directory.entries.first?.offset))
    }
    if file.isLimited { reading.leavePiecesUnchecked(at: file.directory.entries.first?.offset) }
  }

  private static func type(
    of file: CompoundFile, isDamaged: Bool, in window: inout ByteWindow
  ) throws(ReadError) -> OLEType? {
    if let type = OLEType(file.directory) { return type }
    let ofClass = OLEType(class: file.directory.rootClass)
    // A class alone doesn't make a document, but may be all that is left of one.
    guard isDamaged else { return ofClass?.needsStream == true ? nil : ofClass }
    if let ofClass { return ofClass }
    return try OLERemains.type(file.header, in: &window)
  }

  /// Some bytes after the last sector that make no sector belong to nothing, and with them the sectors before
  /// that nothing uses: what was put after the file begins where its own sectors end.
  private static func noteTrailingData(
    _ file: CompoundFile, fileByteCount: UInt64, into reading: inout Reading
  ) {
    let rest = fileByteCount & UInt64(file.header.sectorSize - 1)
    guard rest > 0, fileByteCount - rest >= UInt64(file.header.sectorSize) else { return }
    // The header takes the place of a sector.
    var sector = (fileByteCount - rest) >> UInt64(file.header.sectorShift) - 1
    guard isUnused(sector, file) else { return }
    var left = Limits.OLE.unusedSectors
    while sector > 0, left > 0, isUnused(sector - 1, file) {
      sector -= 1
      left -= 1
    }
    reading.trailingDataOffset = (sector + 1) << UInt64(file.header.sectorShift)
  }

  private static func isUnused(_ sector: UInt64, _ file: CompoundFile) -> Bool {
    let next = file.fat[UInt32(truncatingIfNeeded: sector)]
    return next == nil || next == SectorNumber.free
  }

  // MARK: Damage

  /// The fault in the compound file's own file system.
  struct Damage {
    private(set) var isFound = false
    private var isCut = false
    private var checked: Set<UInt64> = []

    mutating func check(_ file: CompoundFile, fileByteCount: UInt64, into reading: inout Reading) {
      if file.fat.isCut {
        cut("the allocation table", at: fileByteCount, into: &reading)
      } else if file.fat.isBroken {
        add(
          Fault(
            "allocation-table-broken", clause: "MS-CFB 2.5", at: 76,
            "The list of allocation table sectors is corrupt."), to: &reading)
      }
      if let defect = file.directoryDefect {
        report(defect, of: "the directory", declaredAt: 48, file, fileByteCount, into: &reading)
      }
      if file.directory.entries.first?.kind != .root {
        if !isFound {
          add(
            Fault(
              "root-entry-missing", clause: "MS-CFB 2.6.2",
              at: file.directory.entries.first?.offset ?? 48,
              "The directory doesn't start with a root entry."), to: &reading)
        }
      } else if file.directory.hasLoop {
        add(
          Fault(
            "directory-loop", clause: "MS-CFB 2.6.4", at: file.directory.entries.first?.offset,
            "The directory entries form a cycle."), to: &reading)
      } else if file.directory.hasGap, !isFound {
        add(
          Fault(
            "directory-gap", clause: "MS-CFB 2.6.4", at: file.directory.entries.first?.offset,
            "A directory entry refers to a missing entry."), to: &reading)
      }
      // Other faults in the mini stream show in its streams.
      if file.miniDefect == .cut { cut("the mini stream", at: fileByteCount, into: &reading) }
    }

    /// The stream that is the document. All its defects count.
    mutating func mainStream(
      _ name: CompoundName, of file: CompoundFile, in window: inout ByteWindow,
      into reading: inout Reading
    ) throws(ReadError) -> CompoundStream? {
      guard let entry = file.directory.rootEntry(name) else { return nil }
      checked.insert(entry.offset)
      let (stream, defect) = try file.stream(entry, in: &window)
      if stream.isLimited { reading.leavePiecesUnchecked(at: entry.offset) }
      if let defect {
        let what = try Self.name(of: entry, in: &window)
        report(
          defect, of: "the stream \(what)", declaredAt: entry.offset, file, window.byteCount,
          into: &reading)
      } else if stream.byteCount == 0 {
        add(
          Fault(
            "empty-stream", clause: "MS-CFB 2.6.1", at: entry.offset,
            "The stream \(try Self.name(of: entry, in: &window)), which the document needs, is empty.",
            expected: "a document", actual: "0 bytes"), to: &reading)
      }
      return stream
    }

    /// Every other stream must at least be in the file.
    mutating func checkOtherStreams(
      of file: CompoundFile, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      // If the streams together are longer than the file, some sizes are false, and following them all would
      // take long.
      var left = window.byteCount &* Limits.OLE.streamsPerFile
      for entry in file.directory.entries where entry.kind == .stream && entry.parent != nil {
        if isCut { return }
        guard entry.byteCount <= left else {
          let count = Limits.OLE.streamsPerFile
          return reading.leaveUnchecked(
            UncheckedPart(
              "streams beyond \(count) times the file size",
              limit: "\(count) times the file size",
              at: entry.offset))
        }
        guard entry.byteCount >= file.cutoff, !checked.contains(entry.offset) else { continue }
        left -= entry.byteCount
        var visited: SectorSet?
        var extents = FileAllocationTable.Extents()
        let defect = file.fat.follow(
          from: entry.start, byteCount: entry.byteCount, visited: &visited, extents: &extents)
        if defect == .cut {
          let what = try Self.name(of: entry, in: &window)
          cut("the stream \(what)", at: window.byteCount, into: &reading)
        }
      }
    }

    mutating func add(_ fault: Fault, to reading: inout Reading) {
      isFound = true
      reading.add(fault)
    }

    /// Reporting the end of the file once is enough.
    private mutating func cut(_ what: String, at offset: UInt64, into reading: inout Reading) {
      isFound = true
      if !isCut { reading.addTruncation(of: what, clause: "MS-CFB 2.1", at: offset) }
      isCut = true
    }

    private mutating func report(
      _ defect: FileAllocationTable.Defect, of what: String, declaredAt: UInt64?,
      _ file: CompoundFile, _ fileByteCount: UInt64, into reading: inout Reading
    ) {
      let (name, message, offset): (String, String, UInt64?)
      switch defect {
      case .cut: return cut(what, at: fileByteCount, into: &reading)
      case .short(let byteCount, let last):
        (name, offset) = ("chain-too-short", last.map(file.header.offset) ?? declaredAt)
        message = "The sector chain of \(what) ends too early, after \(byteCount) bytes."
      case .loop(let sector):
        (name, offset) = ("chain-loop", min(file.header.offset(of: sector), fileByteCount))
        message = "The sector chain of \(what) forms a cycle."
      case .astray(let sector):
        (name, offset) = ("chain-astray", min(file.header.offset(of: sector), fileByteCount))
        message = "The sector chain of \(what) points outside the file."
      }
      add(Fault(name, clause: "MS-CFB 2.3", at: offset, message), to: &reading)
    }

    /// A stream's name, quoted.
    private static func name(
      of entry: CompoundDirectory.Entry, in window: inout ByteWindow
    ) throws(ReadError) -> String {
      var span = try window.available(at: entry.offset, upTo: 64)
      var units: [UInt16] = []
      while span.remaining >= 2 {
        let unit = try UInt16(parsingLittleEndian: &span)
        if unit == 0 { break }
        // A leading number below 32 marks the streams reserved for the system or Office.
        if unit >= 0x20 { units.append(unit) }
      }
      return quotedName(Array(String(decoding: units, as: UTF16.self).utf8))
    }
  }
}

extension Reading {
  /// Notes that streams have more pieces than the limit.
  fileprivate mutating func leavePiecesUnchecked(at offset: UInt64?) {
    let count = Limits.OLE.extents
    leaveUnchecked(
      UncheckedPart("streams in more than \(count) pieces", limit: "\(count) pieces", at: offset))
  }
}

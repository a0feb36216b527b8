// MS-OLEDS, 2.3.6 "OLENativeStream", with the content that Windows' Packager puts into it.

internal import PreflightFacts
internal import PreflightBytes

/// A file embedded in a document: the stream "\u{1}Ole10Native" of an object, as Packager writes it.
struct PackagedFile {
  /// What is reported of the file if it is a program: its name or its type by the first bytes.
  let program: String?

  /// Reads the stream's first bytes; nil for an object of another kind.
  private init?(_ bytes: [UInt8]) {
    var span = ByteSpan(bytes.span.bytes, at: 0)
    do {
      try span.skip(4)  // size of the rest
      // Others have their data right here.
      guard try UInt16(parsingLittleEndian: &span) == 2 else { return nil }
      guard let label = try Self.string(&span), let path = try Self.string(&span) else { return nil }
      try span.skip(2)
      // 3 for an embedded file, 1 for a link.
      guard try UInt16(parsingLittleEndian: &span) == 3 else { return nil }
      try span.skip(try UInt32(parsingLittleEndian: &span))  // the path that it is unpacked to
      try span.skip(4)  // size of the data
      let data = try span.take(span.remaining)
      let name = [path, label].first { ProgramName.isProgram(ProgramName.lastPart($0)) }
      if let name {
        program = "the program " + quotedName(Array(ProgramName.lastPart(name).utf8)) + " as an object"
      } else if let kind = StrayData.program(data), kind != "a shell script" {
        program = "\(kind) named " + quotedName(Array(ProgramName.lastPart(label).utf8))
      } else {
        program = nil
      }
    } catch {
      return nil
    }
  }

  /// A string that ends with a NUL; nil if it is longer than any path or not text.
  private static func string(_ span: inout ByteSpan) throws(ReadError) -> String? {
    var characters: [UInt8] = []
    while characters.count <= Limits.OLE.packagedName {
      let byte = try UInt8(parsing: &span)
      if byte == 0 { return String(decoding: characters, as: UTF8.self) }
      if byte < 0x20 { return nil }
      characters.append(byte)
    }
    return nil
  }

  /// Notes the programs among the packaged files of a compound file.
  ///
  /// - Parameter place: The offset of the compound file, if it is embedded in another file.
  /// - Returns: Whether the head of each was there.
  @discardableResult
  static func notePrograms(
    in file: CompoundFile, place: UInt64? = nil, _ window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) -> Bool {
    var left = Limits.OLE.packagedFiles
    var isWhole = true
    for entry in file.directory.entries
    where entry.name == .packagedFile && entry.kind == .stream && entry.parent != nil {
      left -= 1
      guard left >= 0 else {
        let count = Limits.OLE.packagedFiles
        reading.leaveUnchecked(
          UncheckedPart(
            "packaged files after the first \(count)", limit: "\(count) files", at: place ?? entry.offset))
        break
      }
      let head = try file.head(of: entry, upTo: Limits.OLE.packagedHead, in: &window)
      if UInt64(head.bytes.count) < min(entry.byteCount, UInt64(Limits.OLE.packagedHead)) { isWhole = false }
      guard let program = PackagedFile(head.bytes)?.program else { continue }
      reading.add(HiddenContent(.program, at: place ?? head.offset ?? entry.offset, program))
    }
    return isWhole
  }
}

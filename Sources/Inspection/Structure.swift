package import PreflightBytes
internal import PreflightFacts
package import PreflightFormats
package import SystemPackage

/// A file whose structure has been read: the first of the two depths.
package struct Structure {
  /// What the structure says.
  package let inspection: Inspection

  private let reading: Reading
  /// The format whose content can still be decoded; nil if the structure is already faulty.
  private let undecoded: Format?

  /// Reads the structure of a file.
  ///
  /// - Parameters:
  ///   - name: The file's name, which decides the type of a password-protected Office document, and whether a text
  ///     in a format of its own is just a text.
  ///   - declaredType: The type that the caller will declare, which decides the latter, too.
  ///   - formats: The formats to ask, in order.
  /// - Throws: `ReadError` with `source` if the source can't be read, `SnifferError` if libmagic has no
  ///   database. The content of the bytes never makes it throw.
  package init(
    _ window: inout ByteWindow, named name: FilePath?, declaredType: String? = nil, sniffer: Sniffer,
    formats: [Format] = Format.all
  ) throws {
    var reading = Reading(sniffedType: try sniffer.mediaType(of: &window))
    // While the first bytes are in memory still.
    let signs = OpeningSigns(try window.available(at: 0, upTo: Limits.Hidden.openingEnd))
    let format = try Self.recognise(&window, among: formats, into: &reading)
    undecoded = reading.faults.isEmpty ? format : nil
    if let format {
      do { try reading.noteOtherFormats(signs, in: format, &window) } catch {
        switch error.reason {
        case .source: throw error
        case .enough: reading.leaveUnchecked(.rest(from: error.offset, of: window.byteCount))
        // Bytes that are invalid in another format don't have that format.
        case .endOfData, .implausible: break
        }
      }
    } else if let sniffed = reading.sniffedType.map(MediaType.init(rawValue:)),
      sniffed.known?.isConfirmedByReader == true
    {
      reading.add(
        Fault(
          "unconfirmed-type", clause: "", at: 0,
          "The file starts like \(sniffed), but its header is invalid."))
    }
    self.reading = reading
    let mediaType = Self.mediaType(of: reading, named: name, declaredType: declaredType)
    inspection = Inspection(
      byteCount: window.byteCount, depth: .structure, mediaType: mediaType, reading: reading,
      mangling: try Self.mangling(in: &window, reading))
  }

  /// Decodes the content of a file with a valid structure: the second depth.
  ///
  /// - Returns: What structure and content say together.
  package func content(_ window: inout ByteWindow) throws(ReadError) -> Inspection {
    var reading = reading
    if let undecoded {
      try Self.collect(into: &reading, byteCount: window.byteCount) { reading throws(ReadError) in
        try undecoded.reader.decode(&window, into: &reading)
      }
      Self.noteMissingBytes(of: window, into: &reading)
    }
    return Inspection(
      byteCount: inspection.byteCount, depth: .content, mediaType: inspection.mediaType, reading: reading,
      mangling: try mangling(in: &window, reading))
  }

  /// What a faulty program or transfer made of the file, now that its content was read.
  private func mangling(in window: inout ByteWindow, _ reading: Reading) throws(ReadError) -> Mangling? {
    // The content adds faults to those of the structure.
    guard reading.faults.count == inspection.faults.count else {
      return try Self.mangling(in: &window, reading)
    }
    guard inspection.mangling == nil, inspection.faults.isEmpty, reading.mediaType?.isBinary == true else {
      return inspection.mangling
    }
    // Bytes that were exchanged for others, each for one, leave most structures as they are.
    return try Self.ifReadable { () throws(ReadError) in try ByteValues.mangling(in: &window) }
  }

  /// What a faulty program or transfer made of the file.
  private static func mangling(
    in window: inout ByteWindow, _ reading: Reading
  ) throws(ReadError) -> Mangling? {
    try ifReadable { () throws(ReadError) in try Mangling.find(in: &window, reading) }
  }

  /// What is found; nil if it doesn't show in what may still be read.
  private static func ifReadable(_ find: () throws(ReadError) -> Mangling?) throws(ReadError) -> Mangling? {
    do { return try find() } catch {
      if case .enough = error.reason { return nil }
      throw error
    }
  }

  /// Tries each format in turn; returns the file's format, or nil.
  private static func recognise(
    _ window: inout ByteWindow, among formats: [Format], into reading: inout Reading
  ) throws(ReadError) -> Format? {
    for format in formats {
      try collect(into: &reading, byteCount: window.byteCount) { reading throws(ReadError) in
        try format.reader.read(&window, into: &reading)
      }
      if reading.mediaType != nil {
        noteMissingBytes(of: window, into: &reading)
        return format
      }
      reading.forget()
    }
    return nil
  }

  /// Not every format states its length: truncated text is still text.
  private static func noteMissingBytes(of window: borrowing ByteWindow, into reading: inout Reading) {
    guard reading.faults.isEmpty, let offset = window.missingOffset else { return }
    reading.add(
      Fault(
        "missing-bytes", clause: "", at: offset,
        "The file is shorter than when it was opened.",
        expected: "\(window.byteCount) bytes", actual: "\(offset) bytes"))
  }

  /// Runs a reader. Turns errors about the bytes into faults, or into a note if the read limit was reached.
  private static func collect(
    into reading: inout Reading, byteCount: UInt64, _ read: (inout Reading) throws(ReadError) -> Void
  ) throws(ReadError) {
    do { try read(&reading) } catch {
      switch error.reason {
      case .source: throw error
      case .enough: reading.leaveUnchecked(.rest(from: error.offset, of: byteCount))
      case .endOfData:
        reading.addTruncation(of: "a structure", clause: "", at: error.offset)
      case .implausible:
        reading.add(
          Fault(
            "implausible-size", clause: "", at: error.offset,
            "A size or offset in the file is invalid."))
      }
    }
  }

  /// The type that a reader found, otherwise libmagic's.
  ///
  /// This is the only place where the file name decides something. A password-protected OOXML file doesn't
  /// show which of the three document types is inside (MS-OFFCRYPTO, section 2.3.4), so its type comes from
  /// the extension. And a table, JSON or a card is a plain text if its name or its declared type says so.
  private static func mediaType(
    of reading: Reading, named name: FilePath?, declaredType: String?
  ) -> MediaType? {
    guard let found = reading.mediaType else { return mediaType(sniffed: reading.sniffedType) }
    let named = name?.lowercasedExtension.map(MediaType.types(forExtension:)) ?? []
    if found == .encryptedPackage { return named.first { $0 != .encryptedPackage } ?? found }
    let isCalledText =
      named.contains(.plainText) || declaredType.map(MediaType.init(declaring:)) == .plainText
    return isCalledText && found.isPlainTextInside ? .plainText : found
  }

  /// libmagic's answer if it is a media type, rather than a kind of file system object.
  private static func mediaType(sniffed: String?) -> MediaType? {
    guard let sniffed, sniffed.contains("/"), !sniffed.hasPrefix("inode/"),
      sniffed != "application/x-empty"
    else { return nil }
    return MediaType(rawValue: sniffed)
  }
}

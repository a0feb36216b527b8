package import PreflightFacts
package import PreflightFormats
package import PreflightBytes

extension Reading {
  /// Identifies the data after the file's end, and files that are also valid in another format.
  ///
  /// It reads a few kilobytes at the file's end, which readers have usually loaded anyway.
  ///
  /// - Parameters:
  ///   - signs: The signs in the first bytes, from before a reader moved on.
  ///   - format: The file's own format.
  package mutating func noteOtherFormats(
    _ signs: OpeningSigns, in format: Format, _ window: inout ByteWindow
  ) throws(ReadError) {
    let host = format.hiding
    if let offset = trailingDataOffset { try describeTrailingData(from: offset, of: host, &window) }
    guard host != .none else { return }
    try noteOpening(signs, of: host, &window)
    if host == .media || host == .document, let container = signs.container {
      add(HiddenContent(.otherFormat, at: container.offset, container.words))
    }
    if host != .document, host != .compoundFile, let document = signs.document,
      try PDF.isHeader(at: document, in: &window)
    {
      add(HiddenContent(.otherFormat, at: document, "a PDF document"))
    }
    if host == .media || host == .document || host == .compoundFile { try noteArchive(of: host, &window) }
  }

  private mutating func noteOpening(
    _ signs: OpeningSigns, of host: Format.Hiding, _ window: inout ByteWindow
  ) throws(ReadError) {
    switch host {
    case .media:
      if let markup = signs.markup {
        add(HiddenContent(.otherFormat, at: markup.offset, markup.words))
      }
      if let end = signs.endOfComment {
        add(HiddenContent(.otherFormat, at: end, "a script that treats the image as a comment"))
      }
    case .document, .archive:
      // Neither has to be at the start, and only text legitimately precedes them.
      guard host == .archive ? !signs.beginsArchive : signs.document != nil,
        let opening = StrayData(try window.available(at: 0, upTo: Limits.Hidden.openingEnd))
      else { break }
      // A document may have another attached near its start.
      let isDocument = host == .document && signs.beginsDocument
      if opening.words != "text", !isDocument {
        add(HiddenContent(.otherFormat, at: 0, opening.words))
      }
    case .compoundFile, .program, .none: break
    }
  }

  // MARK: Behind the end

  private mutating func describeTrailingData(
    from offset: UInt64, of host: Format.Hiding, _ window: inout ByteWindow
  ) throws(ReadError) {
    let isOfSamsung = try window.available(at: window.byteCount - 4, upTo: 4).has("SEFT")
    let start = try window.available(at: offset, upTo: Limits.Hidden.trailing)
    // A box of an MP4 begins with NULs itself.
    let isPadded = StrayData(start) == nil
    let first = isPadded ? start.firstIndexPastPadding ?? 0 : 0
    let data = ByteSpan(start.bytes.extracting(first..<start.bytes.byteCount), at: start.base + UInt64(first))
    let found = StrayData(data)
    trailingDataWords = found?.words
    switch found {
    case .program(let words): add(HiddenContent(.program, at: data.base, "\(words) after its end"))
    case .script(let words): add(HiddenContent(.otherFormat, at: data.base, words))
    case .archive(let words) where host != .archive && words != "a ZIP archive":
      add(HiddenContent(.otherFormat, at: data.base, words))
    case .other("an MP4 video") where host == .media:
      trailingDataWords = "the MP4 video of a motion photo"
    case nil where isOfSamsung:
      let isMotion = data.firstIndex(of: "MotionPhoto_Data") != nil
      trailingDataWords = isMotion ? "the MP4 video of a motion photo" : "metadata of a Samsung phone"
    default: break
    }
  }

  /// An archive is found by its end, whatever precedes it.
  private mutating func noteArchive(of host: Format.Hiding, _ window: inout ByteWindow) throws(ReadError) {
    let reach = Limits.Hidden.trailing
    guard let archive = try ZIP.archive(atEndOf: &window, reach: reach, into: &self) else { return }
    // A document contains its attachments unchanged, but not up to its last byte.
    let isBehind = archive.recordOffset >= trailingDataOffset ?? .max
    guard host == .media || isBehind || (host == .document && archive.end == window.byteCount) else { return }
    add(HiddenContent(.otherFormat, at: archive.start, "a ZIP archive"))
  }
}

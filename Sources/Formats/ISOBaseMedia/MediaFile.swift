internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The top-level boxes of the file, in order.
  struct MediaFile {
    let opening: Opening
    let byteCount: UInt64
    /// Whether a compressed movie box is decompressed.
    var unpacksMovie = true
    /// Whether the samples of fragments are checked.
    var checksSamples = false
    /// What the checks of samples found so far.
    private(set) var samples: SampleChecks?
    var movie: Movie?
    var items: ItemsBox?
    /// The offset of the first media data box that isn't empty.
    private(set) var mediaData: UInt64?
    private(set) var hasFragments = false
    private(set) var segments = SegmentIndexes()
    /// Whether the image uses the short form (ISO/IEC 23008-12, amendment on low overhead).
    private var hasMinimizedItem = false
    /// Whether the last box extends past the end of the file.
    private(set) var isCut = false
    /// A media data box that extends past the end of the file.
    private var cutMediaData: Box?
    /// The end of the last sample in the file, and the offset that declares it.
    private var lastByte: (end: UInt64, noted: UInt64) = (0, 0)
    /// Where bytes begin that aren't box.
    private var afterBoxes: UInt64?
    /// The size there, where it is that of a box.
    private var invalidSize: UInt64?
    private var metadataLocation: UInt64?

    init(_ opening: Opening, byteCount: UInt64) {
      self.opening = opening
      self.byteCount = byteCount
    }

    mutating func walk(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
      var offset: UInt64 = 0
      while offset < byteCount {
        switch try BoxHeader(at: offset, before: byteCount, in: &window) {
        case .none:
          return try readRest(from: offset, &window, into: &reading)
        case .invalid(let size):
          afterBoxes = offset
          invalidSize = size
          return
        case .box(let box):
          if box.isCut || box.extendsToEnd {
            // Only data that looks like a box is one; anything else may be arbitrary bytes.
            guard Self.isKnown(box.type) || Self.isLikely(box) else {
              afterBoxes = offset
              return
            }
          }
          if box.isCut {
            isCut = true
            if box.type == "mdat", movie != nil, !hasFragments {
              cutMediaData = box
            } else {
              addTruncation(of: box, into: &reading)
            }
          }
          try take(box, in: &window, into: &reading)
          offset = box.end
        }
      }
    }

    private func addTruncation(of box: Box, into reading: inout Reading) {
      reading.addTruncation(of: "its “\(box.type)” box", clause: "ISO/IEC 14496-12 4.2", at: byteCount)
    }

    private mutating func take(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      switch box.type {
      case "moov" where movie == nil:
        movie = try Movie(box, isUnpacked: unpacksMovie, in: &window, into: &reading)
        if checksSamples, let movie { samples = SampleChecks(movie, fileByteCount: byteCount) }
        if movie?.isEmpty == true, !opening.family.isImage { reading.add(.noTrack(box)) }
      case "moof":
        hasFragments = true
        var fragment: Fragment?
        do {
          fragment = try Fragment(box, movie: &movie, checking: samples, in: &window, into: &reading)
        } catch {
          guard box.isCut, case .endOfData = error.reason else { throw error }
        }
        samples = fragment?.samples ?? samples
        if let last = fragment?.lastByte, last.end > lastByte.end { lastByte = last }
      case "mdat":
        if mediaData == nil, box.payloadCount > 0 { mediaData = box.offset }
      case "meta":
        if items == nil { items = try ItemsBox(box, in: &window, into: &reading) }
      case "mini":
        hasMinimizedItem = true
      case "sidx":
        try segments.add(box, in: &window, into: &reading)
      case "uuid":
        if metadataLocation == nil {
          metadataLocation = try UserData.location(inExtended: box, &window, &reading)
        }
      default:
        break
      }
    }

    /// Boxes on the file's own level.
    private static func isKnown(_ type: FourCC) -> Bool {
      switch type {
      case "ftyp", "styp", "moov", "moof", "mdat", "free", "skip", "wide", "uuid", "meta", "sidx", "ssix",
        "mfra", "pdin", "prft", "emsg", "pnot", "PICT", "imda", "meco", "udta", "junk":
        true
      default:
        false
      }
    }

    /// Whether bytes with an unknown box type are a box anyway: recorders write boxes of their own. Text
    /// doesn't have a size like theirs, and other bytes rarely such a name.
    private static func isLikely(_ box: Box) -> Bool {
      box.declaredEnd - box.offset < 0x2000_0000
        && box.type.bytes.allSatisfy { byte in
          switch byte {
          case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x20, 0xa9: true
          default: false
          }
        }
    }

    /// Bytes at the end that are too few for a box, or zeros.
    private mutating func readRest(
      from offset: UInt64, _ window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      if try isCutHeader(at: offset, &window) {
        isCut = true
        return reading.addTruncation(
          of: "a box header", clause: "ISO/IEC 14496-12 4.2", at: byteCount)
      }
      // Zeros are padding of recorders and disk images, and the end of a QuickTime list.
      guard try AudioTags.isZero(&window, from: offset, to: byteCount) else {
        afterBoxes = offset
        return
      }
      if hasFragments, byteCount - offset > Limits.ISOBaseMedia.padding {
        reading.possibleTruncation = PossibleTruncation(
          message: "Zeros follow the last fragment, as if more of them had been expected.",
          clause: "ISO/IEC 14496-12 8.8.4", at: offset)
      }
    }

    /// Whether the file ends within what looks like a box header.
    private func isCutHeader(
      at offset: UInt64, _ window: inout ByteWindow
    ) throws(ReadError) -> Bool {
      guard byteCount - offset < 16 else { return false }
      let span = try window.available(at: offset, upTo: 16)
      guard span.remaining > 4, span.remaining < 8 || span.has([0, 0, 0, 1]) else { return false }
      return Self.names.contains { name in
        for index in 4..<min(8, span.remaining) where span[index] != name[index - 4] { return false }
        return true
      }
    }

    /// The fault of a fragment behind bytes that aren't boxes: players don't reach it.
    func lostBoxes(_ window: inout ByteWindow) throws(ReadError) -> Fault? {
      guard hasFragments || movie?.isFragmented == true, let afterBoxes else { return nil }
      // A “moof” box, which begins with an “mfhd” box of 16 bytes.
      let beginning: StaticString = "moof\0\0\0\u{10}mfhd"
      var offset = afterBoxes
      let end = min(byteCount, offset + Limits.ISOBaseMedia.search)
      while offset < end {
        let span = try window.available(at: offset, upTo: Int(min(end - offset, 1 << 16)))
        guard span.remaining >= beginning.utf8CodeUnitCount else { return nil }
        if let index = span.firstIndex(of: beginning) {
          return .lostBoxes(before: offset + UInt64(index), at: afterBoxes)
        }
        // The last bytes may begin one.
        offset += UInt64(span.remaining - beginning.utf8CodeUnitCount + 1)
      }
      return nil
    }

    private static let names: [[UInt8]] = [
      "moov", "moof", "mdat", "free", "skip", "meta", "mfra", "sidx", "uuid", "styp",
    ].map { Array($0.utf8) }
  }

  /// The segment index boxes, `sidx` (ISO/IEC 14496-12, 8.16.3), which give the duration of a media segment
  /// without a movie box.
  struct SegmentIndexes {
    private(set) var milliseconds: Double?

    mutating func add(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      guard milliseconds == nil,
        let header = try box.value(Header.self, in: &window, into: &reading), header.timescale > 0
      else { return }
      let table = Table(
        in: box, from: box.payload + header.byteCount, entrySize: 12, claimed: UInt64(header.count),
        into: &reading)
      var reader = TableReader(table)
      var duration: UInt64 = 0
      while try reader.advance(in: &window) { duration += UInt64(reader.u32(at: 4)) }
      milliseconds = Double(duration) * 1000 / Double(header.timescale)
    }

    private struct Header: BoxContents {
      let timescale: UInt32
      let count: UInt16
      let byteCount: UInt64

      init(parsing span: inout ByteSpan) throws(ReadError) {
        let isLong = try FullBoxHeader(parsing: &span).version != 0
        try span.skip(4)
        timescale = try UInt32(parsingBigEndian: &span)
        try span.skip((isLong ? 16 : 8) + 2)
        count = try UInt16(parsingBigEndian: &span)
        byteCount = isLong ? 32 : 24
      }
    }
  }
}

extension ISOBaseMedia.MediaFile {
  /// Reports what the file lacks, once all boxes were read, and sets the facts.
  mutating func conclude(into reading: inout Reading) {
    let isImage = self.isImage
    reportMissing(isImage, into: &reading)
    if let movie, !isImage {
      for last in movie.tracks.compactMap(\.lastByte) where last.end > lastByte.end { lastByte = last }
    }
    if isImage { lastByte = items?.lastByte ?? (0, 0) }
    if let cutMediaData {
      // Some writers declare too much. Players read what the samples need.
      if !isImage, movie?.hasNoSample == false, movie?.mayHaveMore == false, lastByte.end <= byteCount {
        isCut = false
      } else {
        addTruncation(of: cutMediaData, into: &reading)
      }
    }
    // A truncated box is the reason for data past the end, and has been reported.
    if lastByte.end > byteCount, !isCut {
      reading.add(
        isImage
          ? .itemPastEnd(lastByte.end, fileSize: byteCount, at: lastByte.noted)
          : .samplesPastEnd(lastByte.end, fileSize: byteCount, at: lastByte.noted))
    } else if let index = movie?.box, !isImage, lastByte.end > index.offset, lastByte.end <= index.end {
      reading.add(.samplesInMovie(index, lastByte.end, at: lastByte.noted))
    }
    if let afterBoxes {
      if movie != nil || items != nil {
        if lastByte.end <= afterBoxes { reading.trailingDataOffset = afterBoxes }
      } else if let invalidSize {
        reading.add(.invalidBoxSize(invalidSize, at: afterBoxes))
      }
    }
    reading.locationMetadataOffset =
      movie?.location ?? movie?.tracks.lazy.compactMap(\.location).first ?? metadataLocation
    describe(isImage, into: &reading)
  }

  /// Whether the file is treated as an image: by its major brand, or by a compatible brand and its boxes.
  private var isImage: Bool {
    if opening.family.isImage { return true }
    guard movie == nil, items?.isForImages == true else { return false }
    return opening.fileType?.compatibleImage != nil
  }

  private func reportMissing(_ isImage: Bool, into reading: inout Reading) {
    if isImage {
      if items == nil, movie == nil, !hasMinimizedItem, !isCut { reading.add(.noItems(at: byteCount)) }
    } else if movie == nil {
      reading.add(.noMovie(hasFragments: hasFragments, at: byteCount))
    }
  }
}

internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The metadata box of an image file, `meta` (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12, 6): which item is
  /// the image, and its properties.
  struct ItemsBox {
    /// Whether the box is about pictures.
    private(set) var isForImages = false
    private(set) var width: Int?
    private(set) var height: Int?
    private(set) var bitDepth: Int?

    /// The end of the last image data in the file, and the box that declares it.
    private(set) var lastByte: (end: UInt64, noted: UInt64) = (0, 0)

    private var primary: UInt32?
    private var properties: [Property] = []
    private var associations: Box?

    /// A property that is of use here.
    private enum Property {
      case size(width: UInt32, height: UInt32)
      case depth(UInt8)
      case other
    }

    init(_ box: Box, in window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
      var children = Children(of: box, skipping: 4, reportsFaults: false)
      while let child = try children.next(in: &window, into: &reading) {
        switch child.type {
        case "hdlr":
          var span = try child.contents(in: &window)
          isForImages = (try? HandlerBox(parsing: &span).type) == "pict"
        case "pitm":
          var span = try child.contents(in: &window)
          primary = (try? PrimaryItem(parsing: &span))?.identifier
        case "iloc":
          try readLocations(child, in: &window, into: &reading)
        case "iprp":
          try readProperties(child, in: &window, into: &reading)
        default:
          break
        }
      }
      if let primary, let associations {
        try apply(associations, to: primary, in: &window, into: &reading)
      }
    }

    /// `iloc` (ISO/IEC 14496-12, 8.11.3). Only data in the file itself counts.
    private mutating func readLocations(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      Self.leaveUnchecked("image locations", in: box, &reading)
      var span = try box.contents(in: &window, upTo: Limits.Window.span)
      do {
        let version = try FullBoxHeader(parsing: &span).version
        guard version <= 2 else { return }
        let sizes = try UInt16(parsingBigEndian: &span)
        let offsetSize = Int(sizes >> 12)
        let lengthSize = Int(sizes >> 8 & 15)
        let baseSize = Int(sizes >> 4 & 15)
        let indexSize = version == 0 ? 0 : Int(sizes & 15)
        guard [offsetSize, lengthSize, baseSize, indexSize].allSatisfy([0, 4, 8].contains) else { return }
        let isExtentEmpty = offsetSize + lengthSize + indexSize == 0
        let isWide = version == 2
        let count = try UInt32(parsingBigEndian: &span, byteCount: isWide ? 4 : 2)
        for _ in 0..<count {
          try span.skip(isWide ? 4 : 2)
          let method = version == 0 ? 0 : try UInt16(parsingBigEndian: &span) & 15
          let reference = try UInt16(parsingBigEndian: &span)
          let base = try UInt64(parsingBigEndian: &span, byteCount: baseSize)
          // Extents without data are all alike: a few bytes could declare 65,535 of them.
          let extentCount = min(try UInt16(parsingBigEndian: &span), isExtentEmpty ? 1 : .max)
          for _ in 0..<extentCount {
            try span.skip(indexSize)
            let place = span.offset
            let start = try base.adding(
              try UInt64(parsingBigEndian: &span, byteCount: offsetSize), claimedAt: place)
            let end = try start.adding(
              try UInt64(parsingBigEndian: &span, byteCount: lengthSize), claimedAt: place)
            if method == 0, reference == 0, end > lastByte.end { lastByte = (end, box.offset) }
          }
        }
      } catch {
        // A list that breaks off keeps what was read.
      }
    }

    /// `iprp` (ISO/IEC 23008-12, 9.3.1).
    private mutating func readProperties(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      var children = Children(of: box, reportsFaults: false)
      while let child = try children.next(in: &window, into: &reading) {
        if child.type == "ipma", associations == nil { associations = child }
        guard child.type == "ipco" else { continue }
        var container = Children(of: child, reportsFaults: false)
        while let property = try container.next(in: &window, into: &reading) {
          let limit = Limits.ISOBaseMedia.properties
          guard properties.count < limit else {
            reading.leaveUnchecked(
              UncheckedPart(
                "properties after the first \(limit)", limit: "\(limit) properties", at: property.offset))
            break
          }
          properties.append(try Self.property(property, in: &window))
        }
      }
    }

    /// Notes that a list is longer than the limit.
    private static func leaveUnchecked(_ what: String, in box: Box, _ reading: inout Reading) {
      guard box.payloadCount > Limits.Window.span else { return }
      let size = Limits.size(Limits.Window.span)
      reading.leaveUnchecked(
        UncheckedPart(
          "\(what) after the first \(size) of the list", limit: size,
          at: box.payload + UInt64(Limits.Window.span)))
    }

    private static func property(
      _ box: Box, in window: inout ByteWindow
    ) throws(ReadError) -> Property {
      var span = try box.contents(in: &window, upTo: 16)
      switch box.type {
      case "ispe" where span.remaining >= 12:
        try span.skip(4)
        let width = try UInt32(parsingBigEndian: &span)
        return .size(width: width, height: try UInt32(parsingBigEndian: &span))
      case "pixi" where span.remaining >= 6:
        try span.skip(5)
        return .depth(try UInt8(parsing: &span))
      default:
        return .other
      }
    }

    /// `ipma` (ISO/IEC 23008-12, 9.3.1): which properties an item has.
    private mutating func apply(
      _ box: Box, to item: UInt32, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      Self.leaveUnchecked("image properties", in: box, &reading)
      var span = try box.contents(in: &window, upTo: Limits.Window.span)
      guard let header = try? FullBoxHeader(parsing: &span),
        let count = try? UInt32(parsingBigEndian: &span)
      else { return }
      let isWide = header.flags & 1 == 1
      for _ in 0..<count {
        guard
          let identifier = header.version < 1
            ? (try? UInt16(parsingBigEndian: &span)).map(UInt32.init)
            : try? UInt32(parsingBigEndian: &span),
          let associated = try? UInt8(parsing: &span)
        else { return }
        for _ in 0..<associated {
          let index: Int
          if isWide {
            guard let value = try? UInt16(parsingBigEndian: &span) else { return }
            index = Int(value & 0x7fff)
          } else {
            guard let value = try? UInt8(parsing: &span) else { return }
            index = Int(value & 0x7f)
          }
          guard identifier == item, index > 0, index <= properties.count else { continue }
          switch properties[index - 1] {
          case .size(let width, let height):
            self.width = Int(width)
            self.height = Int(height)
          case .depth(let bits):
            bitDepth = Int(bits)
          case .other:
            break
          }
        }
        if identifier == item { return }
      }
    }
  }

  /// `pitm` (ISO/IEC 14496-12, 8.11.4).
  fileprivate struct PrimaryItem: BoxContents {
    let identifier: UInt32

    init(parsing span: inout ByteSpan) throws(ReadError) {
      let version = try FullBoxHeader(parsing: &span).version
      identifier =
        version == 0
        ? UInt32(try UInt16(parsingBigEndian: &span)) : try UInt32(parsingBigEndian: &span)
    }
  }
}

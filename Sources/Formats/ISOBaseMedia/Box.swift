internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// A box (ISO/IEC 14496-12, 4.2); QuickTime calls it an atom.
  struct Box {
    let type: FourCC
    /// Where the header begins.
    let offset: UInt64
    /// Where the payload begins.
    let payload: UInt64
    /// Where the box ends by its own size.
    let declaredEnd: UInt64
    /// The end of the box, or of its container if that ends earlier.
    let end: UInt64
    /// Whether the box has no size and extends to the end of its container.
    let extendsToEnd: Bool

    var payloadCount: UInt64 { end - payload }

    /// Whether the container ends before the box does.
    var isCut: Bool { declaredEnd > end }

    /// The start of the payload, up to `limit` bytes of it.
    @_lifetime(&window)
    func contents(in window: inout ByteWindow, upTo limit: Int = 256) throws(ReadError) -> ByteSpan {
      let count = Int(clamping: min(payloadCount, UInt64(limit)))
      return try window.available(at: payload, upTo: count)
    }
  }

  /// What is where a box is looked for.
  enum BoxHeader {
    case box(Box)
    /// A header whose size is smaller than the header itself.
    case invalid(size: UInt64)
    /// Too few bytes for a header, or the zero that ends QuickTime's lists.
    case none

    init(at offset: UInt64, before limit: UInt64, in window: inout ByteWindow) throws(ReadError) {
      guard offset < limit, limit - offset >= 8 else { self = .none; return }
      var span = try window.available(at: offset, upTo: 16)
      guard span.remaining >= 8 else { self = .none; return }
      var size = UInt64(try UInt32(parsingBigEndian: &span))
      let type = try FourCC(parsing: &span)
      var headerSize: UInt64 = 8
      if size == 0 {
        if type.rawValue == 0 { self = .none; return }
        self = .box(
          Box(
            type: type, offset: offset, payload: offset + 8, declaredEnd: limit, end: limit,
            extendsToEnd: true))
        return
      }
      if size == 1 {
        guard limit - offset >= 16, span.remaining >= 8 else { self = .none; return }
        size = try UInt64(parsingBigEndian: &span)
        headerSize = 16
      }
      guard size >= headerSize else { self = .invalid(size: size); return }
      let (sum, overflow) = offset.addingReportingOverflow(size)
      let declaredEnd = overflow ? .max : sum
      self = .box(
        Box(
          type: type, offset: offset, payload: offset + headerSize, declaredEnd: declaredEnd,
          end: min(declaredEnd, limit), extendsToEnd: false))
    }
  }

  /// The boxes in a box, one after the other.
  struct Children {
    private var position: UInt64
    private let parent: Box
    private let reportsFaults: Bool

    /// - Parameters:
    ///   - parent: The box that is walked.
    ///   - skipping: How many bytes of the payload precede the first child.
    ///   - reportsFaults: Whether children that don't fit are faults: not in metadata, which players skip.
    init(of parent: Box, skipping: UInt64 = 0, reportsFaults: Bool = true) {
      self.parent = parent
      self.reportsFaults = reportsFaults
      // A child offset past the end ends the walk.
      position = parent.payloadCount < skipping ? parent.end : parent.payload + skipping
    }

    /// The next child, cut where the parent ends.
    mutating func next(
      in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) -> Box? {
      switch try BoxHeader(at: position, before: parent.end, in: &window) {
      case .none:
        return nil
      case .invalid(let size):
        if reportsFaults, !parent.isCut {
          reading.add(.invalidBoxSize(size, at: position))
        }
        return nil
      case .box(let box):
        position = box.end
        // If the parent itself is truncated, that has already been reported.
        if box.isCut, reportsFaults, !parent.isCut {
          reading.add(.boxPastParent(box, parent: parent))
        }
        return box
      }
    }
  }
}

extension ISOBaseMedia {
  /// The fields at the start of a box's payload; later versions may add bytes after them.
  protocol BoxContents {
    init(parsing span: inout ByteSpan) throws(ReadError)
  }

  /// The version and flags that many boxes begin with (ISO/IEC 14496-12, 4.2).
  struct FullBoxHeader: BoxContents {
    let version: UInt8
    let flags: UInt32

    init(parsing span: inout ByteSpan) throws(ReadError) {
      version = try UInt8(parsing: &span)
      flags = try UInt32(parsingBigEndian: &span, byteCount: 3)
    }
  }
}

extension ISOBaseMedia.Box {
  /// The payload as a value. Reads at most `limit` bytes; nil if the box is too short for it.
  func parsed<Contents: ISOBaseMedia.BoxContents>(
    _: Contents.Type, upTo limit: Int = 256, in window: inout ByteWindow
  ) throws(ReadError) -> Contents? {
    var span = try contents(in: &window, upTo: limit)
    // A span contains only the box, so a failure means that the box is too short, not the file.
    return try? Contents(parsing: &span)
  }

  /// The payload as a value that players require: nil, and a fault, if the box is too short.
  func value<Contents: ISOBaseMedia.BoxContents>(
    _: Contents.Type, upTo limit: Int = 256, in window: inout ByteWindow, into reading: inout Reading
  ) throws(ReadError) -> Contents? {
    let value = try parsed(Contents.self, upTo: limit, in: &window)
    if value == nil, !isCut { reading.add(.shortBox(self)) }
    return value
  }
}

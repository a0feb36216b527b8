internal import PreflightFacts
internal import PreflightBytes

/// A bounded walk through the objects of a document that aren't needed to show it (``Limits/PDFActions``).
/// What lies beyond the limits isn't checked.
struct PDFWalk {
  /// An object, and the offset of it or of what contains it.
  struct Place {
    let object: PDFObject
    let offset: UInt64?
    /// Where its data begins, if it is a stream.
    var streamOffset: UInt64?

    var dictionary: PDFDictionary? { object.dictionary }
  }

  private let limit: UInt64
  private let unpackedLimit: Int
  private var objects = 0
  private var parsed = 0
  /// Whether something was skipped because the read limit was reached.
  private(set) var isExhausted = false

  init(_ document: PDFDocument, _ window: borrowing ByteWindow) {
    limit =
      window.bytesRead
      + min(
        Limits.PDFActions.bytesRead, Limits.PDFActions.bytesReadPerByte * window.byteCount)
    unpackedLimit = document.unpackedByteCount + Limits.PDFActions.unpacked
  }

  /// The object that a reference refers to; nil if there is none, it can't be read, or the read limit was
  /// reached.
  mutating func resolve(
    _ object: PDFObject?, from offset: UInt64?, _ document: inout PDFDocument,
    _ window: inout ByteWindow
  ) throws(ReadError) -> Place? {
    guard var object else { return nil }
    var place = Place(object: object, offset: offset)
    for _ in 0..<Limits.PDFActions.hops {
      guard let reference = object.reference else { return place }
      guard objects < Limits.PDFActions.objects, parsed < Limits.PDFActions.parsed,
        window.bytesRead < limit, document.unpackedByteCount < unpackedLimit
      else {
        isExhausted = true
        return nil
      }
      objects += 1
      let found = try document.load(reference.number, in: &window)
      parsed += max(found?.byteCount ?? 0, found?.object == nil ? Limits.PDFActions.missingObject : 0)
      guard let loaded = found, let next = loaded.object else { return nil }
      object = next
      place = Place(object: next, offset: loaded.offset ?? offset, streamOffset: loaded.streamOffset)
    }
    if object.reference == nil { return place }
    isExhausted = true
    return nil
  }

  /// The first bytes of a stream; nil if it is encrypted or has an unsupported filter.
  mutating func bytes(
    of stream: Place, upTo count: Int, _ document: PDFDocument, _ window: inout ByteWindow
  ) throws(ReadError) -> [UInt8]? {
    guard !document.isEncrypted, let dictionary = stream.dictionary, let start = stream.streamOffset else {
      return nil
    }
    guard window.bytesRead < limit else {
      isExhausted = true
      return nil
    }
    return try PDFStreamDecoder(dictionary)?.decode(at: start, upTo: count, in: &window)
  }
}

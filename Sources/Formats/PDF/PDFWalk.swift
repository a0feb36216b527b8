internal import PreflightFacts
internal import PreflightBytes

/// A way through the objects of a document that are of no use for showing it, bounded in what it reads and
/// unpacks: what lies beyond isn't looked at.
struct PDFWalk {
  /// A document's catalog, forms and first pages take fewer objects than this.
  private static let maximumObjects = 256

  /// So much may be read on the way, and no more than the file has several times over.
  private static let maximumBytesRead: UInt64 = 1 << 20

  /// So many bytes may be parsed: the same ones can be asked for again and again.
  private static let maximumParsed = 4 << 20

  /// What an object costs that isn't found or is too long.
  private static let missingCost = 64 << 10

  /// So much may be unpacked of object streams.
  private static let maximumUnpacked = 4 << 20

  /// An object, and where it, or what it stands in, begins.
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

  init(_ document: PDFDocument, _ window: borrowing ByteWindow) {
    limit = window.bytesRead + min(Self.maximumBytesRead, 8 * window.byteCount)
    unpackedLimit = document.unpackedByteCount + Self.maximumUnpacked
  }

  /// The object that a reference leads to; nil where there is none, it can't be read, or enough was read.
  mutating func resolve(
    _ object: PDFObject?, from offset: UInt64?, _ document: inout PDFDocument,
    _ window: inout ByteWindow
  ) throws(ReadError) -> Place? {
    guard var object else { return nil }
    var place = Place(object: object, offset: offset)
    for _ in 0..<4 {
      guard let reference = object.reference else { return place }
      guard objects < Self.maximumObjects, parsed < Self.maximumParsed, window.bytesRead < limit,
        document.unpackedByteCount < unpackedLimit
      else { return nil }
      objects += 1
      let found = try document.load(reference.number, in: &window)
      parsed += max(found?.byteCount ?? 0, found?.object == nil ? Self.missingCost : 0)
      guard let loaded = found, let next = loaded.object else { return nil }
      object = next
      place = Place(object: next, offset: loaded.offset ?? offset, streamOffset: loaded.streamOffset)
    }
    return nil
  }

  /// The first bytes of a stream; nil where it is encrypted or packed in a way that isn't known.
  func bytes(
    of stream: Place, upTo count: Int, _ document: PDFDocument, _ window: inout ByteWindow
  ) throws(ReadError) -> [UInt8]? {
    guard !document.isEncrypted, let dictionary = stream.dictionary, let start = stream.streamOffset,
      window.bytesRead < limit
    else { return nil }
    return try PDFStreamDecoder(dictionary)?.decode(at: start, upTo: count, in: &window)
  }
}

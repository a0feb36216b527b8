// ISO 32000-2:2020, 7.4 "Filters".

internal import PreflightFacts
internal import PreflightBytes

/// The filters of a stream, one after the other, as far as they are undone here: not those of images.
struct PDFFilterChain {
  /// What the data is behind the filters that are undone; nil for what the stream is for.
  private(set) var remaining: String?
  /// The filter that the stream's bytes are the output of; nil for none.
  let first: String?
  /// Whether none is undone, since there are more than ``Limits/PDF/filters``.
  let hasMoreThanAreUndone: Bool
  /// Whether nothing can be said of what is behind them.
  private(set) var isOpaque = false
  /// The filter whose data is damaged, and how much of the stream was decoded if it is the first.
  private(set) var damage: (filter: String, offset: Int)?
  /// How many bytes were decoded so far, by all filters.
  private(set) var byteCount = 0
  /// The first decoded bytes.
  private(set) var output: [UInt8] = []

  private var filters: [(name: String, filter: any PDFFilter)] = []
  private let outputLimit: Int
  private let byteLimit: Int

  /// Whether there is a filter to undo.
  var isEmpty: Bool { filters.isEmpty }
  /// Whether more was decoded than was kept.
  var isCut: Bool { output.count == outputLimit }
  /// Whether more would have been decoded than may be.
  var isExhausted: Bool { byteCount > byteLimit }

  /// - Parameters:
  ///   - keeping: How many decoded bytes to keep, by what they are.
  ///   - limit: How many bytes to decode.
  init(_ dictionary: PDFDictionary, upTo limit: Int, keeping: (_ remaining: String?) -> Int) {
    byteLimit = limit
    let filters = PDFStreamDecoder.filters(of: dictionary)
    var names = filters.prefix(Limits.PDF.filters).compactMap(\.name).map { Self.names[$0] ?? $0 }
    hasMoreThanAreUndone = filters.count > Limits.PDF.filters
    // Another object has its name, or there are too many of them.
    if names.count < filters.count { (names, isOpaque) = ([], true) }
    first = names.first
    var undone: [(name: String, filter: any PDFFilter)] = []
    for (index, name) in names.enumerated() {
      let parameters = PDFStreamDecoder.parameters(of: dictionary, at: index)
      guard !isOpaque, let filter = Self.filter(name, parameters) else {
        remaining = name
        break
      }
      undone.append((name, filter))
      isOpaque = Self.hasPredictor(parameters)
    }
    self.filters = undone
    outputLimit = isOpaque ? 0 : keeping(remaining)
  }

  /// The short names, which only images in a page's content should have (8.9.7).
  private static let names = [
    "AHx": "ASCIIHexDecode", "A85": "ASCII85Decode", "LZW": "LZWDecode", "Fl": "FlateDecode",
    "RL": "RunLengthDecode", "CCF": "CCITTFaxDecode", "DCT": "DCTDecode",
  ]

  /// Whether a filter is one of the specification's, or Brotli's, which an extension has (table 6).
  static func isKnown(_ filter: String) -> Bool {
    names.values.contains(filter) || ["JBIG2Decode", "JPXDecode", "Crypt", "BrotliDecode"].contains(filter)
  }

  private static func filter(_ name: String, _ parameters: PDFObject?) -> (any PDFFilter)? {
    switch name {
    case "ASCIIHexDecode": return PDFHexadecimal()
    case "ASCII85Decode": return PDFASCII85()
    case "RunLengthDecode": return PDFRunLength()
    case "FlateDecode": return PDFFlate()
    case "LZWDecode":
      switch parameters {
      case nil, .null: return PDFLZW(earlyChange: 1)
      case .dictionary(let dictionary):
        guard let change = dictionary[.earlyChange] else { return PDFLZW(earlyChange: 1) }
        return change.integer.flatMap { (0...1).contains($0) ? PDFLZW(earlyChange: $0) : nil }
      default: return nil
      }
    default: return nil
    }
  }

  /// Whether what was compressed is differences, or may be.
  private static func hasPredictor(_ parameters: PDFObject?) -> Bool {
    switch parameters {
    case nil, .null: false
    case .dictionary(let dictionary): dictionary[.predictor].map { $0.integer != 1 } ?? false
    default: true
    }
  }

  /// Decodes the next bytes of the stream.
  mutating func decode(_ bytes: borrowing ByteSpan) { pass(bytes, to: 0) }

  /// Decodes what is left at the end of the stream.
  ///
  /// - Parameter isExact: Whether the last byte is the data's, and not that of the line end behind it.
  mutating func finish(isExact: Bool) {
    for index in filters.indices where damage == nil && !isExhausted {
      let isWhole = filters[index].filter.finish(isExact: isExact || index > 0) { output in
        pass(output, to: index + 1)
      }
      if !isWhole, damage == nil { note(damageOf: index) }
    }
  }

  private mutating func pass(_ bytes: borrowing ByteSpan, to index: Int) {
    guard damage == nil, !isExhausted, bytes.remaining > 0 else { return }
    if index > 0 { byteCount += bytes.remaining }
    guard filters.indices.contains(index) else {
      let kept = min(bytes.remaining, outputLimit - output.count)
      for position in 0..<kept { if let byte = bytes[position] { output.append(byte) } }
      return
    }
    let status = filters[index].filter.decode(bytes) { output in pass(output, to: index + 1) }
    if status == .damaged, damage == nil { note(damageOf: index) }
  }

  private mutating func note(damageOf index: Int) {
    let flate = filters[index].filter as? PDFFlate
    damage = (filters[index].name, index == 0 ? flate?.consumed ?? 0 : 0)
  }
}

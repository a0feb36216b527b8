// ISO 32000-2:2020, 7.3.8 "Stream objects" and 7.4.4 "LZWDecode and FlateDecode filters".

internal import PreflightFacts
internal import PreflightBytes

/// Decodes the streams that contain a document's structure: cross-reference and object streams. All known
/// writers store both uncompressed or with FlateDecode.
struct PDFStreamDecoder: Sendable {
  private var isFlate = false
  private var length: UInt64?
  private var predictor = 1
  private var bytesPerPixel = 1
  private var bytesPerRow = 1

  /// The specification's filters that only text needs (7.4.2 to 7.4.5), with their short names. Other readers
  /// support them, however rare; this one doesn't.
  private static let others: Set<String> = [
    "ASCIIHexDecode", "AHx", "ASCII85Decode", "A85", "LZWDecode", "LZW", "RunLengthDecode", "RL", "Crypt",
  ]

  /// Whether a stream may be valid but uses a filter that isn't decoded here.
  static func isForOthers(_ dictionary: PDFDictionary) -> Bool {
    let filters = filters(of: dictionary)
    guard PDFStreamDecoder(dictionary) == nil, filters.allSatisfy({ $0.reference != nil || isKnown($0) })
    else {
      return false
    }
    // A single FlateDecode is, except for the parameters.
    guard filters.count == 1, isFlate(filters[0]) else { return true }
    return parameters(of: dictionary)?.isSupported == true
  }

  /// The limit that prevents decoding, if that is the only reason.
  static func unchecked(_ dictionary: PDFDictionary, at offset: UInt64) -> UncheckedPart? {
    guard let parameters = parameters(of: dictionary), parameters.isPossible, !parameters.isSupported else {
      return nil
    }
    let count = Limits.PDF.columns
    return UncheckedPart(
      "streams in rows of more than \(count) columns", limit: "\(count) columns", at: offset)
  }

  private static func isKnown(_ filter: PDFObject) -> Bool {
    isFlate(filter) || filter.name.map(others.contains) == true
  }

  private static func isFlate(_ filter: PDFObject) -> Bool {
    filter.name == "FlateDecode" || filter.name == "Fl"
  }

  /// The filters of a stream, the one that its bytes are the output of first.
  static func filters(of dictionary: PDFDictionary) -> [PDFObject] {
    switch dictionary[.filter] {
    case nil, .null: []
    case .array(let array): array
    case .some(let single): [single]
    }
  }

  /// The parameters of one of its filters; nil for none.
  static func parameters(of dictionary: PDFDictionary, at index: Int) -> PDFObject? {
    let parameters = dictionary[.decodeParms] ?? dictionary[.dp]
    guard let array = parameters?.array else { return index == 0 ? parameters : nil }
    return array.indices.contains(index) ? array[index] : nil
  }

  /// The parameters of FlateDecode (table 8).
  private struct Parameters {
    let predictor: Int
    let colors: Int
    let bits: Int
    let columns: Int

    init(_ dictionary: PDFDictionary) {
      predictor = dictionary[.predictor]?.integer ?? 1
      colors = dictionary[.colors]?.integer ?? 1
      bits = dictionary[.bitsPerComponent]?.integer ?? 8
      columns = dictionary[.columns]?.integer ?? 1
    }

    /// Whether they are valid. Readers count the bits of a row in 32 bits.
    var isPossible: Bool {
      (predictor == 1 || predictor == 2 || predictor >= 10) && (1...32).contains(colors)
        && (1...16).contains(bits) && (1...Int(Int32.max) / (colors * bits)).contains(columns)
    }

    /// Whether they are valid, and rows aren't too long.
    var isSupported: Bool { isPossible && columns <= Limits.PDF.columns }
  }

  private static func parameters(of dictionary: PDFDictionary) -> Parameters? {
    parameters(of: dictionary, at: 0)?.dictionary.map(Parameters.init)
  }

  /// Reads the filter and its parameters from a stream's dictionary; nil for another filter.
  init?(_ dictionary: PDFDictionary) {
    length = dictionary[.length]?.integer.flatMap { UInt64(exactly: $0) }
    let filters = Self.filters(of: dictionary)
    guard filters.count <= 1 else { return nil }
    guard let filter = filters.first else { return }
    guard Self.isFlate(filter) else { return nil }
    isFlate = true

    guard let parameters = Self.parameters(of: dictionary) else { return }
    predictor = parameters.predictor
    // The TIFF predictor (7.4.4.4) for components that aren't bytes is allowed, but never used for structure.
    guard parameters.isSupported, predictor != 2 || parameters.bits == 8 else { return nil }
    bytesPerPixel = max(1, parameters.colors * parameters.bits / 8)
    bytesPerRow = (parameters.colors * parameters.bits * parameters.columns + 7) / 8
  }

  /// The first bytes of the data at `offset`, decompressed.
  ///
  /// - Parameters:
  ///   - limit: The maximum number of bytes; the result may be shorter.
  /// - Returns: nil if not a byte can be had.
  func decode(
    at offset: UInt64, upTo limit: Int, in window: inout ByteWindow
  ) throws(ReadError) -> [UInt8]? {
    let limit = min(limit, Limits.PDF.stream)
    guard isFlate else { return try plain(at: offset, upTo: limit, in: &window) }
    guard predictor >= 10 else {
      var output = try inflated(at: offset, upTo: limit, in: &window)
      if predictor == 2 { output = output.map(sumsOfRows) }
      return output
    }
    let rows = (limit + bytesPerRow - 1) / bytesPerRow
    let predicted = try inflated(at: offset, upTo: limit + rows, in: &window)
    return predicted.map(unpredicted)
  }

  private func plain(
    at offset: UInt64, upTo limit: Int, in window: inout ByteWindow
  ) throws(ReadError) -> [UInt8]? {
    let end = Int(clamping: min(length ?? UInt64(limit), UInt64(limit)))
    var output: [UInt8] = []
    while output.count < end {
      let span = try window.available(at: offset + UInt64(output.count), upTo: end - output.count)
      guard span.remaining > 0 else { break }
      span.bytes.withUnsafeBytes { output.append(contentsOf: $0) }
    }
    return output.isEmpty ? nil : output
  }

  private func inflated(
    at offset: UInt64, upTo limit: Int, in window: inout ByteWindow
  ) throws(ReadError) -> [UInt8]? {
    var inflate = Inflate(.zlib)
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16 << 10)
    var position = offset
    decoding: while output.count < limit {
      let span = try window.available(at: position, upTo: 16 << 10)
      let (consumed, produced, status) = inflate.step(span, into: &piece)
      output.append(contentsOf: piece[..<min(produced, limit - output.count)])
      position += UInt64(consumed)
      switch status {
      case .more: if consumed == 0, produced == 0 { break decoding }
      // The output before the damage is still good: it may contain the entry.
      case .ended, .damaged: break decoding
      }
    }
    return output.isEmpty ? nil : output
  }

  /// Undoes the TIFF predictor (TIFF 6.0, section 14): each byte is the difference to the pixel on its left.
  private func sumsOfRows(_ input: [UInt8]) -> [UInt8] {
    var output = input
    for index in output.indices where index % bytesPerRow >= bytesPerPixel {
      output[index] &+= output[index - bytesPerPixel]
    }
    return output
  }

  /// Undoes the PNG predictors (PNG, third edition, 9.2): each row has its own, named before it.
  private func unpredicted(_ input: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(input.count)
    var rowStart = 0
    while rowStart < input.count {
      let filter = input[rowStart]
      let rowEnd = min(rowStart + 1 + bytesPerRow, input.count)
      guard 1...4 ~= filter else {
        output += input[(rowStart + 1)..<rowEnd]
        rowStart = rowEnd
        continue
      }
      let above = output.count - bytesPerRow
      let first = output.count
      for (column, byte) in input[(rowStart + 1)..<rowEnd].enumerated() {
        let left = column >= bytesPerPixel ? output[first + column - bytesPerPixel] : 0
        let up = above >= 0 ? output[above + column] : 0
        let upLeft =
          above >= 0 && column >= bytesPerPixel ? output[above + column - bytesPerPixel] : 0
        let prediction: UInt8 =
          switch filter {
          case 1: left
          case 2: up
          case 3: UInt8((UInt16(left) + UInt16(up)) / 2)
          default: Self.paeth(left, up, upLeft)
          }
        output.append(byte &+ prediction)
      }
      rowStart = rowEnd
    }
    return output
  }

  private static func paeth(_ left: UInt8, _ up: UInt8, _ upLeft: UInt8) -> UInt8 {
    let estimate = Int(left) + Int(up) - Int(upLeft)
    let distances = (
      abs(estimate - Int(left)), abs(estimate - Int(up)), abs(estimate - Int(upLeft))
    )
    if distances.0 <= distances.1, distances.0 <= distances.2 { return left }
    return distances.1 <= distances.2 ? up : upLeft
  }
}

// ISO 32000-2:2020, 7.3.8 "Stream objects" and 7.4.4 "LZWDecode and FlateDecode filters".

internal import PreflightBytes

/// Decodes the streams that a document's structure is in: cross-reference and object streams. Both
/// are stored plainly or with FlateDecode by every writer known.
struct PDFStreamDecoder: Sendable {
  /// No more than this comes of a stream, whatever it unpacks to.
  static let maximumOutput = 8 << 20

  private var isFlate = false
  private var length: UInt64?
  private var predictor = 1
  private var bytesPerPixel = 1
  private var bytesPerRow = 1

  /// Takes the filter and its parameters from a stream's dictionary; nil for another filter.
  init?(_ dictionary: PDFDictionary) {
    length = dictionary[.length]?.integer.flatMap { UInt64(exactly: $0) }
    let filters: [PDFObject]
    switch dictionary[.filter] {
    case nil, .null: filters = []
    case .array(let array): filters = array
    case .some(let single): filters = [single]
    }
    guard filters.count <= 1 else { return nil }
    guard let filter = filters.first else { return }
    guard filter.name == "FlateDecode" || filter.name == "Fl" else { return nil }
    isFlate = true

    let parameters: PDFDictionary?
    switch dictionary[.decodeParms] ?? dictionary[.dp] {
    case .array(let array): parameters = array.first?.dictionary
    case .some(let single): parameters = single.dictionary
    case nil: parameters = nil
    }
    guard let parameters else { return }
    predictor = parameters[.predictor]?.integer ?? 1
    let colors = parameters[.colors]?.integer ?? 1
    let bits = parameters[.bitsPerComponent]?.integer ?? 8
    let columns = parameters[.columns]?.integer ?? 1
    guard (1...32).contains(colors), (1...16).contains(bits), (1...(1 << 16)).contains(columns) else {
      return nil
    }
    bytesPerPixel = max(1, colors * bits / 8)
    bytesPerRow = (colors * bits * columns + 7) / 8
    // The TIFF predictor is allowed, and never used for structure.
    guard predictor == 1 || predictor >= 10 else { return nil }
  }

  /// The first bytes of the data that stands at `offset`, unpacked.
  ///
  /// - Parameters:
  ///   - limit: How many bytes are wanted; fewer come where there are fewer.
  /// - Returns: nil where not a byte can be had.
  func decode(
    at offset: UInt64, upTo limit: Int, in window: inout ByteWindow
  ) throws(ReadError) -> [UInt8]? {
    let limit = min(limit, Self.maximumOutput)
    guard isFlate else { return try plain(at: offset, upTo: limit, in: &window) }
    guard predictor >= 10 else {
      return try inflated(at: offset, upTo: limit, in: &window)
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
      // What came out before the damage is still good: the entry wanted may be among it.
      case .ended, .damaged: break decoding
      }
    }
    return output.isEmpty ? nil : output
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

internal import PreflightFacts
internal import PreflightBytes

/// The header chunk IHDR (section 11.2.1).
struct PNGHeader {
  let width: UInt32
  let height: UInt32
  let bitDepth: UInt8
  let colorType: UInt8
  let compressionMethod: UInt8
  let filterMethod: UInt8
  let interlaceMethod: UInt8

  init(parsing data: inout ByteSpan) throws(ReadError) {
    width = try UInt32(parsingBigEndian: &data)
    height = try UInt32(parsingBigEndian: &data)
    bitDepth = try UInt8(parsing: &data)
    colorType = try UInt8(parsing: &data)
    compressionMethod = try UInt8(parsing: &data)
    filterMethod = try UInt8(parsing: &data)
    interlaceMethod = try UInt8(parsing: &data)
  }

  var isInterlaced: Bool { interlaceMethod == 1 }

  var colorModel: ColorModel? {
    switch colorType {
    case 0: .gray
    case 2: .rgb
    case 3: .palette
    case 4: .grayAlpha
    case 6: .rgba
    default: nil
    }
  }

  var hasAlphaChannel: Bool { colorType == 4 || colorType == 6 }

  /// The allowed depths of the color type (table 11.1); empty for an invalid type.
  private var possibleDepths: [UInt8] {
    switch colorType {
    case 0: [1, 2, 4, 8, 16]
    case 3: [1, 2, 4, 8]
    case 2, 4, 6: [8, 16]
    default: []
    }
  }

  private var bitsPerPixel: UInt64 {
    let channels: UInt64 =
      switch colorType {
      case 2: 3
      case 4: 2
      case 6: 4
      default: 1
      }
    return channels * UInt64(bitDepth)
  }

  /// The fault that makes decoders reject the image; `start` is the offset of the header's data.
  func fault(at start: UInt64) -> Fault? {
    if !(1...UInt32(Int32.max) ~= width) || !(1...UInt32(Int32.max) ~= height) {
      return Fault(
        "dimensions", clause: "PNG 11.2.1", at: start, "The header has an invalid image size.",
        expected: "1 to 2147483647", actual: "\(width) × \(height)")
    }
    if colorModel == nil {
      return Fault(
        "color-type", clause: "PNG 11.2.1", at: start + 9,
        "The header has an invalid color type.",
        expected: "0, 2, 3, 4 or 6", actual: "\(colorType)")
    }
    if !possibleDepths.contains(bitDepth) {
      return Fault(
        "bit-depth", clause: "PNG 11.2.1", at: start + 8,
        "The header has a bit depth that its color type doesn't allow.",
        expected: possibleDepths.map(String.init).joined(separator: ", "), actual: "\(bitDepth)")
    }
    let methods = [
      (compressionMethod, "compression", 0), (filterMethod, "filter", 0), (interlaceMethod, "interlace", 1),
    ]
    for (index, (method, name, last)) in methods.enumerated() where method > last {
      return Fault(
        "method", clause: "PNG 11.2.1", at: start + 10 + UInt64(index),
        "The header has an invalid \(name) method.", expected: last == 0 ? "0" : "0 or 1",
        actual: "\(method)")
    }
    return nil
  }

  /// The runs of rows of equal length in which an image of this kind is stored: one, or the seven passes of
  /// an interlaced image (section 8.1).
  func passes(width: UInt32, height: UInt32) -> [PNGPass] {
    if !isInterlaced { return [pass(UInt64(width), UInt64(height))] }
    let grid: [(x: UInt64, y: UInt64, dx: UInt64, dy: UInt64)] = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ]
    return grid.compactMap { step in
      let columns = (UInt64(width) + step.dx - 1 - step.x) / step.dx
      let rows = (UInt64(height) + step.dy - 1 - step.y) / step.dy
      return columns == 0 || rows == 0 ? nil : pass(columns, rows)
    }
  }

  private func pass(_ columns: UInt64, _ rows: UInt64) -> PNGPass {
    // At most 2^31 columns of 64 bits each: no overflow.
    PNGPass(rowLength: 1 + (columns * bitsPerPixel + 7) / 8, rows: rows)
  }
}

/// A run of rows of the same length.
struct PNGPass {
  /// The bytes of a row, including its filter type (section 9.1).
  let rowLength: UInt64
  let rows: UInt64

  /// The bytes of all rows, or the largest number on overflow.
  var byteCount: UInt64 {
    let (product, overflow) = rowLength.multipliedReportingOverflow(by: rows)
    return overflow ? .max : product
  }

  /// The filter types are 0 to 4 (section 9.2).
  static let lastFilterType: UInt8 = 4

  /// Whether each row of the passes has a valid filter type; `rows` contains all of them.
  static func haveFilterTypes(_ passes: [PNGPass], in rows: RawSpan) -> Bool {
    var position = 0
    for pass in passes {
      for _ in 0..<pass.rows {
        guard position < rows.byteCount else { return false }
        // Within bounds by the guard above.
        if rows.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self) > lastFilterType {
          return false
        }
        position += Int(pass.rowLength)
      }
    }
    return true
  }
}

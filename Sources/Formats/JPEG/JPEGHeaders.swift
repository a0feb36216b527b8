internal import PreflightFacts
internal import PreflightBytes

/// A frame header (T.81, section B.2.2), which describes the image.
struct JPEGFrameHeader {
  struct Component {
    let identifier: UInt8
    let horizontalSampling: UInt8
    let verticalSampling: UInt8
    let quantizationTable: UInt8

    /// Its blocks in each unit of an interleaved scan.
    var blocks: Int { Int(horizontalSampling) * Int(verticalSampling) }
  }

  /// The low half of the marker's code: 0 for SOF0, 15 for SOF15.
  let process: UInt8
  let precision: UInt8
  let lines: UInt16
  let samplesPerLine: UInt16
  let components: [Component]

  /// The largest sampling factors of any component, at least 1.
  private let largestSampling: (horizontal: UInt8, vertical: UInt8)

  init(_ marker: JPEGMarker, parsing segment: inout ByteSpan) throws(ReadError) {
    process = marker.code & 0x0f
    precision = try UInt8(parsing: &segment)
    lines = try UInt16(parsingBigEndian: &segment)
    samplesPerLine = try UInt16(parsingBigEndian: &segment)
    var components: [Component] = []
    for _ in 0..<(try UInt8(parsing: &segment)) {
      let identifier = try UInt8(parsing: &segment)
      let sampling = try UInt8(parsing: &segment)
      components.append(
        Component(
          identifier: identifier, horizontalSampling: sampling >> 4, verticalSampling: sampling & 15,
          quantizationTable: try UInt8(parsing: &segment)))
    }
    self.components = components
    largestSampling = components.reduce((1, 1)) {
      (max($0.0, $1.horizontalSampling), max($0.1, $1.verticalSampling))
    }
  }

  /// The processes of table B.1: sequential, progressive and lossless; the same for differential frames (used
  /// in the hierarchical mode); and all of these with arithmetic coding.
  var isProgressive: Bool { process & 3 == 2 }
  var isArithmeticCoded: Bool { process >= 8 }

  /// The name of the coding process (table B.1).
  var encoding: String {
    switch process {
    case 0: "baseline"
    case 1: "extended"
    case 2: "progressive"
    case 3, 11: "lossless"
    case 9, 10: "arithmetic"
    default: "hierarchical"
    }
  }

  /// Whether the image is a single one of blocks, whose segments can be read: not lossless or hierarchical.
  var isReadable: Bool { process & 7 <= 2 }

  var colorModel: ColorModel? {
    switch components.count {
    case 1: .gray
    case 3: .rgb
    case 4: .cmyk
    default: nil
    }
  }

  /// The minimum number of bits of a scan: each block has a code of at least one bit for its DC coefficient
  /// (sections F.1.2.1, G.1.2.1), and in a sequential scan another that ends it (section F.1.2.2). Scans with
  /// only AC coefficients can encode thousands of blocks in one code, and arithmetic coding has no such
  /// bound.
  func minimumBits(of scan: JPEGScanHeader) -> UInt64 {
    guard !isArithmeticCoded, scan.spectralStart == 0 else { return 0 }
    let blocks = blockCount(of: scan)
    return isProgressive ? blocks : 2 * blocks
  }

  /// How many blocks of 8 × 8 samples are in a scan (section A.2).
  private func blockCount(of scan: JPEGScanHeader) -> UInt64 {
    let chosen = scan.components.indices.compactMap { component(of: scan, at: $0) }
    let blocks = chosen.count == 1 ? 1 : chosen.reduce(0) { $0 + $1.blocks }
    return UInt64(unitCount(of: scan)) * UInt64(blocks)
  }

  /// How many units are in a scan: each has the blocks of all its components, or one block if it has one component.
  func unitCount(of scan: JPEGScanHeader) -> Int {
    func count(_ samples: UInt16, of sampling: UInt8, in most: UInt8) -> Int {
      ((Int(samples) * Int(sampling) + Int(most) - 1) / Int(most) + 7) / 8
    }
    let (widest, highest) = largestSampling
    let chosen = scan.components.indices.compactMap { component(of: scan, at: $0) }
    if let only = chosen.first, chosen.count == 1 {
      return count(samplesPerLine, of: only.horizontalSampling, in: widest)
        * count(lines, of: only.verticalSampling, in: highest)
    }
    return count(samplesPerLine, of: 1, in: widest) * count(lines, of: 1, in: highest)
  }

  /// The component that a scan header refers to.
  func component(of scan: JPEGScanHeader, at index: Int) -> Component? {
    self.index(of: scan, at: index).map { components[$0] }
  }

  /// The index of the component that a scan header refers to: if several share an identifier, decoders use one after
  /// the other.
  func index(of scan: JPEGScanHeader, at index: Int) -> Int? {
    let selector = scan.components[index].selector
    var left = scan.components[..<index].count { $0.selector == selector }
    return components.firstIndex { component in
      guard component.identifier == selector else { return false }
      left -= 1
      return left < 0
    }
  }

  /// The fault that makes decoders reject the frame; `offset` is the marker's.
  func fault(at offset: UInt64) -> Fault? {
    guard precision == 8 || precision == 12 else {
      return Fault(
        "frame-precision", clause: "T.81 B.2.2", at: offset + 4,
        "The frame header has a sample precision that its coding process doesn't allow.", expected: "8 or 12",
        actual: "\(precision)")
    }
    if samplesPerLine == 0 {
      return Fault(
        "empty-frame", clause: "T.81 B.2.2", at: offset + 7, "The frame header has a width of 0.",
        expected: "≥ 1", actual: "0")
    }
    if components.isEmpty {
      return Fault(
        "frame-without-components", clause: "T.81 B.2.2", at: offset + 9,
        "The frame header has no color components.", expected: "≥ 1", actual: "0")
    }
    for (index, component) in components.enumerated() {
      guard 1...4 ~= component.horizontalSampling, 1...4 ~= component.verticalSampling else {
        return Fault(
          "sampling-factor", clause: "T.81 B.2.2", at: offset + 11 + 3 * UInt64(index),
          "The frame header has a sampling factor outside 1 to 4.", expected: "1 to 4",
          actual: "\(component.horizontalSampling) × \(component.verticalSampling)")
      }
    }
    return nil
  }
}

/// A scan header (T.81, section B.2.3), which lists the components of the following data.
struct JPEGScanHeader {
  struct Component {
    let selector: UInt8
    let dcTable: UInt8
    let acTable: UInt8
  }

  let components: [Component]
  let spectralStart: UInt8
  let spectralEnd: UInt8
  let approximationHigh: UInt8
  let approximationLow: UInt8

  init(parsing segment: inout ByteSpan) throws(ReadError) {
    var components: [Component] = []
    for _ in 0..<(try UInt8(parsing: &segment)) {
      let selector = try UInt8(parsing: &segment)
      let tables = try UInt8(parsing: &segment)
      components.append(Component(selector: selector, dcTable: tables >> 4, acTable: tables & 15))
    }
    self.components = components
    spectralStart = try UInt8(parsing: &segment)
    spectralEnd = try UInt8(parsing: &segment)
    let approximation = try UInt8(parsing: &segment)
    approximationHigh = approximation >> 4
    approximationLow = approximation & 15
  }

  /// Whether the parameters are valid for a progressive scan (T.81, section G.1.1.1).
  var isProgression: Bool {
    if spectralStart == 0 {
      if spectralEnd != 0 { return false }
    } else if components.count != 1 || spectralEnd < spectralStart || spectralEnd > 63 {
      return false
    }
    return approximationLow <= 13 && (approximationHigh == 0 || approximationHigh == approximationLow + 1)
  }
}

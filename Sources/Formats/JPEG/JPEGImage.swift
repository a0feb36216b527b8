internal import PreflightFacts
internal import PreflightBytes

/// The state of a decoder after the segments so far.
struct JPEGImage {
  private var frame: JPEGFrameHeader?
  private var tables = JPEGTables()

  /// Where entropy-coded data begins, right after a scan header.
  private var scanStart: UInt64?

  /// The minimum number of bits of that data.
  private var minimumScanBits: UInt64 = 0

  /// How many scans have begun.
  private(set) var scans = 0

  /// Whether a scan had all of a sequential image.
  private var isWhole = false

  /// Whether the image is lossless or hierarchical, and the rest isn't read.
  private(set) var isUnreadable = false

  /// Whether the frame was one of JPEG-LS (ITU-T T.87).
  private(set) var isLosslessStandard = false

  /// The end of the images that the file declares after this one (CIPA DC-007); 0 without any.
  private(set) var otherImagesEnd: UInt64 = 0

  /// Whether a segment matters here, as opposed to being skipped.
  func needs(_ marker: JPEGMarker) -> Bool {
    switch marker.code {
    case JPEGMarker.huffmanTables, JPEGMarker.quantizationTables, JPEGMarker.arithmeticConditioning,
      JPEGMarker.restartInterval, JPEGMarker.startOfScan, JPEGMarker.numberOfLines,
      JPEGMarker.hierarchicalProgression, JPEGMarker.application1, JPEGMarker.application2,
      JPEGMarker.losslessStandardFrame:
      true
    default: marker.isFrame
    }
  }

  /// Adds a segment.
  ///
  /// - Returns: What keeps decoders from going on.
  mutating func take(_ marker: JPEGMarker, _ segment: ByteSpan, into reading: inout Reading) -> Fault? {
    var segment = segment
    do {
      switch marker.code {
      case JPEGMarker.application1: reading.takeJPEGMetadata(segment)
      case JPEGMarker.application2:
        otherImagesEnd = max(otherImagesEnd, JPEGMultiPictureIndex(segment)?.end ?? 0)
      case JPEGMarker.huffmanTables: return try tables.takeHuffman(&segment)
      case JPEGMarker.quantizationTables: return try tables.takeQuantization(&segment)
      case JPEGMarker.arithmeticConditioning: return try JPEGTables.conditioningFault(&segment)
      case JPEGMarker.restartInterval: return segment.remaining == 2 ? nil : .segmentLength(marker, "4")
      case JPEGMarker.startOfScan: return try takeScan(marker, &segment)
      case JPEGMarker.numberOfLines: try takeNumberOfLines(&segment, into: &reading)
      default: return try takeFrame(marker, &segment, into: &reading)
      }
      return nil
    } catch {
      return .segmentLength(marker, "more")
    }
  }

  /// Notes bytes that aren't in a segment: after a scan header, the image data.
  mutating func noteEntropyCodedData(_ data: Range<UInt64>, into reading: inout Reading) {
    guard data.lowerBound == scanStart else { return }
    scanStart = nil
    // An arithmetic encoder omits zeros at the end, so its scans can be empty.
    if data.isEmpty, let frame, !frame.isArithmeticCoded {
      reading.add(
        Fault(
          "empty-scan", clause: "T.81 B.2.1", at: data.lowerBound, "A scan has no data.")
      )
    } else if UInt64(data.count) * 8 < minimumScanBits {
      reading.add(
        Fault(
          "short-scan", clause: "T.81 F.1.2", at: data.upperBound,
          "A scan has too little data for the image size; the rest is missing.",
          expected: "≥ \((minimumScanBits + 7) / 8) bytes", actual: "\(data.count) bytes"))
    }
  }

  /// What is missing at the end-of-image marker.
  func incompleteness(at offset: UInt64) -> Fault? {
    if frame == nil {
      return Fault(
        "no-frame", clause: "T.81 B.2.1", at: offset, "The file ends before the image starts.")
    }
    if scans == 0 {
      return Fault(
        "no-scan", clause: "T.81 B.2.1", at: offset, "The file has image headers but no image data.")
    }
    return nil
  }

  private mutating func takeFrame(
    _ marker: JPEGMarker, _ segment: inout ByteSpan, into reading: inout Reading
  ) throws(ReadError) -> Fault? {
    if frame != nil {
      return Fault(
        "second-frame", clause: "T.81 B.2.1", at: marker.offset, "A second frame starts within the image.")
    }
    let frame = try JPEGFrameHeader(marker, parsing: &segment)
    isLosslessStandard = marker.code == JPEGMarker.losslessStandardFrame
    if isLosslessStandard {
      reading.note(frame)
      return nil
    }
    guard segment.isAtEnd else { return .segmentLength(marker, "\(8 + 3 * frame.components.count)") }
    // A header of the hierarchical mode declares the size of an image with several frames (section
    // J.1.1.1.1).
    let isHierarchical = marker.code == JPEGMarker.hierarchicalProgression
    reading.facts.imageEncoding = isHierarchical ? "hierarchical" : frame.encoding
    guard frame.isReadable, !isHierarchical else {
      reading.note(frame)
      reading.facts.progressive = frame.isProgressive && !isHierarchical
      isUnreadable = true
      return nil
    }
    if let fault = frame.fault(at: marker.offset) { return fault }
    self.frame = frame
    reading.note(frame)
    reading.facts.progressive = frame.isProgressive
    if frame.lines == 0 {
      // T.81 lets the height follow the first scan (DNL), but no current decoder supports this.
      reading.add(
        Fault(
          "height-not-in-frame", clause: "T.81 B.2.5", at: marker.offset + 5,
          "The frame header has a height of 0, which decoders reject.", expected: "≥ 1",
          actual: "0"))
    }
    return nil
  }

  private mutating func takeNumberOfLines(
    _ segment: inout ByteSpan, into reading: inout Reading
  ) throws(ReadError) {
    let lines = try UInt16(parsingBigEndian: &segment)
    if frame?.lines == 0, scans == 1 { reading.facts.height = Int(lines) }
  }

  private mutating func takeScan(
    _ marker: JPEGMarker, _ segment: inout ByteSpan
  ) throws(ReadError) -> Fault? {
    guard let frame else {
      return Fault(
        "scan-before-frame", clause: "T.81 B.2.1", at: marker.offset,
        "Image data starts before the frame header.")
    }
    let scan = try JPEGScanHeader(parsing: &segment)
    guard segment.isAtEnd else { return .segmentLength(marker, "\(6 + 2 * scan.components.count)") }
    scans += 1
    scanStart = segment.offset
    if let fault = fault(of: scan, in: frame, at: marker.offset) { return fault }
    if isWhole {
      return Fault(
        "second-scan", clause: "T.81 B.2.1", at: marker.offset,
        "Another scan follows the one that has the whole image: decoders stop there.",
        expected: "the end-of-image marker")
    }
    isWhole = !frame.isProgressive && scans == 1 && scan.components.count == frame.components.count
    minimumScanBits = frame.minimumBits(of: scan)
    return nil
  }

  /// The fault that makes decoders reject a scan; `offset` is the marker's.
  private func fault(of scan: JPEGScanHeader, in frame: JPEGFrameHeader, at offset: UInt64) -> Fault? {
    guard 1...4 ~= scan.components.count else {
      return Fault(
        "scan-components", clause: "T.81 B.2.3", at: offset + 4,
        "A scan header has a component count outside 1 to 4.", expected: "1 to 4",
        actual: "\(scan.components.count)")
    }
    if frame.isProgressive, !scan.isProgression {
      return Fault(
        "scan-parameters", clause: "T.81 G.1.1.1", at: offset + 5 + 2 * UInt64(scan.components.count),
        "A scan has invalid parameters for a progressive image.")
    }
    var blocks = 0
    var last = -1
    for (index, selected) in scan.components.enumerated() {
      let offsetOfComponent = offset + 5 + 2 * UInt64(index)
      guard let component = frame.component(of: scan, at: index) else {
        guard frame.components.contains(where: { $0.identifier == selected.selector }) else {
          return Fault(
            "scan-component-unknown", clause: "T.81 B.2.3", at: offsetOfComponent,
            "A scan refers to a component that the frame header doesn't have.", actual: "\(selected.selector)"
          )
        }
        return Fault(
          "scan-component-twice", clause: "T.81 B.2.3", at: offsetOfComponent,
          "A scan lists the same component twice.", actual: "\(selected.selector)")
      }
      let place = frame.index(of: scan, at: index) ?? 0
      guard place > last else {
        return Fault(
          "scan-component-order", clause: "T.81 B.2.3", at: offsetOfComponent,
          "A scan lists the components in another order than the frame header; decoders reject it.")
      }
      last = place
      blocks += component.blocks
      if !tables.hasQuantization(component.quantizationTable) {
        return Fault(
          "missing-quantization-table", clause: "T.81 B.2.4.1", at: offsetOfComponent,
          "A scan starts before the quantization table that it needs.",
          expected: "table \(component.quantizationTable)")
      }
      if let fault = huffmanFault(of: selected, scan, frame, at: offsetOfComponent + 1) { return fault }
    }
    if scan.components.count > 1, blocks > JPEGScan.maximumBlocks {
      return Fault(
        "scan-too-wide", clause: "T.81 B.2.3", at: offset + 4,
        "A scan interleaves more blocks than decoders support.", expected: "≤ \(JPEGScan.maximumBlocks)",
        actual: "\(blocks)")
    }
    return nil
  }

  private func huffmanFault(
    of component: JPEGScanHeader.Component, _ scan: JPEGScanHeader, _ frame: JPEGFrameHeader,
    at offset: UInt64
  ) -> Fault? {
    if frame.isArithmeticCoded { return nil }
    var needed: [(kind: JPEGTables.HuffmanClass, destination: UInt8)] = []
    if !frame.isProgressive {
      needed = [(.dc, component.dcTable), (.ac, component.acTable)]
    } else if scan.spectralStart > 0 {
      needed = [(.ac, component.acTable)]
    } else if scan.approximationHigh == 0 {
      needed = [(.dc, component.dcTable)]
    }
    // Frames extracted from a Motion JPEG video have no tables; decoders use the usual four.
    let hasUsualTables = !frame.isProgressive
    for (kind, destination) in needed {
      switch tables.huffman(kind, destination) {
      case .usable: continue
      case .missing where hasUsualTables && destination < 2: continue
      case .missing:
        return Fault(
          "missing-huffman-table", clause: "T.81 B.2.4.2", at: offset,
          "A scan starts before the Huffman table that it needs.", expected: "table \(destination)"
        )
      case .broken:
        return Fault(
          "huffman-table", clause: "T.81 C.2", at: offset,
          "A scan uses an invalid Huffman table.")
      }
    }
    return nil
  }
}

internal import PreflightFacts
internal import PreflightBytes

/// A marker that begins a segment or ends the image (T.81, section B.1.1.3 and table B.1).
struct JPEGMarker: CustomStringConvertible {
  static let arithmeticConditioning: UInt8 = 0xcc
  static let huffmanTables: UInt8 = 0xc4
  static let startOfImage: UInt8 = 0xd8
  static let endOfImage: UInt8 = 0xd9
  static let startOfScan: UInt8 = 0xda
  static let quantizationTables: UInt8 = 0xdb
  static let numberOfLines: UInt8 = 0xdc
  static let restartInterval: UInt8 = 0xdd
  static let hierarchicalProgression: UInt8 = 0xde
  static let application1: UInt8 = 0xe1
  static let application2: UInt8 = 0xe2
  /// The frame of JPEG-LS (ITU-T T.87, section C.1.1), which isn't in T.81.
  static let losslessStandardFrame: UInt8 = 0xf7

  let code: UInt8

  /// The file offset of the 0xff before the code.
  let offset: UInt64

  /// The file offset after the code.
  var end: UInt64 { offset + 2 }

  /// The next marker at or after `start`; nil if the file ends first.
  ///
  /// Skips entropy-coded data, and with it what every decoder skips: stuffed and fill bytes, restart markers,
  /// TEM, and bytes that belong to no segment.
  init?(in window: inout ByteWindow, from start: UInt64) throws(ReadError) {
    var position = start
    while true {
      let span = try window.block(at: position, upTo: .max)
      guard span.remaining >= 2 else { return nil }
      var index = 0
      while let found = span.firstIndex(of: 0xff, from: index), let code = span[found + 1] {
        switch code {
        case 0x00, 0x01, 0xd0...0xd7: index = found + 2
        case 0xff: index = found + 1
        default:
          self.code = code
          offset = position + UInt64(found)
          return
        }
      }
      let isSplit = index < span.remaining && span[span.remaining - 1] == 0xff
      position += UInt64(span.remaining - (isSplit ? 1 : 0))
    }
  }

  /// Whether the marker's segment contains tables.
  var isTable: Bool { code == Self.huffmanTables || code == Self.quantizationTables }

  /// Whether the marker has a segment and decoders support it.
  var hasKnownSegment: Bool {
    switch code {
    case 0x02...0xbf, 0xc8, Self.startOfImage, 0xf0...0xf6, 0xf8...0xfd: false
    default: true
    }
  }

  /// Whether the marker begins a frame: SOF0 to SOF15.
  var isFrame: Bool {
    0xc0...0xcf ~= code && code != Self.huffmanTables && code != 0xc8 && code != Self.arithmeticConditioning
  }

  var description: String {
    switch code {
    case Self.huffmanTables: "DHT"
    case Self.arithmeticConditioning: "DAC"
    case _ where isFrame: "SOF\(code - 0xc0)"
    case Self.startOfImage: "SOI"
    case Self.startOfScan: "SOS"
    case Self.quantizationTables: "DQT"
    case Self.numberOfLines: "DNL"
    case Self.restartInterval: "DRI"
    case Self.hierarchicalProgression: "DHP"
    case 0xdf: "EXP"
    case 0xe0...0xef: "APP\(code - 0xe0)"
    case Self.losslessStandardFrame: "SOF55"
    case 0xfe: "COM"
    default: "0xff" + String(code, radix: 16)
    }
  }
}

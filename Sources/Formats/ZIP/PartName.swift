internal import PreflightFacts
internal import PreflightBytes

// Names of members and parts are compared as in readers of Office files: ASCII letters in either case
// (ISO/IEC 29500-2, 6.2.2.3), backslashes as slashes, with or without a leading slash.
extension ByteSpan {
  /// The bytes as a part name's, from `index` on: lower case, with slashes.
  private func partNameByte(_ index: Int) -> UInt8? {
    guard let byte = self[index] else { return nil }
    return byte == 0x5c ? 0x2f : byte.asciiLowercased
  }

  private var partNameStart: Int { partNameByte(0) == 0x2f ? 1 : 0 }

  /// A number that distinguishes part names (64-bit FNV-1a).
  var partNameHash: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    var index = partNameStart
    while let byte = partNameByte(index) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
      index += 1
    }
    return hash
  }

  /// Whether the part name is `name`, given in lower case.
  func isPart(_ name: StaticString) -> Bool {
    bytes.byteCount - partNameStart == name.utf8CodeUnitCount && isPart(under: name)
  }

  /// Whether the part name starts with `prefix`, given in lower case.
  func isPart(under prefix: StaticString) -> Bool { hasPart(prefix, at: partNameStart) }

  /// Whether the part name ends with `suffix`, given in lower case.
  func isPart(endingWith suffix: StaticString) -> Bool {
    hasPart(suffix, at: bytes.byteCount - suffix.utf8CodeUnitCount)
  }

  /// Whether the part lies in no folder.
  var isRootPart: Bool {
    for index in partNameStart..<max(partNameStart, bytes.byteCount) where partNameByte(index) == 0x2f {
      return false
    }
    return true
  }

  private func hasPart(_ pattern: StaticString, at start: Int) -> Bool {
    guard start >= 0 else { return false }
    for i in 0..<pattern.utf8CodeUnitCount where partNameByte(start + i) != pattern.utf8Start[i] {
      return false
    }
    return true
  }
}

/// A part name in text, such as a relationship's target, in the form of `ByteSpan.partNameHash`.
func partNameHash(_ name: String) -> UInt64 {
  ByteSpan(Array(name.utf8).span.bytes, at: 0).partNameHash
}

extension ByteWindow {
  /// The name at an offset, in the form of ``quotedName(_:)``.
  mutating func quotedName(at offset: UInt64, length: UInt16) throws(ReadError) -> String {
    let span = try available(at: offset, upTo: Int(length))
    return PreflightFormats.quotedName(span.bytes.withUnsafeBytes { Array($0) })
  }
}

/// A name from the file in a form that can't break a report: quoted, printable and bounded.
func quotedName(_ bytes: [UInt8]) -> String {
  let text = String(decoding: bytes, as: UTF8.self)
  var shown = ""
  for (index, scalar) in text.unicodeScalars.enumerated() {
    if index == 60 { return "“\(shown)…”" }
    let isShown: Bool
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
      isShown = false
    default: isShown = true
    }
    shown.unicodeScalars.append(isShown ? scalar : "\u{fffd}")
  }
  return "“\(shown)”"
}

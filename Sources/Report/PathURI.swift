import MediaPreflight

/// A path as a URI reference (RFC 3986), relative to the folder of the run where it lies below it.
struct PathURI {
  /// The percent-encoded reference.
  let text: String
  /// Whether it is relative to the folder of the run.
  let isRelative: Bool

  /// - Parameter root: The absolute path of the folder of the run, without a final slash; nil to leave
  ///   every relative path as it is.
  init(_ name: FileName, root: FileName?) {
    let slash = UInt8(ascii: "/")
    var path = name.bytes
    if path.first != slash, let root { path = root.bytes + [slash] + path }
    let isAbsolute = path.first == slash
    var parts: [ArraySlice<UInt8>] = []
    for part in path.split(separator: slash) {
      switch Array(part) {
      case Array(".".utf8): continue
      case Array("..".utf8) where !parts.isEmpty: parts.removeLast()
      default: parts.append(part)
      }
    }
    let base = root?.bytes.split(separator: slash) ?? []
    if isAbsolute, root != nil, parts.starts(with: base, by: { $0 == $1 }), parts.count > base.count {
      parts.removeFirst(base.count)
      isRelative = true
    } else {
      isRelative = !isAbsolute
    }
    let encoded = parts.map { $0.map(Self.encoded).joined() }.joined(separator: "/")
    text = isRelative ? encoded : "file:///" + encoded
  }

  /// The unreserved characters as they are, every other byte as `%NN`.
  private static func encoded(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      return String(Unicode.Scalar(byte))
    default:
      let hex = String(byte, radix: 16, uppercase: true)
      return hex.utf8.count == 1 ? "%0" + hex : "%" + hex
    }
  }
}

/// A short name for a finding that stays the same from run to run: of the path, the code, and which of
/// the file's findings of that code it is. Nothing in it drifts with a file's content.
enum Fingerprint {
  static func of(_ name: FileName?, _ code: FindingCode, ordinal: Int) -> String {
    // FNV-1a, 64 bits: a name, not a protection.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in (name?.bytes ?? []) + [0] + Array(code.rawValue.utf8) + [0] + Array("\(ordinal)".utf8) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let hex = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - hex.utf8.count) + hex
  }

  /// The findings of a result with their fingerprints.
  static func all(of result: CheckResult) -> [(finding: Finding, fingerprint: String)] {
    var ordinals: [FindingCode: Int] = [:]
    return result.findings.map { finding in
      defer { ordinals[finding.code, default: 0] += 1 }
      return (finding, of(result.name, finding.code, ordinal: ordinals[finding.code, default: 0]))
    }
  }
}

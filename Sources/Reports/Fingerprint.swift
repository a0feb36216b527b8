import MediaPreflight

/// A short identifier of a finding that is stable across runs and machines.
///
/// It hashes the path in the project, the code, and the finding's index among the file's findings with that code.
/// It doesn't depend on the file's content.
enum Fingerprint {
  static func of(_ path: ProjectPath?, _ code: FindingCode, ordinal: Int) -> String {
    // 64-bit FNV-1a. It need not be cryptographic: it only identifies.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in (path?.bytes ?? []) + [0] + Array(code.rawValue.utf8) + [0] + Array("\(ordinal)".utf8) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let hex = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - hex.utf8.count) + hex
  }

  /// A file's findings with their fingerprints.
  static func all(
    of findings: [Finding], at path: ProjectPath?
  ) -> [(finding: Finding, fingerprint: String)] {
    var ordinals: [FindingCode: Int] = [:]
    return findings.map { finding in
      defer { ordinals[finding.code, default: 0] += 1 }
      return (finding, of(path, finding.code, ordinal: ordinals[finding.code, default: 0]))
    }
  }
}

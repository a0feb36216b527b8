import MediaPreflight

/// A short identifier of a finding that is stable across runs and machines.
///
/// It hashes the path in the project, the policy where there are several, the code, and the finding's index among the file's findings with that code.
/// It doesn't depend on the file's content.
enum Fingerprint {
  static func of(
    _ path: ProjectPath?, _ code: FindingCode, by policy: String?, ordinal: Int
  ) -> String {
    // 64-bit FNV-1a. It need not be cryptographic: it only identifies.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    let parts = [code.rawValue, "\(ordinal)"] + [policy].compactMap { $0 }
    for byte in (path?.bytes ?? []) + parts.flatMap({ [0] + Array($0.utf8) }) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let hex = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - hex.utf8.count) + hex
  }

  /// A file's findings with their fingerprints.
  ///
  /// - Parameter policy: The policy that made them, where there are several.
  static func all(
    of findings: [Finding], at path: ProjectPath?, by policy: String?
  ) -> [(finding: Finding, fingerprint: String)] {
    var ordinals: [FindingCode: Int] = [:]
    return findings.map { finding in
      defer { ordinals[finding.code, default: 0] += 1 }
      return (finding, of(path, finding.code, by: policy, ordinal: ordinals[finding.code, default: 0]))
    }
  }
}

internal import PreflightTOML

extension Explanation {
  private static let keys = ["title", "severity", "message", "reason", "remedy", "source"]

  /// Reads a code of a policy's own; nil after an error, which is reported.
  ///
  /// - Parameter source: Where the policy comes from, for a code that names no source.
  init?(_ entry: TOMLTable.Entry, source: String?, _ decoder: inout TOMLDecoder) {
    let code = FindingCode(rawValue: entry.key)
    guard Self.isName(entry.key) else {
      decoder.report(
        entry.position,
        "invalid finding code '\(entry.key)'; use lowercase letters and digits, in words joined by hyphens")
      return nil
    }
    guard code.explanation == nil else {
      decoder.report(
        entry.position, "preflight has a finding code '\(entry.key)'; a policy's own needs another name")
      return nil
    }
    guard let table = decoder.table(entry.node, as: entry.key) else { return nil }
    decoder.check(table, keys: Self.keys, in: "a finding code")
    for key in ["title", "reason", "remedy"] where table[key] == nil {
      decoder.report(entry.position, "the finding code '\(entry.key)' has no \(key)")
    }
    let severity = Severity(table, &decoder)
    let message = decoder.string(table, "message")
    let own = decoder.string(table, "source")
    guard let title = decoder.name(table, "title"), let reason = decoder.name(table, "reason"),
      let remedy = decoder.name(table, "remedy")
    else { return nil }
    self.init(
      code, severity ?? .error, title: title, message: message ?? title + ".", reason: reason,
      source: own ?? source ?? "", remedy: remedy)
  }

  /// Whether a name is in kebab-case.
  private static func isName(_ name: String) -> Bool {
    let words = name.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    let isLetter = { (byte: UInt8) in 0x61...0x7a ~= byte }
    return words.allSatisfy { word in
      !word.isEmpty && word.allSatisfy { isLetter($0) || 0x30...0x39 ~= $0 }
    } && name.utf8.first.map(isLetter) == true
  }
}

extension Severity {
  /// Reads the severity under its key; nil if there is none, or after an error, which is reported.
  init?(_ table: TOMLTable, _ decoder: inout TOMLDecoder) {
    guard let node = table["severity"], let text = decoder.string(node, as: "severity"),
      let severity = decoder.choice(text, at: node.position, "severity", among: Self.names)?.flatMap(\.self)
    else { return nil }
    self = severity
  }
}

extension FindingCode {
  /// Reads the code under a key of a table; nil if there is none, or after an error, which is reported.
  ///
  /// - Parameter own: The policy's own codes.
  init?(_ table: TOMLTable, _ key: String, own: [Explanation], _ decoder: inout TOMLDecoder) {
    guard let node = table[key], let text = decoder.string(node, as: key) else { return nil }
    self.init(text, at: node.position, own: own, &decoder)
  }

  /// Reads a known code; nil after an error, which is reported.
  init?(_ text: String, at position: TOMLPosition, own: [Explanation], _ decoder: inout TOMLDecoder) {
    self.init(rawValue: text)
    if explanation == nil, !own.contains(where: { $0.code == self }) {
      decoder.report(
        position, "unknown finding code '\(text)'" + Explanation.suggestion(for: text, own: own))
      return nil
    }
  }
}

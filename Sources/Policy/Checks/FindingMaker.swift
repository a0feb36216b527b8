internal import PreflightBytes
internal import SystemPackage
internal import PreflightFormats
import PreflightFacts

/// Puts findings together for one file or request under one policy: the message of the code's
/// explanation with its places filled in, the severity that the policy gives, the remedy that fits.
struct FindingMaker {
  /// The severities that the policy gives to codes, whatever a rule says.
  private let severities: [FindingCode: Severity?]
  let endpoint: Endpoint?
  let mediaType: MediaType?
  let name: FilePath?
  private(set) var findings: [Finding] = []

  init(policy: Policy?, endpoint: Endpoint?, mediaType: MediaType? = nil, name: FilePath? = nil) {
    severities = policy?.severities ?? [:]
    self.endpoint = endpoint
    self.mediaType = mediaType
    self.name = name
  }

  /// Adds a finding; whatever isn't given comes from the code's explanation.
  mutating func add(
    _ code: FindingCode, severity: Severity? = nil, subject: Subject = .file, message: String? = nil,
    values: [String: String] = [:], expected: String? = nil, actual: String? = nil, offset: UInt64? = nil,
    remedy: String? = nil, source: String? = nil
  ) {
    guard let explanation = code.explanation else { return }
    var severity = severity ?? explanation.severity
    if let own = severities[code] {
      guard let own else { return }
      severity = own
    }
    let text = Template(message ?? explanation.message).filled { place in
      switch place {
      case "Endpoint": values[place] ?? endpoint?.phrase ?? "A message"
      case "expected": values[place] ?? expected ?? ""
      case "actual": values[place] ?? actual ?? ""
      default: values[place] ?? "{\(place)}"
      }
    }
    let finding = Finding(
      code: code, severity: severity, subject: subject, message: text ?? explanation.message,
      expected: expected, actual: actual, offset: offset,
      remedy: remedy.map(fill) ?? command(explanation) ?? explanation.remedy,
      source: source ?? explanation.source)
    if !findings.contains(finding) { findings.append(finding) }
  }

  /// The first command that fits this file, with its name in place.
  private func command(_ explanation: Explanation) -> String? {
    explanation.commands.first { $0.fits(endpoint, mediaType?.rawValue) }.map { fill($0.text) }
  }

  private func fill(_ text: String) -> String {
    let name = name ?? FilePath("FILE")
    return Template(text).filled { place in
      if place == "file" { return name.shellQuoted }
      guard place.hasPrefix("out:") else { return "{\(place)}" }
      let wanted = place == "out:" ? mediaType?.known?.extensions.first : String(place.dropFirst(4))
      return name.replacingExtension(with: wanted).shellQuoted
    } ?? text
  }
}

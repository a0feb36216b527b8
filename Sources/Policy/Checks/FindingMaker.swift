import PreflightFacts
import PreflightFormats
import PreflightInspection
import SystemPackage

/// Creates findings for one file or request under one policy: the message of the code's explanation with its
/// placeholders filled in, the severity of the policy, and a suitable fix.
struct FindingMaker {
  /// The severities that the policy sets for codes; they override those of rules.
  private let severities: [FindingCode: Severity?]
  /// The policy's own codes.
  private let codes: [Explanation]
  /// The endpoints that could accept the result of a fix: the requested one, or any that could be chosen; none without a
  /// policy.
  private let targets: [EndpointPolicy]
  let endpoint: Endpoint?
  private let phrase: String
  let mediaType: MediaType?
  let name: FilePath?
  /// Whether other programs can read the file.
  private let isReadable: Bool
  /// Whether `preflight fix` can decode the file.
  private let isDecodable: Bool
  /// The kinds of media that the file is known not to have.
  private let missing: Set<MediaType.Family>
  private(set) var findings: [Finding] = []

  init(policy: Policy?, endpoint: Endpoint?, _ inspection: Inspection? = nil, name: FilePath? = nil) {
    severities = policy?.severities ?? [:]
    codes = policy?.codes ?? []
    let own = endpoint.flatMap { policy?.endpoint($0) }
    let target = policy?.endpointToFix(inspection?.mediaType, inspection?.facts ?? Facts(), at: endpoint)
    targets = target.map { [$0] } ?? policy?.automaticEndpoints ?? []
    phrase = own?.phrase ?? endpoint?.standardPhrase ?? "A message"
    self.endpoint = endpoint
    mediaType = inspection?.mediaType
    isReadable = inspection?.isReadable ?? true
    isDecodable = inspection?.isDecodable ?? true
    var missing: Set<MediaType.Family> = []
    if inspection?.facts.audioStreams?.isEmpty == true { missing.insert(.audio) }
    // A sticker needs frames.
    if inspection?.facts.videoStreams?.isEmpty == true { missing.formUnion([.video, .image]) }
    self.missing = missing
    self.name = name
  }

  /// Adds a finding; missing values come from the code's explanation.
  mutating func add(
    _ code: FindingCode, severity: Severity? = nil, subject: Subject = .file, message: String? = nil,
    values: [String: String] = [:], expected: String? = nil, actual: String? = nil, offset: UInt64? = nil,
    fix: Remedy? = nil, source: String? = nil
  ) {
    guard let explanation = code.explanation ?? codes.first(where: { $0.code == code }) else { return }
    var severity = severity ?? explanation.severity
    if let own = severities[code] {
      guard let own else { return }
      severity = own
    }
    let text = Template(message ?? explanation.message).filled { place in
      switch place {
      case "Endpoint": values[place] ?? phrase
      case "expected": values[place] ?? expected ?? ""
      case "actual": values[place] ?? actual ?? ""
      default: values[place] ?? "{\(place)}"
      }
    }
    let finding = Finding(
      code: code, severity: severity, subject: subject, message: text ?? explanation.message,
      expected: expected, actual: actual, offset: offset,
      fix: fix ?? chosenFix(explanation, values) ?? Remedy(advice: explanation.remedy), file: name,
      ownExtension: mediaType?.known?.extensions.first, source: source ?? explanation.source)
    if !findings.contains(finding) { findings.append(finding) }
  }

  /// The first fix that works on this file and produces an accepted file.
  private func chosenFix(_ explanation: Explanation, _ values: [String: String]) -> Remedy? {
    explanation.fixes.lazy.filter(works).compactMap { $0.remedy.filled(with: values) }.first
  }

  private func works(_ choice: RemedyChoice) -> Bool {
    guard choice.fits(mediaType, anyOf: targets) else { return false }
    switch choice.remedy.action {
    case .fix:
      let hasSource = choice.makes.isEmpty || choice.makes.contains { !missing.contains($0.family) }
      return isDecodable && hasSource
    case .run: return isReadable
    case nil: return true
    }
  }
}

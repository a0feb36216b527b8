internal import PreflightBytes
package import SystemPackage
internal import PreflightFormats
internal import PreflightFacts
package import PreflightInspection

extension Policy {
  /// All findings of the policy for a file at an endpoint, not only the first.
  ///
  /// - Parameters:
  ///   - table: The inspection's facts.
  ///   - endpoint: Where the file goes; nil if no endpoint of the policy accepts its type.
  ///   - declaredType: The type that the caller will declare, with or without parameters.
  ///   - sentNames: The file names that the recipient will see.
  package func findings(
    for inspection: Inspection, _ table: FactTable, at endpoint: Endpoint?, name: FilePath?,
    declaredType: String? = nil, sentNames: [String] = []
  ) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: endpoint, inspection, name: name)
    maker.checkBytes(inspection)
    guard inspection.byteCount > 0 else { return maker.findings }
    let own = endpoint.flatMap(self.endpoint)
    maker.checkMangling(inspection, sentNames: sentNames, declaredType: declaredType)
    maker.checkDeclaredType(declaredType, inspection, table, of: self)
    maker.checkType(inspection.mediaType, own, of: self)
    maker.checkExtension(inspection)
    if let own { maker.checkCaps(inspection, table, own) }
    maker.checkRules(table, self, inspection)
    maker.checkExtras(inspection)
    return maker.findings
  }

  /// The findings about the bytes of a file, which decoding its content may have added to.
  ///
  /// - Parameter content: What structure and content say together.
  package func findings(forContentOf content: Inspection, at endpoint: Endpoint?, name: FilePath?)
    -> [Finding]
  {
    var maker = FindingMaker(policy: self, endpoint: endpoint, content, name: name)
    maker.checkBytes(content)
    maker.checkMangling(content)
    return maker.findings
  }

  /// The other endpoints to propose that would accept the file as it is: those at which
  /// ``findings(for:_:at:name:declaredType:sentNames:)`` has nothing as severe as `limit`.
  package func alternatives(
    to endpoint: Endpoint?, for inspection: Inspection, _ table: FactTable, rejectingFrom limit: Severity
  ) -> [Endpoint] {
    guard inspection.byteCount > 0, let mediaType = inspection.mediaType else { return [] }
    let own = endpoint.flatMap(self.endpoint)
    return endpoints.compactMap { other in
      let isProposed = own?.alternatives.map { $0.contains(other.endpoint) } ?? other.isAutomatic
      guard isProposed, other.endpoint != endpoint, other.accepts(mediaType) else { return nil }
      // The file's name and the declared type don't matter at another endpoint.
      var maker = FindingMaker(policy: self, endpoint: other.endpoint, inspection)
      maker.checkBytes(inspection)
      maker.checkCaps(inspection, table, other)
      maker.checkRules(table, self, inspection)
      maker.checkExtras(inspection)
      return maker.findings.contains { $0.severity <= limit } ? nil : other.endpoint
    }
  }

  /// The type to declare for a file, with the parameters that the provider requires.
  package func declaredType(for inspection: Inspection, _ table: FactTable) -> String? {
    guard let mediaType = inspection.mediaType else { return nil }
    let own = declaredTypes.first { declared in
      declared.type == mediaType && declared.when.allSatisfy { $0.holds(in: table, .any) == true }
    }
    return own?.declared ?? mediaType.rawValue
  }
}

extension Inspection {
  /// The findings about the file itself, without a policy.
  package func findings(name: FilePath?) -> [Finding] {
    var maker = FindingMaker(policy: nil, endpoint: nil, self, name: name)
    maker.checkBytes(self)
    guard byteCount > 0 else { return maker.findings }
    maker.checkMangling(self)
    maker.checkExtension(self)
    maker.checkExtras(self)
    return maker.findings
  }
}

extension Finding {
  /// The finding for a file that can't be read.
  ///
  /// - Parameter isMissing: Whether there is nothing at the path.
  package static func unreadable(_ reason: String, isMissing: Bool = false) -> [Finding] {
    let explanation = Explanation.unreadable
    let sentence = reason.prefix(1).uppercased() + reason.dropFirst() + "."
    return [
      Finding(
        code: .unreadable, severity: explanation.severity, subject: .file,
        message: isMissing ? sentence : "Can't read the file: \(reason).", actual: reason,
        fix: isMissing ? nil : Remedy(advice: explanation.remedy), source: explanation.source)
    ]
  }
}

extension Finding {
  /// The finding for a reference of which nothing could be learned, through no fault of its own.
  ///
  /// - Parameter reason: Why, as the end of a sentence.
  package static func unfetched(_ reason: String) -> [Finding] {
    let explanation = Explanation.unreadable
    return [
      Finding(
        code: .unreadable, severity: explanation.severity, subject: .file,
        message: "Nothing was fetched: \(reason).", actual: reason)
    ]
  }
}

extension FindingMaker {
  /// `empty-file`, `partly-checked`, `damaged-file`, `possibly-truncated` and `leading-data`.
  mutating func checkBytes(_ inspection: Inspection) {
    guard inspection.byteCount > 0 else { return add(.emptyFile, expected: "≥ 1", actual: "0") }
    add(inspection.unchecked)
    add(inspection.faults, inspection)
    if let truncation = inspection.possibleTruncation { add(truncation) }
    if let leadingData = inspection.leadingData { add(leadingData) }
  }

  /// `mangled-file`: a binary file that was changed on its way, or a text where a name or a type promises a binary
  /// format.
  ///
  /// - Parameters:
  ///   - sentNames: The file names that the recipient will see.
  ///   - declaredType: The type that the caller will declare.
  mutating func checkMangling(
    _ inspection: Inspection, sentNames: [String] = [], declaredType: String? = nil
  ) {
    guard let mangling = inspection.mangling else { return }
    let extensions = [name?.lowercasedExtension] + sentNames.map { FilePath($0).lowercasedExtension }
    var promised = extensions.compactMap { $0 }.flatMap(MediaType.types(forExtension:))
    if let declaredType { promised.append(MediaType(declaring: declaredType)) }
    // Under its own name, a text is what it is.
    let isText = inspection.mediaType.map { !$0.isBinary } ?? false
    guard !isText || promised.contains(where: \.isBinary) else { return }
    add(.mangledFile, actual: mangling.words, fix: Remedy(advice: mangling.kind.advice))
  }

  /// `possibly-truncated`.
  mutating func add(_ truncation: PossibleTruncation) {
    add(
      .possiblyTruncated, actual: truncation.message, offset: truncation.offset, source: truncation.clause)
  }

  /// `leading-data`: an error where the programs that open the file don't skip it.
  mutating func add(_ data: LeadingData) {
    let count = "\(data.byteCount) byte\(data.byteCount == 1 ? "" : "s")"
    add(
      .leadingData, severity: data.isSkippedByDecoders ? nil : .error, expected: "\(data.byteCount)",
      actual: data.words.map { "\($0) of \(count)" } ?? count, offset: 0,
      fix: Remedy("Remove the leading bytes", keeping: data.byteCount..<(.max)))
  }

  /// `partly-checked`.
  mutating func add(_ parts: [UncheckedPart]) {
    for part in parts {
      add(.partlyChecked, values: ["what": part.what], expected: "≤ \(part.limit)", offset: part.offset)
    }
  }

  /// `damaged-file`.
  mutating func add(_ faults: [Fault], _ inspection: Inspection) {
    // Without the index of a movie, no program knows what its bytes are.
    let isLost = faults.contains { $0.name == "missing-movie-box" }
    let isOpus = inspection.facts.audioStreams?.allSatisfy { $0.codec == "opus" } == true
    for fault in faults {
      let remedy: Remedy? =
        switch fault.name {
        case _ where isLost: Remedy(advice: Self.lostMovie)
        case "granule-position-wrong" where isOpus: Remedy(fix: "Count its positions again")
        case "tag-past-end": Remedy(fix: "Correct the length of the tag")
        default: nil
        }
      add(
        .damagedFile, message: "{sentence}", values: ["sentence": fault.message],
        expected: fault.expected, actual: fault.actual, offset: fault.offset, fix: remedy,
        source: fault.clause.isEmpty ? nil : fault.clause)
    }
  }

  private static let lostMovie =
    "Record or export it again. Without its index, which is written last, what was recorded can't be played."

  /// `declared-type-mismatch`.
  mutating func checkDeclaredType(
    _ declared: String?, _ inspection: Inspection, _ table: FactTable, of policy: Policy
  ) {
    guard let declared, let actual = inspection.mediaType else { return }
    let type = MediaType(declaring: declared).canonical
    if type.rawValue.lowercased() != actual.canonical.rawValue.lowercased() {
      let right = policy.declaredType(for: inspection, table) ?? actual.rawValue
      add(
        .declaredTypeMismatch, values: ["expected": declared, "actual": actual.phrase],
        expected: right, actual: declared, fix: Remedy(advice: "Declare \(right)."))
    }
  }

  /// `media-type-not-allowed`.
  mutating func checkType(
    _ mediaType: MediaType?, _ endpoint: EndpointPolicy?, of policy: Policy, subject: Subject = .file
  ) {
    guard let mediaType else {
      if endpoint?.accepts(nil) == true { return }
      return add(
        .mediaTypeNotAllowed, subject: subject, message: endpoint?.refusal,
        values: ["actual": MediaType.octetStream.known?.phrase ?? ""], expected: endpoint.map(Self.list),
        actual: nil, source: endpoint?.source)
    }
    if let endpoint {
      guard !endpoint.accepts(mediaType) else { return }
      add(
        .mediaTypeNotAllowed, subject: subject, message: endpoint.refusal,
        values: ["actual": mediaType.phrase],
        expected: Self.list(endpoint), actual: mediaType.rawValue, source: endpoint.source)
    } else if let asked = self.endpoint {
      addMissingEndpoint(asked, of: policy)
    } else {
      let nearest = Self.nearest(to: mediaType, in: policy)
      add(
        .mediaTypeNotAllowed, subject: subject, message: "No endpoint accepts {actual}.",
        values: ["actual": mediaType.phrase],
        expected: nearest.map(Self.shortList), actual: mediaType.rawValue)
    }
  }

  /// The types of an endpoint as far as they fit in a line or two.
  private static func shortList(_ endpoint: EndpointPolicy) -> String {
    let limit = 8
    let list = endpoint.types.prefix(limit).map(\.rawValue).joined(separator: ", ")
    let rest = endpoint.types.count - limit
    return "\(list)\(rest > 0 ? " or \(rest) more" : "") (\(endpoint.endpoint.rawValue))"
  }

  /// The endpoint whose types are most like a file's: the first with one of the same family, such as a video (some of
  /// which are `application/…`), else with one of the same top level, else the one that accepts the most types.
  private static func nearest(to mediaType: MediaType, in policy: Policy) -> EndpointPolicy? {
    let endpoints = policy.automaticEndpoints
    return endpoints.first { $0.types.contains { $0.family == mediaType.family } }
      ?? endpoints.first { $0.types.contains { $0.topLevel == mediaType.topLevel } }
      ?? endpoints.max { $0.types.count < $1.types.count }
  }

  mutating func addMissingEndpoint(_ endpoint: Endpoint, of policy: Policy) {
    let other = Policy.builtInNames(with: endpoint).first
    add(
      .mediaTypeNotAllowed, subject: .endpoint,
      message: "The policy {policy} has no endpoint {actual}.", values: ["policy": policy.name],
      expected: policy.endpointNames.map(\.rawValue).joined(separator: ", "), actual: endpoint.rawValue,
      fix: Remedy(
        advice: other.map { "Choose the policy \($0), which has it, or another endpoint." }
          ?? "Choose another endpoint."))
  }

  private static func list(_ endpoint: EndpointPolicy) -> String {
    endpoint.types.map(\.rawValue).joined(separator: ", ")
  }

  /// `extension-mismatch`, if the extension is only used for other types.
  mutating func checkExtension(_ inspection: Inspection) {
    // What a program wrote by mistake isn't helped by another name.
    guard let mediaType = inspection.mediaType, let own = name?.lowercasedExtension,
      Self.contradicts(own, mediaType), !findings.contains(where: { $0.code == .mangledFile })
    else { return }
    add(
      .extensionMismatch, values: ["expected": mediaType.phrase],
      expected: (mediaType.known?.extensions.prefix(2)).map { $0.map { "." + $0 }.joined(separator: ", ") },
      actual: own)
  }

  /// Whether an extension belongs only to other types. A text may have the extension of any text type, and an
  /// unknown extension contradicts nothing.
  static func contradicts(_ pathExtension: String, _ mediaType: MediaType) -> Bool {
    // Nearly every file has an extension of its own type.
    if mediaType.known?.extensions.contains(pathExtension) == true { return false }
    let types = MediaType.types(forExtension: pathExtension)
    guard !types.isEmpty, mediaType != .octetStream else { return false }
    let isText = { (type: MediaType) in type.topLevel == "text" || type.family == .plainText }
    return !(isText(mediaType) && types.contains(where: isText))
  }

  /// `file-too-large`, `near-size-limit` and `size-limit-disputed`.
  mutating func checkCaps(_ inspection: Inspection, _ table: FactTable, _ endpoint: EndpointPolicy) {
    let size = inspection.byteCount
    for cap in endpoint.caps where cap.applies(to: table) {
      var reading: String?
      if let other = cap.disputed, (size > other.size.hard) != (size > cap.size.hard) {
        reading = other.reading
      }
      if size <= cap.size.safe, reading == nil { continue }
      var values = ["limit": "\(cap.size.hard)"]
      values["Endpoint"] = cap.name
      let source = cap.source ?? endpoint.source
      if size > cap.size.hard {
        add(
          .fileTooLarge,
          message: reading.map { "\(Explanation.fileTooLarge.message) \($0)" }, values: values,
          expected: "≤ \(cap.size.hard)", actual: "\(size)", source: source)
      } else if size > cap.size.safe {
        values["limit"] = "\(cap.size.safe)"
        add(
          .nearSizeLimit, values: values, expected: "≤ \(cap.size.safe)", actual: "\(size)", source: source)
      }
      // If the endpoint doesn't accept the type, the disputed limit is irrelevant.
      let isTaken = endpoint.accepts(inspection.mediaType)
      if let reading, let other = cap.disputed, size <= cap.size.hard, isTaken {
        add(
          .sizeLimitDisputed, message: "\(Explanation.sizeLimitDisputed.message) \(reading)",
          values: values, expected: "≤ \(other.size.hard)", actual: "\(size)", source: source)
      }
    }
  }

  /// The policy's conditions on the bytes.
  mutating func checkRules(_ table: FactTable, _ policy: Policy, _ inspection: Inspection) {
    for rule in policy.rules(at: endpoint) {
      guard let (broken, quantifier) = rule.broken(by: table) else { continue }
      // If several conditions are required, all are shown if they belong together.
      let isSize = broken.map(\.key) == ["width", "height"]
      let shown =
        isSize ? broken : broken.filter { quantifier == .any || $0.holds(in: table, .every) == false }
      let separator = isSize ? " × " : ", "
      let found = shown.compactMap { $0.found(in: table, quantifier) }.filter { !$0.isEmpty }
        .joined(separator: separator)
      let wanted = shown.map(\.wanted).joined(separator: separator)
      // A limit is a plain number in a sentence that says "at most" itself.
      let bare = wanted.drop { "≤≥ ".contains($0) }
      let expected = rule.expected ?? (quantifier == .every ? wanted : nil)
      var values = ["limit": String(bare), "expected": rule.expected ?? String(bare)]
      // A fix may need the exact value that a fact must have.
      for condition in broken { values[condition.key] = condition.onlyNumber?.words }
      if rule.code == .trailingData {
        // Its offset and its fix come from the file.
        addTrailingData(inspection, severity: rule.severity, source: rule.source)
        continue
      }
      add(
        rule.code, severity: rule.severity, message: rule.message,
        values: values,
        expected: expected, actual: rule.actual ?? (found.isEmpty ? nil : found),
        fix: rule.remedy, source: rule.source)
    }
  }

  /// `trailing-data`, `active-content`, `embedded-program`, `polyglot-file` and `location-metadata`.
  mutating func checkExtras(_ inspection: Inspection) {
    // A rule of the endpoint may have reported it already.
    if inspection.trailingDataOffset != nil, !findings.contains(where: { $0.code == .trailingData }) {
      addTrailingData(inspection)
    }
    for content in inspection.hidden {
      let code: FindingCode =
        switch content.kind {
        case .script, .launchAction: .activeContent
        case .program: .embeddedProgram
        case .otherFormat: .polyglotFile
        }
      let type = inspection.mediaType.map { $0.known?.phrase ?? $0.rawValue } ?? "a file"
      // Removing the trailing bytes removes this content too.
      let end = inspection.trailingDataOffset
      let isBehind = end.map { content.offset ?? 0 >= $0 } == true
      add(
        code, values: ["what": content.words, "type": type], offset: content.offset,
        fix: isBehind ? end.map(Self.cut) : nil)
    }
    if let offset = inspection.locationMetadataOffset { add(.locationMetadata, offset: offset) }
  }

  private mutating func addTrailingData(
    _ inspection: Inspection, severity: Severity? = nil, source: String? = nil
  ) {
    let padding = inspection.paddingOffset
    guard let offset = inspection.trailingDataOffset ?? padding, offset < inspection.byteCount else { return }
    let words = inspection.trailingDataWords ?? (padding == nil ? nil : "NULs or line ends")
    add(
      .trailingData, severity: severity,
      message: words.map { "{actual} trailing bytes after offset {expected}: \($0)." },
      expected: "\(offset)", actual: "\(inspection.byteCount - offset)", offset: offset,
      fix: Self.cut(at: offset), source: source)
  }

  private static func cut(at end: UInt64) -> Remedy {
    Remedy("Remove the trailing bytes", keeping: 0..<end)
  }
}

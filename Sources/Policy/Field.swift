internal import PreflightBytes
internal import PreflightTOML

/// A field of a request: its allowed values and endpoints.
package struct Field: Sendable {
  /// The name, as the caller's request spells it.
  package let name: String
  package let kind: Kind
  /// Whether a call that uses the field requires it.
  package var isRequired: Bool
  /// Whether it refers to the media; a message has exactly one such field.
  package let isMediaReference: Bool
  /// The endpoints whose requests have it.
  package private(set) var endpoints: Endpoints
  /// The smallest integer; nil if there is none.
  package let minimum: Int?
  /// The maximum number of characters (Unicode scalars), or the largest integer; nil if there is no limit.
  package let maximum: Int?
  /// The characters that an ID may have; nil for all but spaces and control characters.
  package let characters: String?
  /// Longer values are accepted but may not work everywhere.
  package let recommendedMaximum: Int?
  /// The code of a finding that it is missing.
  package let missingCode: FindingCode
  /// The code of a finding about an invalid value.
  package let invalidCode: FindingCode
  package let source: String?

  /// A choice of a policy's endpoints.
  package enum Endpoints: Sendable {
    /// All but these.
    case not([Endpoint])
    case only([Endpoint])

    package func contains(_ endpoint: Endpoint) -> Bool {
      switch self {
      case .not(let others): !others.contains(endpoint)
      case .only(let own): own.contains(endpoint)
      }
    }
  }

  /// Forgets an endpoint.
  mutating func leaveOut(_ endpoint: Endpoint) {
    endpoints =
      switch endpoints {
      case .not(let others): .not(others.filter { $0 != endpoint })
      case .only(let own): .only(own.filter { $0 != endpoint })
      }
  }

  /// What a value is.
  package enum Kind: String, CaseIterable, Sendable {
    /// A phone number with a country code (ITU-T E.164), sent as its digits.
    case phoneNumber = "phone-number"
    /// A public URL from which the provider fetches the media.
    case url
    /// An ID made of digits.
    case number
    /// An ID of any characters except spaces and control characters.
    case identifier
    /// A whole number, sent as one.
    case integer
    /// The handle of a file that was sent with Meta's Resumable Upload API, such as `4::aW…`.
    case handle
    /// Text that the recipient reads.
    case text
    /// The name under which a file is shown and saved.
    case fileName = "file-name"

    /// The default codes of findings about such a value.
    ///
    /// - Parameter isMedia: Whether it refers to the media.
    fileprivate func codes(isMedia: Bool) -> (missing: FindingCode, invalid: FindingCode) {
      switch self {
      case .phoneNumber: (.missingRecipient, .invalidRecipient)
      case .url: (.missingMediaReference, .invalidMediaURL)
      case .handle: (.missingMediaReference, .invalidMediaID)
      case .number, .identifier:
        isMedia ? (.missingMediaReference, .invalidMediaID) : (.missingField, .invalidField)
      case .integer: (.missingField, .invalidField)
      case .text: (.missingField, .captionTooLong)
      case .fileName: (.missingFilename, .invalidFilename)
      }
    }
  }
}

extension Field {
  private static let keys = [
    "kind", "required", "media", "endpoints", "minimum", "maximum", "recommended-maximum", "characters",
    "missing", "invalid", "source",
  ]

  /// The keys of a hook's request that aren't fields.
  package static let reservedNames = ["declaredType", "depth", "endpoint", "file", "fix", "id", "probe"]

  /// Reports a name that a request or a result can't have.
  private static func check(_ entry: TOMLTable.Entry, _ decoder: inout TOMLDecoder) {
    let name = entry.key
    let isName =
      name.utf8.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } == true
      && name.utf8.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "_") }
    if !isName {
      decoder.report(
        entry.position,
        "invalid field name '\(name)'; use letters, digits and underscores, beginning with a lowercase letter"
      )
    } else if reservedNames.contains(name) {
      decoder.report(
        entry.position,
        "the field name '\(name)' is reserved: in requests of the hook it means something else")
    }
  }

  /// Reads a field. Missing keys are as in `base`. Nil after an error, which is reported.
  ///
  /// - Parameters:
  ///   - endpoints: The policy's endpoints.
  ///   - codes: The policy's own finding codes.
  init?(
    _ entry: TOMLTable.Entry, basedOn base: Field?, endpoints known: [Endpoint], codes: [Explanation],
    _ decoder: inout TOMLDecoder
  ) {
    guard let table = decoder.table(entry.node, as: entry.key) else { return nil }
    Self.check(entry, &decoder)
    decoder.check(table, keys: Self.keys, in: "a field")
    var kind = base?.kind
    if let node = table["kind"], let text = decoder.string(node, as: "kind") {
      let names = Kind.allCases.map { (name: $0.rawValue, value: $0) }
      kind = decoder.choice(text, at: node.position, "kind of field", among: names)
    }
    guard let kind else {
      if table["kind"] == nil { decoder.report(entry.position, "the field '\(entry.key)' has no kind") }
      return nil
    }
    name = entry.key
    self.kind = kind
    isRequired = decoder.boolean(table, "required") ?? base?.isRequired ?? false
    isMediaReference = decoder.boolean(table, "media") ?? base?.isMediaReference ?? false
    endpoints = Endpoints(table, among: known, &decoder) ?? base?.endpoints ?? .not([])
    minimum = decoder.integer(table, "minimum") ?? base?.minimum
    maximum = decoder.integer(table, "maximum") ?? base?.maximum
    recommendedMaximum = decoder.integer(table, "recommended-maximum") ?? base?.recommendedMaximum
    characters = decoder.name(table, "characters") ?? base?.characters
    let standard = kind.codes(isMedia: isMediaReference)
    missingCode = FindingCode(table, "missing", own: codes, &decoder) ?? base?.missingCode ?? standard.missing
    invalidCode = FindingCode(table, "invalid", own: codes, &decoder) ?? base?.invalidCode ?? standard.invalid
    source = decoder.string(table, "source") ?? base?.source
  }
}

extension Field.Endpoints {
  /// Reads the endpoints under their key: a list, or a table of those that don't have the field; nil if there is
  /// neither, or after an error, which is reported.
  fileprivate init?(_ table: TOMLTable, among known: [Endpoint], _ decoder: inout TOMLDecoder) {
    guard case .table(let own) = table["endpoints"]?.value else {
      guard let only = Endpoint.list(table, "endpoints", among: known, &decoder) else { return nil }
      self = .only(only)
      return
    }
    decoder.check(own, keys: ["not"], in: "endpoints")
    self = .not(Endpoint.list(own, "not", among: known, &decoder) ?? [])
  }
}

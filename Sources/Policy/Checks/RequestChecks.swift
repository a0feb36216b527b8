#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif
internal import PreflightBytes
package import SystemPackage
internal import PreflightFormats
internal import PreflightReferences
internal import PreflightTOML
internal import PreflightFacts
package import PreflightInspection

extension Policy {
  /// All findings of the policy for a request's fields, not only the first.
  ///
  /// - Parameters:
  ///   - inspection: The local file, if there is one.
  ///   - fileName: Its name.
  ///   - call: The call that the request is for; nil if its endpoint takes none.
  ///   - allowsPrivateHosts: Whether URLs may lead into a private network.
  ///   - now: The time at which the message is sent.
  package func findings(
    for request: MessageRequest, at endpoint: Endpoint?, inspection: Inspection?,
    named fileName: FilePath? = nil, call: CallTemplate?, allowsPrivateHosts: Bool = false,
    now: Date = Date()
  ) -> [Finding] {
    let known = fields.filter { field in endpoint.map(field.endpoints.contains) ?? true }
    var checks = RequestChecks(
      finder: FindingMaker(policy: self, endpoint: endpoint, inspection), fields: known,
      inspection: inspection, ownName: fileName?.lastComponent?.string ?? nameInURL(of: request),
      allowsPrivateHosts: allowsPrivateHosts, now: now)
    // A key that is no field explains why one is missing.
    let names = Set(fields.map(\.name))
    for key in request.fields.keys.sorted() where !names.contains(key) { checks.addUnknown(key) }
    let calls = calls(for: request, at: endpoint, call)
    // A local file may be yet to upload; nothing can refer to it then.
    let needsReference = call.map { !$0.isUpload } ?? (inspection == nil)
    let firstReference = fields.first(where: \.isMediaReference)?.name
    for field in fields {
      if field.name == firstReference {
        checks.checkReferences(
          fields.filter { $0.isMediaReference && request.fields[$0.name] != nil }, areNeeded: needsReference)
      }
      let isKnown = known.contains { $0.name == field.name }
      // A field that isn't part of a call isn't required.
      // Without an endpoint, only what every endpoint has can be missing.
      let isEverywhere = endpoints.allSatisfy { field.endpoints.contains($0.endpoint) }
      let isRequired =
        field.isRequired && isKnown && (endpoint != nil || isEverywhere)
        && calls.contains { $0.uses(field.name) }
      checks.check(request.fields[field.name], of: field, isKnown: isKnown, isRequired: isRequired)
    }
    return checks.finder.findings
  }

  /// The calls that a request is for: with a recipient, an upload is followed by the message.
  private func calls(
    for request: MessageRequest, at endpoint: Endpoint?, _ call: CallTemplate?
  ) -> [CallTemplate] {
    guard let call else { return [] }
    let hasRecipient = fields.contains {
      $0.missingCode == .missingRecipient && request.fields[$0.name]?.isEmpty == false
    }
    return call.isUpload && hasRecipient ? [call, message(at: endpoint)] : [call]
  }

  /// The last part of the path of a request's URL, if it looks like a file name.
  private func nameInURL(of request: MessageRequest) -> String? {
    let field = fields.first { $0.kind == .url && $0.isMediaReference }
    guard let text = field.flatMap({ request.fields[$0.name] }), let url = try? MediaURL(text) else {
      return nil
    }
    return url.fileName
  }

  /// The file names in a request, under which the recipient sees the file.
  package func sentNames(in request: MessageRequest) -> [String] {
    fields.filter { $0.kind == .fileName }.compactMap { request.fields[$0.name] }
  }

  /// The finding for an invalid request.
  package func findingsForInvalidRequest(
    _ reason: String, subject: Subject, expected: String?, actual: String?, remedy: String?
  ) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: nil)
    maker.add(
      .invalidRequest, subject: subject, values: ["actual": reason], expected: expected, actual: actual,
      fix: remedy.map(Remedy.init(advice:)))
    return maker.findings
  }

  /// What to add to a message about an endpoint that the policy doesn't have: one that may be meant, or all.
  package func suggestion(for endpoint: Endpoint) -> String {
    TOMLDecoder.suggestion(endpoint.rawValue, endpointNames.map(\.rawValue))
  }

  /// The note that a request's media wasn't checked, and the finding if the endpoint doesn't exist.
  package func findingsForUncheckedMedia(at endpoint: Endpoint) -> [Finding] {
    var maker = FindingMaker(policy: self, endpoint: endpoint)
    if self.endpoint(endpoint) == nil { maker.addMissingEndpoint(endpoint, of: self) }
    maker.add(.mediaNotChecked, subject: .request)
    return maker.findings
  }
}

/// Checks the fields of one request.
private struct RequestChecks {
  private(set) var finder: FindingMaker
  /// The fields that a request to the endpoint has.
  let fields: [Field]
  /// The local file, if there is one.
  let inspection: Inspection?
  /// The name under which a document would be sent if the request named none.
  let ownName: String?
  let allowsPrivateHosts: Bool
  let now: Date

  /// Requires exactly one of the fields that refer to media.
  ///
  /// - Parameter given: Those in the request, of other endpoints too, which are reported for themselves.
  mutating func checkReferences(_ given: [Field], areNeeded: Bool) {
    let references = fields.filter(\.isMediaReference)
    let names = references.map(\.name)
    let wanted = names.joined(separator: " or ")
    let known = given.map(\.name).filter(names.contains)
    if known.count > 1 {
      finder.add(
        .conflictingMediaReferences, subject: .request,
        values: ["expected": names.joined(separator: " and ")], expected: wanted,
        actual: known.joined(separator: " and "))
    } else if given.isEmpty, areNeeded, let first = names.first {
      let what = names.count > 1 ? "neither " + names.joined(separator: " nor ") : "no \(first)"
      finder.add(
        .missingMediaReference, subject: .request, values: ["what": what], expected: wanted,
        fix: references.count == 1 ? references.first?.form.map(Self.advice) : nil)
    }
  }

  /// Checks one field of a request.
  mutating func check(_ value: String?, of field: Field, isKnown: Bool, isRequired: Bool) {
    let subject = Subject(rawValue: field.name)
    // An empty reference or filename has its own finding.
    let mayBeEmpty = field.isMediaReference || field.kind == .fileName || field.kind == .number
    guard let value, mayBeEmpty || !value.isEmpty else {
      if isRequired {
        finder.add(
          field.missingCode, subject: subject,
          values: ["actual": "is missing", "what": "is missing", "field": field.name],
          expected: field.kind == .number ? "digits" : nil,
          fix: field.kind == .fileName ? ownName.map { Remedy(advice: "Add \(field.name): \($0)") } : nil)
      }
      return
    }
    if !isKnown {
      addUnexpected(field)
      if field.isMediaReference { return }
    }
    if checkForm(value, field, subject) { return }
    if field.kind != .integer, field.kind != .text { checkLength(value, field, subject) }
    switch field.kind {
    case .phoneNumber: checkPhoneNumber(value, field, subject)
    case .url:
      finder.checkURL(
        value, invalid: field.invalidCode, subject, allowsPrivateHosts: allowsPrivateHosts, now: now)
    case .number, .identifier, .handle: checkIdentifier(value, field, subject)
    case .integer: checkInteger(value, field, subject)
    case .text: checkText(value, field, subject)
    case .fileName: checkFileName(value, field, subject)
    }
  }

  /// A key that is no field of the policy's.
  mutating func addUnknown(_ key: String) {
    let names = fields.map(\.name).joined(separator: ", ")
    finder.add(
      .unknownField, subject: .request, values: ["expected": names, "actual": "'\(key)'"], expected: names,
      actual: key)
  }

  // MARK: Fields that the endpoint doesn't have

  private mutating func addUnexpected(_ field: Field) {
    let subject = Subject(rawValue: field.name)
    switch field.kind {
    case .text: finder.add(.captionNotAllowed, subject: subject)
    case .fileName: finder.add(.filenameNotAllowed, subject: subject)
    case _ where field.isMediaReference:
      let forms = fields.filter(\.isMediaReference).compactMap(\.form)
      let wanted = forms.map(\.words).joined(separator: " or ")
      finder.add(
        field.invalidCode, severity: .error, subject: subject,
        message: "{Endpoint} needs {expected}, not {what}." + Self.consequence(of: field.form, as: forms),
        values: ["what": field.form?.words ?? field.name], expected: wanted, actual: field.name,
        fix: forms.last.map(Self.advice))
    default:
      let names = fields.map(\.name).joined(separator: ", ")
      finder.add(
        .unknownField, subject: subject, message: "{Endpoint} has no field {field}; choose from {expected}.",
        values: ["field": "'\(field.name)'"], expected: names, actual: field.name,
        fix: Remedy(
          advice: "Remove the field, or choose an endpoint that has it\(Self.list(field.endpoints))."))
    }
  }

  /// The endpoints that have a field, after a colon; nothing where they are too many to name.
  private static func list(_ endpoints: Field.Endpoints) -> String {
    guard case .only(let endpoints) = endpoints else { return "" }
    return ": " + endpoints.map(\.rawValue).joined(separator: ", ")
  }

  // MARK: References in another's place

  /// Reports a reference of another kind than the field is for, such as an upload handle as media ID.
  ///
  /// - Returns: Whether it is one.
  private mutating func checkForm(_ value: String, _ field: Field, _ subject: Subject) -> Bool {
    guard field.isMediaReference, let wanted = field.form, let form = ReferenceForm(value), form != wanted
    else { return false }
    let better = fields.first { $0.isMediaReference && $0.form == form }
    finder.add(
      field.invalidCode, severity: .error, subject: subject,
      message: "The {field} is {what}, not {expected}." + Self.consequence(of: form, as: [wanted]),
      values: ["field": field.name, "what": form.words], expected: wanted.words, actual: value,
      fix: better.map { Remedy(advice: "Pass it as \($0.name).") } ?? Self.advice(for: wanted))
    return true
  }

  /// What Meta says to a reference in the place of an upload handle; empty in another's place.
  private static func consequence(of form: ReferenceForm?, as wanted: [ReferenceForm]) -> String {
    guard wanted == [.uploadHandle] else { return "" }
    switch form {
    case .url: return " Meta refuses it with error 100, subcode 2388273."
    case .mediaID: return " Meta refuses it with error 100, subcode 2494102."
    case .uploadHandle, .uploadSession, nil: return ""
    }
  }

  /// How to get a reference.
  private static func advice(for form: ReferenceForm) -> Remedy {
    switch form {
    case .url: Remedy(advice: "Pass a public URL of the file.")
    case .mediaID:
      Remedy(advice: "Upload the file as media (preflight upload), and pass the ID that the upload returns.")
    case .uploadHandle, .uploadSession:
      Remedy(
        advice:
          "Upload the file with the Resumable Upload API (preflight upload --sample), and pass the handle that it returns."
      )
    }
  }

  // MARK: Values

  private mutating func checkPhoneNumber(_ value: String, _ field: Field, _ subject: Subject) {
    if PhoneNumber(value) != nil { return }
    finder.add(
      field.invalidCode, subject: subject,
      values: ["expected": "a phone number with a country code", "actual": "'\(value)'"],
      expected: "7 to 15 digits, the first not 0", actual: value)
  }

  private mutating func checkIdentifier(_ id: String, _ field: Field, _ subject: Subject) {
    let isUnusable = id.isEmpty || id.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7f }
    let isWanted =
      switch field.kind {
      case .number: !id.isEmpty && id.utf8.allSatisfy { (0x30...0x39).contains($0) }
      case .handle: ReferenceForm(id) == .uploadHandle && !isUnusable
      default: !isUnusable
      }
    if let allowed = field.characters, let other = id.first(where: { !allowed.contains($0) }) {
      finder.add(
        field.invalidCode, subject: subject, message: "The {field} {actual} can't contain {character}.",
        values: [
          "field": field.name, "character": other == " " ? "a space" : "'\(other)'", "actual": "'\(id)'",
        ],
        expected: "only \(allowed)", actual: id, source: field.source)
    } else if !isWanted {
      addInvalid(id, field, subject, isUnusable: isUnusable)
    }
  }

  /// Checks the length of what isn't text for people.
  private mutating func checkLength(_ value: String, _ field: Field, _ subject: Subject) {
    let count = value.unicodeScalars.count
    guard let maximum = field.maximum, count > maximum else { return }
    finder.add(
      field.invalidCode, severity: .error, subject: subject,
      message: "The {field} can have at most {maximum} characters; it has {actual}.",
      values: ["field": field.name, "maximum": "\(maximum)"], expected: "≤ \(maximum)", actual: "\(count)",
      source: field.source)
  }

  private mutating func addInvalid(_ id: String, _ field: Field, _ subject: Subject, isUnusable: Bool) {
    let (words, expected) =
      switch field.kind {
      case .number: ("an ID made of digits", "digits")
      case .handle: (ReferenceForm.uploadHandle.words, ReferenceForm.uploadHandle.words)
      default: ("an ID without spaces", "an ID without spaces")
      }
    finder.add(
      field.invalidCode,
      // A reference in another format may be valid, as long as it can be sent.
      severity: field.isMediaReference && isUnusable ? .error : nil, subject: subject,
      message: field.kind == .handle ? "The {field} {actual} is not {expected}." : nil,
      values: [
        "field": field.name, "expected": words, "actual": "'\(id)'", "what": "'\(id)' is not numeric",
      ],
      expected: expected, actual: id)
  }

  private mutating func checkInteger(_ text: String, _ field: Field, _ subject: Subject) {
    let range = (field.minimum ?? .min)...max(field.minimum ?? .min, field.maximum ?? .max)
    // As it is sent: without a plus sign or zeros before it.
    if let number = Int(text), "\(number)" == text, range.contains(number) { return }
    let bounds = [field.minimum.map { "from \($0)" }, field.maximum.map { "to \($0)" }].compactMap { $0 }
    finder.add(
      field.invalidCode, subject: subject, values: ["field": field.name, "actual": "'\(text)'"],
      expected: (["a whole number"] + bounds).joined(separator: " "), actual: text, source: field.source)
  }

  private mutating func checkText(_ text: String, _ field: Field, _ subject: Subject) {
    guard let maximum = field.maximum else { return }
    let scalars = text.unicodeScalars.count
    let units = text.utf16.count
    if scalars > maximum {
      finder.add(
        field.invalidCode, subject: subject, values: ["expected": "\(maximum)"], expected: "≤ \(maximum)",
        actual: "\(scalars)", source: field.source)
    } else if units > maximum {
      finder.add(
        field.invalidCode, severity: .warning, subject: subject,
        message:
          "The \(field.name) has {actual} UTF-16 code units, which is over {expected} if those are counted.",
        values: ["expected": "\(maximum)"], expected: "≤ \(maximum)", actual: "\(units)",
        source: field.source)
    }
  }

  private mutating func checkFileName(_ name: String, _ field: Field, _ subject: Subject) {
    func invalid(_ reason: String, _ severity: Severity, _ expected: String) {
      finder.add(
        field.invalidCode, severity: severity, subject: subject, values: ["actual": reason],
        expected: expected, actual: name, source: field.source)
    }
    if name.allSatisfy({ $0 == " " || $0 == "." }) {
      return invalid("is empty", .error, "a name with an extension")
    }
    if name.unicodeScalars.contains(where: { $0 == "/" || $0 == "\\" }) {
      invalid("contains a path separator", .error, "a name without / and \\")
    }
    if name.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) }) {
      invalid("contains a control character", .error, "a name without control characters")
    }
    // No file has a name with a NUL, but a request may.
    let own = FilePath(name.utf8.filter { $0 != 0 }).lowercasedExtension
    if own == nil {
      invalid(
        "has no extension; devices use it to choose an app", .warning, "an extension")
    }
    if let maximum = field.recommendedMaximum, name.unicodeScalars.count > maximum {
      invalid("is longer than \(maximum) characters", .warning, "≤ \(maximum)")
    }
    if let own, let mediaType = inspection?.mediaType, FindingMaker.contradicts(own, mediaType) {
      finder.add(
        .extensionMismatch, subject: subject, values: ["expected": mediaType.phrase],
        expected: mediaType.known?.extensions.first.map { "." + $0 }, actual: own,
        fix: Remedy(advice: "Use a filename with the extension of the file's type."))
    }
  }
}

extension Field {
  /// The form of reference that it is for; nil if it may have any, or refers to no media.
  fileprivate var form: ReferenceForm? {
    switch kind {
    case .url: .url
    case .number: .mediaID
    case .handle: .uploadHandle
    case .phoneNumber, .identifier, .integer, .text, .fileName: nil
    }
  }
}

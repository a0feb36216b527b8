internal import PreflightBytes
internal import PreflightFacts
internal import PreflightPolicy
internal import PreflightReferences
internal import SystemPackage

// The same JSON as `JSONWriter` writes, for `JSONEncoder` and `JSONDecoder`. A decoded result equals the one that was
// encoded, but for what JSON has no room for: the program behind a fix and how strictly it was judged.

extension CheckResult: Codable {
  private enum CodingKeys: String, CodingKey {
    case path, pathBytes, policy, verdict, endpoint, mediaType, sniffedType, size, facts, findings,
      alternatives,
      request, url, upload, fix
  }

  /// Decodes one result of `preflight check --format ndjson` or `preflight hook`.
  ///
  /// Unknown keys are ignored, so the results of later versions can be read too. A result of `preflight inspect`, which
  /// has no verdict, is decoded as ``Verdict/unjudged``.
  ///
  /// - Throws: `DecodingError` if it is something else.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    var reference = try container.decodeIfPresent(String.self, forKey: .path)
      .map { Reference(Array($0.utf8)) }
    if let hex = try container.decodeIfPresent(String.self, forKey: .pathBytes) {
      guard let bytes = [UInt8](hexadecimal: hex), !bytes.contains(0) else {
        throw DecodingError.dataCorruptedError(
          forKey: .pathBytes, in: container, debugDescription: "not the bytes of a path in hexadecimal")
      }
      reference = .file(FilePath(bytes))
    }
    var findings = try container.decode([Finding].self, forKey: .findings)
    for index in findings.indices where findings[index].subject == .file {
      findings[index].file = reference?.fileName
    }
    let verdict = try container.decode(Verdict?.self, forKey: .verdict)
    self.init(
      verdict: verdict ?? .unjudged,
      endpoint: try container.decodeIfPresent(Endpoint.self, forKey: .endpoint),
      mediaType: try container.decodeIfPresent(MediaType.self, forKey: .mediaType),
      sniffedType: try container.decodeIfPresent(String.self, forKey: .sniffedType),
      byteCount: try container.decodeIfPresent(UInt64.self, forKey: .size),
      facts: try container.decode(Facts.self, forKey: .facts), findings: findings,
      alternatives: try container.decode([Endpoint].self, forKey: .alternatives),
      request: try container.decodeIfPresent(PreparedRequest.self, forKey: .request))
    self.reference = reference
    url = try container.decodeIfPresent(URLAnswer.self, forKey: .url)
    policy = try container.decodeIfPresent(String.self, forKey: .policy)
    upload = try container.decodeIfPresent(UploadedMedia.self, forKey: .upload)
    fix = try container.decodeIfPresent(FixNote.self, forKey: .fix)
    isInspection = verdict == nil
  }

  /// Encodes the result as `preflight check --format ndjson` writes it.
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(reference.map { $0.text ?? $0.display }, forKey: .path)
    if let name, name.text == nil { try container.encode(name.bytes.hexadecimal, forKey: .pathBytes) }
    try container.encodeIfPresent(policy, forKey: .policy)
    try container.encode(shownVerdict, forKey: .verdict)
    try container.encode(endpoint, forKey: .endpoint)
    try container.encode(mediaType, forKey: .mediaType)
    try container.encode(sniffedType, forKey: .sniffedType)
    try container.encode(byteCount, forKey: .size)
    try container.encode(facts, forKey: .facts)
    try container.encode(findings, forKey: .findings)
    try container.encode(alternatives, forKey: .alternatives)
    try container.encode(request, forKey: .request)
    try container.encodeIfPresent(url, forKey: .url)
    try container.encodeIfPresent(upload, forKey: .upload)
    try container.encodeIfPresent(fix, forKey: .fix)
  }
}

extension PreparedRequest: Codable {
  private enum CodingKeys: String, CodingKey { case method, host, path, headers, body, file, fileType }

  /// Decodes the `request` of a result. Headers, and members of the body, have no order in JSON: they are sorted by key.
  ///
  /// - Throws: `DecodingError` if it is something else.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    host = try container.decode(String.self, forKey: .host)
    path = try container.decode(String.self, forKey: .path)
    headers = try container.decode([String: String].self, forKey: .headers)
      .sorted { $0.key < $1.key }.map { Header(name: $0.key, value: $0.value) }
    file = try container.decodeIfPresent(String.self, forKey: .file).map { FilePath(Array($0.utf8)) }
    fileType = try container.decodeIfPresent(String.self, forKey: .fileType)
    guard case .object(let members) = try container.decode(JSONValue.self, forKey: .body) else {
      throw DecodingError.dataCorruptedError(
        forKey: .body, in: container, debugDescription: "not an object")
    }
    let mark = file.map { JSONValue.text("@" + $0.display) }
    body = members.map { $0.value == mark ? JSONMember(key: $0.key, value: .file) : $0 }
  }

  /// Encodes the `request` of a result.
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(method, forKey: .method)
    try container.encode(host, forKey: .host)
    try container.encode(path, forKey: .path)
    try container.encode(
      Dictionary(headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }), forKey: .headers)
    let mark = file.map { JSONValue.text("@" + $0.display) }
    let members = body.map { $0.value == .file ? JSONMember(key: $0.key, value: mark ?? .file) : $0 }
    try container.encode(JSONValue.object(members), forKey: .body)
    try container.encodeIfPresent(file?.display, forKey: .file)
    try container.encodeIfPresent(fileType, forKey: .fileType)
  }
}

extension JSONValue: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Decodes any value but null and fractions, which no body has.
  ///
  /// - Throws: `DecodingError` if it is something else.
  public init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      let keys = container.allKeys.sorted { $0.stringValue < $1.stringValue }
      self = .object(
        try keys.map {
          JSONMember(key: $0.stringValue, value: try container.decode(JSONValue.self, forKey: $0))
        })
    } else if let values = try? [JSONValue](from: decoder) {
      self = .array(values)
    } else {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let bool = try? container.decode(Bool.self) {
        self = .bool(bool)
      } else {
        self = .integer(try container.decode(Int.self))
      }
    }
  }

  /// Encodes the value; the file of a form as `@`.
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .object(let members):
      var container = encoder.container(keyedBy: Key.self)
      for member in members {
        try container.encode(member.value, forKey: Key(stringValue: member.key))
      }
    case .array(let values): try values.encode(to: encoder)
    case .text(let text): try text.encode(to: encoder)
    case .bool(let bool): try bool.encode(to: encoder)
    case .integer(let integer): try integer.encode(to: encoder)
    case .file: try "@".encode(to: encoder)
    }
  }
}

extension FixNote: Codable {
  private enum CodingKeys: String, CodingKey { case steps, output, verdict, reason }

  /// Decodes the `fix` of a result.
  ///
  /// - Throws: `DecodingError` if it is something else.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      steps: try container.decode([Step].self, forKey: .steps),
      output: try container.decodeIfPresent(String.self, forKey: .output).map { FilePath(Array($0.utf8)) },
      verdict: try container.decodeIfPresent(Verdict.self, forKey: .verdict),
      reason: try container.decodeIfPresent(String.self, forKey: .reason))
  }

  /// Encodes the `fix` of a result.
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(steps, forKey: .steps)
    try container.encode(output.map { $0.text ?? $0.display }, forKey: .output)
    try container.encode(verdict, forKey: .verdict)
    try container.encodeIfPresent(reason, forKey: .reason)
  }
}

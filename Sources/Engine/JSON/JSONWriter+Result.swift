internal import SystemPackage
internal import PreflightInspection
internal import PreflightReferences

extension JSONWriter {
  /// Writes one result in the result format.
  ///
  /// - Parameter id: The `id` of the request that it answers, as JSON.
  package mutating func result(_ result: CheckResult, id: String? = nil) {
    object { json in
      if let id {
        json.key("id")
        json.written(id)
      }
      json.path(result.reference)
      if let policy = result.policy { json.member("policy", policy) }
      json.member("verdict", result.shownVerdict?.rawValue)
      json.member("endpoint", result.endpoint?.rawValue)
      json.member("mediaType", result.mediaType?.rawValue)
      json.member("sniffedType", result.sniffedType)
      json.member("size", result.byteCount)
      json.key("facts")
      json.object { json in
        result.facts.forEachField { key, value in
          json.key(named: key)
          json.fact(value)
        }
      }
      json.key("findings")
      json.array { json in for finding in result.findings { json.finding(finding) } }
      json.member("alternatives", result.alternatives.map(\.rawValue))
      json.key("request")
      if let request = result.request { json.request(request) } else { json.null() }
      if let answer = result.url { json.answer(answer) }
      if let upload = result.upload { json.upload(upload) }
      if let fix = result.fix {
        json.key("fix")
        json.fix(fix)
      }
    }
  }

  /// Writes a path as the member `path`, and beside it, where it isn't valid UTF-8, its bytes, so that it
  /// can be told from any other.
  mutating func path(_ reference: Reference?) {
    let text = reference?.text
    member("path", text ?? reference?.display)
    if let name = reference?.path, text == nil {
      member("pathBytes", name.bytes.hexadecimal)
    }
  }

  private mutating func answer(_ answer: URLAnswer) {
    key("url")
    object { json in
      json.member("status", answer.status)
      json.member("contentType", answer.contentType)
      json.member("contentLength", answer.contentLength)
      json.member("location", answer.location)
      json.member("bytesRead", answer.bytesRead)
      json.member("milliseconds", answer.milliseconds)
    }
  }

  private mutating func upload(_ upload: UploadedMedia) {
    key("upload")
    object { json in
      json.member("mediaType", upload.mediaType)
      json.member("size", upload.byteCount)
      json.member("sha256", upload.sha256)
    }
  }

  private mutating func finding(_ finding: Finding) {
    object { json in
      json.member("code", finding.code.rawValue)
      json.member("severity", finding.severity.rawValue)
      json.member("subject", finding.subject.rawValue)
      json.member("message", finding.message)
      json.member("expected", finding.expected)
      json.member("actual", finding.actual)
      json.member("offset", finding.offset)
      json.member("remedy", finding.remedy)
      json.member("source", finding.source)
    }
  }

  private mutating func fix(_ fix: FixNote) {
    object { json in
      json.key("steps")
      json.array { json in
        for step in fix.steps {
          json.object { json in
            json.member("action", step.action)
            json.member("summary", step.summary)
            json.key("lossless")
            json.bool(step.lossless)
            json.member("command", step.command)
          }
        }
      }
      json.member("output", fix.output.map { $0.text ?? $0.display })
      json.member("verdict", fix.verdict?.rawValue)
      if let reason = fix.reason { json.member("reason", reason) }
    }
  }

  private mutating func request(_ request: PreparedRequest) {
    object { json in
      json.member("method", request.method)
      json.member("host", request.host)
      json.member("path", request.path)
      json.key("headers")
      json.object { json in
        for header in request.headers {
          json.key(named: header.name)
          json.string(header.value)
        }
      }
      json.key("body")
      json.body(request.body, file: request.file)
      if let file = request.file {
        json.member("file", file.display)
        json.member("fileType", request.fileType)
      }
    }
  }

  /// Writes the members of a request's body; the file of a form as `@` and its path.
  package mutating func body(_ members: [JSONMember], file: FilePath?) {
    object { json in
      for member in members {
        json.key(named: member.key)
        json.value(member.value, file: file)
      }
    }
  }

  /// Writes a value of a body.
  package mutating func value(_ value: JSONValue, file: FilePath?) {
    switch value {
    case .text(let text): string(text)
    case .bool(let bool): self.bool(bool)
    case .integer(let integer): self.integer(integer)
    case .object(let inner): body(inner, file: file)
    case .array(let values): array { json in for value in values { json.value(value, file: file) } }
    case .file: string("@" + (file?.display ?? ""))
    }
  }

  /// Writes a stream's facts as an object with the keys of the result format.
  private mutating func record(_ fields: [FactValue.Field]) {
    object { json in
      for field in fields {
        json.key(named: field.key)
        json.fact(field.value)
      }
    }
  }

  private mutating func fact(_ value: FactValue) {
    switch value {
    case .bool(let value): bool(value)
    case .int(let value): integer(value)
    case .number(let value): number((value * 1000).rounded() / 1000)
    case .text(let value): string(value)
    case .records(let records):
      array { json in for record in records { json.record(record) } }
    }
  }
}

extension CheckResult {
  /// The result as a JSON object in UTF-8, without a line end: the result format of `preflight check --format
  /// ndjson`.
  public var json: [UInt8] {
    var json = JSONWriter()
    json.result(self)
    return json.bytes
  }
}

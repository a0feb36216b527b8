public import MediaPreflight

extension JSONWriter {
  /// Writes facts as an object with the keys of the result format.
  public mutating func facts(_ fields: [FactValue.Field]) {
    object { json in
      for field in fields {
        json.key(field.key)
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
      array { json in
        for record in records { json.facts(record) }
      }
    }
  }
}

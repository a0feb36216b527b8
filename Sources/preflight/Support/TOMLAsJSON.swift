import MediaPreflight
import PreflightTOML

extension JSONWriter {
  /// Writes a TOML table as a JSON object, in document order.
  mutating func table(_ table: TOMLTable) {
    object { json in
      for entry in table.entries {
        json.key(named: entry.key)
        json.value(entry.node.value)
      }
    }
  }

  private mutating func value(_ value: TOMLValue) {
    switch value {
    case .string(let text): string(text)
    case .integer(let number): integer(number)
    // JSON has no infinities or NaN. Policies don't have them either.
    case .float(let number): if number.isFinite { self.number(number) } else { null() }
    case .boolean(let isTrue): bool(isTrue)
    case .array(let nodes): array { json in for node in nodes { json.value(node.value) } }
    case .table(let table): self.table(table)
    }
  }
}

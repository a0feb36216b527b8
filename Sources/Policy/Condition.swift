package import PreflightFacts
package import PreflightInspection

/// A test of one fact by its key.
package struct Condition: Sendable {
  package let key: String
  package let test: Test

  package indirect enum Test: Sendable {
    /// The value is one of these.
    case oneOf([Scalar])
    /// The value is none of these.
    case noneOf([Scalar])
    /// The value is a number within these bounds, both inclusive.
    case within(min: Double?, max: Double?)
    /// The number of streams, and what each must match.
    case records(count: Test?, fields: [Condition])
  }

  package enum Scalar: Sendable, Hashable {
    case text(String)
    case number(Double)
    case bool(Bool)
  }
}

/// How to check the streams of a file: every stream must match, or any.
package enum Quantifier {
  case every, any
}

/// The facts of one file by their keys, including derived facts.
package struct FactTable: Sendable {
  private let values: [String: FactValue]

  /// - Parameter reference: How a request refers to the media; nil without a request.
  package init(_ inspection: Inspection, reference: MediaReference? = nil) {
    var values: [String: FactValue] = [:]
    for fact in DerivedFact.allCases {
      values[fact.rawValue] = fact.value(of: inspection, reference: reference)
    }
    inspection.facts.forEachField { values[$0] = $1 }
    self.values = values
  }

  /// The value that a condition checks; nil if it is unknown.
  fileprivate subscript(condition: Condition) -> FactValue? { values[condition.key] }
}

extension Condition {
  /// Whether the condition matches; nil if the fact is unknown.
  package func holds(in table: FactTable, _ quantifier: Quantifier) -> Bool? {
    guard let value = table[self] else { return nil }
    return test.holds(for: value, quantifier)
  }

  /// The value that the condition checks, as text. For streams, the checked values of those that don't match
  /// (`every`) or that do (`any`).
  package func found(in table: FactTable, _ quantifier: Quantifier) -> String? {
    table[self].map { test.found(in: $0, quantifier) }
  }

  /// The number that the fact must be; nil if the condition allows several.
  var onlyNumber: Double? {
    if case .oneOf(let scalars) = test, scalars.count == 1, case .number(let number) = scalars[0] {
      return number
    }
    return nil
  }

  /// What the condition requires, as text.
  package var wanted: String { test.wanted }
}

extension Condition.Test {
  fileprivate func holds(for value: FactValue, _ quantifier: Quantifier) -> Bool? {
    switch (self, value) {
    case (.oneOf(let scalars), _): value.scalar.map { scalars.contains($0) }
    case (.noneOf(let scalars), _): value.scalar.map { !scalars.contains($0) }
    case (.within(let min, let max), _):
      value.double.map { $0 >= min ?? -.infinity && $0 <= max ?? .infinity }
    case (.records(let count, let fields), .records(let records)):
      Self.holds(count, fields, for: records, quantifier)
    case (.records, _): nil
    }
  }

  private static func holds(
    _ count: Self?, _ fields: [Condition], for records: [[FactValue.Field]], _ quantifier: Quantifier
  ) -> Bool {
    if let count, count.holds(for: .int(records.count), quantifier) == false { return false }
    guard !fields.isEmpty else { return true }
    switch quantifier {
    case .every:
      return records.allSatisfy { record in fields.allSatisfy { $0.holds(in: record) ?? true } }
    case .any:
      return records.contains { record in fields.allSatisfy { $0.holds(in: record) ?? false } }
    }
  }

  fileprivate func found(in value: FactValue, _ quantifier: Quantifier) -> String {
    guard case .records(let records) = value, case .records(let count, let fields) = self else {
      // A bare "true" is meaningless: the message says what is true.
      if case .bool = value { return "" }
      return value.words
    }
    if count != nil, fields.isEmpty { return "\(records.count)" }
    let meant = records.filter { record in
      switch quantifier {
      case .every: fields.contains { $0.holds(in: record) == false }
      case .any: fields.allSatisfy { $0.holds(in: record) == true }
      }
    }
    let named = meant.map { record in
      fields.compactMap { field in record.first { $0.key == field.key }?.value.words }
        .filter { $0 != "true" && $0 != "false" }.joined(separator: " ")
    }
    var seen: [String] = []
    for name in named where !name.isEmpty && !seen.contains(name) { seen.append(name) }
    return seen.joined(separator: ", ")
  }

  fileprivate var wanted: String {
    switch self {
    case .oneOf(let scalars): return Self.list(scalars)
    case .noneOf(let scalars): return "not " + Self.list(scalars)
    case .within(let min?, let max?): return "\(min.words) to \(max.words)"
    case .within(let min?, nil): return "≥ \(min.words)"
    case .within(nil, let max?): return "≤ \(max.words)"
    case .within(nil, nil): return "any"
    case .records(let count, let fields):
      if let count, fields.isEmpty { return count.wanted }
      return fields.map(\.wanted).joined(separator: ", ")
    }
  }

  private static func list(_ scalars: [Condition.Scalar]) -> String {
    scalars.map { scalar in
      switch scalar {
      case .text(let text): text
      case .number(let number): number.words
      case .bool(let bool): bool ? "true" : "false"
      }
    }.joined(separator: " or ")
  }
}

extension Condition {
  private func holds(in record: [FactValue.Field]) -> Bool? {
    guard let value = record.first(where: { $0.key == key })?.value else { return nil }
    return test.holds(for: value, .every)
  }
}

extension FactValue {
  fileprivate var scalar: Condition.Scalar? {
    switch self {
    case .bool(let value): .bool(value)
    case .int(let value): .number(Double(value))
    case .number(let value): .number(value)
    case .text(let value): .text(value)
    case .records: nil
    }
  }

  fileprivate var double: Double? {
    switch self {
    case .int(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The value as text for messages.
  package var words: String {
    switch self {
    case .bool(let value): value ? "true" : "false"
    case .int(let value): "\(value)"
    case .number(let value): value.words
    case .text(let value): value
    case .records(let records): "\(records.count)"
    }
  }
}

extension Double {
  /// Without a fraction if possible, otherwise with at most three digits.
  package var words: String {
    let rounded = (self * 1000).rounded() / 1000
    return Int(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
  }
}

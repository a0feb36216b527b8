// ISO 32000-2:2020, 7.3 "Objects".

/// A PDF object, as it stands in the file.
enum PDFObject: Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  /// A number with a fraction, or an integer out of range: nothing here needs its value.
  case real
  case string([UInt8])
  case name(String)
  case array([PDFObject])
  case dictionary(PDFDictionary)
  case reference(PDFReference)

  /// What kind of object it is, in the specification's words.
  var kind: String {
    switch self {
    case .null: "nothing"
    case .boolean: "a boolean"
    case .integer, .real: "a number"
    case .string: "a string"
    case .name: "a name"
    case .array: "an array"
    case .dictionary: "a dictionary"
    case .reference: "a reference"
    }
  }

  var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  var string: [UInt8]? { if case .string(let value) = self { value } else { nil } }
  var name: String? { if case .name(let value) = self { value } else { nil } }
  var array: [PDFObject]? { if case .array(let value) = self { value } else { nil } }
  var dictionary: PDFDictionary? { if case .dictionary(let value) = self { value } else { nil } }
  var reference: PDFReference? { if case .reference(let value) = self { value } else { nil } }
}

/// A dictionary (7.3.7). Of two entries with the same key, the later one counts.
// A list, since there are few entries and most are asked for once: hashing their names costs more.
struct PDFDictionary: Sendable {
  typealias Entry = (key: String, value: PDFObject)

  private var entries: [Entry]

  init(_ entries: [Entry] = []) { self.entries = entries }

  var isEmpty: Bool { entries.isEmpty }

  /// The keys in the order of their names, each once.
  var keys: [String] { Set(entries.map(\.key)).sorted() }

  /// The value of a key; nil where there is none.
  subscript(key: String) -> PDFObject? {
    assert(!PDFLexer.passesOver(key), "the lexer passes over \(key)")
    return entries.last { $0.key == key }?.value
  }

  /// Adds an entry, which counts over an earlier one with the same key.
  mutating func append(_ value: PDFObject, for key: String) { entries.append((key, value)) }

  /// Adds the entries of another dictionary, which count where this one has none.
  mutating func complete(with other: PDFDictionary) { entries = other.entries + entries }
}

/// The name of an indirect object: `N G R`.
struct PDFReference: Hashable, Sendable {
  let number: UInt64
  let generation: UInt64
}

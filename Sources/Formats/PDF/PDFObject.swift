// ISO 32000-2:2020, 7.3 "Objects".

internal import PreflightFacts

/// A PDF object, as it is in the file.
enum PDFObject: Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  /// A number with a fraction, of which only what is before the point is kept; nil for an integer out of range.
  case real(wholePart: Int?)
  case string([UInt8])
  case name(String)
  case array([PDFObject])
  case dictionary(PDFDictionary)
  case reference(PDFReference)

  /// The kind of object, as the specification names it.
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
  /// What viewers take a number for where there must be an integer.
  var wholePart: Int? { if case .real(let value) = self { value } else { integer } }
  var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  var string: [UInt8]? { if case .string(let value) = self { value } else { nil } }
  var name: String? { if case .name(let value) = self { value } else { nil } }
  var array: [PDFObject]? { if case .array(let value) = self { value } else { nil } }
  var dictionary: PDFDictionary? { if case .dictionary(let value) = self { value } else { nil } }
  var reference: PDFReference? { if case .reference(let value) = self { value } else { nil } }
}

/// A dictionary (7.3.7), with the relevant entries. If two entries have the same key, the later one counts.
// A list, since there are few entries and most are read once.
struct PDFDictionary: Sendable {
  // Not a tuple: copying an array of tuples needs metadata made at run time.
  struct Entry: Sendable {
    let key: PDFKey
    let value: PDFObject
  }

  private var entries: [Entry]

  /// Whether there are no entries, whatever the key.
  let isEmpty: Bool

  init() {
    entries = []
    isEmpty = true
  }

  init(_ entries: [Entry], isEmpty: Bool) {
    self.entries = entries
    self.isEmpty = isEmpty
  }

  /// The value of a key; nil if there is none.
  subscript(key: PDFKey) -> PDFObject? { entries.last { $0.key == key }?.value }

  /// Adds an entry, which overrides an earlier one with the same key.
  mutating func append(_ value: PDFObject, for key: PDFKey) { entries.append(Entry(key: key, value: value)) }

  /// Adds the entries of another dictionary whose keys are missing here.
  mutating func complete(with other: PDFDictionary) {
    self = PDFDictionary(other.entries + entries, isEmpty: isEmpty && other.isEmpty)
  }
}

/// The name of an indirect object: `N G R`.
struct PDFReference: Hashable, Sendable {
  let number: UInt64
  let generation: UInt64
}

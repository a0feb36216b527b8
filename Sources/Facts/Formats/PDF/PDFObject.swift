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

typealias PDFDictionary = [String: PDFObject]

/// The name of an indirect object: `N G R`.
struct PDFReference: Hashable, Sendable {
  let number: UInt64
  let generation: UInt64
}

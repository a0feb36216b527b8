// RFC 4180 "Common Format and MIME Type for Comma-Separated Values (CSV) Files".

internal import PreflightBytes
internal import PreflightFacts

/// Distinguishes a table from prose with a comma in every line: in a table, every record has the same number
/// of fields, and the commas are used as between values, not as in a sentence.
struct DelimitedText {
  /// Whether a text is a table with commas or semicolons as separators.
  ///
  /// - Parameter isSniffedAsTable: Whether libmagic reports a table. It only counts commas.
  static func isTable(_ text: TextHead, isSniffedAsTable: Bool) -> Bool {
    isTable(text, delimiter: UInt8(ascii: ","), isSniffedAsTable: isSniffedAsTable)
      || isTable(text, delimiter: UInt8(ascii: ";"), isSniffedAsTable: false)
  }

  private static func isTable(
    _ text: TextHead, delimiter: UInt8, isSniffedAsTable: Bool
  ) -> Bool {
    var table = DelimitedText(delimiter: delimiter)
    guard table.measure(text), table.fieldsPerRecord >= 2 else { return false }
    let isPair = table.fieldsPerRecord == 2
    guard table.records >= (isPair ? 3 : 2) else { return false }
    // Many lines with three or more aren't verse, even with a space after each comma.
    if isSniffedAsTable, !isPair, table.records >= 8 { return true }
    // In pairs, `3,14`, `1,234` and the milliseconds of a log look like two columns.
    if isPair {
      guard table.delimitersInNumbers < table.records, table.emptyLastFields < table.records else {
        return false
      }
    }
    return table.delimitersOfProse * 10 <= table.delimiters
      && table.longFields * 10 <= table.records
      && table.recordsOfCode * 3 <= table.records
  }

  private let delimiter: UInt8
  private var records = 0
  private var fieldsPerRecord = 0
  private var oddRecords = 0
  private var delimiters = 0
  /// Delimiters that are followed by a space and a word.
  private var delimitersOfProse = 0
  /// Delimiters between two digits.
  private var delimitersInNumbers = 0
  /// Fields as long as a sentence.
  private var longFields = 0
  /// Records that have brackets and the like outside quotes.
  private var recordsOfCode = 0
  private var emptyLastFields = 0
  /// Whether the fields of the first record are all names, such as `first_name`.
  private var isHeaded = true

  private init(delimiter: UInt8) { self.delimiter = delimiter }

  /// Counts record by record; false as soon as their numbers of fields differ.
  private mutating func measure(_ text: TextHead) -> Bool {
    let bytes = text.bytes
    var index = text.start
    while index < bytes.count {
      let start = index
      var fields = 1
      var fieldStart = index
      var isQuoted = false
      var hasCode = false
      while index < bytes.count {
        let byte = bytes[index]
        if byte == UInt8(ascii: "\""), isQuoted || index == fieldStart {
          isQuoted.toggle()
          // Two consecutive quotes are one within the field, and don't end it.
          if !isQuoted, text[index + 1] == byte {
            isQuoted = true
            index += 1
          }
        } else if !isQuoted {
          if byte == 0x0a || byte == 0x0d { break }
          if byte == delimiter {
            fields += 1
            delimiters += 1
            if isProse(text, at: index) { delimitersOfProse += 1 }
            if index > 0, bytes[index - 1].isASCIIDigit, text[index + 1]?.isASCIIDigit == true {
              delimitersInNumbers += 1
            }
            note(bytes[fieldStart..<index])
            fieldStart = index + 1
          } else if byte.isCode {
            hasCode = true
          }
        }
        index += 1
      }
      if index == bytes.count, !text.isWhole { break }
      // A quote that never closes: not a table, or a truncated one.
      if isQuoted { return false }
      note(bytes[fieldStart..<index])
      let isEmpty = bytes[start..<index].allSatisfy(\.isTextWhitespace)
      while index < bytes.count, bytes[index] == 0x0a || bytes[index] == 0x0d { index += 1 }
      // Some tables have comments: `# so and so`.
      if isEmpty || (fields == 1 && bytes[start] == UInt8(ascii: "#")) {
        if records == 0 { isHeaded = true }
        continue
      }
      if records == 0 { fieldsPerRecord = fields }
      records += 1
      if fields != fieldsPerRecord { oddRecords += 1 }
      // Long tables may have a faulty line or two, not more; below a header row, the last fields may be
      // omitted.
      guard fieldsPerRecord > 1 else { return false }
      if oddRecords * 25 > records {
        guard isHeaded, fieldsPerRecord > 2, (2...fieldsPerRecord).contains(fields) else {
          return false
        }
      }
      if hasCode { recordsOfCode += 1 }
      if text[fieldStart].map({ $0 == 0x0a || $0 == 0x0d }) ?? true { emptyLastFields += 1 }
    }
    return records > 0
  }

  /// Adds a field.
  private mutating func note(_ field: ArraySlice<UInt8>) {
    let isQuoted = field.first == UInt8(ascii: "\"")
    if field.count > 80, !isQuoted { longFields += 1 }
    guard records == 0, isHeaded else { return }
    isHeaded =
      !field.isEmpty && field.count <= 40
      && field.allSatisfy { isQuoted || $0.isASCIILetter || $0.isASCIIDigit || $0.joinsNames }
  }

  /// Whether a delimiter is used as in a sentence: `one, two`, unlike `1, 2, 3`.
  private func isProse(_ text: TextHead, at index: Int) -> Bool {
    guard text[index + 1] == 0x20 else { return false }
    var end = index + 1
    while text[end] == 0x20 { end += 1 }
    let start = end
    if text.has("0x", at: end) {
      end += 2
      while let byte = text[end], byte.hexadecimalDigit != nil { end += 1 }
    } else {
      while let byte = text[end], byte.isNumeric { end += 1 }
    }
    guard end > start else { return true }
    guard let after = text[end] else { return false }
    return after != delimiter && after != 0x0a && after != 0x0d
  }
}

extension UInt8 {
  /// Whether the byte is common in programs and rare in values.
  fileprivate var isCode: Bool {
    switch self {
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "("), UInt8(ascii: ")"),
      UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"):
      true
    default: false
    }
  }

  /// Whether the byte joins the words of a name: `first_name`, `eol-lts`.
  fileprivate var joinsNames: Bool {
    self == UInt8(ascii: "_") || self == UInt8(ascii: "-") || self == UInt8(ascii: ".")
  }

  fileprivate var isNumeric: Bool {
    isASCIIDigit || self == UInt8(ascii: ".") || self == UInt8(ascii: "-")
      || self == UInt8(ascii: "+") || self == UInt8(ascii: "%") || self | 0x20 == UInt8(ascii: "e")
  }
}

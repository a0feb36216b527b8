import PreflightTOML

func parse(_ bytes: [UInt8]) -> (table: TOMLTable, mistakes: [Mistake]) {
  var mistakes: [Mistake] = []
  let table = TOMLTable(parsing: bytes, mistakes: &mistakes)
  return (table, mistakes)
}

func parse(_ text: String) -> (table: TOMLTable, mistakes: [Mistake]) { parse(Array(text.utf8)) }

/// A table in one line, to compare with.
func flat(_ table: TOMLTable) -> String {
  "{" + table.entries.map { "\($0.key)=\(flat($0.node.value))" }.joined(separator: ",") + "}"
}

func flat(_ value: TOMLValue) -> String {
  switch value {
  case .string(let text): "\"\(text)\""
  case .integer(let number): "\(number)"
  case .float(let number): "\(number)"
  case .boolean(let bool): "\(bool)"
  case .array(let nodes): "[" + nodes.map { flat($0.value) }.joined(separator: ",") + "]"
  case .table(let table): flat(table)
  }
}

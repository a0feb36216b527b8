import ArgumentParser
import PreflightTOML
import SystemPackage

/// Prints a document in the JSON form of the TOML test data, in which every value is text with its type: status 0. Of
/// an invalid document it prints the errors: status 1.
@main struct TOMLProbe: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "toml-probe")

  @Argument(help: "The document, by default standard input.")
  var path: String?

  func run() throws {
    let file = try path.map { try FileDescriptor.open(FilePath($0), .readOnly) } ?? .standardInput
    var mistakes: [Mistake] = []
    let table = TOMLTable(parsing: try Self.contents(of: file), mistakes: &mistakes)
    guard mistakes.isEmpty else {
      for mistake in mistakes { print(mistake) }
      throw ExitCode.failure
    }
    print(Self.json(.table(table)))
  }

  private static func contents(of file: FileDescriptor) throws -> [UInt8] {
    var contents: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
      if count == 0 { return contents }
      contents += piece.prefix(count)
    }
  }

  private static func json(_ value: TOMLValue) -> String {
    switch value {
    case .string(let text): tagged("string", text)
    case .integer(let number): tagged("integer", String(number))
    case .float(let number): tagged("float", String(number))
    case .boolean(let isTrue): tagged("bool", String(isTrue))
    case .array(let nodes): "[" + nodes.map { json($0.value) }.joined(separator: ",") + "]"
    case .table(let table):
      "{" + table.entries.map { quoted($0.key) + ":" + json($0.node.value) }.joined(separator: ",") + "}"
    }
  }

  private static func tagged(_ type: String, _ value: String) -> String {
    #"{"type":"\#(type)","value":\#(quoted(value))}"#
  }

  /// A string of JSON.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\u{0}"..<" ": quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

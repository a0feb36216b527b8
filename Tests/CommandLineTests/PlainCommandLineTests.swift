import ArgumentParser
@testable import PreflightTestSupport
import Testing

@testable import preflight

/// Plain command lines are read without the argument parser: here each is read by both.
@Suite struct PlainCommandLineTests {
  /// Every option of each command, with a value that it takes.
  private static let options: [String: [String]] = {
    let files = ["--require-files", "--jobs 3", "--jobs 0"]
    let list = ["--files-from list", "--files-from list --null"]
    let reports = [
      "--format json", "--format=sarif", "--output report", "--report junit=a.xml",
      "--report junit=a.xml --report=sarif=b", "--statistics", "--quiet", "--no-progress", "--color never",
      "--color=always",
    ]
    let projects = [
      "--config some.toml", "--isolated", "--exclude *.psd", "--exclude a/ --exclude=b", "--force-exclude",
      "--no-ignore",
    ]
    let findings = [
      "--select damaged-file", "--select=damaged-file,empty-file --select trailing-data",
      "--ignore trailing-data", "--fail-on warning", "--fail-on=never", "--baseline known.json",
      "--write-baseline known.json",
    ]
    let strict = ["--strict", "--no-strict"]
    let request = [
      "--to 15551234567", "--media-url https://example.com/a?b=c", "--media-id=1", "--caption Hello",
      "--filename a.pdf", "--phone-number-id 1", "--as http", "--as=curl", "--color always",
    ]
    return [
      "check": files + list + reports + projects + findings + strict
        + ["--policy whatsapp-cloud", "--endpoint image", "--endpoint=auto", "--declared-type image/png"]
        + ["--no-sandbox"],
      "inspect": files + list + reports + projects + ["--no-sandbox"],
      "payload": request + strict
        + [
          "--policy=waconnect", "--config c.toml", "--endpoint video", "--declared-type a/b", "--no-sandbox",
        ],
      "hook": strict + ["--policy waconnect", "--config c.toml", "--no-sandbox"],
    ]
  }()

  /// What the argument parser makes of the words after a command's name.
  private static func parsed(_ words: [String]) throws -> String {
    let rest = Array(words.dropFirst())
    return switch words[0] {
    case "check": "\(try CheckCommand.parse(rest).asked)"
    case "inspect": "\(try InspectCommand.parse(rest).asked)"
    case "payload": "\(try PayloadCommand.parse(rest).asked)"
    default: "\(try HookCommand.parse(rest).asked)"
    }
  }

  private static func isRead(_ line: String) throws -> Bool {
    let words = line.split(separator: " ").map(String.init)
    guard let run = PlainCommandLine.run(words) else { return false }
    #expect("\(run)" == (try parsed(words)), "\(line)")
    return true
  }

  @Test(arguments: ["check", "inspect", "payload", "hook"])
  func eachOptionIsReadAsTheArgumentParserReadsIt(command: String) throws {
    let file = command == "hook" ? "" : " a.jpg"
    #expect(try Self.isRead(command + file))
    for option in Self.options[command] ?? [] {
      #expect(try Self.isRead("\(command) \(option)\(file)"), "\(command) \(option)")
      #expect(try Self.isRead("\(command)\(file) \(option)"), "\(command) \(option)")
    }
  }

  @Test func everyOptionThatThereIsIsTried() throws {
    let help = [
      "check": CheckCommand.helpMessage(), "inspect": InspectCommand.helpMessage(),
      "payload": PayloadCommand.helpMessage(), "hook": HookCommand.helpMessage(),
    ]
    for (command, text) in help {
      let tried = Set(
        (Self.options[command] ?? []).flatMap { $0.split(separator: " ") }.filter { $0.hasPrefix("--") }
          .map { $0.prefix { $0 != "=" } })
      // Only the column of the options, which begins its lines.
      let names = text.split(separator: "\n").filter { $0.hasPrefix("  -") }
        .flatMap { $0.split { ", /".contains($0) } }.filter { $0.hasPrefix("--") }
      #expect(names.count > 4)
      #expect(Set(names).subtracting(tried) == ["--help"], "\(command)")
    }
  }

  @Test func severalOptionsAndPathsAreReadTogether() throws {
    #expect(
      try Self.isRead(
        "check a.jpg --format ndjson --endpoint image --strict b.jpg --policy whatsapp-cloud --quiet c"))
    #expect(try Self.isRead("payload a.pdf --to 1555 --media-url https://example.com/a.pdf --as http"))
    #expect(try Self.isRead("payload --endpoint image --to 1555 --media-id 1"))
  }

  /// What isn't plain is left to the argument parser, which knows more forms and has words for each mistake.
  @Test(
    arguments: [
      "", "--version", "--help", "check", "check --help", "check -h a", "check a --", "check -- a",
      "check --forma json a", "check --format", "check --format= a", "check --format svg a",
      "check --format -x a", "check --format json --format json a", "check --strict=yes a",
      "check --strict --strict a", "check --jobs many a", "check --jobs -1 a", "check --null a", "check -0 a",
      "check --endpoint fax a", "check --report junit a", "check --select nonsense a",
      "check --config a --isolated b", "check --exclude", "payload", "payload a b", "payload --as fax a",
      "hook a", "hook --nonsense", "inspect --strict a", "explain damaged-file", "policy list", "init",
    ])
  func whatIsNotPlainIsLeftToTheArgumentParser(line: String) throws {
    #expect(try !Self.isRead(line))
  }
}

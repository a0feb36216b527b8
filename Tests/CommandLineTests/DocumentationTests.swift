import Foundation
import MediaPreflight
import PreflightReports
@testable import PreflightPolicy
@testable import PreflightTestSupport
import PreflightFacts
import Testing

/// What the pages under `Documentation` and the README say holds.
///
/// `PREFLIGHT_RECORD=1 swift test` writes what is printed into the pages, and the pages of the codes anew.
@Suite struct DocumentationTests {
  private static let folder = CommandLineTests.package
  private static let isRecording = ProcessInfo.processInfo.environment["PREFLIGHT_RECORD"] != nil

  static let pages: [String] = {
    let documentation = folder.appending(path: "Documentation").path
    let names = FileManager.default.enumerator(atPath: documentation)?.compactMap { $0 as? String } ?? []
    return ["README.md"] + names.filter { $0.hasSuffix(".md") }.sorted().map { "Documentation/" + $0 }
  }()

  private static func text(_ page: String) throws -> String {
    try String(contentsOf: folder.appending(path: page), encoding: .utf8)
  }

  @Test func thereArePages() { #expect(Self.pages.count > 50) }

  /// Each block of `console` is what a terminal shows: commands after `$`, and what they print. A line that ends with
  /// `…` is cut there.
  @Test(arguments: pages)
  func theConsoleShowsWhatThePageSays(page: String) throws {
    let expected = try Self.text(page)
    var actual: [String] = []
    var isConsole = false
    // The lines that a page has for the command before.
    var cut: [String] = []
    var output: [String] = []
    func endOutput() {
      for (index, line) in output.enumerated() {
        let old = index < cut.count ? cut[index] : ""
        let isCut = old.hasSuffix("…") && line.count > old.count
        actual.append(isCut ? line.prefix(old.count - 1) + "…" : line)
      }
      (output, cut) = ([], [])
    }
    for line in expected.components(separatedBy: "\n") {
      if line.hasPrefix("```") {
        endOutput()
        isConsole = line == "```console"
        actual.append(line)
      } else if isConsole, line.hasPrefix("$ ") {
        endOutput()
        actual.append(line)
        let run = try Shell.run("{ \(line.dropFirst(2))\n} 2>&1", in: Self.folder)
        output = run.output.components(separatedBy: "\n")
        if output.last?.isEmpty == true { output.removeLast() }
      } else if isConsole {
        cut.append(line)
      } else {
        actual.append(line)
      }
    }
    try Self.compare(page, actual.joined(separator: "\n"), with: expected)
  }

  /// Links between the pages, and from them to other files, lead somewhere.
  @Test(arguments: pages)
  func theLinksLeadSomewhere(page: String) throws {
    let base = Self.folder.appending(path: page).deletingLastPathComponent()
    for match in try Self.text(page).matches(of: /\]\(([^)#:]+)(#[^)]*)?\)/) {
      let target = base.appending(path: String(match.1))
      #expect(FileManager.default.fileExists(atPath: target.path), "\(page): \(match.1)")
    }
  }

  // MARK: Codes

  /// What `preflight explain --format json` says of a code.
  private struct Page: Decodable {
    struct Policy: Decodable {
      struct Rule: Decodable {
        let endpoints: [String], severity: String, message: String?, source: String
      }

      let name: String, rules: [Rule]
    }

    let code: String, severity: String, title: String, message: String, reason: String, remedy: String
    let commands: [String], source: String, policy: Policy

    /// - Parameter picture: What shows the fault, in Markdown; nil where words do.
    func text(with picture: String?) -> String {
      var text = """
        # \(code)
        \(title).

        Severity: \(severity), unless a policy or a configuration sets another.

        Message, in which values from the file replace the braces:

        > \(message)
        \(picture.map { "\n\($0)\n" } ?? "")
        ## Why
        \(reason)

        ## How to fix it
        \(remedy)

        """
      for command in commands {
        // A command follows what it does and a colon; advice has none.
        guard let colon = command.range(of: ": ") else {
          text += "\n- \(command)\n"
          continue
        }
        text += "\n\(command[..<colon.lowerBound]):\n\n```sh\n\(command[colon.upperBound...])\n```\n"
      }
      if !policy.rules.isEmpty {
        text += """

          ## In the policy \(policy.name)
          | endpoints | severity | source |
          |---|---|---|

          """
        // Two rules may differ in nothing that the table shows.
        var rows: [String] = []
        for rule in policy.rules {
          let endpoints = rule.endpoints.isEmpty ? "all" : rule.endpoints.joined(separator: ", ")
          let row = "| \(endpoints) | \(rule.severity) | \(rule.source.replacing("|", with: "\\|")) |\n"
          if !rows.contains(row) { rows.append(row) }
        }
        text += rows.joined()
      }
      return text + """

        ## Source
        \(source)

        [All codes](README.md)

        """
    }
  }

  @Test func eachCodeHasItsPage() throws {
    let run = try Shell.run("preflight explain --format json --policy waconnect", in: Self.folder)
    let pages = try JSONDecoder().decode([Page].self, from: Data(run.output.utf8))
    #expect(pages.map(\.code) == Explanation.all.map(\.code.rawValue))
    let pictures = try Self.pictures()
    #expect(Set(pictures.keys).isSubset(of: pages.map(\.code)))
    for page in pages {
      try Self.compare("Documentation/Codes/\(page.code).md", page.text(with: pictures[page.code]))
    }
    try Self.compare("Documentation/Codes/README.md", Self.list(of: pages))
    let known = Set(pages.map { "Documentation/Codes/\($0.code).md" } + ["Documentation/Codes/README.md"])
    let stale = Self.pages.filter { $0.hasPrefix("Documentation/Codes/") && !known.contains($0) }
    #expect(stale == [])
  }

  /// The pictures of codes, by the code that each is named after, as the page of the pictures lists them with what they show.
  private static func pictures() throws -> [String: String] {
    var pictures: [String: String] = [:]
    let rows = try text("Documentation/Images/README.md")
    for row in rows.matches(of: /\n\| \[([a-z-]+)\.(\w+)\]\(.*\) \| (.+) \|/) {
      pictures[String(row.1)] = "![\(row.3)](../Images/\(row.1).\(row.2))"
    }
    return pictures
  }

  private static func list(of pages: [Page]) -> String {
    var text = """
      # Finding codes
      Codes never change their meaning; a later version may add some. A policy or a configuration may set each one's severity, or
      switch it off. `preflight explain CODE` prints a page.

      | code | severity | when |
      |---|---|---|

      """
    for page in pages { text += "| [`\(page.code)`](\(page.code).md) | \(page.severity) | \(page.title) |\n" }
    text += """

      ## Meta's error numbers
      `preflight explain NUMBER` says more about each. [What to do about them](../MetaErrors.md).

      | number | title | findings that foresee it |
      |---|---|---|

      """
    for error in MetaError.all {
      var codes: [String] = []
      for code in error.cases.flatMap(\.codes) where !codes.contains(code.rawValue) {
        codes.append(code.rawValue)
      }
      let links = codes.map { "[`\($0)`](\($0).md)" }.joined(separator: ", ")
      text += "| \(error.number) | \(error.title) | \(links.isEmpty ? "none" : links) |\n"
    }
    return text
  }

  /// A page is as it should be; where what is printed is recorded, it is made so.
  private static func compare(_ page: String, _ actual: String, with expected: String? = nil) throws {
    let expected = expected ?? (try? text(page)) ?? ""
    if isRecording, actual != expected {
      try actual.write(to: folder.appending(path: page), atomically: true, encoding: .utf8)
    }
    #expect(actual == expected, "\(page): PREFLIGHT_RECORD=1 writes it anew")
  }

  @Test func thePageOfMetasErrorsNamesEach() throws {
    let text = try Self.text("Documentation/MetaErrors.md")
    for error in MetaError.all { #expect(text.contains("\(error.number)"), "\(error.number)") }
  }

  // MARK: Policies

  /// The names in the first column of the table that follows a line.
  private func rows(_ text: String, after line: String) throws -> [String] {
    let start = try #require(text.range(of: line))
    let table = text[start.upperBound...].split(separator: "\n\n").first { $0.contains("|---|") }
    let rows = try #require(table).split(separator: "\n").drop { !$0.hasPrefix("|---|") }.dropFirst()
    return rows.flatMap { $0.split(separator: "|")[0].matches(of: /`([\w-]+)`/).map { String($0.1) } }
  }

  @Test func thePageOfPoliciesNamesAllThatARuleCanAskFor() throws {
    let text = try Self.text("Documentation/Policies.md")
    #expect(try rows(text, after: "## Facts\n").sorted() == Facts.Key.allCases.map(\.rawValue).sorted())
    #expect(
      try rows(text, after: "Values that follow").sorted() == DerivedFact.allCases.map(\.rawValue).sorted())
    #expect(
      try rows(text, after: "Keys of a video stream:").sorted()
        == VideoStream.Key.allCases.map(\.rawValue).sorted())
    #expect(
      try rows(text, after: "Keys of an audio stream:").sorted()
        == AudioStream.Key.allCases.map(\.rawValue).sorted())
    let kinds = Field.Kind.allCases.map(\.rawValue)
    for kind in kinds { #expect(text.contains("\n| `\(kind)` | "), "\(kind)") }
    #expect(try rows(text, after: "# Policies\n") == Policy.builtInNames)
  }

  /// The page of the providers has a row for each policy after the first three, with each of its endpoints.
  @Test func thePageOfProvidersNamesTheirEndpoints() throws {
    let text = try Self.text("Documentation/Providers.md")
    let names = Policy.builtInNames.dropFirst(3)
    #expect(try rows(text, after: "## What each accepts\n") == Array(names))
    for policy in names.compactMap(Policy.builtIn) {
      let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("| `\(policy.name)` |") })
      let named = row.split(separator: "|")[1].matches(of: /`([a-z-]+)`/).map {
        Endpoint(rawValue: String($0.1))
      }
      #expect(named.filter(policy.endpointNames.contains) == policy.endpointNames, "\(policy.name)")
    }
  }
}

import SystemPackage
import Foundation
import MediaPreflight
import PreflightReports
@testable import PreflightTestSupport
import Testing

/// Hostile file names are escaped in every report, and no two names look the same.
@Suite struct HostileNameTests {
  private let names = Shown.hostileNames

  /// Expects no control characters except line feeds, and no bidirectional controls.
  private func expectHarmless(_ text: String) {
    for scalar in text.unicodeScalars where scalar != "\n" {
      #expect(scalar.properties.generalCategory != .control)
      #expect(!scalar.properties.isBidiControl)
    }
  }

  @Test func namesAreDistinct() {
    #expect(Set(names.map(\.display)).count == names.count)
    for name in names { expectHarmless(name.display) }
  }

  @Test func human() throws {
    let text = try Shown.text("human", Shown.rejections())
    expectHarmless(text)
    let lines = text.split(separator: "\n")
    // For each file a heading, a finding, its fix and the alternatives; then the counts of files and of codes.
    #expect(lines.count == names.count * 4 + 2)
    #expect(!lines.contains { $0.drop { $0 == " " }.hasPrefix("::") || $0.contains("##[") })
    #expect(text.contains("./::error::owned.jpg  rejected as image"))
  }

  /// No runner that shows a report as a log finds a command in it: GitHub's and Azure's begin with `##[` or `##vso[`,
  /// TeamCity's with `##teamcity[`, anywhere in a line.
  @Test(arguments: ReportFormat.all.map(\.name))
  func noCommandsOfRunners(format: String) throws {
    // GitHub doesn't look for its old commands in its new ones.
    let (any, named) = (try Regex("##[a-zA-Z]*\\["), try Regex("##[a-zA-Z]+\\["))
    for names in [names] + names.map({ [$0] }) {
      for line in try Shown.text(format, Shown.rejections(names)).split(separator: "\n") {
        let isCommand = format == "github" && line.hasPrefix("::")
        #expect(line.firstMatch(of: isCommand ? named : any) == nil)
      }
    }
  }

  @Test(arguments: ["json", "ndjson"])
  func resultsInJSON(format: String) throws {
    try expectHarmless(Shown.text(format, Shown.rejections()))
    let results: [[String: Any]]
    if format == "json" {
      let document = try #require(Shown.json("json", Shown.rejections()) as? [String: Any])
      results = try #require(document["results"] as? [[String: Any]])
    } else {
      let lines = try Shown.text("ndjson", Shown.rejections()).split(separator: "\n")
      results = try lines.map {
        try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
    }
    let read = results.map { result in
      let bytes = (result["pathBytes"] as? String).map { hex in
        stride(from: 0, to: hex.utf8.count, by: 2).compactMap {
          UInt8(hex.dropFirst($0).prefix(2), radix: 16)
        }
      }
      return FilePath(bytes ?? Array((result["path"] as? String ?? "").utf8))
    }
    #expect(read == names)
  }

  @Test func sarif() throws {
    let document = try #require(Shown.json("sarif", Shown.rejections()) as? [String: Any])
    let run = try #require((document["runs"] as? [[String: Any]])?.first)
    let results = try #require(run["results"] as? [[String: Any]])
    let artifacts = try #require(run["artifacts"] as? [[String: Any]])
    #expect(artifacts.count == names.count)
    var marks: Set<String> = []
    for (name, result) in zip(names, results) {
      let location = try #require((result["locations"] as? [[String: Any]])?.first)
      let place = try #require(location["physicalLocation"] as? [String: Any])
      let artifact = try #require(place["artifactLocation"] as? [String: Any])
      let uri = try #require(artifact["uri"] as? String)
      #expect(
        uri.utf8.allSatisfy { "%-._~/".utf8.contains($0) || Character(.init($0)).isLetter || $0 < 0x3a })
      #expect(Self.bytes(ofURI: uri) == Array("assets/".utf8) + name.bytes)
      let index = try #require(artifact["index"] as? Int)
      #expect((artifacts[index]["location"] as? [String: Any])?["uri"] as? String == uri)
      #expect(artifacts[index]["length"] as? Int == 1156)
      #expect(artifacts[index]["mimeType"] as? String == "image/jpeg")
      #expect((place["region"] as? [String: Any])?["startLine"] as? Int == 1)
      let message = try #require((result["message"] as? [String: Any])?["text"] as? String)
      #expect(!message.replacingOccurrences(of: "\\](", with: "").contains("]("))
      marks.insert(try #require((result["partialFingerprints"] as? [String: String])?["preflight/v1"]))
    }
    #expect(marks.count == names.count && results.count == names.count)
  }

  private static func bytes(ofURI uri: String) -> [UInt8] {
    var (bytes, rest) = ([UInt8](), Array(uri.utf8)[...])
    while let first = rest.popFirst() {
      guard first == UInt8(ascii: "%") else {
        bytes.append(first)
        continue
      }
      bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
      rest = rest.dropFirst(2)
    }
    return bytes
  }

  @Test func junit() throws {
    let cases = try Shown.xml(Shown.text("junit", Shown.rejections())).filter { $0.name == "testcase" }
    #expect(cases.map { $0.attributes["name"] } == names.map(\.display))
    for testcase in cases {
      #expect(testcase.attributes["classname"] == "preflight.image")
      #expect(testcase.text.contains("error[color-model-not-allowed]"))
      expectHarmless(testcase.text)
    }
  }

  @Test func checkstyle() throws {
    let nodes = try Shown.xml(Shown.text("checkstyle", Shown.rejections()))
    #expect(
      nodes.filter { $0.name == "file" }.map { $0.attributes["name"] } == names.map { "assets/" + $0.display }
    )
    for error in nodes.filter({ $0.name == "error" }) {
      #expect(error.attributes["source"] == "preflight.color-model-not-allowed")
      #expect(Set(error.attributes.keys) == ["line", "column", "severity", "message", "source"])
      expectHarmless(error.attributes["message"] ?? "")
    }
  }

  @Test func gitlab() throws {
    let issues = try #require(Shown.json("gitlab", Shown.rejections()) as? [[String: Any]])
    let paths = issues.map { ($0["location"] as? [String: Any])?["path"] as? String }
    #expect(paths == names.map { "assets/" + ($0.text ?? $0.display) })
    #expect(Set(issues.compactMap { $0["fingerprint"] as? String }).count == names.count)
    for issue in issues {
      #expect(issue["severity"] as? String == "critical")
      #expect((issue["description"] as? String)?.hasPrefix("color-model-not-allowed: ") == true)
    }
  }

  @Test func github() throws {
    for name in names {
      let text = try Shown.text("github", Shown.rejections([name]))
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      try #require(lines.count == 3 && lines[2].isEmpty)
      expectHarmless(lines[0].filter { $0.unicodeScalars.allSatisfy { !$0.properties.isBidiControl } })
      // ::error file=…,line=1,title=…::data
      try #require(lines[0].hasPrefix("::error file="))
      let rest = lines[0].dropFirst(13)
      let properties = try #require(rest.range(of: "::"))
      let parts = rest[..<properties.lowerBound].split(separator: ",")
      try #require(parts.count == 3)
      #expect(parts[1] == "line=1" && parts[2] == "title=color-model-not-allowed")
      let file = [("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")]
        .reduce(String(parts[0])) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
      if let own = name.text,
        !own.unicodeScalars.contains(where: { $0 < " " || ("\u{7f}"..."\u{9f}").contains($0) })
      {
        #expect(file.replacingOccurrences(of: "\\x5b", with: "[") == "assets/" + own)
      }
    }
    let many = try Shown.text("github", Shown.rejections()).split(separator: "\n")
    #expect(many.count { $0.hasPrefix("::error ") } == 10)
    #expect(!many.dropFirst(names.count - 10).dropLast(2).contains { !$0.hasPrefix("::error ") })
    for line in many.prefix(names.count - 10) { #expect(line.hasPrefix("error[color-model-not-allowed] ")) }
    #expect(
      many.dropLast().last == "\(names.count - 10) errors more, without an annotation; see the log above."
    )
    #expect(!many.filter { !$0.hasPrefix("::error ") }.contains { $0.contains("##[") })
  }

  @Test func markdown() throws {
    let text = try Shown.text("markdown", Shown.rejections())
    expectHarmless(text)
    let lines = text.split(separator: "\n").filter { $0.hasPrefix("- ") }
    try #require(lines.count == names.count)
    for (name, line) in zip(names, lines) {
      let (code, rest) = try #require(Self.codeSpan(line.dropFirst(2)))
      #expect(code.replacingOccurrences(of: "\\x5b", with: "[") == name.display)
      #expect(rest == " rejected as image")
    }
    // There is no markup outside code spans.
    for line in text.split(separator: "\n") where line.hasPrefix("    - fix: ") {
      let command = line.dropFirst(11).drop { $0 != "`" }
      #expect(try command.isEmpty || #require(Self.codeSpan(command)).rest.isEmpty)
    }
  }

  /// Parses a code span as in CommonMark (section 6.1), and returns it and the rest of the line.
  private static func codeSpan(_ line: Substring) -> (code: String, rest: Substring)? {
    let fence = line.prefix { $0 == "`" }
    var (rest, code) = (line.dropFirst(fence.count), "")
    while !rest.isEmpty {
      let run = rest.prefix { $0 == "`" }
      if !run.isEmpty, run.count == fence.count {
        if code.hasPrefix(" "), code.hasSuffix(" "), code.contains(where: { $0 != " " }) {
          code = String(code.dropFirst().dropLast())
        }
        return (code, rest.dropFirst(run.count))
      }
      code += run.isEmpty ? rest.prefix(1) : run
      rest = rest.dropFirst(max(1, run.count))
    }
    return nil
  }

  @Test func html() throws {
    let text = try Shown.text("html", Shown.rejections())
    expectHarmless(text.replacingOccurrences(of: "\r", with: ""))
    // The body without the script is well-formed XML.
    let body = try #require(text.range(of: "<main"))
    let script = try #require(text.range(of: "<script>", options: .backwards))
    let nodes = try Shown.xml(
      "<body>" + text[body.lowerBound..<script.lowerBound].replacingOccurrences(of: "\"\">", with: "\"\"/>")
        + "</body>")
    #expect(nodes.filter { $0.name == "h2" }.map(\.text).dropLast() == names.map(\.display)[...])
    let allowed: Set = [
      "body", "main", "article", "div", "h2", "h3", "bdi", "p", "b", "ul", "li", "a", "small", "code",
      "section", "footer",
    ]
    #expect(Set(nodes.map(\.name)).isSubset(of: allowed))
    #expect(!nodes.contains { $0.attributes.keys.contains { $0.hasPrefix("on") || $0 == "style" } })
  }
}

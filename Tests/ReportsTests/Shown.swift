import SystemPackage
import Foundation
import MediaPreflight
import PreflightReports
@testable import PreflightTestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Renders results as a report, and parses reports with independent parsers.
enum Shown {
  /// File names that try to break out of a report. Names can't contain NUL or a slash.
  static let hostileNames: [FilePath] =
    [
      "plain.jpg", "two\nlines.jpg", "\r\n.jpg", "quo'te\".jpg", "%0A%25.jpg", "]]>.jpg",
      "<script>x</script>.jpg",
      "</script><!--.jpg", "a\u{202e}gpj.exe.jpg", "\u{2066}\u{61c}\u{2028}.jpg", "\u{1b}[31mred\u{7}.jpg",
      "::error::owned.jpg", "  ::add-mask::a.jpg", "##[error]owned.jpg",
      "##vso[task.setvariable variable=PATH]owned.jpg", "a##VsO[x]###teamcity[y]##.jpg", "a,b:c=d.jpg",
      "a|b\\|c.jpg",
      "`a``b```.jpg",
      "`.jpg", " .jpg", "@octocat #1 GH-1.jpg", "[x](https:).jpg", "![x](y).jpg", "**b** _i_ ~~s~~.jpg",
      "&amp;&#10;.jpg",
      "\\x0a.jpg", "\\x5cx0a.jpg", "x\" onerror=\"y.jpg", "\u{fffe}\u{ffff}\u{85}.jpg", "日本👩‍👩‍👧.jpg", "-rf.jpg",
      "www.example.com.jpg", "$(id) {0}.jpg",
    ].map { FilePath($0) } + [
      FilePath([0xff, 0xfe] + Array(".jpg".utf8)), FilePath([0xc3] + Array("\n`|.jpg".utf8)),
      FilePath([0xed, 0xa0, 0x80] + Array("::,<.jpg".utf8)), FilePath(Array("\u{a}.jpg".utf8)),
    ]

  /// A rejection for each name, with a fix that contains the name.
  static func rejections(_ names: [FilePath] = hostileNames) throws -> [CheckResult] {
    let image = MemorySource(try Fixture.bytes("pictures/cmyk.jpg"))
    return try names.map { try engine.check(image, named: $0) }
  }

  /// An accepted file with a warning for each name.
  static func warnings(_ names: [FilePath]) throws -> [CheckResult] {
    let image = MemorySource(try Fixture.bytes("pictures/animated.png"))
    return try names.map { try engine.check(image, named: FilePath($0.bytes + Array(".png".utf8))) }
  }

  static func context(width: Int? = nil) -> ReportContext {
    ReportContext(
      policy: "waconnect", version: "1.2.3", width: width, root: FilePath("/work/project"),
      folder: FilePath("/work/project/assets"))
  }

  static func bytes(
    _ format: String, _ results: [CheckResult], _ context: ReportContext = context()
  ) throws -> [UInt8] {
    bytes(try #require(ReportFormat.named(format)).make(context), results)
  }

  static func bytes(_ report: any Report, _ results: [CheckResult]) -> [UInt8] {
    var (report, summary, output) = (report, Summary(), [UInt8]())
    for result in results {
      summary.count(result)
      report.add(result, to: &output)
    }
    report.finish(summary, to: &output)
    return output
  }

  static func text(
    _ format: String, _ results: [CheckResult], _ context: ReportContext = context()
  ) throws -> String {
    try #require(String(validating: bytes(format, results, context), as: UTF8.self))
  }

  static func json(_ format: String, _ results: [CheckResult]) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(bytes(format, results)))
  }

  static func xml(_ text: String) throws -> [XMLNode] {
    let reader = XMLReader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError)) in line \(parser.lineNumber)")
    return reader.nodes
  }

  /// An element with the text in it and its descendants.
  struct XMLNode {
    let name: String
    let attributes: [String: String]
    var text = ""
  }

  private final class XMLReader: NSObject, XMLParserDelegate {
    var nodes: [XMLNode] = []
    private var open: [Int] = []

    func parser(
      _: XMLParser, didStartElement name: String, namespaceURI _: String?, qualifiedName _: String?,
      attributes: [String: String]
    ) {
      open.append(nodes.count)
      nodes.append(XMLNode(name: name, attributes: attributes))
    }

    func parser(_: XMLParser, foundCharacters text: String) {
      for index in open { nodes[index].text += text }
    }

    func parser(
      _: XMLParser, didEndElement _: String, namespaceURI _: String?, qualifiedName _: String?
    ) { open.removeLast() }
  }
}

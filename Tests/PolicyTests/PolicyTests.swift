import Foundation
import SystemPackage
import PreflightTOML
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct PolicyTests {
  @Test func builtInPoliciesHaveNoMistakes() throws {
    #expect(Policy.builtInNames.prefix(3) == ["waconnect", "waconnect-as-printed", "whatsapp-cloud"])
    for name in Policy.builtInNames {
      let text = try #require(Policy.builtInText(named: name))
      #expect(throws: Never.self) { try Policy(parsing: text, name: name) }
      #expect(Policy.builtIn(named: name)?.name == name)
    }
    #expect(Policy.builtIn(named: "nobody") == nil)
  }

  private func mistakes(_ text: String) -> [String] {
    do {
      _ = try Policy(parsing: text, name: "p")
      return []
    } catch { return error.mistakes.map(\.description) }
  }

  @Test func everyErrorIsReportedAtItsPlace() {
    let text = """
      name = "mine"
      extends = "waconect"
      colour = 1
      [endpoints.Fax]
      types = ["image/png"]
      [endpoints.auto]
      types = ["image/png"]
      [endpoints.image]
      types = ["image/png", "png"]
      caps = [{ size = "5 XB" }, { when = {} }]
      [[rules]]
      code = "file-to-large"
      require = { width = 1 }
      [[rules]]
      code = "pixel-size-not-allowed"
      severity = "fatal"
      endpoints = ["imge"]
      require = { widht = 3, videoStreams = { codek = "h264" } }
      [[rules]]
      code = "pixel-size-not-allowed"
      [service]
      host = "h"
      body = { to = "{tp}", list = ["{to}", 1.5] }
      [severities]
      trailing-data = "eror"
      [fields]
      required = ["tu"]
      [fields.chat]
      maximum = 3
      [fields.caption]
      endpoints = ["video"]
      kind = "words"
      """
    let errors = mistakes(text)
    let expected = [
      "2:11": "waconnect", "3:1": "colour", "4:12": "Fax", "6:12": "auto", "9:23": "png",
      "10:18": "a size must be",
      "10:28": "the cap has no size", "12:8": "file-too-large", "16:12": "fatal", "17:14": "image",
      "18:13": "width", "18:41": "codec", "19:1": "require or forbid", "23:15": "'{tp}'",
      "23:39": "a value in a body", "25:17": "error", "28:9": "chat", "32:8": "phone-number",
    ]
    for (place, words) in expected {
      #expect(errors.contains { $0.hasPrefix(place + ": ") && $0.contains(words) }, "\(place) \(words)")
    }
    #expect(errors.count >= expected.count, "\(errors)")
  }

  @Test func whatIsMissingIsTold() {
    #expect(
      mistakes("") == [
        "1:1: the policy has no name", "1:1: the policy has no [service] with a host",
        "1:1: the policy has no [endpoints]",
      ])
    #expect(mistakes("name = 'x'\nextends = 'waconnect'") == [])
    #expect(
      mistakes("name = 'x'\n[service]\npath = '/'\n[endpoints.image]\ntypes = ['image/png']").count == 1)
  }

  private static let remedyForm =
    "a remedy must be a string, or a table with summary and either fix = true or program and arguments"

  private static let nonsense: [(line: String, error: String)] = [
    ("name = ''", "3:8: name must not be empty"),
    ("endpoints.image.types = []", "3:25: image has an empty list of types"),
    ("[[rules]]\ncode = 'animated-image'\nforbid = {}", "5:10: forbid has no conditions"),
    ("[[rules]]\ncode = 'animated-image'\nrequire = {}", "5:11: require has no conditions"),
    (require("width = []"), "5:21: width has an empty list of values"),
    (require("width = '512'"), "5:21: width is a number, and can't be a string"),
    (require("width = [1, [2]]"), "5:25: width is a number, and can't be an array"),
    (require("width = { not = 5, max = 'x' }"), "5:32: 'max' and 'not' can't be used together"),
    (require("animated = 1"), "5:24: animated is true or false, and can't be an integer"),
    (require("container = true"), "5:25: container is a string, and can't be a boolean"),
    (require("colorModel = { max = 3 }"), "5:28: colorModel is a string, which has no 'max'"),
    (require("colorModel = {}"), "5:26: colorModel is a string; a table needs 'not'"),
    (require("colorModel = 'CMYK'"), "5:26: unknown colorModel 'CMYK'; did you mean 'cmyk'?"),
    (require("reference = 'link'"), "5:25: unknown reference 'link'; choose from url, id, file"),
    (
      require("mediaType = 'png'"),
      "5:25: 'png' is not a media type; expected one such as image/png, without parameters"
    ),
    (require("videoStreams = { count = '1' }"), "5:38: count is a number, and can't be a string"),
    (
      require("width = 1") + "\nremedy = { summary = 's', program = '', arguments = [] }",
      "6:37: program must not be empty"
    ),
    (require("width = 1") + "\nremedy = { summary = 's', fix = false }", "6:10: \(remedyForm)"),
    (require("width = 1") + "\nremedy = { fix = true }", "6:10: \(remedyForm)"),
    (
      require("width = 1") + "\nremedy = { summary = 's', fix = true, program = 'p', arguments = [] }",
      "6:10: \(remedyForm)"
    ),
    (cap("'+5 MB'"), "3:34: a size must be a number of bytes or a string such as \"500 KB\" or \"5 MB\""),
    (cap("' 5  MB '"), "3:34: a size must be a number of bytes or a string such as \"500 KB\" or \"5 MB\""),
    (
      cap("'1000000 KB'"), "3:34: a size must be a number of bytes or a string such as \"500 KB\" or \"5 MB\""
    ),
    (
      "service.host = 'https://example.com/api'",
      "3:16: 'https://example.com/api' is not a host; expected one such as example.com or example.com:8443, without a "
        + "scheme or path"
    ),
    (
      "service.path = 'messages'",
      "3:16: 'messages' is not a path; it must begin with a slash, without spaces or control characters"
    ),
    (
      "endpoints.image.path = 'messages'",
      "3:24: 'messages' is not a path; it must begin with a slash, without spaces or control characters"
    ),
    ("service.headers = { '' = '1' }", "3:21: '' is not a header name; use letters, digits and hyphens"),
    (
      "declare = { 'audio/ogg' = '' }",
      "3:27: '' can't be declared; expected a media type such as audio/ogg; codecs=opus"
    ),
    (
      "fields.'Chat ID' = { kind = 'number' }",
      "3:8: invalid field name 'Chat ID'; use letters, digits and underscores, beginning with a lowercase letter"
    ),
    (
      "fields.file = { kind = 'text' }",
      "3:8: the field name 'file' is reserved: in requests of the hook it means something else"
    ),
    (
      "fields.id = { kind = 'text' }",
      "3:8: the field name 'id' is reserved: in requests of the hook it means something else"
    ),
  ]

  /// What can be written and means nothing is an error, at the place where it stands.
  @Test(arguments: nonsense)
  func nonsenseIsAnError(line: String, error: String) {
    let first = line.hasPrefix("name") ? "" : "name = 'x'"
    #expect(mistakes("\(first)\nextends = 'waconnect'\n\(line)") == [error])
  }

  private static func require(_ condition: String) -> String {
    "[[rules]]\ncode = 'animated-image'\nrequire = { \(condition) }"
  }

  private static func cap(_ size: String) -> String { "endpoints.image.caps = [{ size = \(size) }]" }

  /// The command for a picture of the wrong size has the size that the policy asks for.
  @Test func fixHasTheSizeOfThePolicy() throws {
    func fix(_ require: String) throws -> String? {
      let text = """
        name = "x"
        extends = "waconnect"
        rules = [{ code = "pixel-size-not-allowed", require = { \(require) } }]
        """
      let own = Preflight(policy: try Policy(parsing: text, name: "x"))
      return try own.check(MemorySource(Fixture.bytes("pictures/sticker.webp")), as: .sticker).findings
        .first { $0.code == .pixelSizeNotAllowed }?.remedy
    }
    let exact = try #require(try fix("width = 320, height = 240"))
    #expect(exact.hasPrefix("Scale it to 320 × 240, with a transparent border if needed: preflight fix "))
    #expect(try fix("width = 320")?.contains("preflight") == false)
    #expect(try fix("width = { max = 320 }, height = { max = 240 }")?.contains("preflight") == false)
  }

  @Test func codesOfAPolicysOwnAreFound() throws {
    let text = try String(
      contentsOfFile: Fixture.folder + "../Tests/PolicyTests/Policies/brand.toml", encoding: .utf8)
    let brand = Preflight(policy: try Policy(parsing: text, name: "brand.toml"))
    let code = FindingCode(rawValue: "too-small-for-posters")
    let picture = MemorySource(try Fixture.bytes("pictures/rgb.jpg"))
    let finding = try #require(try brand.check(picture).findings.first)
    #expect(finding.code == code && finding.severity == .warning && finding.actual == "1536")
    #expect(
      finding.message
        == "An image is printed as a poster, which takes 2073600 pixels; this file has 1536.")
    #expect(finding.remedy == "Export the image again, with at least 1920 × 1080 pixels.")
    #expect(finding.source == "our brand guide, page 4")
    #expect(brand.policy.codes.map(\.code) == [code] && engine.policy.codes.isEmpty)
    #expect(brand.policy.explanation(of: code)?.title == "The image is too small to be printed")
    #expect(brand.policy.explanation(of: .damagedFile)?.code == .damagedFile)
    #expect(engine.policy.explanation(of: code) == nil)
    let without = Preflight(policy: brand.policy.keeping(CodeSelection(ignored: [code])))
    #expect(try without.check(picture).findings == [])
    let other = Preflight(policy: brand.policy.keeping(CodeSelection(selected: [.damagedFile])))
    #expect(try other.check(picture).findings == [])
  }

  /// A provider that takes small PNG pictures and nothing else.
  private static let small = """
    name = "small"
    [service]
    host = "api.example.com"
    path = "/send/{endpoint}"
    [service.headers]
    Authorization = "Bearer $KEY"
    [service.body]
    recipient = "{to}"
    media = { url = "{mediaUrl}", text = "{caption}" }
    [fields]
    required = ["to"]
    [endpoints.image]
    types = ["image/png"]
    caps = [{ size = 100 }]
    [[rules]]
    code = "pixel-size-not-allowed"
    severity = "warning"
    endpoints = ["image"]
    require = { size = { min = 90 } }
    message = "Too small: {actual} bytes."
    expected = "90 bytes"
    remedy = "Add to {file}."
    [severities]
    extension-mismatch = "off"
    damaged-file = "note"
    """

  @Test func aProviderIsAFileAndNoCode() throws {
    let own = Preflight(policy: try Policy(parsing: Self.small, name: "small.toml"))
    let request = MessageRequest(to: "+49 151 23456789", mediaURL: "https://example.org/a.png", caption: "x")
    let prepared = try #require(own.check(request, as: .image).request)
    #expect(prepared.host == "api.example.com")
    #expect(prepared.path == "/send/image")
    #expect(prepared.headers == [.init(name: "Authorization", value: "Bearer $KEY")])
    #expect(
      prepared.body == [
        .init(key: "recipient", value: .text("4915123456789")),
        .init(
          key: "media",
          value: .object([
            .init(key: "url", value: .text("https://example.org/a.png")),
            .init(key: "text", value: .text("x")),
          ])),
      ])
    #expect(own.check(request, as: .video).findings.map(\.code) == [.mediaTypeNotAllowed, .mediaNotChecked])
  }

  @Test func aBareNumberIsACapWithoutABand() throws {
    let own = Preflight(policy: try Policy(parsing: Self.small, name: "small.toml"))
    func codes(_ size: Int) throws -> [FindingCode] {
      let padding = [UInt8](repeating: 0x20, count: size)
      return try own.check(MemorySource(padding), as: .image).findings.map(\.code)
    }
    #expect(try !codes(100).contains(.fileTooLarge))
    #expect(try codes(101).contains(.fileTooLarge))
    #expect(try !codes(90).contains(.pixelSizeNotAllowed))
    #expect(try codes(89).contains(.pixelSizeNotAllowed))
  }

  @Test func aRulesOwnWordsAreUsed() throws {
    let own = Preflight(policy: try Policy(parsing: Self.small, name: "small.toml"))
    let result = try own.check(
      MemorySource([UInt8](repeating: 0x20, count: 10)), named: FilePath("it's.txt"), as: .image)
    let finding = try #require(result.findings.first { $0.code == .pixelSizeNotAllowed })
    #expect(finding.severity == .warning)
    #expect(finding.message == "Too small: 10 bytes.")
    #expect(finding.expected == "90 bytes")
    #expect(finding.remedy == "Add to 'it'\\''s.txt'.")
  }

  /// Where no endpoint takes a file, the types are named of one that takes files of its kind, whatever their names are.
  @Test(arguments: ["video.mxf", "video.rm", "video.mkv"])
  func nearestTypes(name: String) throws {
    let result = try engine.check(MemorySource(try Fixture.bytes("foreign-media/\(name)")))
    let finding = try #require(result.findings.first { $0.code == .mediaTypeNotAllowed })
    #expect(finding.message.hasPrefix("No endpoint accepts "))
    #expect(finding.expected == "video/mp4, video/3gpp (video)")
  }
}

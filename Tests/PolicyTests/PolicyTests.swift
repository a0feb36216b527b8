import SystemPackage
import PreflightTOML
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct PolicyTests {
  @Test func builtInPoliciesHaveNoMistakes() throws {
    #expect(Policy.builtInNames == ["waconnect", "waconnect-as-printed", "whatsapp-cloud"])
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
    #expect(mistakes("name = 'x'\n[service]\npath = '/'\n[endpoints.image]\ntypes = []").count == 1)
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
}

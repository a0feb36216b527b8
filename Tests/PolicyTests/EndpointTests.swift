import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// What a policy can say of its endpoints beyond types and caps.
@Suite struct EndpointTests {
  private static let provider = """
    name = "provider"
    [service]
    host = "api.example.com"
    path = "/send"
    body = { to = "{to}", "{endpoint}" = "{mediaUrl}" }
    [upload]
    path = "/upload"
    body = { file = "@{file}" }
    [fields]
    required = ["to", "slot"]
    [fields.to]
    kind = "phone-number"
    [fields.mediaUrl]
    kind = "url"
    media = true
    endpoints = { not = ["archive"] }
    [fields.slot]
    kind = "integer"
    minimum = 1
    endpoints = ["banner"]
    [endpoints.image]
    types = ["image/png", "image/jpeg"]
    caps = [{ size = 1000 }]
    source = "image source"
    [endpoints.banner]
    name = "A banner"
    extends = "image"
    types = ["image/jpeg"]
    auto = false
    alternatives = ["wide-banner"]
    refusal = "{Endpoint} isn't {actual}."
    body = { to = "{to}", banners = [{ slot = "{slot}", label = "slot {slot}", url = "{mediaUrl}", big = true }] }
    [endpoints.wide-banner]
    extends = "banner"
    types = ["image/png"]
    [endpoints.archive]
    types = ["image/png"]
    auto = false
    request = false
    [[rules]]
    code = "pixel-size-not-allowed"
    endpoints = ["image"]
    require = { width = { max = 10 } }
    [[rules]]
    code = "animated-image"
    endpoints = ["wide-banner"]
    forbid = { width = { min = 1 } }
    """

  private func engine(_ text: String = provider) throws -> Preflight {
    Preflight(policy: try Policy(parsing: text, name: "p"))
  }

  private func codes(_ engine: Preflight, _ name: String, _ endpoint: String) throws -> [FindingCode] {
    try engine.check(MemorySource(Fixture.bytes(name)), as: Endpoint(rawValue: endpoint)).findings.map(\.code)
  }

  @Test func anEndpointHasTheTypesTheCapsAndTheRulesOfTheOneThatItExtends() throws {
    let own = try engine()
    // 48 pixels wide: a JPEG of 650 bytes, a PNG of 3396.
    #expect(try codes(own, "pictures/rgb.jpg", "image") == [.pixelSizeNotAllowed])
    #expect(try codes(own, "pictures/rgb.jpg", "banner") == [.pixelSizeNotAllowed])
    let wide: [FindingCode] = [.mediaTypeNotAllowed, .pixelSizeNotAllowed, .animatedImage]
    #expect(try codes(own, "pictures/rgb.jpg", "wide-banner") == wide)
    #expect(try codes(own, "pictures/rgb.png", "wide-banner").prefix(1) == [.fileTooLarge])
    #expect(try codes(own, "pictures/rgb.png", "archive") == [])
    #expect(
      own.policy.uses(of: .pixelSizeNotAllowed).map { $0.endpoints.map(\.rawValue) }
        == [["image", "banner", "wide-banner"]])
  }

  /// A range such as `image/*` stands for every type of it, and `*/*` for every file.
  @Test func rangesOfTypes() throws {
    let own = try engine(
      """
      name = "ranges"
      service = { host = "example.com", path = "/" }
      [endpoints.image]
      types = ["image/*"]
      [endpoints.any]
      types = ["*/*"]
      """)
    #expect(try codes(own, "pictures/lossy.webp", "image") == [])
    #expect(try codes(own, "audio/mono.opus", "image") == [.mediaTypeNotAllowed])
    for name in ["audio/mono.opus", "office/hello.jar", "text/table.csv"] {
      #expect(try codes(own, name, "any") == [], "\(name)")
      #expect(try own.check(MemorySource(Fixture.bytes(name))).endpoint?.rawValue == "any")
    }
    #expect(try own.check(MemorySource([0, 1, 2, 3]), as: Endpoint(rawValue: "any")).verdict == .accepted)
    for wrong in ["*", "*/png", "image/*x", "/*", "**/*"] {
      #expect(throws: PolicyError.self, "\(wrong)") {
        try engine(Self.provider.replacing("[\"image/png\"]", with: "[\"\(wrong)\"]"))
      }
    }
  }

  /// A provider that lacks an endpoint of the policy that it extends says `false`.
  @Test func removedEndpoints() throws {
    let base = "name = \"x\"\nextends = \"waconnect\"\n"
    let own = try engine(base + "endpoints = { sticker = false }")
    #expect(own.policy.endpointNames.map(\.rawValue) == ["image", "video", "audio", "document"])
    #expect(try codes(own, "pictures/sticker.webp", "sticker") == [.mediaTypeNotAllowed])
    for endpoint in [Endpoint.image, nil] {
      #expect(!own.policy.rules(at: endpoint).contains { $0.code == .frameTooShort })
    }
    let errors = [
      "endpoints.fax = false": "there is no endpoint 'fax' to remove",
      "endpoints = { sticker = true }": "sticker",
      "endpoints = { sticker = false, badge = { extends = \"sticker\" } }": "sticker",
    ]
    for (line, words) in errors {
      let error = #expect(throws: PolicyError.self) { try engine(base + line) }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
    let error = #expect(throws: PolicyError.self) {
      try engine("name = \"x\"\nextends = \"whatsapp-cloud\"\nendpoints.audio = false")
    }
    #expect(error?.description.contains("'audio' can't be removed: 'voice' extends it") == true)
  }

  /// What changes at an endpoint in a policy that extends this one changes at those that extend the endpoint.
  @Test func whatAPolicyChangesIsTakenOver() throws {
    let text = """
      name = "mine"
      extends = "whatsapp-cloud"
      [endpoints.image]
      types = ["image/png"]
      caps = [{ size = 3000 }]
      [endpoints.template-image]
      name = "Our header"
      """
    let own = try engine(text)
    #expect(try codes(own, "pictures/rgb.jpg", "template-card-image").contains(.mediaTypeNotAllowed))
    #expect(try codes(own, "pictures/rgb.png", "template-card-image").contains(.fileTooLarge))
    let finding = try own.check(MemorySource(Fixture.bytes("pictures/rgb.png")), as: .templateImage).findings
      .first
    #expect(finding?.message.hasPrefix("Our header must be at most 3000 bytes") == true)
  }

  @Test func onlySomeAreChosenByThemselves() throws {
    let own = try engine()
    let jpeg = MemorySource(try Fixture.bytes("pictures/rgb.jpg"))
    #expect(try own.check(jpeg).endpoint == .image)
    let gif = try own.check(MemorySource(Fixture.bytes("pictures/still.gif")))
    #expect(gif.findings.first?.expected == "image/png, image/jpeg (image)")
    let text = Self.provider.replacing("[endpoints.image]", with: "[endpoints.image]\nauto = false")
    let none = try engine(text.replacing("auto = false\nrequest", with: "request"))
    #expect(try none.check(jpeg).endpoint == nil)
    #expect(try none.check(MemorySource(Fixture.bytes("pictures/rgb.png"))).endpoint?.rawValue == "archive")
  }

  @Test func alternativesAreNamed() throws {
    // Without rules that reject, and with room.
    let text = try #require(
      Self.provider.replacing("1000", with: "10_000").split(separator: "[[rules]]").first)
    let own = try engine(String(text))
    func alternatives(_ name: String, _ endpoint: String) throws -> [String] {
      try own.check(MemorySource(Fixture.bytes(name)), as: Endpoint(rawValue: endpoint)).alternatives.map(
        \.rawValue)
    }
    #expect(try alternatives("pictures/rgb.png", "banner") == ["wide-banner"])
    #expect(try alternatives("pictures/rgb.jpg", "banner") == [])
    #expect(try alternatives("pictures/rgb.png", "wide-banner") == [])
    #expect(try alternatives("pictures/rgb.png", "archive") == ["image"])
    #expect(try alternatives("pictures/rgb.png", "image") == [])
  }

  @Test func theRefusalIsThePolicys() throws {
    let own = try engine()
    let finding = try own.check(
      MemorySource(Fixture.bytes("pictures/rgb.png")), as: Endpoint(rawValue: "banner")
    ).findings.first { $0.code == .mediaTypeNotAllowed }
    #expect(
      finding?.message == "A banner isn't a PNG image (image/png)." && finding?.source == "image source")
  }

  @Test func theBodyIsTheEndpoints() throws {
    let own = try engine()
    let fields = ["to": "15551234567", "mediaUrl": "https://example.com/a.png", "slot": "2"]
    let prepared = try #require(
      own.check(MessageRequest(fields: fields), as: Endpoint(rawValue: "banner")).request)
    #expect(prepared.path == "/send")
    // A place alone is an integer; within a text it is a part of it.
    #expect(
      prepared.body == [
        .init(key: "to", value: .text("15551234567")),
        .init(
          key: "banners",
          value: .array([
            .object([
              .init(key: "slot", value: .integer(2)), .init(key: "label", value: .text("slot 2")),
              .init(key: "url", value: .text("https://example.com/a.png")),
              .init(key: "big", value: .bool(true)),
            ])
          ])),
      ])
    let ordinary = own.check(
      MessageRequest(fields: ["to": "15551234567", "mediaUrl": "https://example.com/a.png"]), as: .image)
    #expect(ordinary.request?.body.map(\.key) == ["to", "image"])
  }

  @Test func whatTheEndpointsBodyUsesIsRequired() throws {
    let own = try engine()
    let fields = ["to": "15551234567", "mediaUrl": "https://example.com/a.png"]
    func codes(_ slot: String?, _ endpoint: String) -> [FindingCode] {
      var request = MessageRequest(fields: fields)
      request.fields["slot"] = slot
      return own.check(request, as: Endpoint(rawValue: endpoint)).findings.map(\.code)
    }
    #expect(codes(nil, "banner") == [.missingField, .mediaNotChecked])
    #expect(codes("0", "banner") == [.invalidField, .mediaNotChecked])
    #expect(codes("1", "banner") == [.mediaNotChecked])
    #expect(codes("9223372036854775807", "banner") == [.mediaNotChecked])
    #expect(codes("1", "image") == [.unknownField, .mediaNotChecked])
    // A field isn't taken over.
    #expect(codes("1", "wide-banner").contains(.unknownField))
  }

  @Test func nothingIsSentWhereThereIsNoRequest() throws {
    let own = try engine()
    let png = MemorySource(try Fixture.bytes("pictures/rgb.png"))
    let result = try own.check(
      png, as: Endpoint(rawValue: "archive"), sending: MessageRequest(fields: ["to": "15551234567"]))
    #expect(result.verdict == .accepted && result.request == nil && result.findings == [])
  }

  /// What is asked of a field that is neither text nor a reference is said of it by its name.
  @Test func aNumberIsMadeOfDigits() throws {
    let text = Self.provider.replacing(
      "kind = \"integer\"\nminimum = 1", with: "kind = \"number\"\nmaximum = 3")
    let own = try engine(text)
    func findings(_ slot: String) -> [String] {
      let request = MessageRequest(
        fields: ["to": "15551234567", "mediaUrl": "https://example.com/a.png", "slot": slot])
      return own.check(request, as: Endpoint(rawValue: "banner")).findings.filter { $0.code == .invalidField }
        .map(\.message)
    }
    #expect(findings("123") == [])
    #expect(findings("12a") == ["The slot '12a' is not an ID made of digits."])
    #expect(findings("1234") == ["The slot can have at most 3 characters; it has 4."])
  }

  private func mistakes(_ text: String) -> [String] {
    do {
      _ = try Policy(parsing: "name = 'x'\nextends = 'waconnect'\n" + text, name: "p")
      return []
    } catch { return error.mistakes.map(\.description) }
  }

  @Test(arguments: [
    ("endpoints.a.extends = 'imge'", "3:23: unknown endpoint 'imge'; did you mean 'image'?"),
    ("endpoints.image.extends = 'image'", "3:27: unknown endpoint 'image'"),
    ("endpoints.image.extends = 'video'", "3:27: unknown endpoint 'video'"),
    (
      "endpoints.a.extends = 'b'\nendpoints.b.extends = 'image'",
      "3:23: unknown endpoint 'b'; choose from "
        + "image, video, audio, sticker, document"
    ),
    ("endpoints.image.alternatives = ['vdeo']", "3:33: unknown endpoint 'vdeo'; did you mean 'video'?"),
    ("endpoints.image.auto = 1", "3:24: auto must be true or false, not an integer"),
    ("endpoints.image.request = 'no'", "3:27: request must be true or false, not a string"),
    ("endpoints.image.body = { a = '{tp}' }", "3:30: unknown field '{tp}'; did you mean 'to'?"),
    ("endpoints.image.body = 'a'", "3:24: body must be a table, not a string"),
    ("fields.caption.endpoints = { nto = [] }", "3:30: unknown key 'nto' in endpoints; did you mean 'not'?"),
    ("fields.caption.endpoints = { not = ['imge'] }", "3:37: unknown endpoint 'imge'; did you mean 'image'?"),
    ("fields.caption.characters = ''", "3:29: characters must not be empty"),
    ("fields.caption.minimum = -1", "3:26: minimum must be an integer of at least 0"),
  ])
  func nonsenseIsAnError(text: String, error: String) {
    #expect(mistakes(text) == [error])
  }

  /// An endpoint may name any other as its alternative, one that follows too.
  @Test func alternativesMayFollow() {
    #expect(
      mistakes("[endpoints.a]\nextends = 'image'\nalternatives = ['b']\n[endpoints.b]\nextends = 'a'") == [])
  }
}

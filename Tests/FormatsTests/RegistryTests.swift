import Foundation
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// What is known of media types comes from the formats and from nowhere else.
@Suite struct RegistryTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test func eachTypeAndEachAliasBelongsToOneFormat() {
    let names = MediaType.allKnown.flatMap { [$0.mediaType] + $0.aliases }
    #expect(Set(names).count == names.count)
    for known in MediaType.allKnown {
      #expect(known.mediaType.known?.phrase == known.phrase)
      #expect(known.aliases.allSatisfy { $0.canonical == known.mediaType })
      #expect(known.extensions.allSatisfy { $0 == $0.lowercased() && !$0.hasPrefix(".") })
      for name in known.extensions { #expect(MediaType.types(forExtension: name).contains(known.mediaType)) }
    }
    #expect(MediaType("image/x-nothing").known == nil && MediaType("image/x-nothing").family == .image)
  }

  /// A type that a built-in policy accepts is one that a format has, a range of them, or a text.
  @Test func policiesSpeakOfKnownTypes() throws {
    for name in Policy.builtInNames {
      let policy = try #require(Policy.builtIn(named: name))
      for type in policy.endpoints.flatMap(\.types) where !type.rawValue.hasSuffix("/*") {
        #expect(type.known != nil || type.topLevel == "text", "\(type)")
      }
    }
  }

  /// No media type is written outside the formats: a new one is added in one place.
  @Test func noTypeIsWrittenElsewhere() throws {
    let literal =
      /"(image|video|audio|text|font)\/[A-Za-z0-9.+-]+"|"application\/(pdf|zip|json|msword|vnd\.|x-)[^"]*"/
    // libmagic's own words for what is no media, and the form of a body.
    let allowed = [
      "Sources/Inspection/Structure.swift": ["\"application/x-empty\""],
      "Sources/Engine/PreparedRequest+HTTP.swift": ["\"application/x-www-form-urlencoded\""],
    ]
    let sources = Self.package.appending(path: "Sources")
    let files = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
    for file in files where file.hasSuffix(".swift") && !file.hasPrefix("Formats/") {
      let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
      let code = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }
      let found = code.flatMap { $0.matches(of: literal).map { String($0.0) } }
      #expect(found == allowed["Sources/" + file, default: []], "\(file)")
    }
  }

  /// The pre-commit hooks look at the files that some endpoint accepts.
  @Test func thePreCommitHookLooksAtWhatIsAccepted() throws {
    let text = try String(
      contentsOf: Self.package.appending(path: ".pre-commit-hooks.yaml"), encoding: .utf8)
    let patterns = text.matches(of: /files: '(.*)'/).map { String($0.1) }
    try #require(patterns.count == 3 && Set(patterns).count == 1)
    let pattern = try Regex(patterns[0])
    let types = Policy.waconnect.endpoints.flatMap(\.types).filter { $0.family != .plainText }
    for known in types.compactMap(\.known) {
      // The usual extension of each; a password-protected document goes by those of the others.
      let name = try #require(known.extensions.first)
      #expect("a.\(name)".contains(pattern), "\(name)")
    }
    #expect(!"a.zip".contains(pattern) && !"a.txt".contains(pattern))
  }
}

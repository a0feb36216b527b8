import SystemPackage
import PreflightInspection
import Foundation
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// Compares the verdicts of every fixture at every endpoint with `verdicts.tsv`.
///
/// The table has a line per fixture, with its media type, and a column per endpoint. A cell lists the codes of the
/// findings: `!` marks an error, `?` a warning, `-` a note. `PREFLIGHT_RECORD=1 swift test` writes the table; review the
/// diff.
@Suite struct VerdictTests {
  private static let table = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "verdicts.tsv")

  private static let endpoints: [Endpoint] = [.image, .video, .audio, .document, .sticker]

  @Test func everyFixtureAtEveryEndpoint() throws {
    let header = "fixture\ttype\t" + Self.endpoints.map(\.rawValue).joined(separator: "\t") + "\n"
    let actual = try header + Fixture.names.map(Self.row).joined()
    if ProcessInfo.processInfo.environment["PREFLIGHT_RECORD"] != nil {
      try actual.write(to: Self.table, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: Self.table, encoding: .utf8)
    let rows = { (text: String) in Set(text.split(separator: "\n").map(String.init)) }
    #expect(rows(actual).subtracting(rows(expected)).sorted() == [])
    #expect(rows(expected).subtracting(rows(actual)).sorted() == [])
  }

  private static func row(_ name: String) throws -> String {
    let bytes = try Fixture.bytes(name)
    var cells = [name]
    for endpoint in endpoints {
      let result = try engine.check(MemorySource(bytes), named: FilePath(name), as: endpoint)
      if cells.count == 1 { cells.append(result.mediaType?.rawValue ?? "") }
      let codes = result.findings.map { finding in
        let mark =
          switch finding.severity {
          case .error: "!"
          case .warning: "?"
          case .note: "-"
          }
        return mark + finding.code.rawValue
      }
      #expect((result.verdict == .rejected) == codes.contains { $0.hasPrefix("!") })
      cells.append(codes.joined(separator: " "))
    }
    return cells.joined(separator: "\t") + "\n"
  }

  @Test func autoChoosesTheEndpointThatAcceptsTheType() throws {
    let expected: [(name: String, endpoint: Endpoint?)] = [
      ("pictures/rgb.jpg", .image), ("pictures/sticker.webp", .sticker), ("mp4/h264-baseline.mp4", .video),
      ("mp4/aac.m4a", .audio), ("mp4/h264.mov", nil), ("pictures/still.gif", nil),
    ]
    for (name, endpoint) in expected {
      #expect(try engine.check(MemorySource(Fixture.bytes(name))).endpoint == endpoint, "\(name)")
    }
  }

  @Test func alternativesAreTheOtherAcceptingEndpoints() throws {
    func alternatives(_ name: String, _ endpoint: Endpoint) throws -> [Endpoint] {
      try engine.check(MemorySource(Fixture.bytes(name)), as: endpoint).alternatives
    }
    #expect(try alternatives("pictures/rgb.jpg", .sticker) == [.image, .document])
    #expect(try alternatives("pictures/rgb.jpg", .image) == [.document])
    #expect(try alternatives("pictures/cmyk.jpg", .image) == [.document])
    #expect(try alternatives("pictures/sticker.webp", .image) == [.sticker])
    #expect(try alternatives("mp4/aac.m4a", .video) == [.audio, .document])
    #expect(try alternatives("mp4/h264.mov", .video) == [])
  }

  @Test func strictRejectsWarnings() throws {
    let source = MemorySource(try Fixture.bytes("pictures/animated.png"))
    #expect(try engine.check(source, as: .image).verdict == .accepted)
    #expect(try Preflight(isStrict: true).check(source, as: .image).verdict == .rejected)
  }

  @Test func declaredTypeIsComparedWithTheContent() throws {
    func codes(_ name: String, _ declared: String) throws -> [FindingCode] {
      try engine.check(MemorySource(Fixture.bytes(name)), declaredType: declared).findings.map(\.code)
        .filter { $0 == .declaredTypeMismatch }
    }
    #expect(try codes("pictures/rgb.jpg", "image/jpeg") == [])
    #expect(try codes("pictures/rgb.jpg", "IMAGE/JPG; charset=binary") == [])
    #expect(try codes("pictures/rgb.jpg", "image/png") == [.declaredTypeMismatch])
    #expect(try codes("mp4/aac.m4a", "audio/x-m4a") == [])
    #expect(try codes("mp4/aac.m4a", "video/mp4") == [.declaredTypeMismatch])
  }

  @Test func extensionIsComparedWithTheContent() throws {
    func mismatches(_ name: String) throws -> Bool {
      try engine.check(MemorySource(Fixture.bytes("pictures/rgb.jpg")), named: FilePath(name)).findings
        .contains { $0.code == .extensionMismatch }
    }
    for name in ["a.jpg", "a.JPEG", "a", "a.", ".jpg", "a.unknown", "b.png/a"] {
      #expect(try !mismatches(name), "\(name)")
    }
    for name in ["a.png", "a.webp", "a.jpg.pdf", "dir/x.MP4"] { #expect(try mismatches(name), "\(name)") }
  }

  @Test func remediesQuoteTheFileForAShell() throws {
    func remedy(_ name: String) throws -> String? {
      try engine.check(
        MemorySource(Fixture.bytes("pictures/cmyk.jpg")), named: FilePath(name), as: .image
      ).findings.first { $0.code == .colorModelNotAllowed }?.remedy
    }
    let (start, end) = ("Convert it to RGB: preflight fix ", " --endpoint image")
    #expect(try remedy("a.jpg") == start + "a.jpg" + end)
    #expect(try remedy("my cat's.jpg") == start + #"'my cat'\''s.jpg'"# + end)
    #expect(try remedy("-rf.jpg") == start + "./-rf.jpg" + end)
    #expect(try remedy("a\nb.jpg") == start + #"$'a\012b.jpg'"# + end)
    // An extension that isn't UTF-8.
    let broken = FilePath(Array("a.".utf8) + [0xff, 0xff, 0xff])
    let result = try engine.check(
      MemorySource(Fixture.bytes("pictures/cmyk.jpg")), named: broken, as: .image)
    #expect(result.findings.first?.remedy == start + #"$'a.\377\377\377'"# + end)
    #expect(try remedy("a;b$(c).jpg") == start + "'a;b$(c).jpg'" + end)
  }

  /// A remedy fixes the finding for the chosen endpoint.
  @Test(
    arguments: [
      (
        "mp4/h264-high-aac-faststart.mp4", .audio, .tooManyVideoStreams,
        "Keep only the audio: preflight fix a.mp4 --endpoint audio"
      ),
      (
        "pictures/animated.gif", .image, .mediaTypeNotAllowed,
        "Convert the image: preflight fix a.gif --endpoint image"
      ),
      (
        "pictures/animated.gif", .video, .mediaTypeNotAllowed,
        "Convert the video: preflight fix a.gif --endpoint video"
      ),
      (
        "foreign-media/pcm.wav", .document, .mediaTypeNotAllowed,
        "Convert the audio: preflight fix a.wav --endpoint document"
      ),
      ("office/page.dotx", .document, .mediaTypeNotAllowed, "--convert-to pdf --outdir . a.dotx"),
    ] as [(String, Endpoint, FindingCode, String)])
  func remediesFitTheEndpoint(fixture: String, endpoint: Endpoint, code: FindingCode, command: String) throws
  {
    let suffix = fixture.split(separator: ".").last.map { "a.\($0)" } ?? "a"
    let result = try engine.check(
      MemorySource(Fixture.bytes(fixture)), named: FilePath(suffix), as: endpoint)
    let finding = try #require(result.findings.first { $0.code == code })
    #expect(finding.remedy?.contains(command) == true, "\(finding.remedy ?? "none")")
  }

  @Test func unacceptedTypeHasNoDisputedSize() throws {
    let gif = try Fixture.bytes("pictures/animated.gif") + [UInt8](repeating: 0, count: 110_000)
    let codes = try engine.check(MemorySource(gif), as: .sticker).findings.map(\.code)
    #expect(codes.contains(.mediaTypeNotAllowed))
    #expect(!codes.contains(.sizeLimitDisputed))
  }
}

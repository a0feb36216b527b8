import Foundation
import MediaPreflight
import PreflightFix
@testable import PreflightTestSupport
import Testing

/// What findings propose.
@Suite struct RemedyTests {
  /// The rows of the table whose commands `.ci/fix` runs: codes and summaries.
  private static func rows() throws -> [[String]] {
    let path = Fixture.folder + "../Tests/FixTests/remedies.tsv"
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).prefix(2).map(String.init)
    }
  }

  /// A fix that nobody tried is none.
  @Test func everyActionIsInTheTable() throws {
    let tried = Dictionary(grouping: try Self.rows(), by: \.self).mapValues(\.count)
    var wanted: [[String]: Int] = [:]
    for explanation in Explanation.all {
      for choice in explanation.fixes where choice.remedy.action != nil {
        let summary = choice.remedy.summary.replacing("{width}", with: "512").replacing(
          "{height}", with: "512")
        wanted[[explanation.code.rawValue, summary], default: 0] += 1
      }
    }
    for (row, count) in wanted { #expect(tried[row, default: 0] >= count, "\(row)") }
    let command = ": preflight fix FILE"
    for policy in Policy.builtInNames.compactMap(Policy.builtIn) {
      for code in Explanation.all.map(\.code) {
        for remedy in policy.uses(of: code).compactMap(\.remedy) where remedy.hasSuffix(command) {
          #expect(
            tried[[code.rawValue, String(remedy.dropLast(command.count))]] != nil, "\(code): \(remedy)")
        }
      }
    }
  }

  /// A good file, the bytes before and after it, and the finding about them.
  private static let surrounded: [(name: String, before: [UInt8], after: [UInt8], code: FindingCode)] = [
    ("pictures/rgb.jpg", [], [1, 2, 3], .trailingData),
    ("office/page.docx", Array("HTTP/1.1 200 OK\r\n\r\n".utf8), [], .leadingData),
    ("office/openpyxl.xlsx", Array("\r\n\0".utf8), [], .leadingData),
    ("pdf/reportlab.pdf", [0xef, 0xbb, 0xbf], [], .leadingData),
  ]

  @Test(arguments: surrounded.indices)
  func whatIsNotOfTheFormatIsCutOff(_ index: Int) throws {
    let (name, before, after, code) = Self.surrounded[index]
    let good = try Fixture.bytes(name)
    let strict = Preflight(isStrict: true, sharing: engine)
    let source = MemorySource(before + good + after)
    let finding = try #require(try engine.check(source, named: "a").findings.first { $0.code == code })
    #expect(finding.fix?.action == .fix)
    let made = try Fixer(strict).fix(source, named: "a")
    #expect(try made.content?.contents(upTo: 1 << 24) == good)
  }

  private func remedies(
    _ bytes: [UInt8], _ name: String, _ endpoint: Endpoint, _ policy: Policy = .waconnect
  ) throws -> [String?] {
    try Preflight(policy: policy, sharing: engine).check(
      MemorySource(bytes), named: FilePath(name), as: endpoint
    )
    .findings.map(\.remedy)
  }

  @Test func theCommandHasWhatFixHasToKnow() throws {
    let stereo = try Fixture.bytes("audio/stereo.opus")
    #expect(
      try remedies(stereo, "it's.opus", .audio)
        == ["Downmix it to mono: preflight fix 'it'\\''s.opus' --endpoint audio"])
    #expect(
      try remedies(stereo, "-a.opus", .voice, .whatsappCloud)
        == ["Downmix it to mono: preflight fix ./-a.opus --endpoint voice --policy whatsapp-cloud"])
    let png = try Fixture.bytes("pictures/animated.png")
    #expect(
      try remedies(png, "a.png", .image)
        == ["Keep only its default image: preflight fix a.png --endpoint image --strict"])
  }

  /// The command fixes everything or nothing.
  @Test func noFindingHasACommandIfAnotherCantBeFixed() throws {
    let cut = Array(try Fixture.bytes("pictures/cmyk.jpg").dropLast(2))
    let findings = try engine.check(MemorySource(cut), named: "a.jpg", as: .image).findings
    #expect(
      findings.map(\.code).sorted { $0.rawValue < $1.rawValue } == [.colorModelNotAllowed, .damagedFile])
    #expect(findings.allSatisfy { $0.remedy?.contains("preflight fix") == false })
    #expect(findings.contains { $0.remedy == "Convert it to RGB." })
  }

  /// Errors are fixed without what only warns.
  @Test func aWarningThatCantBeFixedIsNoObstacleForErrors() throws {
    let exe = try Fixture.bytes("hidden/javascript.pdf") + [1, 2, 3]
    let findings = try engine.check(MemorySource(exe), named: "a.pdf", as: .document).findings
    #expect(findings.map(\.code) == [.trailingData, .activeContent])
    #expect(findings.first?.remedy == "Remove the trailing bytes.")
  }

  @Test func protectedMediaHaveNoCommand() throws {
    let findings = try engine.check(
      MemorySource(Fixture.bytes("mp4/encrypted.mp4")), named: "a.mp4", as: .video
    ).findings
    #expect(!findings.isEmpty && findings.allSatisfy { $0.remedy?.contains("preflight") != true })
  }
}

import SystemPackage
import Foundation
import MediaPreflight
@testable import PreflightReports
@testable import PreflightTestSupport
import Testing

/// Reports respect the limits of services, and report what they omit.
@Suite struct ReportLimitTests {
  private let many = (0..<2000).map { FilePath("folder/\($0).jpg") }

  @Test func commentFitsAndCountsOmittedFiles() throws {
    let text = try Shown.text("markdown", Shown.rejections(many) + Shown.warnings(many))
    #expect(text.utf8.count <= 65_536)
    #expect(text.utf8.count > 60_000)
    let shown = text.split(separator: "\n").count { $0.hasPrefix("- ") }
    #expect(shown > 100)
    let omitted = text.matches(of: /…and (\d+) more/).compactMap { Int($0.1) }
    #expect(omitted.reduce(shown, +) == 4000 && omitted.count == 2)
    #expect(text.hasSuffix("</details>\n"))
  }

  @Test(arguments: [1_200, 1_600, 5_000, 1 << 20])
  func stepSummaryFits(room: Int) throws {
    let report = ReportFormat.stepSummary(Shown.context(), room: room)
    let bytes = Shown.bytes(report, try Shown.rejections(many) + Shown.warnings(many))
    #expect(bytes.count <= room)
    #expect(String(decoding: bytes, as: UTF8.self).contains("2000 of 4000 files rejected"))
  }

  @Test func longNameDoesNotHideOtherFiles() throws {
    let long = FilePath(Array(repeating: UInt8(ascii: "\n"), count: 30_000) + Array(".jpg".utf8))
    let text = try Shown.text("markdown", Shown.rejections([long, FilePath("short.jpg")]))
    #expect(text.contains("`short.jpg` rejected"))
    #expect(text.contains("…and 1 more file with errors, omitted for length."))
  }

  @Test(arguments: [(3, 7, 0), (4, 7, 1), (3, 11, 4), (12, 0, 2), (0, 10, 0), (0, 11, 1)])
  func sarifHasTheMostSevereResultsUpToTheLimit(warnings: Int, errors: Int, omitted: Int) throws {
    #expect(SARIFReport.codeScanningLimit == 25_000)
    let results =
      try Shown.warnings(Array(many.prefix(warnings))) + Shown.rejections(Array(many.prefix(errors)))
    let bytes = Shown.bytes(SARIFReport(Shown.context(), limit: 10), results)
    let document = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    let run = try #require((document["runs"] as? [[String: Any]])?.first)
    let levels = try #require(run["results"] as? [[String: Any]]).map { $0["level"] as? String }
    let shownErrors = min(errors, 10)
    #expect(levels.count == min(warnings + errors, 10))
    #expect(levels.prefix(shownErrors).allSatisfy { $0 == "error" })
    #expect(levels.dropFirst(shownErrors).allSatisfy { $0 == "warning" })
    let invocation = try #require((run["invocations"] as? [[String: Any]])?.first)
    let notes = invocation["toolExecutionNotifications"] as? [[String: Any]]
    let text = (notes?.first?["message"] as? [String: Any])?["text"] as? String
    #expect(text?.hasPrefix("\(omitted) more findings are omitted") ?? (omitted == 0))
  }

  @Test func annotationsAreSortedBySeverity() throws {
    let names = Array(many.prefix(12))
    let text = try Shown.text("github", Shown.warnings(names) + Shown.rejections(names))
    let levels = text.split(separator: "\n").filter { $0.hasPrefix("::") }.map { $0.prefix { $0 != " " } }
    #expect(levels == Array(repeating: "::error", count: 10) + Array(repeating: "::warning", count: 10))
    #expect(text.contains("2 errors, 2 warnings more, without an annotation"))
  }
}

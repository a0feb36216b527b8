import Foundation
import MediaPreflight
import PreflightFix
@testable import PreflightTestSupport
import Testing

/// A remedy is a value: the same one is printed, and carried out.
@Suite struct RemedyRunnerTests {
  private let scratch: ScratchFolder
  private let folder: FilePath
  private let runner = RemedyRunner()

  init() throws {
    scratch = try ScratchFolder()
    folder = FilePath(scratch.path)
  }

  private func put(_ bytes: [UInt8], _ name: String) throws -> FilePath {
    let path = folder.appending(name)
    try Data(bytes).write(to: URL(filePath: path.string))
    return path
  }

  private func bytes(_ path: FilePath) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path.string)))
  }

  /// A good file, the bytes before and after it, and the finding about them.
  private static let surrounded: [(name: String, before: [UInt8], after: [UInt8], code: FindingCode)] = [
    ("pictures/rgb.jpg", [], [1, 2, 3], .trailingData),
    ("pictures/sticker.webp", [], [0, 0], .trailingData),
    ("office/page.docx", Array("HTTP/1.1 200 OK\r\n\r\n".utf8), [], .leadingData),
    ("pdf/reportlab.pdf", [0xef, 0xbb, 0xbf], [], .leadingData),
  ]

  @Test(arguments: surrounded.indices)
  func whatAFindingProposesIsCarriedOutAndAccepted(_ index: Int) async throws {
    let (name, before, after, code) = Self.surrounded[index]
    let good = try Fixture.bytes(name)
    let own = try #require(FilePath(name).extension)
    let file = try put(before + good + after, "a.\(own)")
    let fix = try #require(try await engine.check(fileAt: file).findings.first { $0.code == code }?.fix)
    #expect(
      fix.action == (before.isEmpty ? .keepFirst(UInt64(good.count)) : .dropFirst(UInt64(before.count))))
    let output = try #require(fix.output(for: file))
    #expect(output == folder.appending("a-fixed.\(own)"))
    try await runner.run(fix, on: file, to: output)
    #expect(try bytes(output) == good)
    #expect(try bytes(file) == before + good + after)
    #expect(try await engine.check(fileAt: output).findings.isEmpty)
  }

  /// The printed command, run by a shell, makes the same file.
  @Test(arguments: surrounded.indices)
  func thePrintedCommandDoesTheSame(_ index: Int) async throws {
    let (name, before, after, code) = Self.surrounded[index]
    let own = try #require(FilePath(name).extension)
    let file = try put(before + Fixture.bytes(name) + after, "it's.\(own)")
    let fix = try #require(try await engine.check(fileAt: file).findings.first { $0.code == code }?.fix)
    let output = try #require(fix.output(for: file))
    let text = fix.text(for: file)
    let command = String(text[text.index(text.startIndex, offsetBy: fix.summary.count + 2)...])
    _ = try scratch.run(["/bin/sh", "-c", command])
    let byHand = try bytes(output)
    try FileManager.default.removeItem(atPath: output.string)
    try await runner.run(fix, on: file, to: output)
    #expect(try bytes(output) == byHand)
  }

  @Test func aProgramIsRunWithItsArguments() async throws {
    let file = try put([1, 2, 3], "-a b.bin")
    let output = folder.appending("out.bin")
    let remedy = Remedy("Copy it", run: "cp", ["--", .input, .output("bin")])
    #expect(remedy.text(for: FilePath("a b.bin")) == "Copy it: cp -- 'a b.bin' 'a b-fixed.bin'")
    try await runner.run(remedy, on: file, to: output)
    #expect(try bytes(output) == [1, 2, 3])
  }

  @Test func aProgramThatNamesItsOutputItselfIsGivenAFolder() async throws {
    let file = try put([1, 2, 3], "a.doc")
    let output = folder.appending("b.pdf")
    // Stands for soffice: writes the input's name with another extension into the folder.
    let remedy = Remedy(
      "Convert it", run: "sh",
      ["-c", "cp \"$2\" \"$1/$(basename \"$2\" .doc).pdf\"", "sh", .outputFolder("pdf"), .input])
    try await runner.run(remedy, on: file, to: output)
    #expect(try bytes(output) == [1, 2, 3])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
    #expect(names == ["a.doc", "b.pdf"])
  }

  @Test func nothingIsLeftOfWhatFails() async throws {
    let file = try put([1, 2, 3], "a.bin")
    let output = folder.appending("b.bin")
    func error(_ remedy: Remedy, on file: FilePath) async -> FixError? {
      do {
        try await runner.run(remedy, on: file, to: output)
        return nil
      } catch { return error }
    }
    let half = Remedy("Break", run: "sh", ["-c", "echo x > \"$0\"; echo why >&2; exit 3", .output("bin")])
    #expect(await error(half, on: file) == .programFailed("sh", "why\n"))
    #expect(!FileManager.default.fileExists(atPath: output.string))
    #expect(
      await error(Remedy("Idle", run: "true", [.output(nil)]), on: file)
        == .programFailed("true", "it created no output file"))
    #expect(
      await error(Remedy("Miss", run: "preflight-has-no-such-program", []), on: file)
        == .programMissing("preflight-has-no-such-program"))
    #expect(await error(Remedy(advice: "Do it."), on: file) == .needsAPerson("Do it."))
    #expect(
      await error(Remedy("Cut it", .keepFirst(1)), on: folder.appending("none"))
        == .unreadable(folder.appending("none"), "no such file"))
    _ = try put([9], "b.bin")
    #expect(await error(Remedy("Cut it", .keepFirst(1)), on: file) == .exists(output))
    #expect(await error(Remedy("Copy", run: "cp", [.input, .output(nil)]), on: file) == .exists(output))
    #expect(try bytes(output) == [9])
  }
}

import Foundation
import MediaPreflight
import PreflightFix
@testable import PreflightTestSupport
import Testing

/// A program of a remedy is a value: the same one is printed, and run.
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

  private func program(of remedy: Remedy) throws -> Remedy.Program {
    guard case .run(let program)? = remedy.action else { throw CocoaError(.featureUnsupported) }
    return program
  }

  private func bytes(_ path: FilePath) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path.string)))
  }

  @Test func aProgramIsRunWithItsArguments() async throws {
    let file = try put([1, 2, 3], "-a b.bin")
    let output = folder.appending("out.bin")
    let remedy = Remedy("Copy it", run: "cp", ["--", .input, .output("bin")])
    #expect(remedy.text(for: FilePath("a b.bin")) == "Copy it: cp -- 'a b.bin' 'a b-fixed.bin'")
    try await runner.run(program(of: remedy), on: file, to: output)
    #expect(try bytes(output) == [1, 2, 3])
  }

  @Test func aProgramThatNamesItsOutputItselfIsGivenAFolder() async throws {
    let file = try put([1, 2, 3], "a.doc")
    // As long as a name may be.
    let name = String(repeating: "b", count: 251) + ".pdf"
    let output = folder.appending(name)
    // Stands for soffice: writes the input's name with another extension into the folder.
    let remedy = Remedy(
      "Convert it", run: "sh",
      ["-c", "cp \"$2\" \"$1/$(basename \"$2\" .doc).pdf\"", "sh", .outputFolder("pdf"), .input])
    try await runner.run(program(of: remedy), on: file, to: output)
    #expect(try bytes(output) == [1, 2, 3])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
    #expect(names == ["a.doc", name])
  }

  @Test func nothingIsLeftOfWhatFails() async throws {
    let file = try put([1, 2, 3], "a.bin")
    let output = folder.appending("b.bin")
    func error(_ name: String, _ arguments: [Remedy.Argument]) async -> FixError? {
      do {
        try await runner.run(Remedy.Program(name, arguments), on: file, to: output)
        return nil
      } catch { return error }
    }
    let broken = await error("sh", ["-c", "echo x > \"$0\"; echo why >&2; exit 3", .output("bin")])
    #expect(broken == .programFailed("sh", "why\n"))
    #expect(!FileManager.default.fileExists(atPath: output.string))
    #expect(await error("true", [.output(nil)]) == .programFailed("true", "it created no output file"))
    #expect(
      await error("preflight-has-no-such-program", []) == .programMissing("preflight-has-no-such-program"))
    _ = try put([9], "b.bin")
    #expect(await error("cp", [.input, .output(nil)]) == .exists(output))
    #expect(try bytes(output) == [9])
  }
}

import Foundation
@testable import PreflightTestSupport
import Testing

/// What a reader might be made to do by a file is stopped, on all threads. `sandbox-probe` tries it.
@Suite struct SandboxTests {
  private static let ways = [
    "open a socket", "run a program", "write to a file", "make a file", "make a folder", "make a link",
    "rename a file", "remove a file", "change a file's mode", "change a file's owner", "cut a file",
  ]

  /// Where the probe tries it, and where it may write: never in one folder, since a file that is allowed is made
  /// beside the one that it replaces.
  private static let setting = "mkdir $SCRATCH/tried $SCRATCH/allowed && cd $SCRATCH/allowed && "

  private static func probe(_ arguments: String, then command: String = "true") throws -> Shell.Result {
    try Shell.run(
      "\(setting) sandbox-probe \(arguments) $SCRATCH/tried; status=$?; \(command); exit $status",
      in: CommandLineTests.package)
  }

  private static func lines(_ outcome: String, _ ways: [String] = ways) -> [String] {
    ways.map { "\($0): \(outcome)" }
  }

  @Test func withoutItEverythingIsDone() throws {
    let run = try Self.probe("--no-sandbox")
    #expect(run.errors == "")
    #expect(run.output.split(separator: "\n").map(String.init) == Self.lines("done"))
    #expect(run.status == 1)
  }

  #if os(Linux)
    /// The filter stands in for what an older Landlock doesn't know, or for all of it.
    private static let versions = [0, 1, 2, 3, 4, 5, 6, 7, Int(Int32.max)]

    @Test(arguments: versions) func everythingIsRefused(landlock: Int) throws {
      // Nothing is changed, whatever was answered: each file still has its content and its mode.
      let run = try Self.probe(
        "--landlock \(landlock)",
        then: "find $SCRATCH/tried -type f -size 7c -perm 600 | wc -l; find $SCRATCH/tried | wc -l")
      #expect(run.errors == "")
      let files = 2 * Self.ways.count
      #expect(
        run.output.split(separator: "\n").map(String.init) == Self.lines("refused") + [
          "\(files)", "\(files + 3)",
        ])
      #expect(run.status == 0)
    }

    @Test(arguments: versions.dropFirst(), ["$SCRATCH/allowed/report", "report"])
    func theFileThatIsAllowedIsWritten(landlock: Int, file: String) throws {
      let run = try Shell.run(
        "\(Self.setting) sandbox-probe --landlock \(landlock) --writing \(file) $SCRATCH/tried"
          + " && cat \(file)", in: CommandLineTests.package)
      #expect(run.errors == "")
      #expect(
        run.output
          == (["write the allowed file: done"] + Self.lines("refused") + ["content"])
          .joined(separator: "\n"))
      #expect(run.status == 0)
    }

    /// Which folder a file is in is Landlock's to tell: without it a run that writes at its end can write anywhere,
    /// and the filter refuses the rest.
    @Test func withoutLandlockTheFilterRefusesTheRest() throws {
      let run = try Self.probe("--landlock 0 --writing report")
      #expect(run.errors == "")
      let refused = [
        "open a socket", "run a program", "change a file's mode", "change a file's owner", "cut a file",
      ]
      let expected = Self.ways.map { "\($0): \(refused.contains($0) ? "refused" : "done")" }
      #expect(
        run.output.split(separator: "\n").map(String.init) == ["write the allowed file: done"] + expected)
    }
  #endif
}

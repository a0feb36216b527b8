import Foundation
@testable import PreflightTestSupport
import Testing

/// The sandbox denies on all threads what a malicious file could make a reader do. `sandbox-probe` tries it.
@Suite struct SandboxTests {
  private static let ways = [
    "open a socket", "send a message on another socket", "run a program", "write to a file", "make a file",
    "make a folder", "make a link",
    "rename a file", "remove a file", "change a file's mode", "change a file's owner", "cut a file",
  ]

  /// The folder of the probe's attempts and the folder that it may write to. They must differ: an allowed file is created
  /// beside the file that it replaces, so its whole folder is writable.
  private static let setting = "mkdir $SCRATCH/tried $SCRATCH/allowed && cd $SCRATCH/allowed && "

  private static func probe(_ arguments: String, then command: String = "true") throws -> Shell.Result {
    try Shell.run(
      "\(setting) sandbox-probe \(arguments) $SCRATCH/tried; status=$?; \(command); exit $status",
      in: CommandLineTests.package)
  }

  private static func lines(_ outcome: String, _ ways: [String] = ways) -> [String] {
    ways.map { "\($0): \(outcome)" }
  }

  @Test func everythingSucceedsWithoutTheSandbox() throws {
    let run = try Self.probe("--no-sandbox --closed")
    #expect(run.errors == "")
    #expect(
      run.output.split(separator: "\n").map(String.init) == Self.lines("done", Self.ways + ["read a file"]))
    #expect(run.status == 1)
  }

  #if os(Linux)
    /// The seccomp filter covers what an older Landlock, or a missing one, doesn't.
    private static let versions = [0, 1, 2, 3, 4, 5, 6, 7, Int(Int32.max)]

    @Test(arguments: versions) func everythingIsDenied(landlock: Int) throws {
      // No file's content or mode was changed, whatever the calls returned.
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

    /// A process that reads files to be fixed gets them open, and opens none.
    @Test(arguments: [0, Int(Int32.max)]) func nothingIsOpened(landlock: Int) throws {
      let run = try Self.probe("--closed --landlock \(landlock)")
      #expect(run.errors == "")
      #expect(
        run.output.split(separator: "\n").map(String.init)
          == Self.lines("refused", Self.ways + ["read a file"]))
      #expect(run.status == 0)
    }

    /// Messages are exchanged with the program that fetches, on its socket alone.
    @Test(arguments: [(0, "done"), (1, "refused")]) func messagesOnOneSocket(socket: Int, outcome: String)
      throws
    {
      let run = try Self.probe("--socket \(socket)")
      let way = "send a message on another socket"
      #expect(
        run.output.split(separator: "\n").map(String.init)
          == Self.ways.map { "\($0): \($0 == way ? outcome : "refused")" })
    }

    @Test(arguments: versions.dropFirst(), ["$SCRATCH/allowed/report", "report"])
    func allowedFileIsWritten(landlock: Int, file: String) throws {
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

    /// Only Landlock can restrict writing to a folder. Without it, a run that writes a file at its end can write anywhere;
    /// the filter denies the rest.
    @Test func filterDeniesTheRestWithoutLandlock() throws {
      let run = try Self.probe("--landlock 0 --writing report")
      #expect(run.errors == "")
      let refused = [
        "open a socket", "send a message on another socket", "run a program", "change a file's mode",
        "change a file's owner", "cut a file",
      ]
      let expected = Self.ways.map { "\($0): \(refused.contains($0) ? "refused" : "done")" }
      #expect(
        run.output.split(separator: "\n").map(String.init) == ["write the allowed file: done"] + expected)
    }
  #endif
}

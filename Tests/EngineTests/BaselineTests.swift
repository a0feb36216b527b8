import SystemPackage
import Foundation
import MediaPreflight
import PreflightReports
@testable import PreflightTestSupport
import Testing

@Suite struct BaselineTests {
  private static let entry = Baseline.Entry(
    path: FilePath("a/b.webp"), endpoint: .sticker, code: .pixelSizeNotAllowed,
    digest: ContentDigest(text: "sha256:00"))

  /// The examples of FIPS 180-4, and lengths around block boundaries with the output of `sha256sum`.
  @Test(arguments: [
    (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
    (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
    (63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
    (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
    (65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"),
    (119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"),
    (120, "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"),
    (1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func sha256(count: Int, expected: String) {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: count)
    for piece in [1_000_000, 64, 63, 7] {
      var hash = SHA256()
      var rest = bytes[...]
      while !rest.isEmpty {
        Array(rest.prefix(piece)).withUnsafeBytes { hash.update($0) }
        rest = rest.dropFirst(piece)
      }
      #expect(hash.digest().map { String(format: "%02x", $0) }.joined() == expected)
    }
  }

  /// A program without the executable keeps a baseline of its own.
  @Test func knownFindingsOfAProgramsOwnSourceAreLeftOut() throws {
    let source = MemorySource(try Fixture.bytes("pictures/cmyk.jpg"))
    let result = try engine.check(source, named: "a.jpg", as: .image)
    let first = KnownFindings(Baseline(), keptIn: ".", adoptingFor: ".", workingFolder: "/w")
    #expect(first.leavingOutKnown(of: result, readFrom: source).findings == [])
    #expect(first.adopted.entries.map(\.code) == [.colorModelNotAllowed])
    let next = KnownFindings(first.adopted, keptIn: ".", workingFolder: "/w")
    #expect(next.leavingOutKnown(of: result, readFrom: source).verdict == .accepted)
    let other = MemorySource(try Fixture.bytes("pictures/rgb.jpg"))
    #expect(next.leavingOutKnown(of: result, readFrom: other).verdict == .rejected)
  }

  @Test func namesOfAnyBytesRoundTrip() throws {
    var entries: Set<Baseline.Entry> = [Self.entry]
    for name in [
      Array("\n\"\\]]><script>%0A\u{202e}\u{2028}".utf8), [0xff, 0x0a, 0x22], [0xed, 0xa0, 0x80],
      Array(#"\xff"#.utf8), [0xff],
    ] {
      entries.insert(
        Baseline.Entry(
          path: FilePath(name), endpoint: nil, code: .mediaTypeNotAllowed,
          digest: ContentDigest(text: "sha256:01")))
    }
    let text = BaselineText.bytes(of: Baseline(entries))
    #expect(text.split(separator: 0x0a).count == entries.count + 2)
    #expect(try BaselineText.baseline(parsing: text).entries == entries)
    #expect(BaselineText.bytes(of: try BaselineText.baseline(parsing: text)) == text)
    let empty = BaselineText.bytes(of: Baseline())
    #expect(try BaselineText.baseline(parsing: empty) == Baseline())
  }

  @Test(arguments: [
    ("", "is not a preflight baseline: it is not JSON"),
    ("<<<<<<< HEAD\n{}", "is not a preflight baseline: it is not JSON"),
    ("[]", "is not a preflight baseline: it is not an object"),
    ("{}", "is not a preflight baseline: it has no 'preflightBaseline'"),
    (
      #"{"preflightBaseline":"1","known":[]}"#,
      "is not a preflight baseline: 'preflightBaseline' is of the wrong kind"
    ),
    (#"{"preflightBaseline":1}"#, "is not a preflight baseline: it has no 'known'"),
    (#"{"preflightBaseline":2,"known":[]}"#, "is a baseline of version 2, and only 1 is known"),
    (
      #"{"preflightBaseline":1,"known":[{"path":"a"}]}"#,
      "is not a preflight baseline: entry 1 is invalid"
    ),
    (
      #"{"preflightBaseline":1,"known":[{"path":"a\u0000","code":"c","digest":"d"}]}"#,
      "is not a preflight baseline: entry 1 is invalid"
    ),
    (
      #"{"preflightBaseline":1,"known":[{"path":"a","pathBytes":"6100","code":"c","digest":"d"}]}"#,
      "is not a preflight baseline: entry 1 is invalid"
    ),
    (
      #"{"preflightBaseline":1,"known":[{"path":"a","pathBytes":"f","code":"c","digest":"d"}]}"#,
      "is not a preflight baseline: entry 1 is invalid"
    ),
  ])
  func reportsErrors(text: String, reason: String) {
    #expect {
      try BaselineText.baseline(parsing: Array(text.utf8))
    } throws: { error in
      "\(error)" == reason
    }
  }

  /// A result that keeps its file open, as in a run with a baseline.
  private func checked(
    _ path: FilePath, by engine: Preflight = engine, as endpoint: Endpoint? = nil
  ) throws -> CheckResult {
    var options = CheckOptions(endpoint)
    options.keepsSource = true
    return try engine.check(.file(path), options)
  }

  /// If the file is replaced between the verdict and the digest, the digest is that of the checked file.
  @Test func digestIsThatOfTheCheckedFile() throws {
    let scratch = try ScratchFolder()
    let path = FilePath(scratch.path).appending("a.webp")
    let bytes = try Fixture.bytes("pictures/sticker-511.webp")
    try Data(bytes).write(to: URL(filePath: path.string))
    let result = try checked(path, as: .sticker)
    let other = FilePath(scratch.path).appending("b.webp")
    try Data(repeating: 0, count: bytes.count).write(to: URL(filePath: other.string))
    #expect(rename(other.string, path.string) == 0)
    let known = KnownFindings(
      Baseline(), keptIn: FilePath("/"), adoptingFor: FilePath("/"), workingFolder: FilePath("/"))
    _ = known.leavingOutKnown(of: result)
    let digest =
      "sha256:" + SHA256.digest(of: bytes).map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
    #expect(Set(known.adopted.entries.map(\.digest.text)) == [digest])
  }

  /// If the file is modified in place, it is no longer the checked file, so no baseline entry matches.
  @Test func modifiedFileHasNoDigest() throws {
    let scratch = try ScratchFolder()
    let path = FilePath(scratch.path).appending("a.webp")
    try Data(Fixture.bytes("pictures/sticker-511.webp")).write(to: URL(filePath: path.string))
    let result = try checked(path, as: .sticker)
    let file = try FileHandle(forWritingTo: URL(filePath: path.string))
    try file.write(contentsOf: Data([0]))
    try file.close()
    let known = KnownFindings(
      Baseline(), keptIn: FilePath("/"), adoptingFor: FilePath("/"), workingFolder: FilePath("/"))
    #expect(known.leavingOutKnown(of: result).findings == result.findings)
    #expect(known.adopted.entries.isEmpty)
  }

  @Test func pathsAreRelativeToTheBaseline() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "preflight-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(Fixture.bytes("pictures/sticker-511.webp")).write(to: folder.appending(path: "a.webp"))
    let root = FilePath(folder.path)
    for (name, path) in [
      (folder.path + "/a.webp", "a.webp"),
      (folder.path + "/.//../\(folder.lastPathComponent)/a.webp", "a.webp"),
      (folder.path + "/a.webp", "../\(folder.lastPathComponent)/a.webp"),
    ] {
      let known = KnownFindings(
        Baseline(), keptIn: root,
        adoptingFor: FilePath(path.hasPrefix("..") ? folder.path + "/../other" : folder.path),
        workingFolder: FilePath("/"))
      let result = known.leavingOutKnown(of: try checked(FilePath(name), as: .sticker))
      #expect(result.findings.isEmpty && result.verdict == .accepted && result.suppressed.count == 1)
      #expect(known.adopted.entries.map(\.path.display) == [path])
    }
  }

  /// A remaining warning rejects only with `--strict`.
  @Test(arguments: [false, true]) func verdictDependsOnRemainingFindings(isStrict: Bool) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "preflight-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = FilePath(folder.path + "/a.jpg")
    try Data(Fixture.bytes("pictures/cmyk.jpg") + [1, 2, 3]).write(to: folder.appending(path: "a.jpg"))
    let strict = Preflight(isStrict: isStrict)
    let whole = try checked(file, by: strict)
    #expect(whole.findings.map(\.code) == [.colorModelNotAllowed, .trailingData])
    let all = KnownFindings(
      Baseline(), keptIn: FilePath("/"), adoptingFor: FilePath("/"), workingFolder: FilePath("/"))
    #expect(all.leavingOutKnown(of: whole).verdict == .accepted)
    let errors = Baseline(all.adopted.entries.filter { $0.code == .colorModelNotAllowed })
    let known = KnownFindings(errors, keptIn: FilePath("/"), workingFolder: FilePath("/"))
    let rest = known.leavingOutKnown(of: whole)
    #expect(rest.findings.map(\.code) == [.trailingData] && rest.suppressed.count == 1)
    #expect(rest.verdict == (isStrict ? .rejected : .accepted))
    #expect(known.stale.isEmpty)
  }
}

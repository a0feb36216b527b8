import MediaPreflight
import PreflightBytes
import PreflightEncoding
import PreflightFacts
import PreflightFix
import PreflightPolicy
import PreflightProject
import PreflightReferences
import PreflightReports
import SystemPackage

/// A fuzz target. There is one for each reader in the registry, so new formats are fuzzed automatically, and one for each
/// other parser of untrusted text.
struct FuzzTarget: Sendable {
  let name: String
  let run: @Sendable ([UInt8]) -> Void

  static let all: [FuzzTarget] =
    Format.all.map { format in
      FuzzTarget(name: "\(format.reader)") { bytes in
        read(bytes, by: format)
        if let fixed = ChecksumFixer.copy(of: bytes) { read(fixed, by: format) }
      }
    } + [
      FuzzTarget(name: "Policy") { bytes in
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        // Most inputs are invalid. Only crashes count.
        _ = try? Policy(parsing: text, name: "fuzz")
      },
      FuzzTarget(name: "Configuration") { bytes in
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        var policies = PolicyLoader(workingFolder: FilePath("/nowhere"))
        _ = try? Configuration(
          parsing: text, name: "fuzz", folder: FilePath("/nowhere"), policies: &policies)
      },
      FuzzTarget(name: "IgnoreList") { bytes in
        // The last line is a path; the other lines are patterns.
        let end = bytes.lastIndex(of: 0x0a) ?? bytes.startIndex
        let folder = FilePath("/folder")
        let list = IgnoreList(parsing: Array(bytes[..<end]), source: "fuzz", folder: folder)
        let path = folder.pushing(FilePath(bytes[end...].filter { $0 != 0x0a && $0 != 0 }))
        _ = list.lastMatch(GlobPath(path, isFolder: bytes.count % 2 == 0))
      },
      FuzzTarget(name: "Request") { bytes in
        // The first byte selects the endpoint and the report, because rendering all reports takes ten milliseconds. The lines
        // are the fields.
        let (reports, endpoints) = (ReportFormat.all, engine.policy.endpointNames)
        let choice = Int(bytes.first ?? 0)
        let endpoint = endpoints[choice % endpoints.count]
        let fields = bytes.dropFirst().split(separator: 0x0a, omittingEmptySubsequences: false)
          .map { String(decoding: $0, as: UTF8.self) }
        let field = { (index: Int) in index < fields.count && !fields[index].isEmpty ? fields[index] : nil }
        let request = MessageRequest(
          to: field(0), mediaURL: field(1), mediaID: field(2), caption: field(3), filename: field(4),
          phoneNumberID: field(5))
        show(engine.check(request, as: endpoint), in: reports[choice / endpoints.count % reports.count])
      },
      FuzzTarget(name: "URL") { bytes in
        // A reference, and what a server sends in place of the file.
        _ = AnswerText(bytes)
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        _ = Reference(bytes.filter { $0 != 0 }).fileName
        _ = engine.policy.findings(forURL: text, allowsPrivateHosts: false)
      },
      FuzzTarget(name: "Hook") { bytes in
        // A line for the hook. Lines that name a file are skipped, so that no file is read.
        guard !bytes.contains(0x0a), !String(decoding: bytes, as: UTF8.self).contains("file") else { return }
        _ = try? hook.answer(bytes, number: 1)
      },
      FuzzTarget(name: "Rewrite") { bytes in
        // The first byte selects the step; the rest is the file.
        guard let choice = bytes.first else { return }
        rewrite(Array(bytes.dropFirst()), by: steps[Int(choice) % steps.count])
      },
      FuzzTarget(name: "Image") { bytes in
        // What preflight-encode decodes. The first byte says whether it is the frames of a video.
        guard let choice = bytes.first,
          let file = try? ImageFile(Array(bytes.dropFirst()), frameRate: choice % 8 == 7 ? 15 : nil)
        else { return }
        var count = 0
        try? file.forEachFrame { frame throws(EncodingError) in
          count += 1
          if count == 20 || frame.image.pixels.count > 1 << 18 { throw EncodingError("enough") }
        }
      },
    ]

  private static let engine = Preflight()
  private static let hook = Hook(engine)

  private static let steps: [FixStep] =
    [
      .fastStart, .changeBrand(isAudio: false), .removeLocation,
      .setFrameDurations(minimum: 8, maximum: 10_000), .keepOnlyFrame, .keepDefaultImage, .setTagLength,
    ] + [.mp4Video, .mp4Audio, .ogg, .adts, .mp3, .amr].map { .repack($0) }

  /// Rewrites a file, and checks that what was made is all there, and isn't larger than its tables can make it.
  private static func rewrite(_ bytes: [UInt8], by step: FixStep) {
    let source = MemorySource(bytes)
    guard let splice = try? step.splice(of: source) else { return }
    precondition(splice.byteCount <= 64 * UInt64(bytes.count) + 4096, "\(splice.byteCount) bytes were made")
    guard let made = try? SplicedSource(splice, of: source), splice.byteCount < 1 << 22 else { return }
    let contents = try? made.contents(upTo: 1 << 22)
    precondition(contents?.count == Int(splice.byteCount), "what was made can't be read")
  }

  /// Reads the bytes with one reader and checks the guarantees of all readers.
  private static func read(_ bytes: [UInt8], by format: Format) {
    var window = ByteWindow(MemorySource(bytes))
    var reading = Reading(sniffedType: "text/plain")
    do {
      let signs = OpeningSigns(try window.available(at: 0, upTo: Limits.Hidden.openingEnd))
      try format.reader.read(&window, into: &reading)
      if reading.mediaType != nil { try reading.noteOtherFormats(signs, in: format, &window) }
      if reading.mediaType != nil, reading.faults.isEmpty {
        try format.reader.decode(&window, into: &reading)
      }
    } catch {
      // Readers throw `endOfData` and similar errors for truncated files. A memory source never fails.
      if case .source = error.reason { preconditionFailure("a source in memory failed") }
    }
    // The number of bytes read is proportional to the file's size, whatever the file claims.
    precondition(
      window.bytesRead <= 64 * UInt64(bytes.count) + 1 << 20, "\(window.bytesRead) bytes were read")
    for fault in reading.faults {
      precondition(fault.offset ?? 0 <= UInt64(bytes.count), "a fault is past the end of the file: \(fault)")
    }
    for part in reading.unchecked { precondition(part.offset ?? 0 <= UInt64(bytes.count), "\(part)") }
    if let offset = reading.trailingDataOffset { precondition(offset <= UInt64(bytes.count)) }
    for content in reading.hidden { precondition(content.offset ?? 0 <= UInt64(bytes.count), "\(content)") }
    if let offset = reading.locationMetadataOffset { precondition(offset <= UInt64(bytes.count)) }
  }

  /// Renders a result with a report.
  private static func show(_ result: CheckResult, in format: ReportFormat) {
    var report = format.make(ReportContext(policy: "fuzz", version: "0"))
    var summary = Summary()
    summary.count(result)
    var output: [UInt8] = []
    report.add(result, to: &output)
    report.finish(summary, to: &output)
  }
}

import MediaPreflight
import PreflightBytes
import PreflightFacts
import PreflightPolicy
import PreflightProject
import PreflightReports
import SystemPackage

/// What is given bytes by the fuzzer: each reader of the registry by its name, so that a new format is fuzzed
/// as soon as it is registered, and the other places where text from outside is read.
struct FuzzTarget: Sendable {
  let name: String
  let run: @Sendable ([UInt8]) -> Void

  static let all: [FuzzTarget] =
    Format.all.map { format in
      FuzzTarget(name: "\(format.reader)") { bytes in
        read(bytes, by: format)
        if let mended = Mended.copy(of: bytes) { read(mended, by: format) }
      }
    } + [
      FuzzTarget(name: "Policy") { bytes in
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        // Mistakes are what most inputs have; only a crash is a finding here.
        _ = try? Policy(parsing: text, name: "fuzz")
      },
      FuzzTarget(name: "Configuration") { bytes in
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        var policies = PolicyLoader(workingFolder: FilePath("/nowhere"))
        _ = try? Configuration(
          parsing: text, name: "fuzz", folder: FilePath("/nowhere"), policies: &policies)
      },
      FuzzTarget(name: "IgnoreList") { bytes in
        // The last line is a path, the others are patterns.
        let end = bytes.lastIndex(of: 0x0a) ?? bytes.startIndex
        let folder = FilePath("/folder")
        let list = IgnoreList(parsing: Array(bytes[..<end]), source: "fuzz", folder: folder)
        let path = folder.pushing(FilePath(bytes[end...].filter { $0 != 0x0a && $0 != 0 }))
        _ = list.lastMatch(GlobPath(path, isFolder: bytes.count % 2 == 0))
      },
      FuzzTarget(name: "Request") { bytes in
        // The first byte says where the message goes and which report shows it, since all of them at once take
        // ten milliseconds; the lines are its fields.
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
      FuzzTarget(name: "Hook") { bytes in
        // A line of the hook's; one that names a file is left alone, so that no file is read.
        guard !bytes.contains(0x0a), !String(decoding: bytes, as: UTF8.self).contains("file") else { return }
        _ = try? hook.answer(bytes, number: 1)
      },
    ]

  private static let engine = Preflight()
  private static let hook = Hook(engine)

  /// Has one reader read the bytes, and holds it to what every reader promises.
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
      // `endOfData` and its like are a reader's way to say that a file is cut; a source in memory never fails.
      if case .source = error.reason { preconditionFailure("a source in memory failed") }
    }
    // Whatever a file claims, what is read of it is in proportion to its own size.
    precondition(
      window.bytesRead <= 64 * UInt64(bytes.count) + 1 << 20, "\(window.bytesRead) bytes were read")
    for fault in reading.faults {
      precondition(fault.offset ?? 0 <= UInt64(bytes.count), "a fault lies behind the file's end: \(fault)")
    }
    for part in reading.unchecked { precondition(part.offset ?? 0 <= UInt64(bytes.count), "\(part)") }
    if let offset = reading.trailingDataOffset { precondition(offset <= UInt64(bytes.count)) }
    for content in reading.hidden { precondition(content.offset ?? 0 <= UInt64(bytes.count), "\(content)") }
    if let offset = reading.locationMetadataOffset { precondition(offset <= UInt64(bytes.count)) }
  }

  /// Has a report show a result.
  private static func show(_ result: CheckResult, in format: ReportFormat) {
    var report = format.make(ReportContext(policy: "fuzz", version: "0"))
    var summary = Summary()
    summary.count(result)
    var output: [UInt8] = []
    report.add(result, to: &output)
    report.finish(summary, to: &output)
  }
}

internal import MediaPreflight
internal import PreflightBytes
internal import PreflightFacts
internal import PreflightFormats
internal import PreflightPolicy

/// Encodes what can't be fixed without: once, and again only if the result was too large.
struct Encoder {
  private static let attempts = 3

  var search: Fixer.Search
  let programs: any FixPrograms
  let isDryRun: Bool
  let isStrict: Bool
  /// Whether nobody asked for an endpoint.
  let choosesEndpoint: Bool

  /// Encodes a file, or says in the result why it can't be.
  mutating func encode(_ start: Fixer.Search.Made, into result: inout FixResult) throws {
    // What is damaged isn't made whole by encoding what is left of it.
    if let damage = result.original.findings.first(where: { $0.code == .damagedFile }) {
      result.reason = damage.message
      return
    }
    if try isCut(start.source) {
      result.reason = "The file is shorter than its header says: its end is missing."
      return
    }
    do {
      let requirements = Requirements(search.target, in: search.engine.policy)
      if var encoding = try ImageEncoding(of: result.original, for: search.target, requirements) {
        try encoding.chooseFrames { format throws(FixError) in
          try FFmpeg.Probe(parsing: programs.probe(format: format))
        }
        try draw(encoding, into: &result)
      } else if let container = FFmpeg.container(of: result.original),
        let format = FFmpeg.format(ofContainer: container)
      {
        try encode(format: format, container: container, into: &result)
      }
    } catch let error as FixError {
      result.reason = Self.sentence(error.description)
    } catch let error as RewriteError {
      result.reason = Self.sentence(error.description)
    } catch let error as ByteSourceError {
      result.reason = Self.sentence("what was made can't be read: \(error)")
    }
  }

  // MARK: Images

  private func draw(_ encoding: ImageEncoding, into result: inout FixResult) throws {
    // Whether an image becomes a JPEG or a PNG shows only when it is made, which takes no longer than reading it.
    if isDryRun, encoding.isSticker {
      result.steps = [.draw(encoding)]
      result.reason = nil
      return
    }
    let source = try programs.draw(encoding)
    let checked = try search.engine.judge(source, as: nil, search.options)
    guard checked.verdict == .accepted else {
      result.reason = checked.findings.first?.message
      return
    }
    result.take(Fixer.Search.Made(source: source, result: checked, steps: [.draw(encoding)]))
  }

  // MARK: Audio and video

  private mutating func encode(format: String, container: String, into result: inout FixResult) throws {
    let probe = try FFmpeg.Probe(parsing: programs.probe(format: format))
    chooseEndpoint(probe, result.original)
    var plan = EncodingPlan(probe, container: container, for: search.target, isStrict: isStrict)
    for _ in 0..<Self.attempts {
      let encoding = try plan.encoding()
      if isDryRun {
        result.steps = [.encode(encoding)]
        result.reason = nil
        return
      }
      let made = try make(encoding, format, probe)
      let isTooLarge = Self.isTooLarge(made)
      if isTooLarge, let size = made.result.byteCount { plan.shrink(encoding, of: size) }
      if made.result.verdict == .accepted {
        result.take(made)
        // Encoded a little smaller, it passes without a warning. A copy would lose more than that is worth.
        if isTooLarge, !encoding.copiesMost, let smaller = try? make(plan.encoding(), format, probe),
          smaller.result.verdict == .accepted
        {
          result.take(smaller)
        }
        return
      }
      var rest = search
      if let found = try rest.run(from: made, rounds: 2) { return result.take(found) }
      result.reason = made.result.findings.first?.message
      if !isTooLarge { return }
    }
  }

  /// A file in a container for video may have audio alone, which only ffmpeg sees in some: it goes where audio does.
  private mutating func chooseEndpoint(_ probe: FFmpeg.Probe, _ original: CheckResult) {
    guard choosesEndpoint, probe.stream("video") == nil, let audio = probe.stream("audio") else { return }
    var facts = original.facts
    facts.videoStreams = []
    facts.audioStreams = [AudioStream(codec: audio.codec_name ?? "unknown")]
    let policy = search.engine.policy
    guard let target = policy.endpointToFix(original.mediaType, facts, at: nil) else { return }
    search = Fixer.Search(search, for: target)
  }

  private static func isTooLarge(_ made: Fixer.Search.Made) -> Bool {
    made.result.findings.contains { [.fileTooLarge, .nearSizeLimit].contains($0.code) }
  }

  /// Whether a file in RIFF (WAV, AVI) or IFF (AIFF) is shorter than it declares. ffmpeg takes what is there for the
  /// whole.
  private func isCut(_ source: any ByteSource) throws -> Bool {
    var window = ByteWindow(source)
    guard let head = try? window.bytes(at: 0, count: 8) else { return false }
    let size = head[4..<8]
    let declared: UInt64
    switch String(decoding: head[0..<4], as: UTF8.self) {
    case "RIFF": declared = size.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    case "FORM": declared = size.reduce(0) { $0 << 8 | UInt64($1) }
    default: return false
    }
    // Programs that write to a pipe don't know the size.
    if declared >= 0x7fff_0000 { return false }
    return declared + 8 > source.byteCount + 1
  }

  /// Encodes, and checks what was made.
  private func make(
    _ encoding: Encoding, _ format: String, _ probe: FFmpeg.Probe
  ) throws -> Fixer.Search.Made {
    let source = try programs.encode(encoding, format: format, duration: probe.duration)
    let checked = try search.engine.judge(source, as: nil, search.options)
    // A program that meets damage it can't read past ends early, and says that all is well.
    if let duration = probe.duration, let made = checked.facts.durationMilliseconds,
      made < duration * 970 - 1000
    {
      let seconds = [made / 1000, duration].map { ($0 * 10).rounded(.down) / 10 }
      throw RewriteError("only \(seconds[0]) of \(seconds[1]) seconds could be decoded")
    }
    return Fixer.Search.Made(source: source, result: checked, steps: [.encode(encoding)])
  }

  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
  }
}

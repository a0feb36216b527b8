public import MediaPreflight
internal import PreflightFacts
internal import PreflightFormats
internal import PreflightPolicy

/// Whether a rejected file can be fixed, by its check alone: no byte is read, and no program is run.
///
/// What it says is what ``Fixer`` then does, but for what only the bytes show.
public struct FixOutlook: Sendable {
  /// What would be done, as far as it is known, without commands; nil if the file can't be fixed, or isn't rejected.
  public let steps: [FixNote.Step]?
  /// The extension of what would be made, without the dot; nil if it is that of the file, or nothing would be made.
  public let fileExtension: String?
  /// Whether the findings that have a command of `preflight fix` would be removed by it.
  fileprivate let keepsCommands: Bool

  /// - Parameters:
  ///   - result: The check of the file.
  ///   - engine: What checked it.
  public init(_ result: CheckResult, with engine: Preflight) {
    let hasStreams = result.facts.videoStreams != nil || result.facts.audioStreams != nil
    // The commands of an accepted file's warnings have `--strict`.
    let isStrict = engine.isStrict || result.verdict == .accepted
    let problems = result.findings.filter { $0.rejects(isStrict: isStrict) }
    // One that only a person can do something about stays whatever else is done.
    let fixable = problems.filter { $0.fixCommand != nil }
    let removing = Self.steps(removing: fixable, from: result, engine, isStrict: isStrict)
    keepsCommands = fixable.isEmpty || removing != nil
    let planned = fixable.count == problems.count && result.verdict == .rejected ? removing : nil
    fileExtension = planned?.last?.outputExtension
    steps = planned?.map { step in
      var summary = step.summary
      // Which streams fit and are copied isn't known.
      if !hasStreams, case .encode(let encoding) = step {
        summary = encoding.product(of: result.mediaType?.family)
      }
      return FixNote.Step(action: step.action, summary: summary, lossless: step.isLossless, command: nil)
    }
  }

  private static func steps(
    removing problems: [Finding], from result: CheckResult, _ engine: Preflight, isStrict: Bool
  ) -> [FixStep]? {
    guard !problems.isEmpty,
      let target = engine.policy.endpointToFix(result.mediaType, result.facts, at: result.endpoint)
    else { return nil }
    let plan = FixPlan(result, problems: problems, for: target, in: engine.policy)
    if plan.obstacle != nil { return nil }
    let codes = Set(problems.map(\.code))
    let removed = problems.filter { $0.fix?.keeps != nil }.map(\.code)
    let way = plan.ways.first { way in
      way.allSatisfy { $0.suits(result.facts) }
        && codes.isSubset(of: way.reduce(into: [.extensionMismatch]) { $0.formUnion($1.remedied(removed)) })
    }
    if let way { return way }
    // What is damaged isn't encoded.
    if codes.contains(.damagedFile) { return nil }
    let requirements = Requirements(target, in: engine.policy)
    do throws(FixError) {
      if let encoding = try ImageEncoding(of: result, for: target, requirements) { return [.draw(encoding)] }
    } catch { return nil }
    guard let container = FFmpeg.container(of: result), FFmpeg.format(ofContainer: container) != nil
    else { return nil }
    let probe = FFmpeg.Probe(result)
    let encoding = EncodingPlan(probe, container: container, for: target, isStrict: isStrict)
    return (try? encoding.encoding()).map { [.encode($0)] }
  }
}

extension FixStep {
  /// Whether the step can be done to a file with these streams, as far as they tell.
  fileprivate func suits(_ facts: Facts) -> Bool {
    let video = facts.videoStreams?.first
    let audio = facts.audioStreams?.first
    func isPlain(hasVideo: Bool) -> Bool {
      let isVideoPlain = video.map { $0.codec == "h264" && ($0.bitDepth ?? 8) == 8 } ?? !hasVideo
      return isVideoPlain && (audio.map { $0.codec == "aac" } ?? hasVideo)
    }
    switch self {
    case .repack(.mp4Video): return isPlain(hasVideo: true)
    case .changeBrand(let isAudio): return isPlain(hasVideo: !isAudio)
    case .repack(.mp4Audio), .repack(.adts): return audio?.codec == "aac"
    case .repack(.ogg): return audio?.codec == "opus" && (audio?.channels ?? 1) == 1
    case .repack(.mp3): return audio?.codec == "mp3"
    case .repack(.amr): return audio?.codec == "amr_nb"
    default: return true
    }
  }

  /// The findings that the step removes.
  ///
  /// - Parameter cut: Those that are about what is cut off.
  fileprivate func remedied(_ cut: [FindingCode]) -> [FindingCode] {
    switch self {
    case .rename, .encode, .draw: []
    case .keep: cut
    case .fastStart: [.notFastStart]
    case .changeBrand: [.mediaTypeNotAllowed]
    case .repack: [.damagedFile] + FixPlan.aboutContainer
    case .setTagLength: [.damagedFile]
    case .removeLocation: [.locationMetadata]
    case .setFrameDurations: [.frameTooShort, .animationTooLong]
    case .keepOnlyFrame: [.singleFrameAnimation]
    case .keepDefaultImage: [.animatedImage]
    }
  }
}

extension CheckResult {
  /// Adds what `preflight fix` would do with a rejected file, and takes its command from findings that it wouldn't remove.
  ///
  /// - Parameter engine: What checked it.
  package mutating func planFix(with engine: Preflight) {
    let outlook = FixOutlook(self, with: engine)
    plannedFix = outlook.steps
    plannedExtension = outlook.fileExtension
    if !outlook.keepsCommands { removeFixCommands() }
  }
}

extension Encoding {
  /// What is made of a file of a family whose streams aren't known, in words.
  fileprivate func product(of family: MediaType.Family?) -> String {
    if video != nil {
      return audio == nil
        ? "Make an MP4 with H.264 video" : "Make an MP4 with H.264 video, and AAC audio if it has any"
    }
    if family == .video {
      return target == .ogg
        ? "Make an Ogg file with its audio as Opus, if it has any"
        : "Make an MP4 with its audio as AAC, if it has any"
    }
    return target == .ogg
      ? "Make an Ogg file with Opus audio"
      : "Make an MP4 with AAC audio, or an Ogg file with Opus if it is mono"
  }
}

extension FFmpeg.Probe {
  /// What ffprobe would say about a file, from what its check says.
  fileprivate init(_ result: CheckResult) {
    let facts = result.facts
    let seconds = facts.durationMilliseconds.map { $0 / 1000 }.flatMap { $0 > 0 ? $0 : nil }
    let whole = seconds.flatMap { seconds in result.byteCount.map { Double($0) * 8 / seconds } }
    var videos = facts.videoStreams ?? []
    var audios = facts.audioStreams ?? []
    if videos.isEmpty, audios.isEmpty {
      // What the file has isn't known, so it is what such files have.
      if result.mediaType?.family != .audio { videos = [VideoStream(codec: "unknown")] }
      if result.mediaType != .gif { audios = [AudioStream(codec: "unknown")] }
    }
    var streams = videos.map { stream in
      Stream(
        index: 0, codec_type: "video", codec_name: stream.codec, profile: stream.profile,
        pix_fmt: (stream.bitDepth ?? 8) == 8 && (stream.chroma ?? "4:2:0") == "4:2:0" ? "yuv420p" : nil,
        // Without a size, a usual one.
        width: stream.width ?? facts.width ?? 640, height: stream.height ?? facts.height ?? 480,
        has_b_frames: stream.bFrames == true ? 1 : 0,
        avg_frame_rate: stream.frameRate.map { "\($0)/1" }, channels: nil,
        bit_rate: whole.map { "\($0)" }, disposition: nil)
    }
    streams += audios.map { stream in
      Stream(
        index: 1, codec_type: "audio", codec_name: stream.codec, profile: stream.profile, pix_fmt: nil,
        width: nil, height: nil, has_b_frames: nil, avg_frame_rate: nil, channels: stream.channels,
        bit_rate: stream.bitRate.map { "\($0)" } ?? (videos.isEmpty ? whole.map { "\($0)" } : nil),
        disposition: nil)
    }
    self.init(streams: streams, format: Format(duration: seconds.map { "\($0)" }))
  }
}

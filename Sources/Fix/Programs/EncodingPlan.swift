internal import MediaPreflight
internal import PreflightFacts
internal import PreflightFormats
internal import PreflightPolicy

/// Chooses what is encoded, and how: once, with a bit rate that fits the endpoint's limit.
struct EncodingPlan {
  let probe: FFmpeg.Probe
  let endpoint: EndpointPolicy

  /// How much smaller than computed the result has to be, because an earlier one was too large.
  private var scale = 1.0
  /// Whether a stream that seems to fit may stay as it is. Some containers don't say how large their streams are.
  private var mayCopy = true
  private let container: String
  private let isStrict: Bool

  /// The room that containers and the encoder's deviations take.
  private static let margin = 0.94

  /// What voice notes have everywhere, and what is still clear, in bits a second.
  private static let (voiceRate, leastVoiceRate) = (48_000.0, 16_000.0)

  /// What AAC needs, in bits a second.
  private static let leastAACRate = 24_000.0

  /// The most pixels of a side.
  private static let longestSide = 1920.0

  /// Pictures a second that are enough for a GIF, which counts in hundredths of a second.
  private static let mostOfGIF = 50.0

  /// The highest frame rate at which phones film.
  private static let mostOfCamera = 240.0

  init(_ probe: FFmpeg.Probe, container: String, for endpoint: EndpointPolicy, isStrict: Bool) {
    self.probe = probe
    self.container = container
    self.endpoint = endpoint
    self.isStrict = isStrict
  }

  /// - Throws: ``RewriteError`` with the reason why nothing would be accepted.
  func encoding() throws(RewriteError) -> Encoding {
    let video = probe.stream("video")
    if let video, endpoint.accepts(.mpeg4Video) { return try ofVideo(video) }
    guard let audio = probe.stream("audio") else { throw RewriteError("it has no audio") }
    guard endpoint.accepts(.mpeg4Audio) || endpoint.accepts(.oggAudio) else {
      throw RewriteError(
        endpoint.accepts(.mpeg4Video)
          ? "it has no video" : "the endpoint accepts no audio that can be made")
    }
    return try ofAudio(audio)
  }

  /// Plans something smaller than what was made.
  ///
  /// - Parameter size: How many bytes an encoding made.
  mutating func shrink(_ encoding: Encoding, of size: UInt64) {
    // How large a copy is says nothing about what an encoder makes.
    if encoding.copiesMost {
      mayCopy = false
    } else if let limit = byteLimit(of: encoding.target.mediaType) {
      scale *= min(0.9, 0.97 * limit / Double(size))
    }
  }

  private func byteLimit(of mediaType: MediaType) -> Double? {
    endpoint.largestSize(where: ["mediaType": .text(mediaType.rawValue)]).map { Double($0) }
  }

  /// The bits a second that all streams may have together.
  private func bitBudget(of mediaType: MediaType) -> Double {
    guard let byteLimit = byteLimit(of: mediaType) else { return 1e8 }
    guard let duration = probe.duration else { return 2e6 * scale }
    return byteLimit * 8 * Self.margin * scale / max(1, duration)
  }

  // MARK: Audio

  private func ofAudio(_ audio: FFmpeg.Probe.Stream) throws(RewriteError) -> Encoding {
    let takesAAC = endpoint.accepts(.mpeg4Audio)
    let budget = bitBudget(of: takesAAC ? .mpeg4Audio : .oggAudio)
    if audio.codec_name == "aac", takesAAC, mayCopy, fits(audio, in: budget) {
      return Encoding(target: .mp4Audio, video: nil, audio: .copy(stream: audio.index))
    }
    // Speech is mono, and comes from codecs for speech; music keeps its two channels.
    let isSpeech =
      audio.channels == 1 || ["opus", "speex", "amr_nb", "amr_wb", "gsm"].contains(audio.codec_name)
    // What is too long for two channels may fit with one.
    let isTooLongForAAC = budget < Self.leastAACRate
    if endpoint.accepts(.oggAudio), isSpeech || !takesAAC || isTooLongForAAC {
      // Up to 512 KB, a voice note is shown as one.
      let voiceLimit = 512.0 * 1024 * 8 * Self.margin / max(1, probe.duration ?? 60)
      let fits = voiceLimit >= Self.leastVoiceRate || isStrict
      let budget = bitBudget(of: .oggAudio)
      let bitRate = min((fits ? min(Self.voiceRate, voiceLimit) : Self.voiceRate) * scale, budget)
      guard bitRate >= 6000 else { throw tooLong }
      return Encoding(target: .ogg, video: nil, audio: .opus(stream: audio.index, bitRate: Int(bitRate)))
    }
    return Encoding(target: .mp4Audio, video: nil, audio: try aac(audio, budget: budget))
  }

  private func aac(_ audio: FFmpeg.Probe.Stream, budget: Double) throws(RewriteError) -> Encoding.Audio {
    let channels = min(2, max(1, audio.channels ?? 2))
    let bitRate = min(channels == 1 ? 80_000 : 128_000, budget)
    guard bitRate >= Self.leastAACRate else { throw tooLong }
    return .aac(stream: audio.index, bitRate: Int(bitRate), channels: channels)
  }

  private func fits(_ stream: FFmpeg.Probe.Stream, in budget: Double) -> Bool {
    // Without a rate of its own, the result's size will tell.
    (stream.bit_rate.flatMap(Double.init) ?? 0) <= budget
  }

  private var tooLong: RewriteError {
    RewriteError("it is too long to fit the size limit at a quality worth sending")
  }

  // MARK: Video

  private func ofVideo(_ video: FFmpeg.Probe.Stream) throws(RewriteError) -> Encoding {
    let budget = bitBudget(of: .mpeg4Video)
    var rest = budget
    var audio: Encoding.Audio?
    if let own = probe.stream("audio") {
      // A large part of a small budget is for the picture.
      if own.codec_name == "aac", own.profile != "LATM", fits(own, in: max(64_000, budget / 4)) {
        audio = .copy(stream: own.index)
        rest -= own.bit_rate.flatMap(Double.init) ?? 128_000
      } else {
        let made = try aac(own, budget: max(Self.leastAACRate, budget / 5))
        if case .aac(_, let bitRate, _) = made { rest -= Double(bitRate) }
        audio = made
      }
    }
    guard let width = video.width, let height = video.height, width > 1, height > 1 else {
      throw RewriteError("its picture has no size")
    }
    if canCopy(video, budget: rest) {
      return Encoding(target: .mp4Video, video: .copy(stream: video.index), audio: audio)
    }
    // The encoder's buffer is spent beside the rate, which a short video would notice.
    if let duration = probe.duration { rest *= duration / (duration + Encoding.bufferSeconds) }
    let frameRate = video.frameRate ?? 30
    // At fewer bits for a pixel, a smaller picture looks better than a full one.
    let shown = min(frameRate, 60)
    let pixels = rest / shown / 0.04
    let (shorter, longer) = (Double(min(width, height)), Double(max(width, height)))
    let most = min(1, Self.longestSide / longer)
    let factor = min(most, (pixels / (shorter * longer)).squareRoot())
    guard rest >= 40_000, factor * shorter >= min(96, most * shorter / 2) else { throw tooLong }
    let permille = factor < 1 ? Int(factor * 1000) : nil
    guard min(width, height) * (permille ?? 1000) >= 2000 else {
      throw RewriteError("its picture is too narrow: \(width) × \(height) pixels can't be made smaller")
    }
    return Encoding(
      target: .mp4Video,
      video: .h264(
        Encoding.H264(
          stream: video.index, bitRate: Int(min(rest, Double(Encoding.unlimited))), permille: permille,
          timing: timing(of: video), deinterlaces: video.isInterlaced,
          range: video.highDynamicRange)),
      audio: audio)
  }

  private func timing(of video: FFmpeg.Probe.Stream) -> Encoding.Timing {
    if container == "gif", let rate = video.exactRate {
      return rate.value > Self.mostOfGIF
        ? .rate(pictures: Int(Self.mostOfGIF), seconds: 1)
        : .rate(pictures: rate.numerator, seconds: rate.denominator)
    }
    // A rate that no camera has is that of the clock, and H.264 of that rate is for no phone's decoder.
    let isClock = (video.exactRate?.value ?? 0) > Self.mostOfCamera
    if (video.frameRate ?? 30) > 61 || isClock { return .rate(pictures: 60, seconds: 1) }
    return video.hasVariableRate ? .variable : .constant
  }

  /// Whether the packets of a video are what the endpoint accepts.
  private func canCopy(_ video: FFmpeg.Probe.Stream, budget: Double) -> Bool {
    guard video.codec_name == "h264", mayCopy, ["yuv420p", "yuvj420p"].contains(video.pix_fmt ?? "") else {
      return false
    }
    let reorders = (video.has_b_frames ?? 0) > 0
    // AVI doesn't say when pictures are shown.
    if reorders, container == "avi" || container == "h264" { return false }
    if isStrict, reorders, video.profile == "High" { return false }
    return fits(video, in: budget)
  }
}

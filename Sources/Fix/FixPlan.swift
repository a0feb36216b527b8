internal import MediaPreflight
internal import PreflightBytes
internal import PreflightFacts
internal import PreflightFormats
internal import PreflightPolicy

/// The ways in which a file could be fixed, from all its findings at once.
///
/// A way is a list of steps. The first one whose result is accepted is taken, so they are sorted: the fewest steps first,
/// and what loses nothing before what does.
struct FixPlan {
  /// Where the file goes.
  let endpoint: EndpointPolicy
  /// The ways to try.
  private(set) var ways: [[FixStep]] = []
  /// Why there is none; nil if there is one to try.
  private(set) var obstacle: String?

  private let result: CheckResult
  private let codes: Set<FindingCode>

  /// - Parameters:
  ///   - result: The check of the file.
  ///   - problems: The findings that reject it.
  init(_ result: CheckResult, problems: [Finding], for endpoint: EndpointPolicy, in policy: Policy) {
    self.result = result
    self.endpoint = endpoint
    codes = Set(problems.map(\.code))
    if let hopeless = problems.first(where: { Self.hopeless.contains($0.code) }) {
      obstacle = hopeless.message
      return
    }
    if result.facts.encrypted == true, result.facts.container != nil {
      obstacle = "It is protected (encrypted): only players with the key can play it."
      return
    }
    let cut = Self.cut(problems, byteCount: result.byteCount ?? 0)
    let place: [FixStep] = codes.contains(.locationMetadata) ? [.removeLocation] : []
    for way in own(Requirements(endpoint, in: policy)) {
      let steps = cut + way + place
      if !steps.isEmpty { ways.append(steps) }
    }
    if ways.isEmpty, codes == [.extensionMismatch] { ways = [[.rename]] }
  }

  /// What can't be undone: bytes are missing, or nobody knows which are right.
  private static let hopeless: Set<FindingCode> = [
    .emptyFile, .unreadable, .mangledFile, .noMediaData, .possiblyTruncated, .encryptedDocument,
    .macroEnabledDocument, .activeContent,
  ]

  /// Cuts off what stands before and after the format.
  private static func cut(_ problems: [Finding], byteCount: UInt64) -> [FixStep] {
    var range: Range<UInt64> = 0..<byteCount
    for problem in problems {
      if let kept = problem.fix?.keeps { range = range.clamped(to: kept) }
    }
    return range == 0..<byteCount ? [] : [.keep(range)]
  }

  // MARK: By type

  /// The ways for the file's own type; one without steps if nothing of it has to change.
  private func own(_ requirements: Requirements) -> [[FixStep]] {
    switch result.facts.container {
    case "mp4", "mov", "3gp", "3g2": return ofISOBaseMedia
    case "webm", "matroska", "adts": return repacked
    // A page that is missing can't be made up, but positions can be counted again.
    case "ogg": return codes.contains(.damagedFile) ? [[.repack(.ogg)]] : [[]]
    default: break
    }
    switch result.mediaType {
    case .mpegAudio where codes.contains(.damagedFile): return [[.setTagLength]]
    case .webP: return [ofWebP(requirements)]
    case .png where codes.contains(.animatedImage): return [[.keepDefaultImage]]
    default: return [[]]
    }
  }

  private func ofWebP(_ requirements: Requirements) -> [FixStep] {
    if codes.contains(.singleFrameAnimation) { return [.keepOnlyFrame] }
    guard !codes.isDisjoint(with: [.frameTooShort, .animationTooLong]) else { return [] }
    let minimum = UInt32(clamping: requirements.minimumFrameDuration ?? 0)
    let maximum = requirements.maximumDuration.map { UInt32(clamping: $0) }
    // What is only too short needn't become shorter.
    return [.setFrameDurations(minimum: minimum, maximum: codes.contains(.animationTooLong) ? maximum : nil)]
  }

  /// What moves the packets of a file, and not what they hold.
  static let aboutContainer: Set<FindingCode> = [
    .mediaTypeNotAllowed, .tooManyAudioStreams, .tooManyVideoStreams, .fragmentedFile, .audioCodecNotAllowed,
    .notFastStart,
  ]

  private var ofISOBaseMedia: [[FixStep]] {
    if codes.isDisjoint(with: Self.aboutContainer) { return [[]] }
    if codes.isDisjoint(with: Self.aboutContainer.subtracting([.notFastStart])) { return [[.fastStart]] }
    var ways: [[FixStep]] = []
    let hasVideo = result.facts.videoStreams?.isEmpty == false
    let isPlain = result.facts.fragmented != true && (result.facts.audioStreams?.count ?? 0) <= 1
    // 3GPP with what MP4 has: only the brand is another. QuickTime's boxes differ in more.
    if codes.contains(.mediaTypeNotAllowed), isPlain, ["3gp", "3g2", "mp4"].contains(result.facts.container),
      endpoint.accepts(hasVideo ? .mpeg4Video : .mpeg4Audio)
    {
      ways.append([.changeBrand(isAudio: !hasVideo)])
    }
    return ways + repacked
  }

  /// A way for each container that the endpoint accepts.
  private var repacked: [[FixStep]] {
    let containers: [MediaContainer] = [.mp4Video, .mp4Audio, .ogg, .mp3, .amr, .adts]
    let accepted = containers.filter { endpoint.accepts($0.mediaType) }.map { [FixStep.repack($0)] }
    return accepted.isEmpty ? [[]] : accepted
  }
}

extension EndpointPolicy {
  /// The largest size that passes without a warning; nil if there is no limit.
  ///
  /// - Parameter facts: What is known of the file. A cap that asks for something else, such as the way a file is sent, is
  ///   left out.
  func largestSize(where facts: [String: Condition.Scalar]) -> UInt64? {
    let own = caps.filter { cap in
      cap.when.allSatisfy { condition in
        guard let fact = facts[condition.key], case .oneOf(let values) = condition.test else { return false }
        return values.contains(fact)
      }
    }
    return own.map(\.size.safe).min()
  }
}

/// What an endpoint's rules require, as far as a step has to know the number.
struct Requirements {
  private var width: Int?
  private var height: Int?
  /// Whether an animation isn't accepted.
  private(set) var isStill = false
  /// In milliseconds.
  private(set) var minimumFrameDuration: Int?
  /// In milliseconds.
  private(set) var maximumDuration: Int?

  /// The size that an image must have; nil if it may have several.
  var pixelSize: (width: Int, height: Int)? {
    guard let width, let height else { return nil }
    return (width, height)
  }

  init(_ endpoint: EndpointPolicy, in policy: Policy) {
    for rule in policy.rules(at: endpoint.endpoint) {
      switch rule.test {
      case .require(let conditions): for condition in conditions { require(condition) }
      case .forbid(let conditions): forbid(conditions)
      }
    }
  }

  private mutating func require(_ condition: Condition) {
    switch (condition.key, condition.test) {
    case ("width", .oneOf(let values)): width = Self.onlyNumber(values)
    case ("height", .oneOf(let values)): height = Self.onlyNumber(values)
    case ("minFrameDurationMilliseconds", .within(let minimum?, _)):
      minimumFrameDuration = Int(exactly: minimum.rounded(.up))
    case ("durationMilliseconds", .within(_, let maximum?)):
      maximumDuration = Int(exactly: maximum.rounded(.down))
    default: break
    }
  }

  private mutating func forbid(_ conditions: [Condition]) {
    if conditions.count == 1, conditions[0].key == "animated", case .oneOf([.bool(true)]) = conditions[0].test
    {
      isStill = true
    }
    // If not both sides may differ from a size, both may have it.
    for condition in conditions {
      guard case .noneOf(let values) = condition.test else { continue }
      if condition.key == "width" { width = Self.onlyNumber(values) }
      if condition.key == "height" { height = Self.onlyNumber(values) }
    }
  }

  private static func onlyNumber(_ values: [Condition.Scalar]) -> Int? {
    guard values.count == 1, case .number(let number) = values[0] else { return nil }
    return Int(exactly: number)
  }
}

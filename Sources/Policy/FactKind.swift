internal import PreflightFacts

/// What the value of a fact can be. A condition that compares it with anything else never holds, so it is an error.
indirect enum FactKind: Sendable {
  case boolean, number
  /// Any text.
  case text
  /// One of these texts.
  case name([String])
  case mediaType
  /// The streams of a file, with the facts of each.
  case streams([Key])

  typealias Key = (name: String, kind: FactKind)

  /// The facts that a condition can ask for.
  static let facts: [Key] =
    DerivedFact.allCases.map { ($0.rawValue, $0.kind) } + Facts.Key.allCases.map { ($0.rawValue, $0.kind) }

  /// The kind with its article, for messages.
  var words: String {
    switch self {
    case .boolean: "true or false"
    case .number: "a number"
    case .text, .name, .mediaType: "a string"
    case .streams: "a table"
    }
  }
}

extension DerivedFact {
  fileprivate var kind: FactKind {
    switch self {
    case .size, .pixelCount, .widthPlusHeight, .aspectRatio, .widthToHeight, .trailingByteCount: .number
    case .mediaType: .mediaType
    case .reference: .name(MediaReference.allCases.map(\.rawValue))
    }
  }
}

extension Facts.Key {
  fileprivate var kind: FactKind {
    switch self {
    case .width, .height, .bitDepth, .frameCount, .minFrameDurationMilliseconds, .durationMilliseconds,
      .pageCount, .orientation:
      .number
    case .progressive, .animated, .hasAlpha, .fastStart, .fragmented, .encrypted, .hasMacros, .animationFlag:
      .boolean
    case .container, .brand, .textEncoding, .imageEncoding: .text
    case .colorModel: .name(ColorModel.allCases.map(\.rawValue))
    case .videoStreams: .streams(VideoStream.Key.allCases.map { ($0.rawValue, $0.kind) })
    case .audioStreams: .streams(AudioStream.Key.allCases.map { ($0.rawValue, $0.kind) })
    }
  }
}

extension VideoStream.Key {
  fileprivate var kind: FactKind {
    switch self {
    case .codec, .profile, .level, .chroma: .text
    case .width, .height, .bitDepth, .frameRate: .number
    case .bFrames: .boolean
    }
  }
}

extension AudioStream.Key {
  fileprivate var kind: FactKind {
    switch self {
    case .codec, .profile: .text
    case .channels, .sampleRate, .bitRate: .number
    }
  }
}

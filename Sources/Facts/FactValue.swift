/// A fact as results show it and policies check it.
public enum FactValue: Sendable, Hashable {
  /// A yes or no.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// A number that may have a fraction.
  case number(Double)
  /// A name.
  case text(String)
  /// One record of named values per stream.
  case records([[Field]])

  /// A named value.
  public struct Field: Sendable, Hashable {
    /// The key, as results and policies spell it.
    public let key: String
    /// The value.
    public let value: FactValue
  }
}

/// The keys of a record of facts, in the order of results.
// An enumeration rather than a table of closures: every file is queried for each key more than once.
package protocol FactKey: RawRepresentable<String>, CaseIterable, Sendable {
  associatedtype Root

  /// The value of the fact; nil if it isn't known.
  func value(in root: Root) -> FactValue?
}

extension FactKey {
  /// Calls `body` with each fact that is known.
  fileprivate static func forEachField(of root: Root, _ body: (String, FactValue) -> Void) {
    for key in allCases { if let value = key.value(in: root) { body(key.rawValue, value) } }
  }

  fileprivate static func fields(of root: Root) -> [FactValue.Field] {
    var fields: [FactValue.Field] = []
    forEachField(of: root) { fields.append(FactValue.Field(key: $0, value: $1)) }
    return fields
  }
}

extension Facts {
  /// The one list of fact keys.
  package enum Key: String, FactKey {
    case width, height, bitDepth, colorModel, progressive, imageEncoding, animated, hasAlpha, frameCount
    case minFrameDurationMilliseconds, durationMilliseconds, container, brand, videoStreams, audioStreams
    case fastStart, fragmented, encrypted, hasMacros, pageCount, textEncoding, orientation, animationFlag

    package func value(in facts: Facts) -> FactValue? {
      switch self {
      case .width: facts.width.map(FactValue.int)
      case .height: facts.height.map(FactValue.int)
      case .bitDepth: facts.bitDepth.map(FactValue.int)
      case .colorModel: (facts.colorModel?.rawValue).map(FactValue.text)
      case .progressive: facts.progressive.map(FactValue.bool)
      case .imageEncoding: facts.imageEncoding.map(FactValue.text)
      case .animated: facts.animated.map(FactValue.bool)
      case .hasAlpha: facts.hasAlpha.map(FactValue.bool)
      case .frameCount: facts.frameCount.map(FactValue.int)
      case .minFrameDurationMilliseconds: facts.minFrameDurationMilliseconds.map(FactValue.number)
      case .durationMilliseconds: facts.durationMilliseconds.map(FactValue.number)
      case .container: facts.container.map(FactValue.text)
      case .brand: facts.brand.map(FactValue.text)
      case .videoStreams: (facts.videoStreams?.map(\.fields)).map(FactValue.records)
      case .audioStreams: (facts.audioStreams?.map(\.fields)).map(FactValue.records)
      case .fastStart: facts.fastStart.map(FactValue.bool)
      case .fragmented: facts.fragmented.map(FactValue.bool)
      case .encrypted: facts.encrypted.map(FactValue.bool)
      case .hasMacros: facts.hasMacros.map(FactValue.bool)
      case .pageCount: facts.pageCount.map(FactValue.int)
      case .textEncoding: facts.textEncoding.map(FactValue.text)
      case .orientation: facts.orientation.map(FactValue.int)
      case .animationFlag: facts.animationFlag.map(FactValue.bool)
      }
    }
  }

  /// Every known fact, in the order of results.
  public var fields: [FactValue.Field] { Key.fields(of: self) }

  /// Calls `body` with each of ``fields``, without building a list.
  ///
  /// - Parameter body: Called with each key and its value, in the order of results.
  public func forEachField(_ body: (_ key: String, _ value: FactValue) -> Void) {
    Key.forEachField(of: self, body)
  }
}

extension VideoStream {
  /// The keys of a video stream.
  package enum Key: String, FactKey {
    case codec, profile, level, width, height, bitDepth, chroma, bFrames, frameRate

    package func value(in stream: VideoStream) -> FactValue? {
      switch self {
      case .codec: .text(stream.codec)
      case .profile: stream.profile.map(FactValue.text)
      case .level: stream.level.map(FactValue.text)
      case .width: stream.width.map(FactValue.int)
      case .height: stream.height.map(FactValue.int)
      case .bitDepth: stream.bitDepth.map(FactValue.int)
      case .chroma: stream.chroma.map(FactValue.text)
      case .bFrames: stream.bFrames.map(FactValue.bool)
      case .frameRate: stream.frameRate.map(FactValue.number)
      }
    }
  }

  /// Every known value, in the order of results.
  public var fields: [FactValue.Field] { Key.fields(of: self) }
}

extension AudioStream {
  /// The keys of an audio stream.
  package enum Key: String, FactKey {
    case codec, profile, channels, sampleRate, bitRate

    package func value(in stream: AudioStream) -> FactValue? {
      switch self {
      case .codec: .text(stream.codec)
      case .profile: stream.profile.map(FactValue.text)
      case .channels: stream.channels.map(FactValue.int)
      case .sampleRate: stream.sampleRate.map(FactValue.int)
      case .bitRate: stream.bitRate.map(FactValue.int)
      }
    }
  }

  /// Every known value, in the order of results.
  public var fields: [FactValue.Field] { Key.fields(of: self) }
}

/// A fact in the shape in which results show it and policies ask about it.
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

extension Facts {
  /// The one list of fact keys with what each stands for, in the order in which results show them.
  package static let keys: [(key: String, value: @Sendable (Facts) -> FactValue?)] = [
    ("width", { $0.width.map(FactValue.int) }),
    ("height", { $0.height.map(FactValue.int) }),
    ("bitDepth", { $0.bitDepth.map(FactValue.int) }),
    ("colorModel", { ($0.colorModel?.rawValue).map(FactValue.text) }),
    ("progressive", { $0.progressive.map(FactValue.bool) }),
    ("animated", { $0.animated.map(FactValue.bool) }),
    ("hasAlpha", { $0.hasAlpha.map(FactValue.bool) }),
    ("frameCount", { $0.frameCount.map(FactValue.int) }),
    ("minFrameDurationMilliseconds", { $0.minFrameDurationMilliseconds.map(FactValue.number) }),
    ("durationMilliseconds", { $0.durationMilliseconds.map(FactValue.number) }),
    ("container", { $0.container.map(FactValue.text) }),
    ("brand", { $0.brand.map(FactValue.text) }),
    ("videoStreams", { ($0.videoStreams?.map(\.fields)).map(FactValue.records) }),
    ("audioStreams", { ($0.audioStreams?.map(\.fields)).map(FactValue.records) }),
    ("fastStart", { $0.fastStart.map(FactValue.bool) }),
    ("fragmented", { $0.fragmented.map(FactValue.bool) }),
    ("encrypted", { $0.encrypted.map(FactValue.bool) }),
    ("hasMacros", { $0.hasMacros.map(FactValue.bool) }),
    ("pageCount", { $0.pageCount.map(FactValue.int) }),
    ("textEncoding", { $0.textEncoding.map(FactValue.text) }),
    ("orientation", { $0.orientation.map(FactValue.int) }),
    ("animationFlag", { $0.animationFlag.map(FactValue.bool) }),
  ]

  /// Every fact that is known, in the order in which results show them.
  public var fields: [FactValue.Field] { FactValue.fields(of: self, Self.keys) }

  /// The value of a fact by its key; nil where it isn't known.
  package subscript(key: String) -> FactValue? {
    Self.keys.first { $0.key == key }?.value(self)
  }
}

extension VideoStream {
  /// The keys of a video stream with what each stands for, in the order in which results show them.
  package static let keys: [(key: String, value: @Sendable (VideoStream) -> FactValue?)] = [
    ("codec", { .text($0.codec) }),
    ("profile", { $0.profile.map(FactValue.text) }),
    ("level", { $0.level.map(FactValue.text) }),
    ("width", { $0.width.map(FactValue.int) }),
    ("height", { $0.height.map(FactValue.int) }),
    ("bitDepth", { $0.bitDepth.map(FactValue.int) }),
    ("chroma", { $0.chroma.map(FactValue.text) }),
    ("bFrames", { $0.bFrames.map(FactValue.bool) }),
    ("frameRate", { $0.frameRate.map(FactValue.number) }),
  ]

  /// Every value that is known, in the order in which results show them.
  public var fields: [FactValue.Field] { FactValue.fields(of: self, Self.keys) }
}

extension AudioStream {
  /// The keys of an audio stream with what each stands for, in the order in which results show them.
  package static let keys: [(key: String, value: @Sendable (AudioStream) -> FactValue?)] = [
    ("codec", { .text($0.codec) }),
    ("profile", { $0.profile.map(FactValue.text) }),
    ("channels", { $0.channels.map(FactValue.int) }),
    ("sampleRate", { $0.sampleRate.map(FactValue.int) }),
    ("bitRate", { $0.bitRate.map(FactValue.int) }),
  ]

  /// Every value that is known, in the order in which results show them.
  public var fields: [FactValue.Field] { FactValue.fields(of: self, Self.keys) }
}

extension FactValue {
  fileprivate static func fields<Root>(
    of root: Root, _ keys: [(key: String, value: @Sendable (Root) -> FactValue?)]
  ) -> [Field] {
    keys.compactMap { entry in entry.value(root).map { Field(key: entry.key, value: $0) } }
  }
}

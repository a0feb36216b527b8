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

    init?(_ key: String, _ value: FactValue?) {
      guard let value else { return nil }
      self.key = key
      self.value = value
    }
  }
}

extension Facts {
  /// Every fact that is known, in the order in which results show them: the one list of fact keys.
  public var fields: [FactValue.Field] {
    [
      .init("width", width.map(FactValue.int)),
      .init("height", height.map(FactValue.int)),
      .init("bitDepth", bitDepth.map(FactValue.int)),
      .init("colorModel", (colorModel?.rawValue).map(FactValue.text)),
      .init("progressive", progressive.map(FactValue.bool)),
      .init("animated", animated.map(FactValue.bool)),
      .init("hasAlpha", hasAlpha.map(FactValue.bool)),
      .init("frameCount", frameCount.map(FactValue.int)),
      .init("minFrameDurationMilliseconds", minFrameDurationMilliseconds.map(FactValue.number)),
      .init("durationMilliseconds", durationMilliseconds.map(FactValue.number)),
      .init("container", container.map(FactValue.text)),
      .init("brand", brand.map(FactValue.text)),
      .init("videoStreams", (videoStreams?.map(\.fields)).map(FactValue.records)),
      .init("audioStreams", (audioStreams?.map(\.fields)).map(FactValue.records)),
      .init("fastStart", fastStart.map(FactValue.bool)),
      .init("fragmented", fragmented.map(FactValue.bool)),
      .init("encrypted", encrypted.map(FactValue.bool)),
      .init("passwordRequired", passwordRequired.map(FactValue.bool)),
      .init("hasMacros", hasMacros.map(FactValue.bool)),
      .init("pageCount", pageCount.map(FactValue.int)),
      .init("textEncoding", textEncoding.map(FactValue.text)),
      .init("orientation", orientation.map(FactValue.int)),
      .init("animationFlag", animationFlag.map(FactValue.bool)),
    ].compactMap(\.self)
  }
}

extension VideoStream {
  /// Every value that is known, in the order in which results show them.
  public var fields: [FactValue.Field] {
    [
      .init("codec", .text(codec)),
      .init("profile", profile.map(FactValue.text)),
      .init("level", level.map(FactValue.text)),
      .init("width", width.map(FactValue.int)),
      .init("height", height.map(FactValue.int)),
      .init("bitDepth", bitDepth.map(FactValue.int)),
      .init("chroma", chroma.map(FactValue.text)),
      .init("bFrames", bFrames.map(FactValue.bool)),
      .init("frameRate", frameRate.map(FactValue.number)),
    ].compactMap(\.self)
  }
}

extension AudioStream {
  /// Every value that is known, in the order in which results show them.
  public var fields: [FactValue.Field] {
    [
      .init("codec", .text(codec)),
      .init("profile", profile.map(FactValue.text)),
      .init("channels", channels.map(FactValue.int)),
      .init("sampleRate", sampleRate.map(FactValue.int)),
      .init("bitRate", bitRate.map(FactValue.int)),
    ].compactMap(\.self)
  }
}

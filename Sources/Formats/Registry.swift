public import PreflightFacts

extension Format {
  /// The formats that are read, in the order in which they are asked.
  ///
  /// Signatures at a fixed place come first, since they can't be mistaken; then those that have to be
  /// looked for; plain text, which almost anything could be, comes last.
  package static let all: [Format] = [
    .jpeg, .png, .webP, .gif, .isoBaseMedia, .ogg, .amr, .ole, .otherImages, .svg, .otherMedia, .programs,
    .archives, .otherFiles, .zip, .pdf, .aac, .mpegAudio, .plainText,
  ]
}

extension MediaType {
  /// What is known of this type; nil for one that no format has.
  public var known: Description? { Self.descriptions[self] }

  /// The name that people use with the essence, such as "a PNG image (image/png)".
  public var phrase: String { known.map { "\($0.phrase) (\(rawValue))" } ?? rawValue }

  /// The type that another name in use stands for; the type itself where there is none.
  package var canonical: MediaType { known?.mediaType ?? self }

  /// What kind of thing the type is: as its format says, or else as its top level does.
  package var family: Family {
    if let known { return known.family }
    switch topLevel {
    case "image": return .image
    case "video": return .video
    case "audio": return .audio
    case "text": return .plainText
    default: return .data
    }
  }

  /// Every type that a format has, in the order of the formats.
  package static let allKnown: [Description] = Format.all.flatMap(\.mediaTypes)

  /// The types that go by an extension, given without the dot and in lower case.
  public static func types(forExtension name: String) -> [MediaType] { typesByExtension[name] ?? [] }

  private static let descriptions: [MediaType: Description] = {
    let names = allKnown.flatMap { known in ([known.mediaType] + known.aliases).map { ($0, known) } }
    return Dictionary(names, uniquingKeysWith: { first, _ in first })
  }()

  private static let typesByExtension: [String: [MediaType]] = {
    let pairs = allKnown.flatMap { known in known.extensions.map { ($0, [known.mediaType]) } }
    return Dictionary(pairs, uniquingKeysWith: +)
  }()
}

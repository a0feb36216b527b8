public import PreflightFacts

extension Format {
  /// The supported formats, in the order in which they are tried.
  ///
  /// Signatures at a fixed offset come first, since they are unambiguous; then those that have to be searched
  /// for; plain text, which almost anything could be, comes last.
  package static let all: [Format] = [
    .jpeg, .png, .webP, .gif, .isoBaseMedia, .ogg, .amr, .ole, .otherImages, .svg, .otherMedia, .programs,
    .archives, .otherFiles, .zip, .pdf, .aac, .mpegAudio, .plainText,
  ]
}

extension MediaType {
  /// The properties of this type; nil if no format has it.
  public var known: Description? { Self.descriptions[self] }

  /// The display name with the essence, such as "a PNG image (image/png)".
  public var phrase: String { known.map { "\($0.phrase) (\(rawValue))" } ?? rawValue }

  /// The canonical type for an alias; the type itself if it isn't an alias.
  package var canonical: MediaType { known?.mediaType ?? self }

  /// The type's family: that of its format, otherwise by its top level.
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

  /// Whether a file of the type is more than text: a text under its name doesn't open.
  package var isBinary: Bool {
    guard let known else { return ["image", "audio", "video"].contains(topLevel) }
    return !Self.textual.contains(known.mediaType)
  }

  private static let textual = Set([Format.plainText, .svg].flatMap(\.mediaTypes).map(\.mediaType))

  /// Every type of all formats, in the order of the formats.
  package static let allKnown: [Description] = Format.all.flatMap(\.mediaTypes)

  /// The types that use an extension, given without the dot and in lower case.
  ///
  /// - Parameter name: The extension, such as `jpg`.
  /// - Returns: The types in the order of the formats; none for an unknown extension.
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

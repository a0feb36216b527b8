internal import PreflightFacts
internal import PreflightInspection

/// Values that policies can check besides the facts: they are derived from them. This is the only list.
enum DerivedFact: String, CaseIterable {
  /// The file's bytes.
  case size
  /// The type to declare.
  case mediaType
  /// Width times height.
  case pixelCount
  /// Width and height together, in pixels.
  case widthPlusHeight
  /// The longer side by the shorter, at least 1.
  case aspectRatio
  /// The width by the height, as the image is shown: 1.5 for 3:2, whichever way it is stored.
  case widthToHeight
  /// The bytes after the end of the format, padding included.
  case trailingByteCount
  /// How the request refers to the media: `url`, `id`, or `file` for an upload.
  case reference

  /// The value; nil if it isn't known.
  func value(of inspection: Inspection, reference: MediaReference?) -> FactValue? {
    switch self {
    case .size: return .int(Int(clamping: inspection.byteCount))
    case .mediaType: return inspection.mediaType.map { .text($0.rawValue) }
    case .trailingByteCount:
      let end = inspection.trailingDataOffset ?? inspection.paddingOffset ?? inspection.byteCount
      return .int(Int(clamping: inspection.byteCount - min(end, inspection.byteCount)))
    case .reference: return reference.map { .text($0.rawValue) }
    case .pixelCount, .widthPlusHeight, .aspectRatio, .widthToHeight:
      guard let width = inspection.facts.width, let height = inspection.facts.height, width > 0, height > 0
      else { return nil }
      // As floating-point numbers, so that no product of declared sides can overflow.
      let (long, short) = (Double(max(width, height)), Double(min(width, height)))
      switch self {
      case .pixelCount: return .number(long * short)
      case .widthPlusHeight: return .number(long + short)
      case .widthToHeight:
        // Orientations 5 to 8 are turned by a quarter (Exif 2.32, section 4.6.4).
        let isWide = (width > height) != ((inspection.facts.orientation ?? 1) >= 5)
        return .number(isWide ? long / short : short / long)
      default: return .number(long / short)
      }
    }
  }
}

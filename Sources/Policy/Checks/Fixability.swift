package import PreflightFacts
import PreflightFormats
import PreflightInspection

extension Policy {
  /// The endpoint that a file is made for: the given one, else the first that accepts files of its kind.
  package func endpointToFix(
    _ mediaType: MediaType?, _ facts: Facts, at endpoint: Endpoint?
  ) -> EndpointPolicy? {
    if let endpoint { return self.endpoint(endpoint) }
    guard let mediaType else { return nil }
    var family = mediaType.family
    if family == .video, facts.videoStreams?.isEmpty == true, facts.audioStreams?.isEmpty == false {
      family = .audio
    }
    // What moves is a video, not an image.
    if family == .image, facts.animated == true { family = .video }
    return endpoints.first { $0.types.contains { $0.family == family } }
  }
}

extension Inspection {
  /// Whether a program can read the file without a key.
  var isReadable: Bool { facts.encrypted != true }

  /// Whether `preflight fix` has a decoder for the file, or needs none.
  var isDecodable: Bool {
    guard isReadable, let mediaType else { return false }
    switch mediaType.family {
    case .image:
      return mediaType.known != nil && !Self.undecodedImages.contains(mediaType)
    case .video, .audio:
      let isEmpty = facts.videoStreams?.isEmpty == true && facts.audioStreams?.isEmpty == true
      return facts.container != nil && !isEmpty
    case .pages, .text, .workbook, .presentation, .plainText, .data: return true
    }
  }

  /// A drawing, and what Debian 12 has no decoder for.
  private static let undecodedImages: Set<MediaType> = [.svg, .jpegXL]
}

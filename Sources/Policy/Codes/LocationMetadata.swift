internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The file contains GPS coordinates.
  public static let locationMetadata = FindingCode(rawValue: "location-metadata")
}

extension Explanation {
  static let locationMetadata = Explanation(
    .locationMetadata, .warning,
    title: "The file contains GPS coordinates",
    message: "The file's metadata contains GPS coordinates.",
    reason:
      "Phones store the location in photos and videos. Everyone who receives the file can "
      + "read it if it is sent as a document or stored by a gateway.",
    source: "Exif 2.32, 4.6.6 (GPS attributes)",
    remedy: "Remove the GPS coordinates.",
    fixes: [
      RemedyChoice(fix: "Remove the coordinates", from: [.image, .video, .audio])
    ])
}

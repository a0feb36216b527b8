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
      RemedyChoice(
        Remedy(
          "Remove the GPS coordinates (use -strip xmp if they are in XMP)", run: "webpmux",
          ["-strip", "exif", .input, "-o", .output("webp")]), from: [.type(.webP)], makes: .webP),
      RemedyChoice(
        Remedy(
          "Remove the GPS coordinates", run: "exiftool",
          ["-gps:all=", "-xmp-exif:gps*=", "-o", .output(nil), .input]),
        from: [.image]),
      RemedyChoice(
        Remedy(
          "Remove the GPS coordinates", run: "ffmpeg",
          ["-i", .input, "-map_metadata", "-1", "-c", "copy", "-movflags", "+faststart", .output("mp4")]),
        from: [.video, .audio], makes: .mpeg4Video),
    ])
}

internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The file gives away where it was made.
  public static let locationMetadata = FindingCode(rawValue: "location-metadata")
}

extension Explanation {
  static let locationMetadata = Explanation(
    .locationMetadata, .warning,
    title: "The file gives away where it was made",
    message: "The file tells where it was made: its metadata holds a position.",
    reason: "A phone writes its position into photos and films. Sent as a document, or "
      + "stored by a gateway, it reaches whoever gets the file.",
    source: "Exif 2.32, 4.6.6 (GPS attributes)",
    remedy: "Take the position out.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Take it out (-strip xmp where it stands in XMP)", run: "webpmux",
          ["-strip", "exif", .input, "-o", .output("webp")]), from: [.type(.webP)], makes: .webP),
      RemedyChoice(
        Remedy("Take it out", run: "exiftool", ["-gps:all=", "-xmp-exif:gps*=", "-o", .output(nil), .input]),
        from: [.image]),
      RemedyChoice(
        Remedy(
          "Take it out", run: "ffmpeg",
          ["-i", .input, "-map_metadata", "-1", "-c", "copy", "-movflags", "+faststart", .output("mp4")]),
        from: [.video, .audio], makes: .mpeg4Video),
    ])
}

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
    commands: [
      RemedyCommand(
        "Take it out (-strip xmp where it stands in XMP): webpmux -strip exif {file} "
          + "-o {out:webp}", types: ["image/webp"]),
      RemedyCommand(
        "Take it out: exiftool -gps:all= -xmp-exif:gps*= -o {out:} {file}", types: ["image/"]),
      RemedyCommand(
        "Take it out: ffmpeg -i {file} -map_metadata -1 -c copy -movflags +faststart "
          + "{out:mp4}", types: ["video/", "audio/"]),
    ])
}

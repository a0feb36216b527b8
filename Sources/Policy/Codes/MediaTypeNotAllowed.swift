extension FindingCode {
  /// The bytes are of a type that the endpoint doesn't take.
  public static let mediaTypeNotAllowed = FindingCode(rawValue: "media-type-not-allowed")
}

extension Explanation {
  static let mediaTypeNotAllowed = Explanation(
    .mediaTypeNotAllowed, .error,
    title: "The bytes are of a type that the endpoint doesn't take",
    message: "{Endpoint} can't be {actual}.",
    reason: "Each endpoint takes a few types, and WhatsApp looks at the bytes, not at the "
      + "name: a WebP named .jpg or a WAV named .mp3 is answered with 200 and then fails "
      + "with error 131053 in a webhook.",
    source: "Meta, Cloud API reference, Media: supported media types; error 131053",
    remedy: "Convert the file to a type that the endpoint takes, or send it through another "
      + "endpoint.",
    commands: [
      RemedyCommand(
        "Convert the picture: magick {file} -delete 1--1 {out:png}", for: .image, types: ["image/"]),
      RemedyCommand(
        "Convert the picture: magick {file} -delete 1--1 {out:png}", for: .document, types: ["image/"]),
      RemedyCommand(
        "Make a sticker of it: magick {file} -coalesce -resize 512x512 -background "
          + "none -gravity center -extent 512x512 {out:webp}", for: .sticker, types: ["image/"]),
      RemedyCommand(
        film, for: .video, types: ["video/", "image/gif"]),
      RemedyCommand(film, for: .document, types: ["video/"]),
      RemedyCommand(
        "Take the sound out of the film: ffmpeg -i {file} -vn -c:a aac {out:m4a}", for: .audio,
        types: ["video/"]),
      RemedyCommand(
        "Convert the sound: ffmpeg -i {file} -vn -c:a libmp3lame {out:mp3}", for: .audio, types: ["audio/"]),
      RemedyCommand(
        "Convert the sound: ffmpeg -i {file} -vn -c:a libmp3lame {out:mp3}", for: .document, types: ["audio/"]
      ),
      RemedyCommand(
        "Save the document without macros: soffice --headless --convert-to docx {file}", for: .document,
        types: ["application/vnd.ms-word"]),
      RemedyCommand(
        "Save the workbook without macros: soffice --headless --convert-to xlsx {file}", for: .document,
        types: ["application/vnd.ms-excel."]),
      RemedyCommand(
        "Save the slides without macros: soffice --headless --convert-to pptx {file}", for: .document,
        types: ["application/vnd.ms-powerpoint."]),
      RemedyCommand(
        "Make a PDF of it: soffice --headless --convert-to pdf {file}", for: .document,
        types: ["application/vnd.oasis", "application/vnd.openxmlformats", "text/rtf", "application/rtf"]),
      RemedyCommand(
        "If it is plain text for people to read, name it .txt and serve it as "
          + "text/plain; otherwise make a PDF of it: soffice --headless --convert-to pdf "
          + "{file}", for: .document, types: ["text/", "application/json", "application/xml"]),
    ])

  /// Films in 4:2:0 have even sides; a row or column that is over is cut off.
  private static let film =
    "Convert the film: ffmpeg -i {file} -c:v libx264 -profile:v main -pix_fmt yuv420p "
    + "-vf 'crop=trunc(iw/2)*2:trunc(ih/2)*2' -c:a aac -movflags +faststart {out:mp4}"
}

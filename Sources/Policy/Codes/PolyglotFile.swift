internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The bytes are a file of another type at once.
  public static let polyglotFile = FindingCode(rawValue: "polyglot-file")
}

extension Explanation {
  static let polyglotFile = Explanation(
    .polyglotFile, .warning,
    title: "The file is one of another type at once",
    message: "The same bytes are {type} and, read another way, {what}.",
    reason: "Programs tell types in different ways: by the start, by the end, by what they look for. A "
      + "file that is two things passes as the harmless one and is opened as the other: a picture that is "
      + "unpacked as an archive, or that a server or a browser runs as a page. Few come about by accident.",
    source: "WHATWG MIME Sniffing, 7.1; ISO 32000-1, annex H.3; APPNOTE 4.3.16",
    remedy: "Save what is to be sent anew with a program that copies nothing else along.",
    fixes: [
      RemedyChoice(
        Remedy("Re-save it", run: "magick", [.input, "-auto-orient", "-strip", .output(nil)]),
        from: [.type(.jpeg), .type(.png), .type(.webP)]),
      RemedyChoice(
        Remedy("Re-save it as it looks", run: "pdftocairo", ["-pdf", .input, .output("pdf")]),
        from: [.type(.pdf)], makes: .pdf),
      RemedyChoice(
        Remedy(
          "Re-save it", run: "ffmpeg", ["-i", .input, "-map_metadata", "-1", "-c", "copy", .output(nil)]),
        from: [.video, .audio]),
    ])
}

internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The file is also a valid file of another type.
  public static let polyglotFile = FindingCode(rawValue: "polyglot-file")
}

extension Explanation {
  static let polyglotFile = Explanation(
    .polyglotFile, .warning,
    title: "The file is also a valid file of another type",
    message: "The file is both {type} and {what}.",
    reason:
      "Programs detect types in different ways: by the start, by the end, or by a signature. "
      + "A file with two types can pass a filter as the harmless one and be opened as the "
      + "other: an image that is unpacked as an archive, or that a server or browser runs as a "
      + "page. This rarely happens by accident.",
    source: "WHATWG MIME Sniffing, 7.1; ISO 32000-1, annex H.3; APPNOTE 4.3.16",
    remedy: "Re-save the content with a program that copies nothing else.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Re-save it", run: "pdftocairo",
          ["-pdf", .input, .output("pdf")]), from: [.type(.pdf)], makes: [.pdf]),
      RemedyChoice(fix: "Write its content into a new file", from: [.image, .video, .audio]),
    ])
}

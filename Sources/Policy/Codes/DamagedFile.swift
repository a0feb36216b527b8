internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// The file is cut short or broken where a decoder trips.
  public static let damagedFile = FindingCode(rawValue: "damaged-file")
}

extension Explanation {
  static let damagedFile = Explanation(
    .damagedFile, .error,
    title: "The file is cut short or broken where a decoder trips",
    message: "The file is damaged: {actual}",
    reason: "A damaged file is refused, or delivered and then doesn't open or play. The "
      + "offset says where the reader tripped.",
    source: "The specification of the format, named in the message",
    remedy: "Make the file again from its original, and compare the sizes after copying.",
    fixes: [
      RemedyChoice(
        Remedy(
          "Copy what can be read into a new file and listen to it", run: "ffmpeg",
          ["-i", .input, "-c", "copy", .output(nil)]), from: [.audio]),
      RemedyChoice(
        Remedy(
          "Copy what can be read into a new file and watch it", run: "ffmpeg",
          ["-i", .input, "-c", "copy", .output(nil)]), from: [.video]),
      RemedyChoice(
        Remedy("Rebuild the PDF and look at it", run: "qpdf", [.input, .output("pdf")]), from: [.type(.pdf)],
        makes: .pdf),
    ])
}

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
    commands: [
      RemedyCommand(
        "Copy what can be read into a new file and listen to it: ffmpeg -i {file} -c "
          + "copy {out:}", types: ["audio/"]),
      RemedyCommand(
        "Copy what can be read into a new file and watch it: ffmpeg -i {file} -c "
          + "copy {out:}", types: ["video/"]),
      RemedyCommand(
        "Have the PDF rebuilt and look at it: qpdf {file} {out:pdf}", types: ["application/pdf"]),
    ])
}

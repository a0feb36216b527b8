extension FindingCode {
  /// The tracks have no sample: there is nothing to play.
  public static let noMediaData = FindingCode(rawValue: "no-media-data")
}

extension Explanation {
  static let noMediaData = Explanation(
    .noMediaData, .error,
    title: "The file says how to play it, and there is nothing to play",
    message: "The file's tracks have no sample, so there is nothing to play.",
    reason:
      "An initialization segment, as a stream for the web begins with, has the index of a film and none of "
      + "its pictures or sound.",
    source: "ISO/IEC 14496-12, 8.8 and 8.16",
    remedy: "Put the stream's pieces together behind it, in their order, or fetch the film as one file.")
}

extension FindingCode {
  /// The request says twice where the file is.
  public static let conflictingMediaReferences = FindingCode(rawValue: "conflicting-media-references")
}

extension Explanation {
  static let conflictingMediaReferences = Explanation(
    .conflictingMediaReferences, .error,
    title: "The request says twice where the file is",
    message: "The request has both mediaUrl and mediaId; exactly one is wanted.",
    reason: "With both there is no saying which one is sent.",
    source: "WaConnect API, media messages page: exactly one of mediaUrl and mediaId",
    remedy: "Keep one of the two.")
}

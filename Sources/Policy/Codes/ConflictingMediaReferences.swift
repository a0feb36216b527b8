extension FindingCode {
  /// The request has more than one media reference.
  public static let conflictingMediaReferences = FindingCode(rawValue: "conflicting-media-references")
}

extension Explanation {
  static let conflictingMediaReferences = Explanation(
    .conflictingMediaReferences, .error,
    title: "The request has more than one media reference",
    message: "The request must have exactly one of {expected}; it has {actual}.",
    reason: "With more than one, it is undefined which one is sent.",
    source: "WaConnect API, media messages page: exactly one of mediaUrl and mediaId",
    remedy: "Remove all but one.")
}

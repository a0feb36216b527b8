internal import PreflightFacts
internal import PreflightFormats

extension FindingCode {
  /// H.264 High profile with B-frames.
  public static let androidUnsupportedProfile = FindingCode(rawValue: "android-unsupported-profile")
}

extension Explanation {
  static let androidUnsupportedProfile = Explanation(
    .androidUnsupportedProfile, .warning,
    title: "H.264 High profile with B-frames",
    message: "The video is {actual}, which WhatsApp on Android doesn't support.",
    reason: "Android clients don't play H.264 High profile with B-frames.",
    source: "Meta, supported media types: \"H.264 'High' profile and B-frames are not "
      + "supported by Android WhatsApp clients\"",
    remedy: "Re-encode the video in Main or Baseline profile, or without B-frames.",
    fixes: [
      RemedyChoice(fix: "Re-encode it without B-frames", from: [.video], makes: [.mpeg4Video])
    ])
}

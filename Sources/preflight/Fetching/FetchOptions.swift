import ArgumentParser
import MediaPreflight

/// The options for what is fetched.
struct FetchOptions: ParsableArguments {
  @Flag(help: "Fetch URLs whose host is on this machine or in a private network, too.")
  var allowPrivateHosts = false

  @Option(
    help: ArgumentHelp(
      "Time for the whole answer of a URL, in seconds.", valueName: "SECONDS"))
  var urlTimeout = 20.0

  @Option(
    help: ArgumentHelp(
      "Base URL of Meta's Graph API, with the version, for media IDs (default: Meta's own).",
      valueName: "URL"))
  var graphUrl: String?

  func validate() throws {
    guard urlTimeout > 0, urlTimeout <= 3600 else {
      throw ValidationError("--url-timeout must be more than 0 and at most 3600 seconds, not \(urlTimeout)")
    }
    try RawArguments.requireText(graphUrl, "--graph-url")
    if let graphUrl, graphUrl.contains(where: { $0 == "?" || $0 == "#" }) {
      throw ValidationError("--graph-url needs a URL without a query or a fragment, not '\(graphUrl)'")
    }
  }

  /// Meta's API as the policy of the Cloud API has it.
  static var standardGraphURL: String {
    let service = Policy.whatsappCloud.service
    return "https://" + service.host
      + (service.path ?? "").split(separator: "/").prefix(1).map { "/" + $0 }.joined()
  }
}

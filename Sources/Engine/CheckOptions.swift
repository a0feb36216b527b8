package import PreflightInspection
package import PreflightPolicy

/// How a file is checked.
package struct CheckOptions: Sendable {
  /// Where the file goes; nil for the endpoint whose types hold the file's.
  package var endpoint: Endpoint?
  package var declaredType: String?
  package var request: MessageRequest?
  /// How deep the file is looked into; nil for as deep as the engine does.
  package var depth: Depth?
  /// Whether the result keeps the open file, so that a digest or a picture is of the bytes that were judged.
  package var keepsSource = false
  /// Fetches what lies behind a URL or a media ID; nil where nothing is fetched.
  package var fetcher: (any Fetcher)?
  /// Whether URLs may lead into a private network.
  package var allowsPrivateHosts = false
  /// Ends the check at its next read; nil where nobody may cancel it.
  var cancellation: Cancellation?

  package init(_ endpoint: Endpoint? = nil, _ declaredType: String? = nil, _ request: MessageRequest? = nil) {
    self.endpoint = endpoint
    self.declaredType = declaredType
    self.request = request
  }
}

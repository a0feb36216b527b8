#if Network
  import PreflightReferences

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// A URL, as it is fetched.
  struct Target: Sendable {
    let text: String
    let url: MediaURL
    /// The host as the HTTP client knows it.
    let host: String
    let port: Int

    /// - Throws: `FetchFailure` if it can't be fetched.
    init(_ text: String) throws(FetchFailure) {
      // The fragment is for whoever shows the file.
      let address = String(text.prefix { $0 != "#" })
      self.text = address
      do { url = try MediaURL(text) } catch { throw FetchFailure(.unreachable, error.reason) }
      guard let parsed = URL(string: address), let host = parsed.host(), !host.isEmpty else {
        throw FetchFailure(
          .unreachable,
          "it has characters that must be percent-encoded, or a host that needs Punycode (xn--…)")
      }
      self.host = host
      port = parsed.port ?? (url.scheme == "https" ? 443 : 80)
    }

    var isSecure: Bool { url.scheme == "https" }

    /// What connections are shared between.
    var origin: String { "\(url.scheme)://\(url.host):\(port)" }
  }
#endif

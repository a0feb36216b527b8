#if Network
  import PreflightReferences

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// A URL, as it is fetched.
  struct Target: Sendable {
    /// The URL without user name and fragment, its host as ``host`` is spelled.
    let text: String
    let url: MediaURL
    let port: Int

    /// The host as it is looked up, checked and connected to: in lower case, without escapes and a final dot. Another
    /// spelling could be looked up once more, with another answer.
    var host: String { url.host }

    /// - Throws: `FetchFailure` if it can't be fetched.
    init(_ text: String) throws(FetchFailure) {
      do { url = try MediaURL(text) } catch { throw FetchFailure(.unreachable, error.reason) }
      let standardPort = url.scheme == "https" ? 443 : 80
      port = url.port.map(Int.init) ?? standardPort
      let isAddress = url.host.contains(":")
      var address = "\(url.scheme)://" + (isAddress ? "[\(url.host)]" : url.host)
      if port != standardPort { address += ":\(port)" }
      address += Self.escaped(url.path)
      if let query = url.query { address += "?" + Self.escaped(query) }
      self.text = address
      // What the HTTP client takes for the host must be what was checked.
      guard let parsed = URL(string: address),
        let host = parsed.host(percentEncoded: false),
        host == url.host || isAddress && host == "[\(url.host)]", parsed.port ?? standardPort == port
      else { throw FetchFailure(.unreachable, "its host \(url.host) isn't a valid name") }
    }

    /// A path or query with what can't stand in one escaped (RFC 3986, appendix A). What is escaped stays so: escaped
    /// again it would be another URL.
    private static func escaped(_ part: String) -> String {
      var result = ""
      var rest = Array(part.utf8)[...]
      while let byte = rest.popFirst() {
        let isEscape =
          byte == UInt8(ascii: "%") && rest.prefix(2).count == 2
          && rest.prefix(2).allSatisfy { Unicode.Scalar($0).properties.isASCIIHexDigit }
        result += isEscape ? "%" : byte.percentEncoded(except: "!$&'()*+,;=:@/?")
      }
      return result
    }

    /// What connections are shared between.
    var origin: String { "\(url.scheme)://\(host):\(port)" }
  }
#endif

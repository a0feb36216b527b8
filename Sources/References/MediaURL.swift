#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The parts of a URL (RFC 3986, section 3) that decide whether WhatsApp's servers can fetch it.
package struct MediaURL: Sendable, Hashable {
  package let scheme: String
  /// The host without brackets and a final dot, in lower case.
  package let host: String
  /// The port that is written; nil for the scheme's own.
  package let port: UInt16?
  /// The path as written: empty, or beginning with a slash.
  package let path: String
  /// What follows the question mark, as written; nil if there is none.
  package let query: String?

  /// Why a URL can't be fetched.
  package struct Invalid: Error {
    package let reason: String
    /// What to do about it, in a sentence with a full stop; nil for the usual.
    package var advice: String?
  }

  package init(_ text: String) throws(Invalid) {
    if text.isEmpty { throw Invalid(reason: "it is empty") }
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0...0x20, 0x7f...0xa0: throw Invalid(reason: "it contains a space or a control character")
      case 0x22, 0x3c, 0x3e, 0x5c, 0x5e, 0x60, 0x7b...0x7d:
        throw Invalid(reason: "it contains the character \(scalar), which must be percent-encoded")
      default: break
      }
    }
    // Compares scalars: to Character, a delimiter with a combining mark after it isn't a delimiter.
    let scalars = text.unicodeScalars
    guard let colon = scalars.firstIndex(of: ":"), scalars[colon...].starts(with: "://".unicodeScalars) else {
      throw Invalid(reason: "it doesn't start with https://")
    }
    scheme = String(scalars[..<colon]).lowercased()
    guard scheme == "http" || scheme == "https" else {
      throw Invalid(reason: "its scheme is \(scheme)")
    }
    let rest = scalars[colon...].dropFirst(3)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    // The text before the last @ is a user name, which must not be mistaken for the host.
    let hostAndPort = authority.lastIndex(of: "@").map { authority[$0...].dropFirst() } ?? authority
    let (host, port) = try Self.split(hostAndPort)
    let isPort = { (port: String) in
      port.utf8.allSatisfy { (0x30...0x39).contains($0) } && (UInt16(port) ?? 0) > 0
    }
    if let port = port.map(String.init), !port.isEmpty, !isPort(port) {
      throw Invalid(reason: "its port is \(port)")
    }
    self.port = port.flatMap { UInt16(String($0)) }
    var name = try Self.decodingPercents(host).lowercased()
    if name.hasSuffix(".") { name.removeLast() }
    if name.isEmpty { throw Invalid(reason: "it has no host") }
    if name.utf8.first == UInt8(ascii: ".") || Self.hasEmptyPart(name) {
      throw Invalid(reason: "its host has an empty label between two dots")
    }
    self.host = name
    let address = rest.dropFirst(authority.count).prefix { $0 != "#" }
    path = String(address.prefix { $0 != "?" })
    query = address.firstIndex(of: "?").map { String(address[$0...].dropFirst()) }
  }

  /// The last part of the path, without percent-escapes, if it has an extension; nil otherwise.
  package var fileName: String? {
    guard let last = path.split(separator: "/").last, last.contains(".") else { return nil }
    return String(last).withoutPercentEscapes
  }

  private static func hasEmptyPart(_ host: String) -> Bool {
    zip(host.utf8, host.utf8.dropFirst()).contains { $0 == UInt8(ascii: ".") && $1 == $0 }
  }

  private typealias Scalars = Substring.UnicodeScalarView

  private static func split(_ text: Scalars) throws(Invalid) -> (host: Scalars, port: Scalars?) {
    if text.first == "[" {
      guard let close = text.firstIndex(of: "]") else {
        throw Invalid(reason: "its host has no closing bracket")
      }
      let host = text[..<close].dropFirst()
      guard IPAddress(v6: String(host)) != nil else {
        throw Invalid(reason: "its host is not a valid IPv6 address")
      }
      let after = text[close...].dropFirst()
      guard after.isEmpty || after.first == ":" else { throw Invalid(reason: "its host is malformed") }
      return (host, after.isEmpty ? nil : after.dropFirst())
    }
    guard let colon = text.firstIndex(of: ":") else { return (text, nil) }
    return (text[..<colon], text[colon...].dropFirst())
  }

  /// Servers decode the host's percent-escapes before they look it up, so it is checked decoded. Only ASCII can be
  /// looked up (RFC 3986, section 3.2.2): what other letters become differs from program to program.
  private static func decodingPercents(_ host: Scalars) throws(Invalid) -> String {
    guard let name = String(host).withoutPercentEscapes, !name.utf8.contains(where: isMalformed) else {
      throw Invalid(reason: "its host is malformed")
    }
    if !name.utf8.allSatisfy({ $0 < 0x80 }) {
      throw Invalid(
        reason: "its host \(name) is not in ASCII",
        advice: "Write the host in ASCII letters, and an international name in Punycode (xn--…).")
    }
    return name
  }

  /// Whether a byte is in a host only as an escape or in error.
  private static func isMalformed(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x7f || "/?#@%".utf8.contains(byte)
  }

  /// Why the host can't be reached over the internet; nil if it can.
  package var privateReason: String? {
    if let address = IPAddress(v6: host) ?? IPAddress(v4: host) { return address.privateReason }
    if host == "localhost" || host.hasSuffix(".localhost") { return "this machine (\(host))" }
    if !host.utf8.contains(UInt8(ascii: ".")) { return "a bare host name (\(host))" }
    for suffix in [
      ".local", ".localdomain", ".internal", ".intranet", ".lan", ".home.arpa", ".onion", ".invalid",
    ]
    where host.hasSuffix(suffix) {
      return "a private network name (\(host))"
    }
    return nil
  }

  /// Why an address that a host resolves to can't be reached over the internet; nil if it can.
  ///
  /// - Parameter address: An IPv4 or IPv6 address as text.
  package static func privateReason(ofAddress address: String) -> String? {
    guard let parsed = IPAddress(v6: address) ?? IPAddress(v4: address) else {
      return "an address of an unknown kind (\(address))"
    }
    return parsed.privateReason
  }

  /// Whether the host belongs to Meta. Its links expire and can't be reused.
  package var isMetasOwn: Bool {
    ["lookaside.fbsbx.com", "scontent.whatsapp.net"].contains { host == $0 || host.hasSuffix("." + $0) }
  }
}

/// An IP address in network byte order.
struct IPAddress {
  private let bytes: [UInt8]

  /// Reads an IPv4 address in every form that resolvers accept: `127.1`, `0x7f000001`, `017700000001`.
  init?(v4 text: String) {
    guard text.utf8.first.map({ (0x30...0x39).contains($0) }) == true else { return nil }
    var address = in_addr()
    guard inet_aton(text, &address) != 0 else { return nil }
    bytes = withUnsafeBytes(of: address.s_addr) { Array($0) }
  }

  /// Reads an IPv6 address (RFC 4291, section 2.2) without brackets; ignores the zone.
  init?(v6 text: String) {
    guard text.utf8.contains(UInt8(ascii: ":")) else { return nil }
    let text = String(text.prefix { $0 != "%" })
    var address = in6_addr()
    guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
    let bytes = withUnsafeBytes(of: address) { Array($0) }
    // IPv4-mapped, IPv4-compatible, NAT64 and 6to4 addresses are checked as the IPv4 address inside.
    if bytes.starts(with: [0x20, 0x02]) {
      self.bytes = Array(bytes[2..<6])
      return
    }
    let prefix = Array(bytes[..<12])
    let zeros = [UInt8](repeating: 0, count: 10)
    let holdsV4 =
      prefix == zeros + [0xff, 0xff] || prefix == [0, 0x64, 0xff, 0x9b] + [UInt8](repeating: 0, count: 8)
      || (prefix == zeros + [0, 0] && !bytes[12...].starts(with: [0, 0, 0]))
    self.bytes = holdsV4 ? Array(bytes[12...]) : bytes
  }

  /// Why the address can't be reached over the internet (RFC 6890); nil if it can.
  var privateReason: String? { bytes.count == 4 ? reasonV4 : reasonV6 }

  private var reasonV4: String? {
    switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
    case (127, _, _, _): "the loopback address (this machine)"
    case (0, _, _, _): "the unspecified address"
    case (10, _, _, _), (172, 16...31, _, _), (192, 168, _, _): "a private address"
    case (100, 64...127, _, _): "a shared address (carrier-grade NAT)"
    case (169, 254, _, _): "a link-local address"
    case (168, 63, 129, 16): "an address of Azure's own services"
    case (192, 0, 0, _), (198, 18...19, _, _): "a reserved address"
    case (192, 0, 2, _), (198, 51, 100, _), (203, 0, 113, _): "an address for documentation"
    case (224...239, _, _, _): "a multicast address"
    case (240...255, _, _, _): "a reserved address"
    default: nil
    }
  }

  private var reasonV6: String? {
    if bytes.dropLast().allSatisfy({ $0 == 0 }) {
      return bytes[15] == 0 ? "the unspecified address" : "the loopback address (this machine)"
    }
    switch (bytes[0], bytes[1]) {
    case (0xfe, 0x80...0xbf): return "a link-local address"
    case (0xfe, 0xc0...0xff), (0xfc...0xfd, _): return "a private address"
    case (0xff, _): return "a multicast address"
    // Teredo and the other protocol assignments, 2001::/23.
    case (0x20, 0x01) where bytes[2] < 2: return "a reserved address"
    case (0x20, 0x01) where bytes[2] == 0x0d && bytes[3] == 0xb8, (0x3f, 0xff) where bytes[2] < 0x10:
      return "an address for documentation"
    case (0x20...0x3f, _): return nil
    // Nothing else has been given to anybody.
    default: return "a reserved address"
    }
  }
}

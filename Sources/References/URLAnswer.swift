/// What a server answered when a URL was fetched as WhatsApp fetches it: with one GET, following nothing.
public struct URLAnswer: Sendable, Hashable, Codable {
  /// The status code; nil if no answer came.
  public var status: Int?
  /// The header `Content-Type` as it was sent.
  public var contentType: String?
  /// The header `Content-Length`, in bytes.
  public var contentLength: UInt64?
  /// The header `Location` of a redirect.
  public var location: String?
  /// How many bytes of the body were read.
  public var bytesRead: UInt64 = 0
  /// How long the whole answer took.
  public var milliseconds: Int = 0

  /// Creates an answer of which nothing is known.
  public init() {}
}

extension URLAnswer {
  /// Whether the server sent the file (RFC 9110, section 15.3): 200, or 206 for a range that is the whole.
  package var isSuccess: Bool { status == 200 || status == 206 }

  /// Whether it leads elsewhere (RFC 9110, section 15.4).
  package var isRedirect: Bool { status.map { (300...399).contains($0) && $0 != 304 } ?? false }

  /// The media type without its parameters, in lower case; nil if there is none.
  package var mediaType: String? {
    guard let type = contentType?.prefix(while: { $0 != ";" && $0 != "," }) else { return nil }
    let trimmed = type.filter { $0 != " " && $0 != "\t" }.lowercased()
    return trimmed.isEmpty ? nil : trimmed
  }
}

/// An answer, and how its body came.
package struct Transfer: Sendable, Hashable, Codable {
  package var answer = URLAnswer()
  /// The header `Content-Encoding`, unless it is `identity`: how the body was compressed, although nothing was asked for.
  package var contentEncoding: String?
  /// Whether the body was decompressed.
  package var isDecoded = false
  /// Whether the end of the body can be told from a broken transfer.
  package var hasKnownEnd = true
  /// Whether the body was read only up to the limit that was asked for.
  package var isCut = false

  package init() {}
}

/// Why a reference didn't lead to bytes.
package struct FetchFailure: Error, Sendable, Hashable, Codable {
  package enum Kind: String, Sendable, Codable {
    /// The name has an address that isn't public, or it is one.
    case privateAddress
    /// There is no connection, or none that can be trusted; or the answer breaks off, or breaks the protocol.
    case unreachable
    /// This machine has no network or no resolver, or can't keep what comes: nothing was learned of the server.
    case local
    /// Meta knows no media of the ID.
    case unknownMedia
    /// Meta kept the media for its days.
    case expiredMedia
    /// The media belongs to another phone number.
    case foreignMedia
    /// Meta refused the call.
    case refused
    /// Meta didn't look at the call: the token isn't valid, or not for this; there were too many calls; or it failed
    /// itself. Nothing was learned of the media.
    case unserved
  }

  package let kind: Kind
  /// The reason, as the end of the sentence "The URL can't be fetched: …".
  package let reason: String
  /// What had come until then.
  package var answer: URLAnswer?
  /// What Meta says of the media that couldn't be downloaded; nil if it wasn't asked, or didn't answer.
  package var uploaded: UploadedMedia?

  package init(_ kind: Kind, _ reason: String, answer: URLAnswer? = nil) {
    self.kind = kind
    self.reason = reason
    self.answer = answer
  }
}

/// What Meta states of uploaded media (Cloud API reference, "Retrieve media URL"). It doesn't state its age.
public struct UploadedMedia: Sendable, Hashable, Codable {
  /// The media type that was declared at the upload; nil if it isn't stated.
  public var mediaType: String?
  /// The size in bytes; nil if it isn't stated.
  public var byteCount: UInt64?
  /// The SHA-256 of the bytes in lower-case hexadecimal; nil if it isn't stated.
  public var sha256: String?

  /// Creates a statement; nil for what isn't stated.
  public init(mediaType: String? = nil, byteCount: UInt64? = nil, sha256: String? = nil) {
    self.mediaType = mediaType
    self.byteCount = byteCount
    self.sha256 = sha256
  }

  private enum CodingKeys: String, CodingKey {
    case mediaType, sha256
    case byteCount = "size"
  }
}

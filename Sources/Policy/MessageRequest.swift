/// The fields of a message that is to be sent, as the caller has them.
public struct MessageRequest: Sendable, Hashable {
  /// The recipient's phone number with country code.
  public var to: String?
  /// The public URL at which WhatsApp's servers fetch the file.
  public var mediaURL: String?
  /// Meta's ID of an earlier upload.
  public var mediaID: String?
  /// The text under an image, a video or a document; at most 1024 characters.
  public var caption: String?
  /// The name under which a document is shown and saved.
  public var filename: String?
  /// Meta's ID of the number to send from.
  public var phoneNumberID: String?
  /// Keys that the caller's request has beyond these.
  public var unknownFields: [String]

  /// Creates a request from the fields that are known.
  public init(
    to: String? = nil, mediaURL: String? = nil, mediaID: String? = nil, caption: String? = nil,
    filename: String? = nil, phoneNumberID: String? = nil, unknownFields: [String] = []
  ) {
    self.to = to
    self.mediaURL = mediaURL
    self.mediaID = mediaID
    self.caption = caption
    self.filename = filename
    self.phoneNumberID = phoneNumberID
    self.unknownFields = unknownFields
  }

  package subscript(field: RequestField) -> String? {
    switch field {
    case .to: to
    case .mediaUrl: mediaURL
    case .mediaId: mediaID
    case .caption: caption
    case .filename: filename
    case .phoneNumberId: phoneNumberID
    }
  }
}

/// A recipient's phone number (ITU-T E.164, section 6): country code and subscriber number.
package struct PhoneNumber: Sendable, Hashable {
  /// 7 to 15 ASCII digits, the first not 0.
  package let digits: String

  /// Reads a number as people write it: a leading +, spaces, hyphens and parentheses are passed over.
  package init?(_ text: String) {
    var scalars = text.unicodeScalars[...]
    while scalars.first == " " { scalars = scalars.dropFirst() }
    if scalars.first == "+" { scalars = scalars.dropFirst() }
    var digits = ""
    for scalar in scalars {
      switch scalar {
      case "0"..."9": digits.unicodeScalars.append(scalar)
      case " ", "-", "(", ")", "\u{a0}", "\u{2010}", "\u{2011}": continue
      default: return nil
      }
    }
    // The shortest numbers in use, with their country code, have seven digits.
    guard (7...15).contains(digits.utf8.count), digits.first != "0" else { return nil }
    self.digits = digits
  }
}

/// The fields of a message to send.
///
/// The policy defines the fields and their allowed values. Those of WaConnect and the Cloud API have
/// properties here.
public struct MessageRequest: Sendable, Hashable {
  /// The values by the names of their fields.
  public var fields: [String: String]

  /// Creates a request from any fields.
  ///
  /// - Parameter fields: The values by the names of their fields in the policy.
  public init(fields: [String: String]) { self.fields = fields }

  /// Creates a request from the fields of WaConnect and the Cloud API.
  public init(
    to: String? = nil, mediaURL: String? = nil, mediaID: String? = nil, caption: String? = nil,
    filename: String? = nil, phoneNumberID: String? = nil, template: String? = nil, language: String? = nil
  ) {
    fields = [:]
    self.to = to
    self.mediaURL = mediaURL
    self.mediaID = mediaID
    self.caption = caption
    self.filename = filename
    self.phoneNumberID = phoneNumberID
    self.template = template
    self.language = language
  }

  /// The recipient's phone number with a country code.
  public var to: String? {
    get { fields["to"] }
    set { fields["to"] = newValue }
  }

  /// The public URL from which WhatsApp's servers fetch the file.
  public var mediaURL: String? {
    get { fields["mediaUrl"] }
    set { fields["mediaUrl"] = newValue }
  }

  /// Meta's ID of an earlier upload.
  public var mediaID: String? {
    get { fields["mediaId"] }
    set { fields["mediaId"] = newValue }
  }

  /// The text under an image, a video or a document; at most 1024 characters.
  public var caption: String? {
    get { fields["caption"] }
    set { fields["caption"] = newValue }
  }

  /// The name under which a document is shown and saved.
  public var filename: String? {
    get { fields["filename"] }
    set { fields["filename"] = newValue }
  }

  /// Meta's ID of the number to send from.
  public var phoneNumberID: String? {
    get { fields["phoneNumberId"] }
    set { fields["phoneNumberId"] = newValue }
  }

  /// The name of the template of a template message.
  public var template: String? {
    get { fields["template"] }
    set { fields["template"] = newValue }
  }

  /// The template's language, such as `en_US`.
  public var language: String? {
    get { fields["language"] }
    set { fields["language"] = newValue }
  }

  /// The card of a template's carousel that the media is for, as digits, counted from 0.
  public var card: String? {
    get { fields["card"] }
    set { fields["card"] = newValue }
  }

  /// The handle of a template's sample, from Meta's Resumable Upload API.
  public var headerHandle: String? {
    get { fields["headerHandle"] }
    set { fields["headerHandle"] = newValue }
  }
}

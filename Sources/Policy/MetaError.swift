/// An error number of Meta's Graph API that a message with media can meet, and the findings that foresee it.
public struct MetaError: Sendable, Hashable {
  /// The number, as `code` in Meta's answer or webhook.
  public let number: Int
  /// Meta's name for it.
  public let title: String
  /// What it means for a message with media.
  public let meaning: String
  /// Texts that come with it, each with the findings that would have foreseen it.
  public let cases: [Case]
  /// Where this is known from.
  public let source: String

  /// One text that comes with an error.
  public struct Case: Sendable, Hashable {
    /// What Meta says in `details`, or the situation where it says nothing of use.
    public let details: String
    /// The findings that would have foreseen it; empty where no check of the file or request can.
    public let codes: [FindingCode]
  }

  /// The error of a number; nil for one that has nothing to do with media.
  public static func numbered(_ number: Int) -> MetaError? { all.first { $0.number == number } }

  /// Every error that is known here, by its number.
  public static let all: [MetaError] = [
    MetaError(
      number: 100, title: "Invalid parameter",
      meaning:
        "The request itself is refused, at once: a parameter is misspelled, has no valid value, or the upload "
        + "is of a type or size that Meta doesn't accept.",
      cases: [
        Case(
          details: "Param file must be a file with one of the following types: …",
          codes: [.mediaTypeNotAllowed, .declaredTypeMismatch]),
        Case(details: "File Too Large", codes: [.fileTooLarge]),
        Case(
          details: "a parameter that Meta doesn't know, or a media or phone number ID that isn't yours",
          codes: [.unknownField, .invalidMediaID, .invalidPhoneNumberID]),
        Case(
          details: "subcode 2388273 or 2494102, about the sample of a template: see the subcode",
          codes: [.invalidMediaID, .missingMediaReference]),
      ], source: "Meta, Cloud API, error codes; answers of the media upload"),
    MetaError(
      number: 131008, title: "Required parameter is missing",
      meaning: "The request lacks a field, such as the recipient or the reference to the media.",
      cases: [
        Case(
          details: "Required parameter is missing",
          codes: [.missingRecipient, .missingMediaReference, .missingField])
      ], source: "Meta, Cloud API, error codes"),
    MetaError(
      number: 131009, title: "Parameter value is not valid",
      meaning: "A field of the request has a value that Meta doesn't accept.",
      cases: [
        Case(
          details: "Parameter value is not valid",
          codes: [
            .invalidRecipient, .invalidMediaURL, .invalidMediaID, .captionTooLong, .captionNotAllowed,
            .filenameNotAllowed, .invalidFilename, .conflictingMediaReferences, .invalidField,
          ])
      ], source: "Meta, Cloud API, error codes"),
    MetaError(
      number: 131026, title: "Message undeliverable",
      meaning:
        "The recipient can't receive the message: the number isn't on WhatsApp, its app is too old, or new terms "
        + "weren't accepted. It has nothing to do with the file.",
      cases: [Case(details: "the number has no WhatsApp account", codes: [])],
      source: "Meta, Cloud API, error codes"),
    MetaError(
      number: 131051, title: "Unsupported message type",
      meaning: "The `type` of the message is none that the API sends.",
      cases: [Case(details: "the endpoint isn't one of the API's", codes: [.invalidRequest])],
      source: "Meta, Cloud API, error codes"),
    MetaError(
      number: 131052, title: "Media download error",
      meaning:
        "Media that a user sent to you can't be downloaded, or a media ID is unknown or has expired. It isn't "
        + "about files that you send.",
      cases: [
        Case(
          details: "the media ID is unknown or expired",
          codes: [.invalidMediaID, .mediaIDUnknown, .mediaIDExpired, .mediaIDForeign])
      ],
      source: "Meta, Cloud API, error codes"),
    MetaError(
      number: 131053, title: "Media upload error",
      meaning:
        "The send was answered with 200, and WhatsApp then couldn't fetch or process the media: the message "
        + "never arrives. The webhook's `details` say why.",
      cases: [
        Case(
          details: "Unsupported Image mime type image/webp. Please use one of image/jpeg, image/png.",
          codes: [.mediaTypeNotAllowed, .extensionMismatch]),
        Case(
          details: "Image is invalid. … JPG RGB/RGBA 8 bit, PNG up to 8 bit/channel",
          codes: [.colorModelNotAllowed, .bitDepthNotAllowed, .imageEncodingNotAllowed, .damagedFile]),
        Case(
          details: "… is of type video/mp4, videoCodec=hevc, audioCodec=unknown",
          codes: [.videoCodecNotAllowed, .audioCodecNotAllowed, .pixelFormatNotAllowed, .noVideoStream]),
        Case(
          details: "Audio file uploaded with mimetype as audio/mp4, however on processing it is of type "
            + "application/octet-stream",
          codes: [.fragmentedFile, .damagedFile, .mangledFile, .declaredTypeMismatch, .noMediaData]),
        Case(
          details: "Sticker file could not be processed",
          codes: [
            .pixelSizeNotAllowed, .fileTooLarge, .frameTooShort, .animationTooLong, .singleFrameAnimation,
            .damagedFile, .trailingData,
          ]),
        Case(
          details: "Downloading media from weblink failed with http code 403",
          codes: [
            .mediaURLNotPublic, .invalidMediaURL, .insecureMediaURL, .urlExpired, .urlExpiresSoon,
            .urlEscaped, .urlStatus, .urlUnreachable, .urlSlow,
          ]),
        Case(
          details:
            "Downloading media from weblink failed with http code 429, … ratelimit reason: Request ratelimit by "
            + "fwdproxy (WhatsApp limits how often it fetches from a network; no check can see that, and an upload avoids it)",
          codes: [.urlStatus]),
        Case(
          details: "Unsupported Image mime type text/html",
          codes: [.urlRedirects, .urlSharePage, .urlContentType, .mangledFile, .mediaTypeNotAllowed]),
      ], source: "Meta, Cloud API, error codes; reports with the texts quoted"),
    MetaError(
      number: 132000, title: "Template param count mismatch",
      meaning:
        "The message has more or fewer parameters than its template. Media is the one parameter of the header. Each "
        + "variable of the body or of a button is another, which preflight doesn't know.",
      cases: [
        Case(
          details:
            "header: number of localizable_params (0) does not match the expected number of params (1)",
          codes: [.missingMediaReference]),
        Case(details: "body: number of localizable_params (0) does not match …", codes: []),
      ], source: "Meta, Cloud API, error codes; reports with the texts quoted"),
    MetaError(
      number: 132001, title: "Template does not exist",
      meaning:
        "The account has no approved template of this name in this language. Both must be written exactly as in the "
        + "template: en_US is neither en nor en-US.",
      cases: [
        Case(details: "template name (…) does not exist in …", codes: [.missingField, .invalidField])
      ], source: "Meta, Cloud API, error codes"),
    MetaError(
      number: 132012, title: "Template parameter format mismatch",
      meaning:
        "The template's header expects another kind of media than the message has, or the parameter is missing.",
      cases: [
        Case(
          details: "header: Format mismatch, expected IMAGE, received VIDEO", codes: [.mediaTypeNotAllowed]),
        Case(
          details: "header: Format mismatch, expected IMAGE, received UNKNOWN",
          codes: [.missingMediaReference, .mediaTypeNotAllowed]),
        Case(
          details:
            "header component parameter should not be empty: cards of the template's carousel are missing",
          codes: []),
      ], source: "Meta, Cloud API, error codes; reports with the texts quoted"),
    MetaError(
      number: 2_388_273, title: "Missing sample parameter for title type",
      meaning:
        "The subcode of error 100 if a template is created whose header has no usable sample: "
        + "`example.header_handle` is the handle of a resumable upload (4::…), never a URL.",
      cases: [
        Case(details: "`header_handle` is a URL", codes: [.invalidMediaID, .invalidMediaURL]),
        Case(details: "`header_handle` is missing", codes: [.missingMediaReference]),
      ], source: "Reports of error 100 with subcode 2388273"),
    MetaError(
      number: 2_494_102, title: "Uploaded media handle is invalid",
      meaning:
        "The subcode of error 100 if a template is created with something else than the handle of a resumable upload, "
        + "such as the ID of uploaded media, or with a handle that was changed or has expired.",
      cases: [
        Case(details: "`header_handle` is a media ID", codes: [.invalidMediaID]),
        Case(details: "the handle was changed, or has expired", codes: []),
      ], source: "Reports of error 100 with subcode 2494102"),
  ]
}

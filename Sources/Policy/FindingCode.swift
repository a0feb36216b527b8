internal import PreflightTOML

/// The name of a finding, in kebab-case; never reused for another meaning.
///
/// The set is open: a later version may know more codes than a program was written for.
public struct FindingCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The name, such as `file-too-large`.
  public let rawValue: String

  /// Creates a code from its name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The name, such as `file-too-large`.
  public var description: String { rawValue }

  /// What the code means; nil for a name that isn't one of the catalogue's.
  public var explanation: Explanation? {
    // No dictionary, which a start would feel; the length alone tells most names apart.
    Explanation.all.first { $0.code.rawValue.utf8.count == rawValue.utf8.count && $0.code == self }
  }
}

/// All that there is to say about a finding code. Each stands in a file of its own under `Codes`.
public struct Explanation: Sendable {
  /// The code that is explained.
  public let code: FindingCode
  /// How grave it is where a policy doesn't say.
  public let severity: Severity
  /// One line for tables.
  public let title: String
  /// What is said of a file, with `{expected}`, `{actual}`, `{Endpoint}` and `{endpoint}` filled in.
  public let message: String
  /// What it means, and why the rule exists.
  public let reason: String
  /// Where the rule comes from.
  public let source: String
  /// How to mend it, whatever the file.
  public let remedy: String
  /// How to mend it in particular cases, the first that fits; `{file}` and `{out:EXT}` stand for the
  /// file's name and for a new name with another extension, quoted for a shell.
  public let commands: [RemedyCommand]

  init(
    _ code: FindingCode, _ severity: Severity, title: String, message: String, reason: String,
    source: String, remedy: String, commands: [RemedyCommand] = []
  ) {
    self.code = code
    self.severity = severity
    self.title = title
    self.message = message
    self.reason = reason
    self.source = source
    self.remedy = remedy
    self.commands = commands
  }
}

/// A command that mends a file, and when it fits.
public struct RemedyCommand: Sendable {
  /// The endpoint that was asked for, or any.
  public let endpoint: Endpoint?
  /// The start of the media types that it fits, such as `image/`; empty for all.
  public let types: [String]
  /// What it does and the command.
  public let text: String

  init(_ text: String, for endpoint: Endpoint? = nil, types: [String] = []) {
    self.endpoint = endpoint
    self.types = types
    self.text = text
  }

  func fits(_ endpoint: Endpoint?, _ mediaType: String?) -> Bool {
    if let wanted = self.endpoint, wanted != endpoint ?? Self.nearest(to: mediaType) { return false }
    guard !types.isEmpty else { return true }
    guard let mediaType else { return false }
    return types.contains { mediaType.hasPrefix($0) }
  }

  /// The endpoint that a type would go to if it were one that is taken.
  private static func nearest(to mediaType: String?) -> Endpoint {
    mediaType.flatMap { Endpoint(rawValue: String($0.prefix { $0 != "/" })) } ?? .document
  }
}

extension Explanation {
  /// Every explanation, in the order of the contract's table.
  public static let all: [Explanation] = [
    .unreadable, .emptyFile, .mediaTypeNotAllowed, .declaredTypeMismatch, .extensionMismatch,
    .fileTooLarge, .nearSizeLimit, .sizeLimitDisputed, .damagedFile, .partlyChecked, .trailingData,
    .colorModelNotAllowed, .bitDepthNotAllowed, .animatedImage, .pixelSizeNotAllowed,
    .frameTooShort, .animationTooLong, .singleFrameAnimation,
    .videoCodecNotAllowed, .audioCodecNotAllowed, .pixelFormatNotAllowed,
    .noVideoStream, .noAudioStream, .noMediaData, .tooManyVideoStreams, .tooManyAudioStreams,
    .channelCountNotAllowed,
    .androidUnsupportedProfile, .notFastStart, .fragmentedFile, .voiceNoteTooLarge,
    .encryptedDocument, .macroEnabledDocument, .activeContent, .embeddedProgram, .polyglotFile,
    .locationMetadata,
    .missingRecipient, .invalidRecipient, .missingMediaReference, .conflictingMediaReferences,
    .invalidMediaURL, .mediaURLNotPublic, .insecureMediaURL, .invalidMediaID, .invalidPhoneNumberID,
    .captionNotAllowed, .captionTooLong, .filenameNotAllowed, .invalidFilename,
    .unknownField, .invalidRequest, .mediaNotChecked,
  ]

  /// ", did you mean 'x'?" for a misspelled code; empty where none is near.
  public static func suggestion(for name: String) -> String {
    TOMLDecoder.suggestion(name, all.map(\.code.rawValue))
  }
}

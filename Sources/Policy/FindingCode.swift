internal import PreflightTOML

/// The name of a finding, in kebab-case; never reused for another meaning.
///
/// The set is open: a later version may know more codes than a program was written for.
public struct FindingCode: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  /// The name, such as `file-too-large`.
  public let rawValue: String

  /// Creates a code from its name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The name, such as `file-too-large`.
  public var description: String { rawValue }

  /// What the code means; nil for a name that isn't one of the catalogue's.
  public var explanation: Explanation? {
    Explanation.byCode[self]
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
  /// How to fix it, whatever the file.
  public let remedy: String
  /// How to fix it in particular cases; the first that fits is proposed.
  public let fixes: [RemedyChoice]

  init(
    _ code: FindingCode, _ severity: Severity, title: String, message: String, reason: String,
    source: String, remedy: String, fixes: [RemedyChoice] = []
  ) {
    self.code = code
    self.severity = severity
    self.title = title
    self.message = message
    self.reason = reason
    self.source = source
    self.remedy = remedy
    self.fixes = fixes
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

  fileprivate static let byCode = Dictionary(
    all.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })

  /// ", did you mean 'x'?" for a misspelled code; empty where none is near.
  public static func suggestion(for name: String) -> String {
    TOMLDecoder.suggestion(name, all.map(\.code.rawValue))
  }
}

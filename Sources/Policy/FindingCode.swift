internal import PreflightTOML

/// The name of a finding, in kebab-case; never reused with another meaning.
///
/// The set is open: later versions may have more codes.
public struct FindingCode: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  /// The name, such as `file-too-large`.
  public let rawValue: String

  /// Creates a code from its name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The name, such as `file-too-large`.
  public var description: String { rawValue }

  /// The explanation of the code in the catalogue; nil for another one, which a policy may explain
  /// (``Policy/explanation(of:)``).
  public var explanation: Explanation? {
    Explanation.byCode[self]
  }
}

/// The explanation of a finding code. Each of the catalogue is in its own file under `Codes`; a policy has those of its
/// own codes.
public struct Explanation: Sendable {
  /// The code that is explained.
  public let code: FindingCode
  /// Its severity unless the policy sets one.
  public let severity: Severity
  /// One line for tables.
  public let title: String
  /// The message about a file, with the placeholders `{expected}`, `{actual}` and `{Endpoint}`, and those of its check.
  public let message: String
  /// What it means, and why the rule exists.
  public let reason: String
  /// Where the rule comes from.
  public let source: String
  /// How to fix it, whatever the file.
  public let remedy: String
  /// Fixes for particular cases; the first suitable one is proposed.
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
  /// Every explanation, in the order of `preflight explain`.
  public static let all: [Explanation] = [
    .unreadable, .emptyFile, .mediaTypeNotAllowed, .declaredTypeMismatch, .extensionMismatch,
    .fileTooLarge, .nearSizeLimit, .sizeLimitDisputed, .damagedFile, .mangledFile, .possiblyTruncated,
    .partlyChecked, .leadingData, .trailingData, .imageEncodingNotAllowed,
    .colorModelNotAllowed, .bitDepthNotAllowed, .animatedImage, .pixelSizeNotAllowed,
    .frameTooShort, .animationTooLong, .singleFrameAnimation,
    .videoCodecNotAllowed, .audioCodecNotAllowed, .pixelFormatNotAllowed,
    .noVideoStream, .noAudioStream, .noMediaData, .tooManyVideoStreams, .tooManyAudioStreams,
    .channelCountNotAllowed,
    .androidUnsupportedProfile, .notFastStart, .fragmentedFile, .voiceNoteTooLarge,
    .encryptedDocument, .macroEnabledDocument, .activeContent, .embeddedProgram, .polyglotFile,
    .locationMetadata,
    .missingRecipient, .invalidRecipient, .missingMediaReference, .conflictingMediaReferences,
    .invalidMediaURL, .mediaURLNotPublic, .insecureMediaURL,
    .urlExpired, .urlExpiresSoon, .urlEscaped, .urlSharePage,
    .urlUnreachable, .urlStatus, .urlRedirects, .urlContentType, .urlContentEncoding, .urlNoLength, .urlSlow,
    .invalidMediaID, .mediaIDUnknown, .mediaIDExpired, .mediaIDForeign, .invalidPhoneNumberID,
    .captionNotAllowed, .captionTooLong, .missingFilename, .filenameNotAllowed, .invalidFilename,
    .missingField, .invalidField, .unknownField, .invalidRequest, .mediaNotChecked,
  ]

  fileprivate static let byCode = Dictionary(
    all.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })

  /// "; did you mean 'x'?" for a misspelled code; empty if no code is similar.
  ///
  /// - Parameters:
  ///   - name: The name that isn't a code.
  ///   - own: The explanations of policies' own codes.
  public static func suggestion(for name: String, own: [Explanation] = []) -> String {
    TOMLDecoder.suggestion(name, (own + all).map(\.code.rawValue))
  }
}

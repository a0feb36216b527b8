internal import PreflightBytes

/// Content that a file contains besides what it shows, and that could harm the person who opens it.
public struct HiddenContent: Sendable, Hashable {
  /// What it does to the person who opens the file.
  public enum Kind: Sendable, Hashable, CaseIterable {
    /// A script that the document's program runs.
    case script
    /// An action, or content loaded from elsewhere, that starts a program.
    case launchAction
    /// A program that is stored in the file.
    case program
    /// The bytes are also a valid file of another type.
    case otherFormat
  }

  /// What it does to the person who opens the file.
  public let kind: Kind

  /// The file offset; nil if it is in a compressed part with an unknown offset.
  public let offset: UInt64?

  /// What it is: text that continues "The file contains".
  public let words: String

  /// Creates a note of something hidden.
  public init(_ kind: Kind, at offset: UInt64?, _ words: String) {
    self.kind = kind
    self.offset = offset
    self.words = words
  }
}

extension Reading {
  /// Notes hidden content; of several with the same text, the first is kept.
  package mutating func add(_ content: HiddenContent) {
    guard hidden.count < Limits.Reading.hidden else { return }
    if hidden.contains(where: { $0.kind == content.kind && $0.words == content.words }) { return }
    hidden.append(content)
  }
}

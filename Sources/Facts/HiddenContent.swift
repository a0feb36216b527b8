internal import PreflightBytes

/// Something that a file carries beside what it shows: whoever sends it should know, and whoever opens it
/// may fear it.
public struct HiddenContent: Sendable, Hashable {
  /// What it does to whoever opens the file.
  public enum Kind: Sendable, Hashable, CaseIterable {
    /// A script that the document's program runs.
    case script
    /// An action, or something fetched from elsewhere, that starts a program.
    case launchAction
    /// A program that is stored in the file.
    case program
    /// The bytes are a file of another type at once.
    case otherFormat
  }

  /// What it does to whoever opens the file.
  public let kind: Kind

  /// The file offset at which it stands; nil where it stands in a packed part whose place isn't known.
  public let offset: UInt64?

  /// What it is, in words that follow "the file carries" (or "is at once", for another format).
  public let words: String

  /// Creates a note of something hidden.
  public init(_ kind: Kind, at offset: UInt64?, _ words: String) {
    self.kind = kind
    self.offset = offset
    self.words = words
  }
}

extension Reading {
  /// Notes something hidden; the first of those that would read alike is kept.
  package mutating func add(_ content: HiddenContent) {
    guard hidden.count < Limits.Reading.hidden else { return }
    if hidden.contains(where: { $0.kind == content.kind && $0.words == content.words }) { return }
    hidden.append(content)
  }
}

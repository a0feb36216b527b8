public import SystemPackage

/// What was done to fix a file, as results report it.
public struct FixNote: Sendable, Hashable {
  /// A step, in the order in which it was done.
  public struct Step: Sendable, Hashable, Codable {
    /// Its name, such as `fast-start`.
    public let action: String
    /// What is done, such as "Move the index before the media data".
    public let summary: String
    /// Whether everything that is shown or heard stays as it is.
    public let lossless: Bool
    /// A POSIX shell command that does the same.
    public let command: String?

    /// Creates a step.
    public init(action: String, summary: String, lossless: Bool, command: String?) {
      self.action = action
      self.summary = summary
      self.lossless = lossless
      self.command = command
    }
  }

  /// The steps; none if nothing had to be done, or nothing could be.
  public var steps: [Step]
  /// The file that was written; nil if none was.
  public var output: FilePath?
  /// What the check of the new file says, or that of the file itself if it is accepted; nil if nothing was made and
  /// checked.
  public var verdict: Verdict?
  /// Why the file can't be fixed; nil if it was.
  public var reason: String?

  /// Creates a note.
  public init(steps: [Step] = [], output: FilePath? = nil, verdict: Verdict? = nil, reason: String? = nil) {
    self.steps = steps
    self.output = output
    self.verdict = verdict
    self.reason = reason
  }
}

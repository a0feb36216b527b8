/// What fixes have begun and not ended.
public enum Unfinished {
  /// Ends the programs and removes the files, for a process that is about to end. Nothing can be begun afterwards.
  public static func abandonAll() {
    NewFile.abandonAll()
    TemporaryFolder.abandonAll()
  }
}

/// What a kind of work has begun and not ended: files, folders or programs, by their names.
struct Begun<Item: Hashable & Sendable>: Sendable {
  var items: Set<Item> = []
  /// Whether the run ends, so that nothing may be begun.
  var isAbandoned = false
}

/// What fixes have begun and not ended.
public enum Unfinished {
  /// Ends the programs and removes the files, for a process that is about to end. Nothing can be begun afterwards.
  public static func abandonAll() {
    NewFile.abandonAll()
    TemporaryFolder.abandonAll()
  }
}

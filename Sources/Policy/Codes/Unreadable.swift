extension FindingCode {
  /// The file can't be opened or read, or isn't a regular file.
  public static let unreadable = FindingCode(rawValue: "unreadable")
}

extension Explanation {
  static let unreadable = Explanation(
    .unreadable, .error,
    title: "The file can't be opened or read, or isn't a regular file",
    message: "Can't read the file: {actual}.",
    reason: "Nothing can be said of bytes that can't be read. Folders, pipes, devices and "
      + "sockets are never opened for reading, since they could block for ever.",
    source: "POSIX.1-2017, open()",
    remedy: "Check that the path names a regular file that this user may read.")
}

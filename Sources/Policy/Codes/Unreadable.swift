extension FindingCode {
  /// The file is missing, can't be read, or isn't a regular file.
  public static let unreadable = FindingCode(rawValue: "unreadable")
}

extension Explanation {
  static let unreadable = Explanation(
    .unreadable, .error,
    title: "The file is missing, can't be read, or isn't a regular file",
    message: "Can't read the file: {actual}.",
    reason:
      "preflight opens only regular files. Reading pipes, devices and sockets "
      + "could block forever.",
    source: "POSIX.1-2017, open()",
    remedy: "Check that the path is a regular file and that you have permission to read it.")
}

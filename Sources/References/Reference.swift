public import SystemPackage

/// A reference to a file: a path, a URL, or the ID of an upload.
public enum Reference: Sendable, Hashable {
  /// A path in the file system.
  case file(FilePath)
  /// An `http` or `https` URL, as it was given.
  case url(String)
  /// The ID of media that was uploaded to Meta: digits.
  case mediaID(String)

  /// Creates a reference from a command-line argument, a line of a list, or a value of a request.
  ///
  /// - Parameter word: Text without a NUL. Text that starts with `http://` or `https://` is a URL,
  ///   `media-id:` and digits are an ID, and everything else is a path.
  public init(_ word: String) {
    let scheme = word.prefix { $0 != ":" }.lowercased()
    if scheme == "http" || scheme == "https", word.dropFirst(scheme.count).hasPrefix("://") {
      self = .url(word)
    } else if let id = Self.mediaID(word) {
      self = .mediaID(id)
    } else {
      self = .file(FilePath(word))
    }
  }

  /// The name in results: the path, or the text as given.
  package var name: FilePath {
    switch self {
    case .file(let path): path
    case .url(let text): FilePath(text)
    case .mediaID(let digits): FilePath("media-id:" + digits)
    }
  }

  private static func mediaID(_ word: String) -> String? {
    guard word.hasPrefix("media-id:") else { return nil }
    let digits = word.dropFirst("media-id:".count)
    let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return isNumber ? String(digits) : nil
  }
}

internal import PreflightBytes
public import SystemPackage

/// A reference to a file: a path, a URL, or the ID of an upload.
public enum Reference: Sendable, Hashable, Codable {
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
    // Compares bytes: a slash with a combining mark is one character, but still a slash for servers.
    let head = word.utf8.prefix(8).map(\.asciiLowercased)
    if head.starts(with: "http://".utf8) || head.elementsEqual("https://".utf8) {
      self = .url(word)
    } else if let id = Self.mediaID(word) {
      self = .mediaID(id)
    } else {
      self = .file(FilePath(word))
    }
  }

  /// Creates a reference from the bytes of a word, of which only a path may have any that aren't UTF-8.
  ///
  /// - Precondition: The bytes contain no NUL.
  package init(_ bytes: [UInt8]) {
    if let word = String(validating: bytes, as: UTF8.self) {
      self = Self(word)
    } else {
      self = .file(FilePath(bytes))
    }
  }

  /// The path of a file; nil for what isn't one.
  public var path: FilePath? {
    if case .file(let path) = self { path } else { nil }
  }

  /// The reference as it was given; nil for a path that isn't UTF-8.
  package var text: String? {
    switch self {
    case .file(let path): path.text
    case .url(let text): text
    case .mediaID(let digits): "media-id:" + digits
    }
  }

  /// The reference as one word of a POSIX shell.
  package var shellQuoted: String {
    switch self {
    case .file(let path): path.shellQuoted
    case .url, .mediaID: ShellWord.quoted(text ?? "")
    }
  }

  /// The reference for display: bytes that aren't UTF-8, and control characters, as `\xNN`.
  package var display: String {
    switch self {
    case .file(let path): path.display
    case .url, .mediaID: EscapedText.of(Array((text ?? "").utf8))
    }
  }

  /// The name of the file that it leads to, for its extension and in fixes; nil if nothing names it.
  package var fileName: FilePath? {
    switch self {
    case .file(let path): path
    case .url(let text): (try? MediaURL(text))?.fileName.flatMap(Self.nameWithoutSlashes)
    case .mediaID: nil
    }
  }

  private static func nameWithoutSlashes(_ name: String) -> FilePath? {
    name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") } ? nil : FilePath(name)
  }

  /// What to do about a path at which nothing is, where it looks like the address of a file elsewhere.
  ///
  /// - Parameter path: A path that was made of an address, so that its two slashes are one.
  package static func advice(forMissing path: FilePath) -> String? {
    guard let text = String(validating: path), let colon = text.firstIndex(of: ":") else { return nil }
    let (scheme, rest) = (text[..<colon].lowercased(), text[text.index(after: colon)...])
    let isScheme =
      scheme.utf8.count > 1 && scheme.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x33 }
    guard rest.hasPrefix("/"), isScheme else { return nil }
    let address = "\(scheme):/\(rest)"
    let word = ShellWord.quoted(address)
    switch scheme {
    case "http", "https":
      return "a URL has two slashes after the colon: \(address)"
    case "s3": return "run aws s3 cp \(word) . first"
    case "gs": return "run gcloud storage cp \(word) . first"
    case "file": return "give the path without file://"
    default: return "WhatsApp fetches http and https URLs only: download \(address) first"
    }
  }

  private static func mediaID(_ word: String) -> String? {
    guard word.hasPrefix("media-id:") else { return nil }
    let digits = word.dropFirst("media-id:".count)
    let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return isNumber ? String(digits) : nil
  }
}

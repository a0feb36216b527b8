package import SystemPackage

/// Paths are `SystemPackage.FilePath` everywhere: bytes as the file system has them, which need not be valid
/// UTF-8. What it doesn't bring is here: the bytes themselves, and a path as people and shells read it.
extension FilePath {
  /// Creates a path from its bytes, of which none is NUL.
  ///
  /// - Precondition: No system has paths with a NUL byte, so whoever reads paths from elsewhere refuses them.
  package init(_ bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    precondition(!bytes.contains(0), "a path has no NUL byte")
    self.init(platformString: bytes.map { CInterop.PlatformChar(bitPattern: $0) } + [0])
  }

  /// The bytes, without a terminating NUL.
  package var bytes: [UInt8] {
    // The path has `length` bytes before its NUL; they are copied before the closure ends.
    withPlatformString { Array(UnsafeRawBufferPointer(start: $0, count: length)) }
  }

  /// The path as text, when it is valid UTF-8.
  package var text: String? { String(validating: self) }

  /// The path for people: bytes that aren't UTF-8, and control characters, as `\xNN`. No two paths show
  /// alike: the backslash of a path that has such a mark itself is shown as `\x5c`.
  package var display: String { EscapedText.of(bytes) }

  /// The last component's extension without the dot, in lower case; nil where there is none.
  package var lowercasedExtension: String? {
    guard let name = self.extension, !name.isEmpty else { return nil }
    return name.lowercased()
  }

  /// The path with another extension, marked as another file where that would be the same path.
  package func replacingExtension(with new: String?) -> FilePath {
    var stem = self
    stem.extension = nil
    let suffix = new.map { Array(".\($0)".utf8) } ?? Array(bytes.dropFirst(stem.length))
    let own = bytes.dropFirst(stem.length)
    let isSame = own.map(\.asciiLowercased) == suffix.map(\.asciiLowercased)
    return FilePath(stem.bytes + (isSame ? Array("-fixed".utf8) : []) + suffix)
  }

  /// The path as one word of a POSIX shell, never taken for an option.
  package var shellQuoted: String {
    ShellWord.quoted(bytes.first == UInt8(ascii: "-") ? Array("./".utf8) + bytes : bytes)
  }
}

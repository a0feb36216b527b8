package import SystemPackage

/// Paths are `SystemPackage.FilePath` everywhere: raw bytes, which need not be valid UTF-8. This extension
/// adds what it lacks: the bytes themselves, and a path as people and shells read it.
extension FilePath {
  /// Creates a path from bytes without NUL.
  ///
  /// - Precondition: The bytes contain no NUL. Callers that read paths from elsewhere must reject NUL.
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

  /// The path for display: bytes that aren't UTF-8, and control characters, as `\xNN`. No two paths look the
  /// same: a backslash is shown as `\x5c` in a path that already contains such an escape.
  package var display: String { EscapedText.of(bytes) }

  /// The last component's extension without the dot, in lower case; nil if there is none.
  package var lowercasedExtension: String? {
    guard let name = self.extension, !name.isEmpty else { return nil }
    return name.lowercased()
  }

  /// The path with another extension; with a suffix if that would be the same path.
  package func replacingExtension(with new: String?) -> FilePath {
    var stem = self
    stem.extension = nil
    let suffix = new.map { Array(".\($0)".utf8) } ?? Array(bytes.dropFirst(stem.length))
    let own = bytes.dropFirst(stem.length)
    let isSame = own.map(\.asciiLowercased) == suffix.map(\.asciiLowercased)
    return stem.ending(in: (isSame ? Array("-fixed".utf8) : []) + suffix)
  }

  /// The bytes that a name may have nearly everywhere.
  private static let longestName = 255

  /// The path with more at the end of its name, which is cut where the result would be too long for a file system.
  ///
  /// Every name of an output is made by this, so that what is announced is what is written.
  package func ending(in suffix: [UInt8]) -> FilePath {
    let name = lastComponent.map { FilePath(root: nil, [$0]).bytes } ?? []
    let room = max(0, Self.longestName - suffix.count)
    var end = min(name.count, room)
    // A character isn't cut in two: in UTF-8 it has up to four bytes, of which all but the first begin with the bits 10.
    if end < name.count {
      while end > 0, end > room - 4, name[end] & 0xc0 == 0x80 { end -= 1 }
    }
    return FilePath(bytes.dropLast(name.count - end) + suffix)
  }

  /// The path as one POSIX shell word that can't be mistaken for an option.
  package var shellQuoted: String {
    ShellWord.quoted(bytes.first == UInt8(ascii: "-") ? Array("./".utf8) + bytes : bytes)
  }
}

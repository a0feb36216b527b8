internal import SystemPackage
package import PreflightBytes
internal import PreflightPolicy

/// A digest of a file's content, whatever its name.
public struct ContentDigest: Sendable, Hashable {
  /// The digest as text: `sha256:` and 64 hexadecimal digits, which `sha256sum` gives as well; or of a
  /// file beyond 2 GiB `sha256-16mib:`, the digits of its first 16 MiB, a colon, and its size.
  public let text: String

  /// The SHA-256 of the whole content in hexadecimal; nil if it is the digest of a part.
  var sha256: String? {
    text.hasPrefix(Self.whole) ? String(text.dropFirst(Self.whole.count)) : nil
  }

  private static let whole = "sha256:"

  /// Whether it is the digest of no bytes at all.
  public var isOfNothing: Bool { self == Self.nothing }

  /// Creates a digest from its text.
  ///
  /// - Parameter text: The text of another digest.
  public init(text: String) { self.text = text }

  /// Digests a source's bytes; nil where it can't be read, or hasn't the bytes any more that it was opened with.
  package init?(of source: any ByteSource) {
    // No more is read than of a file that is checked, so that one of terabytes doesn't hold up a run.
    let limit = min(source.byteCount, Limits.Window.bytesRead(of: source.byteCount))
    var window = ByteWindow(source)
    var hash = SHA256()
    var offset: UInt64 = 0
    do {
      while offset < limit {
        let block = try window.block(at: offset, upTo: limit - offset)
        if block.remaining == 0 { return nil }
        block.bytes.withUnsafeBytes { hash.update($0) }
        offset += UInt64(block.remaining)
      }
      try source.checkUnchanged()
    } catch {
      // What can't be read again has no digest, and so is never taken for what is known.
      return nil
    }
    let hex = hash.digest().hexadecimal
    text = limit == source.byteCount ? Self.whole + hex : "sha256-16mib:\(hex):\(source.byteCount)"
  }

  private static let nothing = ContentDigest(text: whole + SHA256().digest().hexadecimal)
}

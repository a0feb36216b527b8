internal import SystemPackage
internal import PreflightBytes
internal import PreflightPolicy

/// What tells one file's content from another's, whatever its name.
public struct ContentDigest: Sendable, Hashable {
  /// The digest as text: `sha256:` and 64 hexadecimal digits, which `sha256sum` gives as well; or of a
  /// file beyond 2 GiB `sha256-2gib:`, the digits of its first 2 GiB, a colon, and its size.
  public let text: String

  /// Whether it is the digest of no bytes at all.
  public var isOfNothing: Bool { self == Self.nothing }

  /// Takes a digest from its text.
  public init(text: String) { self.text = text }

  /// Digests a file's bytes; nil where it can't be read, or hasn't `byteCount` bytes any more.
  ///
  /// - Parameter byteCount: The size that the file had when it was judged.
  init?(ofFileAt path: FilePath, byteCount: UInt64) {
    guard let source = try? FileSource(path: path), source.byteCount == byteCount else { return nil }
    let limit = min(byteCount, Limits.Window.bytesRead)
    var hash = SHA256()
    var offset: UInt64 = 0
    // No more is read than of a file that is judged, so that one of terabytes doesn't hold up a run.
    var buffer = [UInt8](repeating: 0, count: Int(min(limit, 1 << 18)))
    while offset < limit {
      let wanted = Int(min(limit - offset, UInt64(buffer.count)))
      let count = buffer.withUnsafeMutableBytes { bytes in
        let target = UnsafeMutableRawBufferPointer(rebasing: bytes[..<wanted])
        guard let count = try? source.read(into: target, at: offset), count > 0 else { return 0 }
        hash.update(UnsafeRawBufferPointer(rebasing: target[..<count]))
        return count
      }
      if count == 0 { return nil }
      offset += UInt64(count)
    }
    let hex = Self.hexadecimal(hash.digest())
    text = limit == byteCount ? "sha256:\(hex)" : "sha256-2gib:\(hex):\(byteCount)"
  }

  private static let nothing = ContentDigest(text: "sha256:" + hexadecimal(SHA256().digest()))

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
  }
}

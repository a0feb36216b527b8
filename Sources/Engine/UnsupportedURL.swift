#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// A URL that names no local file. The library has no network: download it, and check the data.
public struct UnsupportedURL: Error, Hashable, CustomStringConvertible {
  /// The URL that was given.
  public let url: URL

  /// The reason in words, with the URL's scheme.
  public var description: String {
    guard !url.isFileURL else { return "a file URL can't hold a NUL: \(url.absoluteString)" }
    let scheme = url.scheme.map { "'\($0)' URLs" } ?? "URLs without a scheme"
    return "only file URLs can be checked, not \(scheme): download \(url.absoluteString) and check the data"
  }
}

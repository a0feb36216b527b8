#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// An error for a URL that isn't a file URL, or that has a NUL.
///
/// The library uses no network: download the file, and check the data.
public struct UnsupportedURL: Error, Hashable, CustomStringConvertible {
  /// The URL that was given.
  public let url: URL

  /// The reason, with the URL's scheme and what to do.
  public var description: String {
    guard !url.isFileURL else { return "a file URL can't hold a NUL: \(url.absoluteString)" }
    let scheme = url.scheme.map { "'\($0)' URLs" } ?? "URLs without a scheme"
    return "only file URLs can be checked, not \(scheme): download \(url.absoluteString) and check the data"
  }
}

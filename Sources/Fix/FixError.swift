public import SystemPackage

/// Why nothing was made.
public enum FixError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The user has to do it; what, as text.
  case needsAPerson(String)
  /// The program isn't on the path.
  case programMissing(String)
  /// The program failed; its output.
  case programFailed(String, String)
  /// There is a file of the output's name.
  case exists(FilePath)
  /// The output can't be written, and why.
  case unwritable(FilePath, String)

  /// The reason as text.
  public var description: String {
    switch self {
    case .needsAPerson(let summary): summary
    case .programMissing(let name):
      "'\(name)' is not installed; it is in the package \(Self.package(of: name))"
    case .programFailed(let name, let reason): "'\(name)' failed: \(reason)"
    case .exists(let path): "\(path) already exists"
    case .unwritable(let path, let reason): "\(path) can't be written: \(reason)"
    }
  }

  /// The Debian package that has a program.
  private static func package(of name: String) -> String {
    switch name {
    case "heif-convert": "libheif-examples"
    case "preflight-encode": "preflight"
    default: FFmpeg.package
    }
  }
}

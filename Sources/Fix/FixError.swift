internal import PreflightBytes
public import SystemPackage

/// Why nothing was made.
public enum FixError: Error, Hashable, Sendable, Codable, CustomStringConvertible {
  /// The user has to do it; what, as text.
  case needsAPerson(String)
  /// The program isn't on the path.
  case programMissing(String)
  /// The program failed; its output.
  case programFailed(String, String)
  /// The program may not be started here.
  case notAllowed(String)
  /// The file can't be read, and why.
  case unreadable(FilePath, String)
  /// The file to be replaced isn't what was read any more.
  case changed(FilePath)
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
    case .notAllowed(let name): "it needs '\(name)', which may not be started here"
    case .unreadable(let path, let reason): "\(path.display) can't be read: \(reason)"
    case .changed(let path): "\(path.display) changed meanwhile, and is left as it is"
    case .exists(let path): "\(path.display) already exists"
    case .unwritable(let path, let reason): "\(path.display) can't be written: \(reason)"
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

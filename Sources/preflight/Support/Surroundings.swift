import SystemPackage
import PreflightInspection
import MediaPreflight

/// What reports know of where the run takes place.
enum Surroundings {
  /// The folder that services take paths to be relative to: the checkout in a GitHub workflow or a GitLab
  /// job, where the run takes place in one; else the working folder.
  static var projectFolder: FilePath? {
    guard let folder = Terminal.workingFolder else { return nil }
    for variable in ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"] {
      guard let path = Terminal.environment(variable), path.utf8.first == UInt8(ascii: "/") else { continue }
      let parts = Array(path.utf8).split(separator: UInt8(ascii: "/"))
      let own = folder.bytes.split(separator: UInt8(ascii: "/"))
      if !parts.isEmpty, own.starts(with: parts, by: ==) {
        return FilePath(parts.flatMap { [UInt8(ascii: "/")] + $0 })
      }
    }
    return folder
  }
}

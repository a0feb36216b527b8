import SystemPackage
import PreflightInspection
import MediaPreflight

/// The environment that the run takes place in.
enum RunEnvironment {
  /// The folder that paths in reports are relative to: in a GitHub workflow or a GitLab job, the checkout, if it contains
  /// the working folder; else the working folder.
  static var projectFolder: FilePath? {
    guard let folder = Terminal.workingFolder else { return nil }
    for variable in ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"] {
      guard let checkout = Terminal.environment(variable).map({ FilePath($0) }) else { continue }
      let isFolder = checkout.isAbsolute && checkout.parentFolder != nil
      if isFolder, folder.starts(with: checkout) { return checkout }
    }
    return folder
  }
}

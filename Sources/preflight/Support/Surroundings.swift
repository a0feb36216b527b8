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
      guard let checkout = Terminal.environment(variable).map({ FilePath($0) }) else { continue }
      let isFolder = checkout.isAbsolute && checkout.parentFolder != nil
      if isFolder, folder.starts(with: checkout) { return checkout }
    }
    return folder
  }
}

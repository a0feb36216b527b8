internal import SystemPackage
internal import PreflightBytes

/// How the names of a run and the paths of a baseline belong together. Only the names are looked at: a
/// link is not followed.
struct BaselineLocation {
  private let folder: FilePath
  private let workingFolder: FilePath

  init(folder: FilePath, workingFolder: FilePath) {
    self.folder = folder.absolute(from: workingFolder)
    self.workingFolder = workingFolder
  }

  /// The path from the baseline's folder of a file that the run names.
  func path(of name: FilePath) -> FilePath { name.absolute(from: workingFolder).relative(to: folder) }

  /// The absolute path of a file that the baseline names; a baseline's paths are never absolute.
  func file(at path: FilePath) -> FilePath { folder.appending(path.components) }
}

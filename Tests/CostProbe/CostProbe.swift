import MediaPreflight
import SystemPackage

/// Inspects the file that it is given and prints nothing: `.ci/damage` counts the instructions that this takes.
@main struct CostProbe {
  static func main() throws {
    _ = try Preflight().inspect(FileSource(path: FilePath(CommandLine.arguments[1])))
  }
}

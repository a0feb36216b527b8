import ArgumentParser
import MediaPreflight

/// The option for how deep files are read.
struct DepthOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How deep to look: structure (headers and tables) or content (also decodes what the verdict depends on).",
      valueName: "DEPTH"))
  var depth = Depth.content
}

import Foundation
import MediaPreflight

/// Uploads files that WhatsApp will take, and says of the others why not.
@main
struct CheckBeforeUpload {
  static func main() throws {
    // Create one engine, and keep it; it may be used from many threads.
    let preflight = Preflight()
    var refused = 0
    for file in CommandLine.arguments.dropFirst() {
      let result = try preflight.check(fileAt: FilePath(file))
      if result.verdict == .accepted, let type = result.mediaType {
        upload(file, as: type)
        continue
      }
      refused += 1
      for finding in result.findings where finding.severity == .error {
        print("\(file): \(finding.message) \(finding.remedy ?? "")")
      }
    }
    exit(refused == 0 ? 0 : 1)
  }

  private static func upload(_ file: String, as type: MediaType) {
    // Here your own upload goes.
    print("\(file): upload it as \(type)")
  }
}

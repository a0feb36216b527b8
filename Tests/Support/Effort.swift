import Foundation

/// The extent of the hostile tests: a sample in the ordinary suite, everything in `.ci/damage`.
enum Effort {
  /// Whether to test everything.
  static let isFull = ProcessInfo.processInfo.environment["PREFLIGHT_DAMAGE"] == "full"

  /// The numbers of elements (boxes, chunks, pages or members) that hostile files are created with.
  static let counts = isFull ? [1 << 16, 1 << 17, 1 << 18, 1 << 20] : [1 << 12, 1 << 13, 1 << 14]

  /// The folder that hostile files are saved to for measurements of executables, if any.
  private static let folder = ProcessInfo.processInfo.environment["PREFLIGHT_HOSTILE_FOLDER"]

  /// Saves a hostile file for measurements of executables, in a folder named after the number of elements.
  static func keep(_ bytes: [UInt8], as name: String, count: Int) throws {
    guard let folder else { return }
    let place = URL(filePath: folder).appending(path: "\(count)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try Data(bytes).write(to: place.appending(path: String(name.map { $0.isLetter ? $0 : "-" })))
  }
}

import Foundation

/// How much of the hostile tests is done: a sample in the ordinary suite, everything by `.ci/damage`.
enum Effort {
  /// Whether everything is asked for.
  static let isFull = ProcessInfo.processInfo.environment["PREFLIGHT_DAMAGE"] == "full"

  /// How many boxes, chunks, pages or members a hostile file has, in each of its sizes.
  static let counts = isFull ? [1 << 16, 1 << 17, 1 << 18, 1 << 20] : [1 << 12, 1 << 13, 1 << 14]

  /// Where hostile files are left for executables to be measured on, if anywhere.
  private static let folder = ProcessInfo.processInfo.environment["PREFLIGHT_HOSTILE_FOLDER"]

  /// Leaves a hostile file for executables to be measured on, in a folder named for the number of what it has
  /// too much of.
  static func keep(_ bytes: [UInt8], as name: String, count: Int) throws {
    guard let folder else { return }
    let place = URL(filePath: folder).appending(path: "\(count)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try Data(bytes).write(to: place.appending(path: String(name.map { $0.isLetter ? $0 : "-" })))
  }
}

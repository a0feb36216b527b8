internal import PreflightFacts

/// Detects by its name whether a double click starts a file: the extensions that Windows, macOS or Android
/// run.
enum ProgramName {
  /// Without `.com`, which many mail addresses and site names end with, and without sources that no system
  /// runs by itself, such as `.sh` and `.py`, which papers have attached.
  private static let extensions: Set<String> = [
    "exe", "scr", "pif", "bat", "cmd", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta", "ps1", "msi", "msp",
    "jar", "lnk", "cpl", "reg", "apk", "scf", "command", "gadget", "application", "xll", "settingcontent-ms",
  ]

  /// Whether the name is that of a program. Windows ignores dots and spaces at the end.
  static func isProgram(_ name: String) -> Bool {
    var bytes = Array(name.utf8)
    while let last = bytes.last, last == 0x2e || last == 0x20 || last == 0 { bytes.removeLast() }
    guard let dot = bytes.lastIndex(of: 0x2e), dot > 0, bytes.count - dot <= 20 else { return false }
    return extensions.contains(String(decoding: bytes[(dot + 1)...], as: UTF8.self).lowercased())
  }

  /// Whether the name ends like that of a program; cheap enough to check for every member of an archive.
  static func isProgram(endOf name: some RandomAccessCollection<UInt8>) -> Bool {
    let tail = name.suffix(20)
    guard tail.contains(0x2e) else { return false }
    return isProgram("x" + String(decoding: tail, as: UTF8.self))
  }

  /// The last component of a path with either slash.
  static func lastPart(_ path: String) -> String {
    String(path.split { $0 == "/" || $0 == "\\" }.last ?? "")
  }
}

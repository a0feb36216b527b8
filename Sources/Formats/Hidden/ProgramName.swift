internal import PreflightFacts

/// Tells by a name whether a double click starts it: what Windows, macOS or Android run by the extension.
enum ProgramName {
  /// Neither `.com`, which ends many a name of a mail or a site, nor sources that no system runs by
  /// itself, such as `.sh` and `.py`, which papers have attached.
  private static let extensions: Set<String> = [
    "exe", "scr", "pif", "bat", "cmd", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta", "ps1", "msi", "msp",
    "jar", "lnk", "cpl", "reg", "apk", "scf", "command", "gadget", "application", "xll", "settingcontent-ms",
  ]

  /// Whether the name is one of a program. Windows passes over dots and spaces at the end.
  static func isProgram(_ name: String) -> Bool {
    var bytes = Array(name.utf8)
    while let last = bytes.last, last == 0x2e || last == 0x20 || last == 0 { bytes.removeLast() }
    guard let dot = bytes.lastIndex(of: 0x2e), dot > 0, bytes.count - dot <= 20 else { return false }
    return extensions.contains(String(decoding: bytes[(dot + 1)...], as: UTF8.self).lowercased())
  }

  /// Whether the name's bytes end as those of a program; cheap enough to be asked of every member of an
  /// archive.
  static func isProgram(endOf name: some RandomAccessCollection<UInt8>) -> Bool {
    let tail = name.suffix(20)
    guard tail.contains(0x2e) else { return false }
    return isProgram("x" + String(decoding: tail, as: UTF8.self))
  }

  /// The last part of a path, whichever slash divides it.
  static func lastPart(_ path: String) -> String {
    String(path.split { $0 == "/" || $0 == "\\" }.last ?? "")
  }
}

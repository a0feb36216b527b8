import MediaPreflight

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The repository's fixtures.
enum Fixtures {
  /// The folder's path, with a trailing slash.
  static let folder =
    String(#filePath.dropLast("Benchmarks/Benchmarks/PreflightBenchmarks/Fixtures.swift".count)) + "Fixtures/"

  /// One or two files of each format, by their path in the folder: a simple one, and one that is harder to read.
  static let perFormat = [
    "pictures/rgb.jpg", "pictures/progressive.jpg",
    "pictures/rgb.png", "pictures/animated.png",
    "pictures/lossy.webp", "pictures/sticker-animated.webp",
    "pictures/still.gif", "pictures/animated.gif",
    "mp4/h264-high-b-aac.mp4", "mp4/fragmented.mp4",
    "mp4/h264.mov", "mp4/amr.3gp", "mp4/picture.heic",
    "audio/cbr-info.mp3", "audio/no-index.mp3",
    "audio/lc.aac", "audio/narrow.amr",
    "audio/mono.opus", "audio/vorbis.ogg",
    "office/page.docx", "office/sheet.xlsx",
    "office/page.doc", "office/sheet.xls",
    "pdf/libreoffice.pdf", "pdf/object-streams.pdf",
    "text/letter-utf-8.txt", "text/table.csv",
    "foreign-media/video.mkv", "foreign-media/pcm.wav",
  ]

  /// The paths of all fixtures, sorted.
  static func paths() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().map { folder + $0 }.filter { path in
      var isFolder = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder
    }
  }

  /// The bytes of a fixture.
  static func bytes(_ path: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(filePath: folder + path)))
  }
}

package import SystemPackage
internal import MediaPreflight

/// A configuration for a folder, made of what is in it.
package struct Proposal {
  /// A glob with the reason for it.
  struct Line {
    let glob: String
    let reason: String
  }

  private(set) var endpoints: [(line: Line, endpoint: Endpoint)] = []
  private(set) var ignored: [Line] = []
  /// The codes that were found, the most frequent first, and in how many files.
  private(set) var codes: [(code: FindingCode, count: Int)] = []
  package let fileCount: Int

  /// How many globs are proposed.
  package var globCount: Int { endpoints.count + ignored.count }

  /// More lines of one kind than this explain nothing.
  private static let maximumLines = 20

  /// Looks through a folder.
  ///
  /// - Throws: `SnifferError` when libmagic's database can't be loaded.
  package init(for folder: FilePath, in project: Project) throws {
    let census = try Census(of: folder, in: project)
    fileCount = census.fileCount
    let paths = census.counts.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    readFolders(paths, census)
    readOthers(census)
    codes = census.codes.map { (code: $0.key, count: $0.value) }
      .filter { $0.code.explanation?.severity == .warning }
      .sorted { ($1.count, $0.code.rawValue) < ($0.count, $1.code.rawValue) }
  }

  // MARK: Folders

  private mutating func readFolders(_ paths: [FilePath], _ census: Census) {
    var proposed: [FilePath: Endpoint] = [:]
    var ignoredFolders: [FilePath] = []
    for path in paths {
      guard let count = census.counts[path], let text = path.text else { continue }
      let above = Self.above(path)
      if above.contains(where: ignoredFolders.contains) { continue }
      if count.media == 0 {
        // A folder without any media is one that is yet to be filled.
        if path.isEmpty { return }
        ignoredFolders.append(path)
        if ignored.count < Self.maximumLines {
          ignored.append(
            Line(glob: "/" + Self.escaped(text) + "/", reason: "\(Self.files(count.files)), no media"))
        }
        continue
      }
      let inherited = above.lazy.compactMap { proposed[$0] }.first
      guard let found = Self.endpoint(for: path, count), found.endpoint != inherited else { continue }
      proposed[path] = found.endpoint
      if endpoints.count < Self.maximumLines {
        endpoints.append(
          (Line(glob: text.isEmpty ? "**" : Self.escaped(text) + "/**", reason: found.reason), found.endpoint)
        )
      }
    }
  }

  /// The folders that a path is in, the nearest first, and the one that all is about last.
  private static func above(_ path: FilePath) -> [FilePath] {
    var all: [FilePath] = []
    var rest = path
    while rest.removeLastComponent() { all.append(rest) }
    return all
  }

  /// Where the files of a folder go: where its name says, if most of them fit; or where all of them go.
  private static func endpoint(
    for path: FilePath, _ count: Census.Count
  ) -> (endpoint: Endpoint, reason: String)? {
    if let named = endpoint(named: path), let fitting = count.fitting[named], fitting * 2 >= count.media {
      return (named, "by its name; \(fitting) of \(files(count.media)) there can go to it")
    }
    if let (endpoint, number) = count.chosen.first, count.chosen.count == 1, number == count.media, number > 1
    {
      return (endpoint, "all \(files(number)) can go to it")
    }
    return nil
  }

  private static let words: [(endpoint: Endpoint, words: Set<String>)] = [
    (.sticker, ["sticker", "stickers"]),
    (.image, ["image", "images", "img", "picture", "pictures", "photo", "photos", "banner", "banners"]),
    (.video, ["video", "videos", "film", "films", "movie", "movies", "clip", "clips"]),
    (.audio, ["audio", "sound", "sounds", "voice", "music"]),
    (.document, ["document", "documents", "doc", "docs", "pdf", "pdfs"]),
  ]

  private static func endpoint(named path: FilePath) -> Endpoint? {
    let name = path.lastComponent?.string ?? ""
    let own = name.lowercased().split { !$0.isLetter }.map(String.init)
    return words.first { !$0.words.isDisjoint(with: own) }?.endpoint
  }

  // MARK: Files

  /// Files that are no media, in folders with media: by their extension where no media have it.
  private mutating func readOthers(_ census: Census) {
    guard (census.counts[FilePath()]?.media ?? 0) > 0 else { return }
    var byGlob: [String: Int] = [:]
    for path in census.others {
      let isCovered = Self.above(path).contains { (census.counts[$0]?.media ?? 0) == 0 }
      guard !isCovered, let text = path.text else { continue }
      if let own = path.lowercasedExtension, !census.mediaExtensions.contains(own),
        let written = text.split(separator: ".").last
      {
        byGlob["*." + Self.escaped(String(written)), default: 0] += 1
      } else {
        byGlob["/" + Self.escaped(text), default: 0] += 1
      }
    }
    for (glob, count) in byGlob.sorted(by: { $0.key < $1.key }).prefix(Self.maximumLines) {
      ignored.append(Line(glob: glob, reason: "\(Self.files(count)), no media"))
    }
  }

  /// A path in which no sign has a meaning.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if "*?[\\".unicodeScalars.contains(scalar) || (index == 0 && scalar == "!") { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  static func files(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }
}

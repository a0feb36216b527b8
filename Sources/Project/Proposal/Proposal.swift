package import SystemPackage
internal import MediaPreflight

/// A proposed configuration for a folder, based on the files in it.
package struct Proposal {
  /// A glob and the reason for it.
  struct Line {
    let glob: String
    let reason: String
  }

  private(set) var endpoints: [(line: Line, endpoint: Endpoint)] = []
  private(set) var ignored: [Line] = []
  /// The codes of warnings that were found, and the number of files with each, most frequent first.
  private(set) var codes: [(code: FindingCode, count: Int)] = []
  package let fileCount: Int
  /// The number of files that the proposed settings were tried on.
  private(set) var triedCount = 0
  /// The number of those that are rejected with the proposed settings.
  package private(set) var rejectedCount = 0
  /// The codes that reject them, and the number of files with each, most frequent first.
  private(set) var rejections: [(code: FindingCode, count: Int)] = []

  /// The number of proposed globs.
  package var globCount: Int { endpoints.count + ignored.count }

  /// The maximum number of lines of each kind. Longer lists don't help.
  private static let maximumLines = 20

  /// Inspects a folder's files.
  ///
  /// - Throws: `SnifferError` if libmagic's database can't be loaded.
  package init(for folder: FilePath, in project: Project) throws {
    let census = try Census(of: folder, in: project)
    fileCount = census.fileCount
    let paths = census.counts.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    let proposed = readFolders(paths, census)
    readOthers(census)
    try readRejections(census, proposed)
    codes = census.codes.map { (code: $0.key, count: $0.value) }
      .filter { $0.code.explanation?.severity == .warning }
      .sorted(by: Self.isMoreFrequent)
  }

  private static func isMoreFrequent(
    _ a: (code: FindingCode, count: Int), _ b: (code: FindingCode, count: Int)
  ) -> Bool {
    (b.count, a.code.rawValue) < (a.count, b.code.rawValue)
  }

  /// Tries the proposed endpoints on the files: what they reject must not come as a surprise.
  private mutating func readRejections(_ census: Census, _ proposed: [FilePath: Endpoint]) throws {
    var counts: [FindingCode: Int] = [:]
    for medium in census.media {
      let errors = try census.errors(
        of: medium, at: Self.above(medium.path).lazy.compactMap { proposed[$0] }.first)
      triedCount += 1
      if !errors.isEmpty { rejectedCount += 1 }
      for code in errors { counts[code, default: 0] += 1 }
    }
    rejections = counts.map { (code: $0.key, count: $0.value) }.sorted(by: Self.isMoreFrequent)
  }

  // MARK: Folders

  /// - Returns: The endpoint of each folder that gets one.
  private mutating func readFolders(_ paths: [FilePath], _ census: Census) -> [FilePath: Endpoint] {
    var proposed: [FilePath: Endpoint] = [:]
    var ignoredFolders: [FilePath] = []
    for path in paths {
      guard let count = census.counts[path], let text = path.text else { continue }
      let above = Self.above(path)
      if above.contains(where: ignoredFolders.contains) { continue }
      if count.media == 0 {
        // If there is no media at all, the files are probably still to come.
        if path.isEmpty { return [:] }
        ignoredFolders.append(path)
        if ignored.count < Self.maximumLines {
          ignored.append(
            Line(glob: "/" + Self.escaped(text) + "/", reason: "\(Self.files(count.files)), no media"))
        }
        continue
      }
      let inherited = above.lazy.compactMap { proposed[$0] }.first
      guard let found = Self.endpoint(for: path, count), found.endpoint != inherited else { continue }
      // What isn't written has no effect.
      guard endpoints.count < Self.maximumLines else { continue }
      proposed[path] = found.endpoint
      endpoints.append(
        (Line(glob: text.isEmpty ? "**" : Self.escaped(text) + "/**", reason: found.reason), found.endpoint))
    }
    return proposed
  }

  /// The folders above a path, the nearest first. The last is the folder of the proposal.
  private static func above(_ path: FilePath) -> [FilePath] {
    var all: [FilePath] = []
    var rest = path
    while rest.removeLastComponent() { all.append(rest) }
    return all
  }

  /// The endpoint of a folder: the one that its name suggests, if it accepts the type of most media files; else the one
  /// that is chosen for all of them.
  private static func endpoint(
    for path: FilePath, _ count: Census.Count
  ) -> (endpoint: Endpoint, reason: String)? {
    if let named = endpoint(named: path), let fitting = count.fitting[named], fitting * 4 >= count.media * 3 {
      return (named, "by its name; accepts the type of \(fitting) of \(files(count.media))")
    }
    if let (endpoint, number) = count.chosen.first, count.chosen.count == 1, number == count.media, number > 1
    {
      return (endpoint, "accepts the type of all \(files(number))")
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

  /// Ignores files that aren't media in folders with media: by extension if no media file has it, else by path.
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

  /// Escapes the special characters of globs.
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

internal import SystemPackage
internal import PreflightInspection
internal import PreflightFormats
import MediaPreflight

/// What is in a folder tree, as far as a configuration wants to know it.
struct Census {
  /// The counts of a folder and of all that is below it.
  struct Count {
    var files = 0
    /// The files that may be meant to be sent, whether they are taken or not.
    var media = 0
    /// How many of them go to each endpoint where the bytes decide.
    var chosen: [Endpoint: Int] = [:]
    /// How many of them each endpoint's types hold.
    var fitting: [Endpoint: Int] = [:]
  }

  /// The counts by the path below the folder, with the folder itself under the empty path.
  private(set) var counts: [FilePath: Count] = [:]
  /// The files of which none may be meant to be sent, by their paths below the folder.
  private(set) var others: [FilePath] = []
  /// The extensions of those that may be.
  private(set) var mediaExtensions: Set<String> = []
  /// In how many files each code was found.
  private(set) var codes: [FindingCode: Int] = [:]
  private(set) var fileCount = 0
  private(set) var inspectedCount = 0

  /// So many files of a folder say enough of it.
  private static let maximumPerFolder = 200
  /// A tree of any size is answered in a few seconds.
  private static let maximumFiles = 10_000

  /// - Parameter folder: The folder's path, as the user named it.
  init(of folder: FilePath, in project: Project) throws {
    let engine = project.baseSettings.engine
    var walk = FileWalk([folder], in: project)
    var inFolder = (path: FilePath(), count: 0)
    while let file = try walk.next() {
      let path = file.name.relative(to: folder)
      let parent = path.removingLastComponent()
      inFolder = (parent, inFolder.path == parent ? inFolder.count + 1 : 1)
      fileCount += 1
      guard inFolder.count <= Self.maximumPerFolder, inspectedCount < Self.maximumFiles else { continue }
      inspectedCount += 1
      count(try engine.check(fileAt: file.name), at: path, in: parent, under: engine.policy)
    }
  }

  private mutating func count(
    _ result: CheckResult, at path: FilePath, in parent: FilePath, under policy: Policy
  ) {
    let isMedia = Self.isMedia(result.mediaType, path)
    if isMedia {
      if let own = path.lowercasedExtension { mediaExtensions.insert(own) }
      for code in Set(result.findings.map(\.code)) { codes[code, default: 0] += 1 }
    } else {
      others.append(path)
    }
    let fitting = policy.endpointNames.filter { endpoint in
      result.mediaType.map { policy.endpoint(endpoint)?.types.contains($0) ?? false } ?? false
    }
    var folder = parent
    repeat {
      var count = counts[folder] ?? Count()
      count.files += 1
      if isMedia {
        count.media += 1
        if let endpoint = result.endpoint { count.chosen[endpoint, default: 0] += 1 }
        for endpoint in fitting { count.fitting[endpoint, default: 0] += 1 }
      }
      counts[folder] = count
    } while folder.removeLastComponent()
  }

  /// Whether a file may be meant to be sent: by its bytes or, where they are broken, by its name. Whether
  /// text is source code can't be told by the bytes.
  private static func isMedia(_ type: MediaType?, _ path: FilePath) -> Bool {
    if let type, isMedia(type) { return true }
    guard let own = path.lowercasedExtension else { return false }
    return ["txt", "csv"].contains(own) || MediaType.types(forExtension: own).contains(where: isMedia)
  }

  private static func isMedia(_ type: MediaType) -> Bool { type.family != .plainText && type.family != .data }
}

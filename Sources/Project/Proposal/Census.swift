internal import SystemPackage
internal import PreflightInspection
internal import PreflightFormats
import MediaPreflight

/// Counts of the files in a folder tree, from which a configuration is proposed.
struct Census {
  /// The counts of a folder and everything below it.
  struct Count {
    var files = 0
    /// The number of files that look like media, whether accepted or not.
    var media = 0
    /// The number of media files per automatically chosen endpoint.
    var chosen: [Endpoint: Int] = [:]
    /// The number of media files whose type, by their bytes, each endpoint accepts.
    var fitting: [Endpoint: Int] = [:]
  }

  /// A file that looks like media, and how it fares at the endpoint that is chosen for its type.
  struct Medium {
    let path: FilePath
    let endpoint: Endpoint?
    /// The codes that reject it.
    let errors: Set<FindingCode>
  }

  /// The counts by relative path. The folder itself has the empty path.
  private(set) var counts: [FilePath: Count] = [:]
  /// The relative paths of files that don't look like media.
  private(set) var others: [FilePath] = []
  /// The files that look like media.
  private(set) var media: [Medium] = []
  /// The extensions of files that look like media.
  private(set) var mediaExtensions: Set<String> = []
  /// The number of files with each code.
  private(set) var codes: [FindingCode: Int] = [:]
  private(set) var fileCount = 0
  private(set) var inspectedCount = 0

  /// The maximum number of files that are inspected per folder: a sample is enough.
  private static let maximumPerFolder = 200
  /// The maximum number of files that are inspected, so that large trees take only a few seconds.
  private static let maximumFiles = 10_000

  private let folder: FilePath
  private let engine: Preflight

  /// - Parameter folder: The folder's path, as the user named it.
  init(of folder: FilePath, in project: Project) throws {
    self.folder = folder
    engine = project.baseSettings.engine
    var walk = FileWalk([folder], in: project)
    var inFolder = (path: FilePath(), count: 0)
    while let file = try walk.next()?.reference.path {
      let path = file.relative(to: folder)
      let parent = path.removingLastComponent()
      inFolder = (parent, inFolder.path == parent ? inFolder.count + 1 : 1)
      fileCount += 1
      guard inFolder.count <= Self.maximumPerFolder, inspectedCount < Self.maximumFiles else { continue }
      inspectedCount += 1
      count(try engine.check(fileAt: file), at: path, in: parent, under: engine.policy)
    }
  }

  /// The codes that reject a file at an endpoint; nil for the one chosen for its type.
  func errors(of medium: Medium, at endpoint: Endpoint?) throws -> Set<FindingCode> {
    guard let endpoint, endpoint != medium.endpoint else { return medium.errors }
    return Self.errors(of: try engine.check(fileAt: folder.pushing(medium.path), as: endpoint))
  }

  private static func errors(of result: CheckResult) -> Set<FindingCode> {
    Set(result.findings.filter { $0.severity == .error }.map(\.code))
  }

  private mutating func count(
    _ result: CheckResult, at path: FilePath, in parent: FilePath, under policy: Policy
  ) {
    let isMedia = Self.isMedia(result.mediaType, path)
    if isMedia {
      if let own = path.lowercasedExtension { mediaExtensions.insert(own) }
      media.append(Medium(path: path, endpoint: result.endpoint, errors: Self.errors(of: result)))
      for code in Set(result.findings.map(\.code)) { codes[code, default: 0] += 1 }
    } else {
      others.append(path)
    }
    let fitting = policy.endpointNames.filter { endpoint in
      result.mediaType.map { policy.endpoint(endpoint)?.accepts($0) ?? false } ?? false
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

  /// Whether a file looks like media, by its content or, if it is damaged, by its name. Content can't distinguish text
  /// documents from source code, so for text only the extension counts.
  private static func isMedia(_ type: MediaType?, _ path: FilePath) -> Bool {
    if let type, isMedia(type) { return true }
    guard let own = path.lowercasedExtension else { return false }
    return ["txt", "csv"].contains(own) || MediaType.types(forExtension: own).contains(where: isMedia)
  }

  private static func isMedia(_ type: MediaType) -> Bool { type.family != .plainText && type.family != .data }
}

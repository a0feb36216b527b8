import MediaPreflight
import PreflightFix
import PreflightProject
import SystemPackage

/// Where fixed files go.
struct FixOutputs {
  private let options: FixOutputOptions
  /// The paths that the user named, whose folders are mirrored.
  private let named: [FilePath]

  init(_ options: FixOutputOptions, named: [Reference]) {
    self.options = options
    self.named = named.compactMap(\.path)
  }

  /// The output for a file.
  ///
  /// - Parameter fileExtension: The extension of what was made; nil to keep the file's own.
  func path(for file: FoundFile, fileExtension: String?) -> FilePath {
    if let output = options.output { return output }
    if options.inPlace {
      let path = Self.path(file.name, stemSuffix: "", fileExtension)
      // A name that stays isn't cut: its file system takes it, and some take more than others.
      return path.extension == file.name.extension ? file.name : path
    }
    if let folder = options.outputDir {
      return Self.path(folder.pushing(relative(file)), stemSuffix: "", fileExtension)
    }
    return Self.path(file.name, stemSuffix: "-fixed", fileExtension)
  }

  /// What of an output doesn't depend on the type: two files with the same may collide.
  func stem(for file: FoundFile) -> FilePath {
    // Longer than any that a type has, so that a name isn't cut sooner for another.
    var path = path(for: file, fileExtension: "extension")
    path.extension = nil
    return path
  }

  private static func path(_ path: FilePath, stemSuffix: String, _ fileExtension: String?) -> FilePath {
    let own = path.extension
    var stem = path
    stem.extension = nil
    // An extension that the type may have is kept, as `.jpeg`; but not that of Speex, which nothing that is made has.
    var new = fileExtension
    if let own, let fileExtension, own.lowercased() != "spx" {
      let types = Set(MediaType.types(forExtension: fileExtension))
      if !types.isDisjoint(with: MediaType.types(forExtension: own.lowercased())) { new = own }
    }
    let suffix = (new ?? own).map { Array(".\($0)".utf8) } ?? []
    return stem.ending(in: Array(stemSuffix.utf8) + suffix)
  }

  /// The path of a file below the folder that the user named.
  private func relative(_ file: FoundFile) -> FilePath {
    let name = file.name.lastComponent.map { FilePath(root: nil, [$0]) } ?? file.name
    if file.isNamed { return name }
    let path = file.name.lexicallyNormalized()
    let roots = named.map { $0.lexicallyNormalized() }.filter { $0 == "." || path.starts(with: $0) }
    guard let root = roots.max(by: { $0.components.count < $1.components.count }) else { return name }
    var rest = path
    if root != "." { _ = rest.removePrefix(root) }
    // A path that leads upwards would leave the folder.
    return rest.components.contains { $0.kind == .parentDirectory } || rest.isAbsolute ? name : rest
  }
}

extension FoundFile {
  /// The name that the file's output is made from: for an URL, that of its last part, in the working folder.
  var name: FilePath { reference.fileName ?? FilePath("file") }
}

internal import SystemPackage
import MediaPreflight

/// A path relative to the project's folder, without `.` and `..`. It doesn't depend on the working folder. Paths outside
/// the project stay absolute, and what isn't a path stays as it was given.
struct ProjectPath {
  /// A path is relative if it is below the project's folder, or if it was relative and the working folder isn't known.
  private let reference: Reference

  init(_ name: FilePath, _ context: ReportContext) { self.init(.file(name), context) }

  init(_ reference: Reference, _ context: ReportContext) {
    guard let name = reference.path else {
      self.reference = reference
      return
    }
    var path = context.folder.map(name.absolute) ?? name.lexicallyNormalized()
    // The project's folder itself would become an empty path.
    if let root = context.root, path != root { _ = path.removePrefix(root) }
    self.reference = .file(path)
  }

  var isRelative: Bool { reference.path?.isRelative ?? false }

  /// The path as text. Bytes that aren't UTF-8 are shown as `\xNN`.
  var text: String { reference.text ?? reference.display }

  /// The path with control characters shown as `\xNN` too.
  var display: String { reference.display }

  /// The bytes of the path as it is.
  var bytes: [UInt8] { reference.path?.bytes ?? Array(text.utf8) }

  /// The path as a URI reference (RFC 3986).
  var uri: String {
    guard reference.path != nil else {
      return bytes.map { $0.percentEncoded(except: Self.reserved) }.joined()
    }
    let encoded = bytes.map { $0.percentEncoded(except: "/") }.joined()
    return isRelative ? encoded : "file://" + encoded
  }

  /// The URI of a folder.
  static func uri(ofFolder folder: FilePath) -> String {
    let uri = ProjectPath(folder, ReportContext(policy: nil, version: "")).uri
    return uri.utf8.last == UInt8(ascii: "/") ? uri : uri + "/"
  }

  /// What a URI may contain beside unreserved characters (RFC 3986, section 2.2), and the sign of escapes.
  private static let reserved = ":/?#[]@!$&'()*+,;=%"
}

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
    guard reference.path != nil else { return bytes.map(Self.encodedUnlessReserved).joined() }
    let encoded = bytes.map(Self.encoded).joined()
    return isRelative ? encoded : "file://" + encoded
  }

  /// The URI of a folder.
  static func uri(ofFolder folder: FilePath) -> String {
    let uri = ProjectPath(folder, ReportContext(policy: nil, version: "")).uri
    return uri.utf8.last == UInt8(ascii: "/") ? uri : uri + "/"
  }

  /// Percent-encodes a byte that no URI may contain.
  private static func encodedUnlessReserved(_ byte: UInt8) -> String {
    ":?#[]@!$&'()*+,;=%".utf8.contains(byte) ? String(Unicode.Scalar(byte)) : encoded(byte)
  }

  /// Percent-encodes every byte except unreserved characters and slashes.
  private static func encoded(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"), UInt8(ascii: "/"):
      return String(Unicode.Scalar(byte))
    default:
      let hex = String(byte, radix: 16, uppercase: true)
      return hex.utf8.count == 1 ? "%0" + hex : "%" + hex
    }
  }
}

internal import SystemPackage
import MediaPreflight

/// A path as the project knows it: relative to the project's folder where it lies below that, whatever
/// folder the run was started in, without `.` and `..`.
struct ProjectPath {
  /// Whether it lies below the project's folder, or was given relative to a folder that isn't known.
  let isRelative: Bool

  private let parts: [ArraySlice<UInt8>]

  init(_ name: FilePath, _ context: ReportContext) {
    let slash = UInt8(ascii: "/")
    let folder = name.bytes.first == slash ? nil : context.folder
    var parts = folder?.bytes.split(separator: slash) ?? []
    for part in name.bytes.split(separator: slash) {
      if part.elementsEqual(".".utf8) { continue }
      if part.elementsEqual("..".utf8), !parts.isEmpty { parts.removeLast() } else { parts.append(part) }
    }
    let root = context.root?.bytes.split(separator: slash)
    if name.bytes.first != slash, folder == nil {
      isRelative = true
    } else if let root, parts.count > root.count, parts.starts(with: root, by: ==) {
      parts.removeFirst(root.count)
      isRelative = true
    } else {
      isRelative = false
    }
    self.parts = parts
  }

  /// The path as bytes.
  var name: FilePath {
    let bytes = Array(parts.joined(separator: [UInt8(ascii: "/")]))
    return FilePath(isRelative ? bytes : [UInt8(ascii: "/")] + bytes)
  }

  /// The path as text; with bytes that aren't UTF-8 as `\xNN`.
  var text: String { name.text ?? name.display }

  /// The path as a URI reference (RFC 3986).
  var uri: String {
    let encoded = parts.map { $0.map(Self.encoded).joined() }.joined(separator: "/")
    return isRelative ? encoded : "file:///" + encoded
  }

  /// The URI of a folder.
  static func uri(ofFolder folder: FilePath) -> String {
    let uri = ProjectPath(folder, ReportContext(policy: nil, version: "")).uri
    return uri.utf8.last == UInt8(ascii: "/") ? uri : uri + "/"
  }

  /// The unreserved characters as they are, every other byte as `%NN`.
  private static func encoded(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      return String(Unicode.Scalar(byte))
    default:
      let hex = String(byte, radix: 16, uppercase: true)
      return hex.utf8.count == 1 ? "%0" + hex : "%" + hex
    }
  }
}

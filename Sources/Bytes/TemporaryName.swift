package import SystemPackage

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Where temporary files are made: paths for `mkstemp` or `mkdtemp`, which replace the X's.
package enum TemporaryName {
  /// A path in TMPDIR, else in `/tmp`.
  package static func template(_ prefix: String) -> [CChar] {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    return template(prefix, in: FilePath(folder.isEmpty ? "/tmp" : folder))
  }

  /// A path in a folder.
  package static func template(_ prefix: String, in folder: FilePath) -> [CChar] {
    folder.appending("\(prefix)-XXXXXX").bytes.map { CChar(bitPattern: $0) } + [0]
  }
}

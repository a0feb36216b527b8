#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Where temporary files are made.
package enum TemporaryName {
  /// A path for `mkstemp` or `mkdtemp`, which replace the X's: in TMPDIR, else in `/tmp`.
  package static func template(_ prefix: String) -> [CChar] {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    return Array("\(folder.isEmpty ? "/tmp" : folder)/\(prefix)-XXXXXX".utf8CString)
  }
}

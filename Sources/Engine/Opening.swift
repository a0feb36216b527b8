package import PreflightBytes
package import PreflightReferences
internal import SystemPackage

/// The one place where a reference becomes bytes.
package enum Opening {
  /// Opens what a reference leads to.
  ///
  /// - Throws: `ByteSourceError` where it can't be opened.
  package static func source(of reference: Reference) throws(ByteSourceError) -> any ByteSource {
    switch reference {
    case .file(let path):
      do { return try FileSource(path: path) } catch {
        guard error.isMissing, let advice = Reference.advice(forMissing: path) else { throw error }
        throw ByteSourceError(
          "\(error.description); \(advice)", errorNumber: error.errorNumber, isMissing: true)
      }
    // The process that parses strangers' bytes has no network: a `Fetcher` brings them.
    case .url, .mediaID: throw ByteSourceError("it has to be fetched")
    }
  }
}

internal import PreflightBytes
internal import PreflightReferences

/// The one place where a reference becomes bytes.
enum Opening {
  /// Opens what a reference leads to.
  ///
  /// - Throws: `ByteSourceError` where there are no bytes to be had.
  static func source(of reference: Reference) throws(ByteSourceError) -> any ByteSource {
    switch reference {
    case .file(let path): try FileSource(path: path)
    // What parses strangers' bytes has no network: somebody else has to bring them.
    case .url: throw ByteSourceError("it is a URL, and only local files are read; download it first")
    case .mediaID: throw ByteSourceError("it is a media ID, and only local files are read")
    }
  }
}

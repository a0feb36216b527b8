package import PreflightBytes
package import PreflightReferences

/// What fetches the references that lead over the network. An engine has no network of its own.
package protocol Fetcher: Sendable {
  /// Fetches what a reference leads to.
  ///
  /// - Parameters:
  ///   - reference: A URL or a media ID.
  ///   - phoneNumberID: Meta's ID of the phone number that the media was uploaded for; nil if it isn't known.
  ///   - byteCount: The most bytes to read, if that is known.
  ///   - limit: Otherwise, the most bytes to read of a file that begins with the bytes given.
  /// - Throws: ``PreflightReferences/FetchFailure`` if no bytes came, or not all of them.
  func fetch(
    _ reference: Reference, from phoneNumberID: String?, upTo byteCount: UInt64?,
    limit: (any ByteSource) -> UInt64
  ) throws(FetchFailure) -> FetchedMedia
}

/// What was fetched.
package struct FetchedMedia: Sendable {
  package let transfer: Transfer
  /// What Meta says of it, if it was uploaded.
  package let uploaded: UploadedMedia?
  /// The body; of an answer that isn't the file, at least its beginning.
  package let source: any ByteSource

  package init(_ transfer: Transfer, uploaded: UploadedMedia?, source: any ByteSource) {
    self.transfer = transfer
    self.uploaded = uploaded
    self.source = source
  }
}

package import PreflightBytes

/// The programs that a fix needs, for one file.
///
/// A process that reads strangers' files starts none: it asks another one, which reads none of them.
package protocol FixPrograms: Sendable {
  /// What ffprobe says about the file, as JSON.
  ///
  /// - Parameter format: ffmpeg's name for the file's format.
  func probe(format: String) throws(FixError) -> String

  /// Has ffmpeg encode the file.
  ///
  /// - Parameter duration: How long the file plays, in seconds; nil if it is unknown.
  func encode(_ encoding: Encoding, format: String, duration: Double?) throws(FixError) -> any ByteSource

  /// Has `preflight-encode` make an image or a sticker of the file.
  func draw(_ encoding: ImageEncoding) throws(FixError) -> any ByteSource
}

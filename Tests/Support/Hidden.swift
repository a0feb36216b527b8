import PreflightInspection
import MediaPreflight

/// The hidden content found in the bytes, each as its kind and description.
func hidden(in bytes: [UInt8]) throws -> [String] {
  let inspection = try inspect(bytes)
  for content in inspection.hidden {
    precondition(content.offset ?? 0 <= UInt64(bytes.count), "\(content) is past the end of the file")
  }
  return inspection.hidden.map { "\($0.kind): \($0.words)" }
}

internal import PreflightInspection
import MediaPreflight

extension CheckResult {
  /// A one-line summary of the content; nil if the file couldn't be read.
  var brief: String? {
    guard let byteCount else { return nil }
    var text = mediaType?.rawValue ?? "unknown type"
    let streams = (facts.videoStreams?.map(\.codec) ?? []) + (facts.audioStreams?.map(\.codec) ?? [])
    if !streams.isEmpty { text += ", \(streams.joined(separator: " + "))" }
    if let width = facts.width, let height = facts.height { text += ", \(width) × \(height)" }
    if let frames = facts.frameCount, frames > 1 { text += ", \(frames) frames" }
    if let duration = facts.durationMilliseconds { text += ", \((duration / 100).rounded() / 10) s" }
    if let pages = facts.pageCount { text += pages == 1 ? ", 1 page" : ", \(pages) pages" }
    text += ", \(byteCount) bytes"
    return VisibleText.oneLine(text)
  }
}

import MediaPreflight

extension Inspection {
  /// What the bytes are, in a few words and one line.
  var brief: String {
    var parts = [mediaType?.rawValue ?? "unknown type"]
    let streams = (facts.videoStreams?.map(\.codec) ?? []) + (facts.audioStreams?.map(\.codec) ?? [])
    if !streams.isEmpty { parts.append(streams.joined(separator: " + ")) }
    if let width = facts.width, let height = facts.height { parts.append("\(width) × \(height)") }
    if let frames = facts.frameCount, frames > 1 { parts.append("\(frames) frames") }
    if let duration = facts.durationMilliseconds {
      parts.append("\((duration / 100).rounded() / 10) s")
    }
    if let pages = facts.pageCount { parts.append(pages == 1 ? "1 page" : "\(pages) pages") }
    parts.append("\(byteCount) bytes")
    return VisibleText.oneLine(parts.joined(separator: ", "))
  }
}

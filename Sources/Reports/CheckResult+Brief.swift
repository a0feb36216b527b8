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
    if let duration = facts.durationMilliseconds { text += ", \(Self.text(duration))" }
    if let pages = facts.pageCount { text += pages == 1 ? ", 1 page" : ", \(pages) pages" }
    text += ", \(byteCount) bytes"
    return VisibleText.logLine(text)
  }

  /// A duration as exact as limits are: milliseconds below a second, else seconds with what they need of three digits.
  private static func text(_ milliseconds: Double) -> String {
    let whole = milliseconds.rounded()
    if whole < 1000 { return "\(Int(whole)) ms" }
    // Larger numbers come from broken headers.
    guard whole < 1e15 else { return "\(whole / 1000) s" }
    let (seconds, rest) = Int(whole).quotientAndRemainder(dividingBy: 1000)
    let digits = String(1000 + rest).dropFirst().reversed().drop { $0 == "0" }.reversed()
    return digits.isEmpty ? "\(seconds) s" : "\(seconds).\(String(digits)) s"
  }
}

extension CheckResult {
  /// A finding's message, after the policy where there are several.
  func message(of finding: Finding) -> String {
    policy.map { "\($0): \(finding.message)" } ?? finding.message
  }
}

extension UploadedMedia {
  /// What is stated, in a line; nil if nothing is.
  var words: String? {
    let parts = [mediaType, byteCount.map { "\($0) bytes" }, sha256.map { "SHA-256 \($0)" }]
    let text = parts.compactMap { $0 }.joined(separator: ", ")
    return text.isEmpty ? nil : text
  }
}

extension CheckResult {
  /// The file's name and its first finding's message, on one line of a log.
  package var logLine: String {
    let message = findings.first.map { ": " + VisibleText.logLine($0.message) } ?? ""
    return VisibleText.heading(reference) + message
  }
}

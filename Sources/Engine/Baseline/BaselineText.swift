internal import PreflightBytes
internal import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A baseline as a file: JSON with one entry per line, sorted, so that a diff shows the entries that changed.
public enum BaselineText {
  private static let version = 1

  /// An error for a text that isn't a baseline.
  public struct Invalid: Error, CustomStringConvertible {
    /// The reason, to follow the file's name.
    public let description: String
  }

  /// Writes a baseline.
  ///
  /// - Parameter baseline: The known findings.
  /// - Returns: The text in UTF-8.
  public static func bytes(of baseline: Baseline) -> [UInt8] {
    var output = Array("{\"preflightBaseline\":\(version),\"known\":[".utf8)
    for (index, entry) in baseline.sorted.enumerated() {
      output += Array(index == 0 ? "\n".utf8 : ",\n".utf8)
      var json = JSONWriter()
      json.object { json in
        json.path(.file(entry.path))
        json.member("endpoint", entry.endpoint?.rawValue)
        json.member("code", entry.code.rawValue)
        json.member("digest", entry.digest.text)
      }
      output += json.bytes
    }
    return output + Array("\n]}\n".utf8)
  }

  /// Reads a baseline.
  ///
  /// - Parameter text: The text in UTF-8.
  /// - Returns: The known findings.
  /// - Throws: ``Invalid`` if the text isn't a baseline, or one of another version.
  public static func baseline(parsing text: [UInt8]) throws(Invalid) -> Baseline {
    let document: Document
    do { document = try JSONDecoder().decode(Document.self, from: Data(text)) } catch {
      throw Invalid(description: "is not a preflight baseline: \(reason(error))")
    }
    guard document.preflightBaseline == version else {
      throw Invalid(
        description: "is a baseline of version \(document.preflightBaseline), and only \(version) is known")
    }
    var entries: Set<Baseline.Entry> = []
    for (index, entry) in document.known.enumerated() {
      guard let entry = entry.value else {
        throw Invalid(description: "is not a preflight baseline: entry \(index + 1) is invalid")
      }
      entries.insert(entry)
    }
    return Baseline(entries)
  }

  private struct Document: Decodable {
    let preflightBaseline: Int
    let known: [Entry]
  }

  private struct Entry: Decodable {
    let path: String
    let pathBytes: String?
    let endpoint: String?
    let code: String
    let digest: String

    var value: Baseline.Entry? {
      guard !path.utf8.contains(0) else { return nil }
      var name = FilePath(path)
      if let pathBytes {
        guard let bytes = [UInt8](hexadecimal: pathBytes), !bytes.contains(0) else { return nil }
        name = FilePath(bytes)
      }
      return Baseline.Entry(
        path: name, endpoint: endpoint.map(Endpoint.init(rawValue:)), code: FindingCode(rawValue: code),
        digest: ContentDigest(text: digest))
    }
  }

  private static func reason(_ error: any Error) -> String {
    let path: [any CodingKey]
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      if context.codingPath.isEmpty { return "it has no '\(key.stringValue)'" }
      path = context.codingPath
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      path = context.codingPath
    default: return "it is not JSON"
    }
    if let index = path.compactMap(\.intValue).first { return "entry \(index + 1) is invalid" }
    return path.isEmpty ? "it is not an object" : "'\(path[0].stringValue)' is of the wrong kind"
  }
}

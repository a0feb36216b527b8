internal import PreflightBytes
internal import PreflightFacts

/// How often each value of a byte occurs in the start of a file.
///
/// Compressed data has all values about equally often. Programs that write one value in place of another leave one out:
/// those that read line ends of all kinds (Python's universal newlines, FTP in text mode) a carriage return or a line feed;
/// those that read the bytes as Windows-1252 the five values that it doesn't define.
struct ByteValues {
  private static let carriageReturn: UInt8 = 0x0d
  private static let lineFeed: UInt8 = 0x0a
  private static let questionMark: UInt8 = 0x3f
  private static let undefined: [UInt8] = [0x81, 0x8d, 0x8f, 0x90, 0x9d]

  /// How often half of the values occur at least in data that shows it. That one of them is missing by chance, and no other,
  /// happens once in some nine million files of that size.
  private static let evidence = 16

  private var counts = ByteCounts()

  /// What happened to a binary file; nil if nothing of the kind is certain.
  static func mangling(in window: inout ByteWindow) throws(ReadError) -> Mangling? {
    try hasSuspects(in: &window) ? nil : ByteValues(&window).mangling
  }

  /// Whether all that could be missing is there: in nearly every file, among its first kilobytes.
  private static func hasSuspects(in window: inout ByteWindow) throws(ReadError) -> Bool {
    let head = try window.available(at: 0, upTo: Limits.Mangling.values)
    for value in [carriageReturn, lineFeed, undefined[0]] where head.firstIndex(of: value, from: 0) == nil {
      return false
    }
    return true
  }

  private init(_ window: inout ByteWindow) throws(ReadError) {
    try counts.add(0..<UInt64(Limits.Mangling.scanned), in: &window)
  }

  private var mangling: Mangling? {
    let median = counts.counts.sorted()[128]
    guard median >= Self.evidence else { return nil }
    switch counts.missing {
    case [Self.carriageReturn] where 4 * counts[Self.lineFeed] > 5 * median:
      return Mangling(
        .lineEnds, "a binary file whose line ends were changed: there is no carriage return in it any more")
    case [Self.lineFeed] where 4 * counts[Self.carriageReturn] > 5 * median:
      return Mangling(
        .lineEnds, "a binary file whose line ends were changed: there is no line feed in it any more")
    case Self.undefined where counts[Self.questionMark] > 2 * median:
      return Mangling(
        .readAsText,
        "a binary file that was read as Windows-1252: the bytes that it doesn't define became question marks")
    default: return nil
    }
  }
}

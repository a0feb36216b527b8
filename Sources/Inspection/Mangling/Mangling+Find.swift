internal import PreflightBytes
internal import PreflightFacts
internal import PreflightFormats

extension Mangling {
  /// What a faulty program or transfer made of a file; nil if nothing of the kind shows.
  ///
  /// Readers find the damage; this names its cause. So only texts, unknown files and damaged ones are looked at.
  static func find(in window: inout ByteWindow, _ reading: Reading) throws(ReadError) -> Mangling? {
    let mediaType = reading.mediaType
    guard mediaType.map({ !$0.isBinary }) ?? true || !reading.faults.isEmpty else { return nil }
    if mediaType?.isBinary != true {
      let bytes = try window.available(at: 0, upTo: Limits.Mangling.head).bytes.withUnsafeBytes { Array($0) }
      let text = MangledText(bytes, isWhole: window.byteCount <= UInt64(bytes.count))
      if let found = text?.mangling(mediaType) { return found }
      if mediaType != nil, let blank = try blank(&window) { return blank }
    }
    let isText = mediaType?.isBinary == false
    if let found = try TransferScan(&window).mangling(isText: isText) { return found }
    return isText ? nil : try ByteValues.mangling(in: &window)
  }

  /// A text with nothing to read in it.
  private static func blank(_ window: inout ByteWindow) throws(ReadError) -> Mangling? {
    let span = try window.available(at: 0, upTo: Limits.Mangling.scanned)
    var index = 0
    for mark in [[0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff]] as [[UInt8]] where span.has(mark) {
      index = mark.count
    }
    if index > 0, index == span.remaining {
      return Mangling(.value, "a byte order mark alone, which a program wrote in place of the bytes")
    }
    while let byte = span[index], byte.isTextWhitespace { index += 1 }
    guard index == span.remaining else { return nil }
    return Mangling(.value, "white space alone, which a program wrote in place of the bytes")
  }
}

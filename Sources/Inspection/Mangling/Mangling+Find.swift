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
    }
    let isText = mediaType?.isBinary == false
    if let found = try TransferScan(&window).mangling(isText: isText) { return found }
    return isText ? nil : try ByteValues.mangling(in: &window)
  }
}

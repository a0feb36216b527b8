internal import PreflightBytes
internal import PreflightFormats

/// Gives a tag before MPEG audio that claims to be longer than the file the length that it has. Nothing moves.
enum TagLength {
  static func splice(_ window: inout ByteWindow) throws(RewriteError) -> Splice {
    let tag: Range<UInt64>?
    do { tag = try MPEGAudio.overlongTag(&window) } catch { throw RewriteError("it can't be read") }
    guard let tag else { throw RewriteError("no tag before its audio is too long") }
    let head = try window.bytes(at: tag.lowerBound, count: 10)
    let length = tag.upperBound - tag.lowerBound
    var splice = Splice()
    if head.starts(with: "ID3".utf8) {
      // ID3v2.4, 3.1: seven bits a byte, without the header and the footer.
      let own: UInt64 = head[3] >= 4 && head[5] & 0x10 != 0 ? 20 : 10
      guard length >= own, length - own < 1 << 28 else { throw .inconsistent }
      splice.append(0..<tag.lowerBound + 6)
      splice.append([21, 14, 7, 0].map { UInt8((length - own) >> $0 & 0x7f) })
    } else {
      // APEv2: four bytes, the lowest first, without the header.
      guard length >= 32, let size = UInt32(exactly: length - 32) else { throw .inconsistent }
      splice.append(0..<tag.lowerBound + 12)
      splice.append([0, 8, 16, 24].map { UInt8(size >> $0 & 0xff) })
    }
    splice.append(splice.byteCount..<window.byteCount)
    return splice
  }
}

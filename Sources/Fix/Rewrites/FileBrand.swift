internal import PreflightBytes

/// Gives a file the brand of MP4 where only the brand was another: a recorder of 3GPP with AAC in it. Nothing moves.
enum FileBrand {
  /// - Parameter isAudio: Whether the file has audio alone.
  static func splice(_ window: inout ByteWindow, isAudio: Bool) throws(RewriteError) -> Splice {
    let boxes = try FileBox.all(in: &window)
    guard let box = boxes.first, box.type == "ftyp", box.end - box.payload >= 8,
      box.end - box.payload <= UInt64(Limits.ISOBaseMedia.fileType)
    else { throw RewriteError("it doesn't begin with its brands") }
    let brands: [FourCC] = isAudio ? ["M4A ", "mp42", "isom"] : ["isom", "mp42", "avc1"]
    // As many compatible brands as before, so that every offset stays as it is.
    let count = Int((box.end - box.payload) / 4) - 2
    var writer = BoxWriter()
    writer.raw(brands[0].bytes)
    writer.u32(isAudio ? 0 : 0x200)
    for index in 0..<count { writer.raw(brands[min(index, brands.count - 1)].bytes) }
    writer.zeros(Int((box.end - box.payload) % 4))
    var splice = Splice()
    splice.append(0..<box.payload)
    splice.append(writer.bytes)
    splice.append(box.end..<window.byteCount)
    return splice
  }
}

/// A TIFF of a first directory with these SHORTs, by their tags, which stands behind some bytes of pixels.
func tiff(_ values: KeyValuePairs<UInt16, UInt16>, pixels: Int = 0) -> [UInt8] {
  var bytes: [UInt8] = Array("II*\0".utf8) + littleEndian(UInt32(8 + pixels))
  bytes += [UInt8](repeating: 0, count: pixels) + littleEndian(UInt16(values.count))
  for (tag, value) in values {
    bytes += littleEndian(tag) + [3, 0, 1, 0, 0, 0] + littleEndian(value) + [0, 0]
  }
  return bytes + [0, 0, 0, 0]
}

internal import PreflightBytes

/// Reads numbers and boxes from bytes in memory. Every read is checked; past the end it throws.
struct BoxReader {
  let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var remaining: Int { bytes.endIndex - position }

  mutating func skip(_ count: Int) throws(RewriteError) { _ = try take(count) }

  mutating func take(_ count: Int) throws(RewriteError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw .pastEnd }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func u8() throws(RewriteError) -> UInt8 {
    guard position < bytes.endIndex else { throw .pastEnd }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func u16() throws(RewriteError) -> UInt16 { UInt16(truncatingIfNeeded: try number(2)) }
  mutating func u24() throws(RewriteError) -> UInt32 { UInt32(truncatingIfNeeded: try number(3)) }
  mutating func u32() throws(RewriteError) -> UInt32 { UInt32(truncatingIfNeeded: try number(4)) }
  mutating func u64() throws(RewriteError) -> UInt64 { try number(8) }

  mutating func number(_ byteCount: Int) throws(RewriteError) -> UInt64 {
    try take(byteCount).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Version and flags of a full box (ISO/IEC 14496-12, 4.2).
  mutating func versionAndFlags() throws(RewriteError) -> (version: UInt8, flags: UInt32) {
    (try u8(), try u24())
  }

  /// The next box; nil at the end, or at the zeros that end QuickTime's lists.
  mutating func box() throws(RewriteError) -> MemoryBox? {
    guard remaining >= 8 else { return nil }
    let start = position
    var size = UInt64(try u32())
    let type = FourCC(rawValue: try u32())
    if size == 0, type.rawValue == 0 { return nil }
    if size == 1 { size = try u64() }
    if size == 0 { size = UInt64(bytes.endIndex - start) }
    guard size >= UInt64(position - start), size <= UInt64(bytes.endIndex - start) else {
      throw .inconsistent
    }
    let end = start + Int(size)
    defer { position = end }
    return MemoryBox(type: type, whole: bytes[start..<end], body: bytes[position..<end])
  }
}

/// A box in memory.
struct MemoryBox {
  let type: FourCC
  /// Header and body.
  let whole: ArraySlice<UInt8>
  let body: ArraySlice<UInt8>

  /// The boxes in it.
  func children(skipping count: Int = 0) throws(RewriteError) -> [MemoryBox] {
    var reader = BoxReader(body)
    try reader.skip(count)
    var children: [MemoryBox] = []
    while let child = try reader.box() {
      guard children.count < Limits.Fix.boxes else { throw .tooMuch }
      children.append(child)
    }
    return children
  }

  func child(_ type: FourCC, skipping count: Int = 0) throws(RewriteError) -> MemoryBox? {
    try children(skipping: count).first { $0.type == type }
  }
}

/// Writes boxes.
struct BoxWriter {
  private(set) var bytes: [UInt8] = []

  mutating func u8(_ value: UInt8) { bytes.append(value) }
  mutating func u16(_ value: UInt16) { number(UInt64(value), 2) }
  mutating func u32(_ value: UInt32) { number(UInt64(value), 4) }
  mutating func u64(_ value: UInt64) { number(value, 8) }
  mutating func zeros(_ count: Int) { bytes += [UInt8](repeating: 0, count: count) }
  mutating func raw(_ more: some Sequence<UInt8>) { bytes += more }

  private mutating func number(_ value: UInt64, _ byteCount: Int) {
    for shift in (0..<byteCount).reversed() {
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * shift)))
    }
  }

  /// Writes a box whose body the closure writes.
  mutating func box(_ type: FourCC, _ body: (inout BoxWriter) throws(RewriteError) -> Void)
    throws(RewriteError)
  {
    let start = bytes.count
    u32(0)
    raw(type.bytes)
    try body(&self)
    guard let size = UInt32(exactly: bytes.count - start) else { throw .tooMuch }
    for place in 0..<4 { bytes[start + place] = UInt8(truncatingIfNeeded: size >> UInt32(24 - 8 * place)) }
  }

  /// Writes a full box.
  mutating func fullBox(
    _ type: FourCC, version: UInt8 = 0, flags: UInt32 = 0,
    _ body: (inout BoxWriter) throws(RewriteError) -> Void
  ) throws(RewriteError) {
    try box(type) { writer throws(RewriteError) in
      writer.u32(UInt32(version) << 24 | flags)
      try body(&writer)
    }
  }
}

extension UInt32 {
  /// A whole number as 16.16, and 0 for one of more than 16 bits: as ffmpeg writes sampling rates above 65,535 Hz, which
  /// decoders take from their setup.
  init(fixedPoint value: some BinaryInteger) { self = UInt32(UInt16(exactly: value) ?? 0) << 16 }
}

/// Where the boxes of a file itself are.
struct FileBox {
  let type: FourCC
  let offset: UInt64
  let payload: UInt64
  let end: UInt64

  /// The boxes of a file, in order, up to bytes that aren't one.
  static func all(in window: inout ByteWindow) throws(RewriteError) -> [FileBox] {
    var boxes: [FileBox] = []
    var offset: UInt64 = 0
    while window.byteCount - offset >= 8, boxes.count < Limits.Fix.boxes {
      let head = try window.bytes(at: offset, count: Int(min(16, window.byteCount - offset)))
      var reader = BoxReader(head[...])
      var size = UInt64(try reader.u32())
      let type = FourCC(rawValue: try reader.u32())
      if type.rawValue == 0 { break }
      var header: UInt64 = 8
      if size == 1 {
        size = try reader.u64()
        header = 16
      }
      if size == 0 { size = window.byteCount - offset }
      guard size >= header else { break }
      // A media data box may declare more than there is: the samples say what is needed.
      let end = size > window.byteCount - offset ? window.byteCount : offset + size
      boxes.append(FileBox(type: type, offset: offset, payload: offset + header, end: end))
      offset = end
    }
    return boxes
  }

  /// The whole box in memory.
  func contents(in window: inout ByteWindow) throws(RewriteError) -> MemoryBox {
    guard end - offset <= Limits.Fix.index else { throw .tooMuch }
    let bytes = try window.bytes(at: offset, count: Int(end - offset))
    return MemoryBox(type: type, whole: bytes[...], body: bytes[Int(payload - offset)...])
  }
}

extension ByteWindow {
  /// Bytes in memory.
  ///
  /// - Parameter count: At most ``Limits/Fix/index``.
  mutating func bytes(at offset: UInt64, count: Int) throws(RewriteError) -> [UInt8] {
    guard offset <= byteCount, UInt64(count) <= byteCount - offset else { throw .pastEnd }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    do {
      while result.count < count {
        let block = try block(at: offset + UInt64(result.count), upTo: UInt64(count - result.count))
        if block.remaining == 0 { throw RewriteError.pastEnd }
        block.bytes.withUnsafeBytes { result.append(contentsOf: $0) }
      }
    } catch let error as RewriteError { throw error } catch { throw RewriteError("it can't be read") }
    return result
  }
}

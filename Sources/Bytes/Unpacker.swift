internal import CDeflate
internal import Synchronization

/// Decompresses a whole DEFLATE stream (RFC 1951) in one step, two to three times as fast as ``Inflate``. It
/// only reports whether the stream is as expected. If it isn't, or if it is larger than ``Limits/Unpacker``
/// allows, ``Inflate`` finds out why and where.
///
/// It accepts codes that RFC 1951 reserves and zlib rejects (lengths 286 and 287, distances 30 and 31), which
/// no encoder writes.
///
/// One unpacker is used for many files, so that its buffer isn't reallocated for each.
// Safe to pass between threads: it belongs to one window at a time.
package final class Unpacker: @unchecked Sendable {
  /// The buffer for larger streams, one for the whole process, so that memory doesn't grow with the number of
  /// threads. While one thread uses it, the others use ``Inflate``.
  private static let sharedRoom = Mutex<Room?>(Room())

  private var decompressor: OpaquePointer?
  /// Nil while it is in use, so that nothing else writes to it.
  private var room: Room? = Room()

  package init() {}

  deinit { libdeflate_free_decompressor(decompressor) }

  /// Decompresses a stream and passes the output to a closure.
  ///
  /// - Parameters:
  ///   - input: The stream; bytes after its end are ignored.
  ///   - count: The exact number of bytes of the output.
  ///   - body: Receives the bytes, which are only valid during the call.
  /// - Returns: What `body` returns; nil if the stream is corrupt, truncated, has a different size, or is too
  ///   large for this method.
  package func unpack<Result>(
    _ input: borrowing RawSpan, wrapper: Inflate.Wrapper, expecting count: UInt64,
    _ body: (RawSpan) -> Result
  ) -> Result? {
    guard count <= UInt64(Limits.Unpacker.byteCount), input.byteCount <= Limits.Unpacker.packedByteCount,
      let start = wrapper == .zlib ? Self.zlibHeaderByteCount(input) : 0
    else { return nil }
    if decompressor == nil { decompressor = libdeflate_alloc_decompressor() }
    guard decompressor != nil else { return nil }
    let count = Int(count)
    let isShared = count > Limits.Unpacker.ownByteCount
    guard let room = isShared ? Self.sharedRoom.withLock({ $0.take() }) : room.take() else { return nil }
    defer {
      if isShared { Self.sharedRoom.withLock { $0 = room } } else { self.room = room }
    }
    let output = room.first(count)
    return fill(output, from: input, start, wrapper) ? body(output.bytes) : nil
  }

  /// Decompresses the stream at `start`; returns whether it fills the output exactly and its checksum
  /// matches.
  private func fill(
    _ output: UnsafeMutableRawBufferPointer, from input: borrowing RawSpan, _ start: Int,
    _ wrapper: Inflate.Wrapper
  ) -> Bool {
    var used = 0
    var made = 0
    let status = input.withUnsafeBytes { bytes in
      libdeflate_deflate_decompress_ex(
        decompressor, bytes.baseAddress.map { $0 + start }, bytes.count - start, output.baseAddress,
        output.count, &used, &made)
    }
    guard status == LIBDEFLATE_SUCCESS, made == output.count else { return false }
    guard wrapper == .zlib, let stated = Self.checkValue(in: input, at: start + used) else { return true }
    return stated == libdeflate_adler32(1, output.baseAddress, output.count)
  }

  /// The checksum after zlib's data (RFC 1950, section 2.2); nil if the input ends before it does, which PNG
  /// decoders accept.
  private static func checkValue(in input: borrowing RawSpan, at offset: Int) -> UInt32? {
    guard input.byteCount - offset >= 4 else { return nil }
    return UInt32(bigEndian: input.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// The length of zlib's header (RFC 1950, section 2.2); nil if there is none, or it names a dictionary.
  private static func zlibHeaderByteCount(_ input: borrowing RawSpan) -> Int? {
    guard input.byteCount >= 2 else { return nil }
    let method = input.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
    let flags = input.unsafeLoad(fromByteOffset: 1, as: UInt8.self)
    let isWhole = (UInt16(method) << 8 | UInt16(flags)) % 31 == 0
    return isWhole && method & 0x0f == 8 && method >> 4 <= 7 && flags & 0x20 == 0 ? 2 : nil
  }
}

/// Memory that grows on demand.
// Safe to pass between threads: an unpacker owns its buffer or has exclusive use of the shared one.
private final class Room: @unchecked Sendable {
  private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  deinit { memory.deallocate() }

  /// The first bytes of the buffer, whatever is in them.
  func first(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if memory.count < max(count, 1) {
      memory.deallocate()
      // Rounded up, so that the buffer isn't reallocated for every slightly larger file.
      memory = .allocate(byteCount: (count | 0xffff) + 1, alignment: 16)
    }
    return UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
  }
}

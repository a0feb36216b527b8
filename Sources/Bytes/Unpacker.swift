internal import CDeflate

/// Unpacks a whole DEFLATE stream (RFC 1951) at a stroke, two to three times as fast as ``Inflate`` does in
/// pieces. It tells whether the stream is what is expected and nothing more: where it isn't, ``Inflate``
/// says why and where.
///
/// One is used for file after file, so that its room isn't made anew for each.
// Safe to hand from thread to thread: it belongs to one window at a time.
package final class Unpacker: @unchecked Sendable {
  /// What is larger, packed or unpacked, is for ``Inflate``: 2 MiB.
  package static let maximumByteCount = 2 << 20

  private var decompressor: OpaquePointer?
  private var output: UnsafeMutableRawBufferPointer

  package init() { output = UnsafeMutableRawBufferPointer(start: nil, count: 0) }

  deinit {
    libdeflate_free_decompressor(decompressor)
    output.deallocate()
  }

  /// Unpacks a stream and looks at what comes out.
  ///
  /// - Parameters:
  ///   - input: The stream; bytes after its end are left alone.
  ///   - count: How many bytes it has to make, no more and no fewer.
  ///   - body: Is given the bytes; they are gone afterwards.
  /// - Returns: What `body` returns; nil where the stream is broken, cut, or makes another number of
  ///   bytes, or where it is too much for this way.
  package func unpack<Result>(
    _ input: borrowing RawSpan, wrapper: Inflate.Wrapper, expecting count: UInt64,
    _ body: (RawSpan) -> Result
  ) -> Result? {
    guard count <= UInt64(Self.maximumByteCount), input.byteCount <= Self.maximumByteCount else { return nil }
    let count = Int(count)
    guard let start = wrapper == .zlib ? Self.zlibHeaderByteCount(input) : 0, makeRoom(for: count) else {
      return nil
    }
    var used = 0
    var made = 0
    let status = input.withUnsafeBytes { bytes in
      libdeflate_deflate_decompress_ex(
        decompressor, bytes.baseAddress.map { $0 + start }, bytes.count - start, output.baseAddress, count,
        &used, &made)
    }
    guard status == LIBDEFLATE_SUCCESS, made == count else { return nil }
    if wrapper == .zlib, let stated = Self.checkValue(in: input, at: start + used),
      stated != libdeflate_adler32(1, output.baseAddress, count)
    {
      return nil
    }
    return body(UnsafeRawBufferPointer(rebasing: output[..<count]).bytes)
  }

  /// The check value behind zlib's data (RFC 1950, section 2.2); nil where the input ends before its end, which
  /// decoders of PNG put up with.
  private static func checkValue(in input: borrowing RawSpan, at offset: Int) -> UInt32? {
    guard input.byteCount - offset >= 4 else { return nil }
    return UInt32(bigEndian: input.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// The length of zlib's header (RFC 1950, section 2.2); nil where there is none, or one that names a
  /// dictionary.
  private static func zlibHeaderByteCount(_ input: borrowing RawSpan) -> Int? {
    guard input.byteCount >= 2 else { return nil }
    let method = input.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
    let flags = input.unsafeLoad(fromByteOffset: 1, as: UInt8.self)
    let isWhole = (UInt16(method) << 8 | UInt16(flags)) % 31 == 0
    return isWhole && method & 0x0f == 8 && method >> 4 <= 7 && flags & 0x20 == 0 ? 2 : nil
  }

  private func makeRoom(for count: Int) -> Bool {
    if decompressor == nil { decompressor = libdeflate_alloc_decompressor() }
    if output.count < max(count, 1) {
      output.deallocate()
      // Rounded up, so that files that grow slowly don't have it made anew each time.
      output = .allocate(byteCount: (count | 0xffff) + 1, alignment: 16)
    }
    return decompressor != nil
  }
}

internal import CZlib

/// A DEFLATE decompressor (RFC 1951) with fixed memory: the caller passes input and output in pieces.
package struct Inflate: ~Copyable {
  /// The wrapper around the DEFLATE data.
  package enum Wrapper: Sendable {
    /// Nothing, as in ZIP members.
    case none
    /// RFC 1950, as in PNG and PDF.
    case zlib
    /// RFC 1952, as in HTTP.
    case gzip
  }

  package enum Status: Sendable {
    /// More input is needed, or the output is full.
    case more
    /// The stream has ended, and its checksum matched.
    case ended
    /// The stream is broken.
    case damaged
  }

  // zlib keeps a pointer back to its stream, so the stream must not move: hence the heap.
  private let stream: UnsafeMutablePointer<z_stream>

  package init(_ wrapper: Wrapper) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // Fails only when out of memory; the first step then reports the stream as damaged.
    let bits =
      switch wrapper {
      case .none: -MAX_WBITS
      case .zlib: MAX_WBITS
      case .gzip: MAX_WBITS + 16
      }
    _ = preflight_inflateInit2(stream, bits)
  }

  deinit {
    inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// Decompresses from `input` into `output` until one of them is used up.
  ///
  /// - Returns: How many bytes of `input` were used, how many of `output` were written, and whether the
  ///   stream continues.
  package mutating func step(
    _ input: borrowing ByteSpan, into output: inout [UInt8]
  ) -> (consumed: Int, produced: Int, status: Status) {
    let stream = self.stream
    return input.bytes.withUnsafeBytes { bytes in
      output.withUnsafeMutableBytes { room in
        // zlib takes a mutable pointer for historical reasons, but doesn't write through it.
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        let given = UInt32(clamping: bytes.count)
        stream.pointee.avail_in = given
        stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let free = UInt32(clamping: room.count)
        stream.pointee.avail_out = free
        let code = inflate(stream, Z_NO_FLUSH)
        let consumed = Int(given - stream.pointee.avail_in)
        let produced = Int(free - stream.pointee.avail_out)
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
        switch code {
        case Z_STREAM_END: return (consumed, produced, .ended)
        case Z_OK, Z_BUF_ERROR: return (consumed, produced, .more)
        default: return (consumed, produced, .damaged)
        }
      }
    }
  }
}

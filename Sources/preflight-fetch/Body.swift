#if Network
  import PreflightBytes
  import PreflightReferences

  /// Writes the body of an answer to its file, decompressed where it was compressed, up to a limit.
  struct Body: ~Copyable {
    private let spool: Spool
    private var inflate: Inflate?
    /// Whether compressed data has ended. Whatever comes after it isn't part of the file.
    private(set) var hasEnded = false
    /// What came beyond the limit so far, and may still be wanted.
    private var rest: [UInt8] = []
    /// What comes after that, still compressed.
    private var packedRest: [UInt8] = []
    private(set) var byteCount: UInt64 = 0
    private var isEmpty = true

    /// Whether the body is decompressed.
    let isDecoding: Bool

    /// - Parameter encoding: The content coding (RFC 9110, section 8.4.1); nil for none.
    init(_ spool: Spool, decoding encoding: String?) {
      self.spool = spool
      switch encoding {
      case "gzip", "x-gzip": inflate = Inflate(.gzip)
      case "deflate": inflate = Inflate(.zlib)
      default: inflate = nil
      }
      isDecoding = inflate != nil
    }

    /// Whether more came than the limit.
    var isFull: Bool { !rest.isEmpty }

    /// Writes a part of the body.
    ///
    /// - Throws: `FetchFailure` if it can't be decompressed or written.
    mutating func write(_ bytes: [UInt8], upTo limit: UInt64) throws(FetchFailure) {
      if !bytes.isEmpty { isEmpty = false }
      if isDecoding { try decode(bytes, upTo: limit) } else { try keep(bytes, upTo: limit) }
    }

    /// Goes on with another limit.
    mutating func resume(upTo limit: UInt64) throws(FetchFailure) {
      let (pending, packed) = (rest, packedRest)
      (rest, packedRest) = ([], [])
      try keep(pending, upTo: limit)
      if isDecoding, rest.isEmpty {
        try decode(packed, upTo: limit)
      }
    }

    /// Throws if compressed data ended early.
    func finish() throws(FetchFailure) {
      if isDecoding, !hasEnded, !isEmpty {
        throw FetchFailure(.unreachable, "its compressed answer breaks off")
      }
    }

    private mutating func keep(_ bytes: [UInt8], upTo limit: UInt64) throws(FetchFailure) {
      let room = Int(min(limit - min(limit, byteCount), UInt64(bytes.count)))
      try spool.write(bytes[..<room])
      byteCount += UInt64(room)
      rest += bytes[room...]
    }

    /// Decompresses as much as the limit has room for, and keeps the compressed rest: a bomb is never unpacked.
    private mutating func decode(_ bytes: [UInt8], upTo limit: UInt64) throws(FetchFailure) {
      var input = bytes[...]
      var output = [UInt8](repeating: 0, count: 1 << 16)
      while !hasEnded {
        let (consumed, produced, status) = step(input, into: &output)
        input = input.dropFirst(consumed)
        try keep(Array(output[..<produced]), upTo: limit)
        if isFull {
          packedRest = Array(input)
          return
        }
        switch status {
        case .ended: hasEnded = true
        case .damaged: throw FetchFailure(.unreachable, "its compressed answer is damaged")
        case .more: if consumed == 0, produced == 0 { return }
        }
        if input.isEmpty, produced < output.count { return }
      }
    }

    private mutating func step(
      _ input: ArraySlice<UInt8>, into output: inout [UInt8]
    ) -> (consumed: Int, produced: Int, status: Inflate.Status) {
      guard var inflate = inflate.take() else { return (0, 0, .damaged) }
      let result = inflate.step(ByteSpan(Array(input).span.bytes, at: 0), into: &output)
      self.inflate = consume inflate
      return result
    }
  }
#endif

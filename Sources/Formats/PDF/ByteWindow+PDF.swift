internal import PreflightFacts
internal import PreflightBytes

/// An object read from the file.
struct PDFLoaded: Sendable {
  /// The object; nil if it can't be read, whether it exists or not.
  var object: PDFObject?
  /// Why it can't be had, where that is a limit.
  var unchecked: UncheckedPart?
  /// Its name, if it was read as an indirect object.
  var reference: PDFReference?
  /// Where its data begins, if it is a stream.
  var streamOffset: UInt64?
  /// Its offset in the file, or that of the stream that contains it.
  var offset: UInt64?
  /// How many bytes were read for it.
  var byteCount = 0
}

extension ByteWindow {
  /// The object at `offset`, with `N G obj` before it for an indirect object; nil if there is none. An object
  /// that is longer or nested deeper than ``Limits/PDF`` allows is unchecked, so memory doesn't depend on
  /// what a file declares.
  mutating func pdfObject(
    at offset: UInt64, isIndirect: Bool = false
  ) throws(ReadError) -> PDFLoaded? {
    var limit = 2 << 10
    while true {
      let isLast = limit >= Limits.PDF.object
      let span = try available(at: offset, upTo: limit)
      let isWhole = span.remaining < limit
      var lexer = PDFLexer(span, isWhole: isWhole)
      var loaded = PDFLoaded()
      loaded.offset = offset
      if isIndirect {
        loaded.reference = lexer.objectHeader()
        if loaded.reference == nil { return nil }
      }
      do {
        loaded.object = try lexer.object()
        if isIndirect, loaded.object?.dictionary != nil, lexer.skipStreamKeyword() {
          loaded.streamOffset = lexer.offset
        }
        loaded.byteCount = lexer.position
        // At the very end of what was looked at, a token may go on or `stream` may follow.
        if !lexer.isAtEnd || isWhole || isLast { return loaded }
      } catch {
        if case .enough = error.reason {
          let depth = Limits.PDF.nesting
          loaded.unchecked = UncheckedPart(
            "objects nested more than \(depth) levels deep", limit: "\(depth) levels", at: offset)
          return loaded
        }
        if case .implausible = error.reason { return nil }
        if isWhole { return nil }
        if isLast {
          let size = Limits.size(Limits.PDF.object)
          loaded.object = nil
          loaded.unchecked = UncheckedPart("objects of more than \(size)", limit: size, at: offset)
          return loaded
        }
      }
      limit *= 16
    }
  }

  /// The offset of the `N G obj` that ends at an offset; nil if there is none.
  mutating func pdfObjectHeader(endingAt end: UInt64) throws(ReadError) -> UInt64? {
    let first = end - min(end, 48)
    let span = try available(at: first, upTo: Int(end - first))
    return span.startOfPDFObjectHeader(before: span.bytes.byteCount - 3).map { first + UInt64($0) }
  }

  /// The offset of the last `pattern` that ends at or before `end`, searched backwards to `start`.
  mutating func lastOccurrence(
    of pattern: StaticString, before end: UInt64, from start: UInt64 = 0
  ) throws(ReadError) -> UInt64? {
    try lastMatch(of: pattern, before: end, from: start, lead: 0) { _, index in index }
  }

  /// The offset of the last `number G obj` before `end`, searched backwards through the whole file, as
  /// readers do if the cross-reference is unusable.
  mutating func lastPDFObject(
    numbered number: UInt64, before end: UInt64
  ) throws(ReadError) -> UInt64? {
    try lastMatch(of: "obj", before: end, from: 0, lead: 64) { span, index in
      span.startOfPDFObjectHeader(numbered: number, before: index)
    }
  }

  /// Visits the occurrences of `pattern` from the last to the first, until `accept` returns a value.
  ///
  /// - Parameters:
  ///   - lead: How many bytes before an occurrence `accept` needs.
  ///   - accept: Receives a run of bytes and the index of the pattern in it; returns the index
  ///     of the match.
  private mutating func lastMatch(
    of pattern: StaticString, before end: UInt64, from start: UInt64, lead: UInt64,
    _ accept: (borrowing ByteSpan, Int) -> Int?
  ) throws(ReadError) -> UInt64? {
    let length = UInt64(pattern.utf8CodeUnitCount)
    var end = min(end, byteCount)
    // The end of a file usually has the answer; larger pieces are read only if it doesn't.
    var piece: UInt64 = 2 << 10
    while end >= start + length {
      let first = max(start, end - min(end, piece))
      let lowest = first == start ? 0 : Int(lead)
      let span = try available(at: first, upTo: Int(end - first))
      var index = span.bytes.byteCount
      while let next = span.lastIndex(of: pattern, before: index, from: lowest) {
        if let found = accept(span, next) { return first + UInt64(found) }
        index = next + pattern.utf8CodeUnitCount - 1
      }
      if first == start { return nil }
      end = first + UInt64(lowest) + length - 1
      piece = 64 << 10
    }
    return nil
  }
}

extension ByteSpan {
  /// The index of the last `pattern` between two indices.
  fileprivate func lastIndex(of pattern: StaticString, before end: Int, from start: Int) -> Int? {
    let count = pattern.utf8CodeUnitCount
    let first = pattern.utf8Start[0]
    var index = end - count
    while index >= start {
      if bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self) == first,
        has(pattern, at: index)
      {
        return index
      }
      index -= 1
    }
    return nil
  }

  /// The index at which `N G ` begins, when it ends before `end`.
  ///
  /// - Parameter wanted: The number N; nil for any.
  fileprivate func startOfPDFObjectHeader(numbered wanted: UInt64? = nil, before end: Int) -> Int? {
    var index = end - 1
    func skipBack(_ matches: (UInt8) -> Bool) -> Int {
      let start = index
      while let byte = self[index], matches(byte) { index -= 1 }
      return start - index
    }
    let isDigit: (UInt8) -> Bool = { $0.pdfDigit != nil }
    _ = skipBack(\.isPDFWhitespace)
    guard skipBack(isDigit) > 0, skipBack(\.isPDFWhitespace) > 0 else { return nil }
    let last = index
    guard (1...19).contains(skipBack(isDigit)) else { return nil }
    var value: UInt64 = 0
    for position in (index + 1)...last { value = value * 10 + UInt64(self[position]?.pdfDigit ?? 0) }
    return wanted == nil || value == wanted ? index + 1 : nil
  }
}

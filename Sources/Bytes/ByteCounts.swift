/// How often each value of a byte occurs in some data, and a carriage return before a line feed.
package struct ByteCounts {
  /// By the value.
  package private(set) var counts = [Int](repeating: 0, count: 256)
  private var lineEnds = 0

  package init() {}

  /// Counts the bytes of a part of a file, up to the file's end.
  package mutating func add(_ data: Range<UInt64>, in window: inout ByteWindow) throws(ReadError) {
    var position = data.lowerBound
    var last: UInt8 = 0
    while position < data.upperBound {
      let block = try window.block(at: position, upTo: data.upperBound - position)
      if block.remaining == 0 { return }
      for index in 0..<block.remaining {
        guard let byte = block[index] else { break }
        counts[Int(byte)] += 1
        if byte == 0x0a, last == 0x0d { lineEnds += 1 }
        last = byte
      }
      position += UInt64(block.remaining)
    }
  }

  package subscript(value: UInt8) -> Int { counts[Int(value)] }

  package var byteCount: Int { counts.reduce(0, +) }

  /// The values that never occur.
  package var missing: [UInt8] { (0...255).filter { self[$0] == 0 } }

  /// How many line feeds there are if each one follows a carriage return; nil if one doesn't.
  package var wholeLineEnds: Int? { self[0x0a] == lineEnds ? lineEnds : nil }
}

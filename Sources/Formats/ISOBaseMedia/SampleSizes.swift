internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The sizes of a track's samples: `stsz` or its compact form `stz2` (ISO/IEC 14496-12, 8.7.3).
  struct SampleSizes {
    /// How many samples the track has.
    let count: UInt64
    /// The size of every sample, if they all have the same size.
    let constant: UInt64?
    /// Bits a size in the table: 4, 8, 16 or 32.
    private let fieldSize: Int
    private let table: Table

    /// Whether there is a size for every declared sample.
    var isWhole: Bool { constant != nil || table.count * UInt64(table.entrySize * 8 / fieldSize) >= count }

    init?(
      _ box: Box, in window: inout ByteWindow, into reading: inout Reading
    ) throws(ReadError) {
      guard let header = try box.value(Header.self, in: &window, into: &reading) else { return nil }
      let isCompact = box.type == "stz2"
      constant = !isCompact && header.size > 0 ? UInt64(header.size) : nil
      fieldSize = isCompact && [4, 8, 16].contains(header.size & 0xff) ? Int(header.size & 0xff) : 32
      count = UInt64(header.count)
      let entries = fieldSize == 4 ? (count + 1) / 2 : count
      table = Table(
        in: box, from: box.payload + 12, entrySize: max(1, fieldSize / 8),
        claimed: constant == nil ? entries : 0, into: &reading)
    }

    private struct Header: BoxContents {
      let size: UInt32
      let count: UInt32

      init(parsing span: inout ByteSpan) throws(ReadError) {
        _ = try FullBoxHeader(parsing: &span)
        size = try UInt32(parsingBigEndian: &span)
        count = try UInt32(parsingBigEndian: &span)
      }
    }

    /// Adds up the sizes from the first sample on.
    struct Adder {
      private let constant: UInt64?
      private let isNibbles: Bool
      private let byteCount: Int
      private var reader: TableReader
      private var hasHalf = false
      /// How many samples have been passed.
      private(set) var passed: UInt64 = 0
      private let count: UInt64

      /// How many samples are still to come.
      var left: UInt64 {
        constant == nil ? min(count - passed, reader.remaining + (hasHalf ? 1 : 0)) : count - passed
      }

      init(_ sizes: SampleSizes) {
        constant = sizes.constant
        isNibbles = sizes.fieldSize == 4
        byteCount = max(1, sizes.fieldSize / 8)
        reader = TableReader(sizes.table)
        count = sizes.count
      }

      /// The bytes of the next `samples` samples, or of the remaining ones if there are fewer.
      mutating func add(_ samples: UInt64, in window: inout ByteWindow) throws(ReadError) -> UInt64 {
        let samples = min(samples, count - passed)
        if let constant {
          passed += samples
          let (product, overflow) = samples.multipliedReportingOverflow(by: constant)
          return overflow ? .max : product
        }
        var bytes: UInt64 = 0
        for _ in 0..<samples {
          if isNibbles, hasHalf {
            hasHalf = false
            bytes += UInt64(reader.u8() & 15)
          } else {
            // A table that is shorter than it declares ends the sum, whatever the number of samples.
            guard try reader.advance(in: &window) else { break }
            hasHalf = isNibbles
            bytes += isNibbles ? UInt64(reader.u8() >> 4) : reader.number(byteCount)
          }
          passed += 1
        }
        return bytes
      }
    }
  }
}

import PreflightFormats
@testable import PreflightTestSupport
import Testing

@testable import PreflightBytes
@testable import PreflightFacts

/// What `FormatReader` asks of every reader.
@Suite struct ReaderContractTests {
  /// A reader that doesn't take a file for its own leaves nothing behind for the next one, be the file whole, cut
  /// or changed.
  @Test func whatIsNotTheirsLeavesNothingNoted() throws {
    for name in Fixture.names {
      let bytes = try Fixture.bytes(name)
      let head = Array(bytes.prefix(4096))
      var changed = bytes
      for index in stride(from: 5, to: min(200, bytes.count), by: 7) { changed[index] ^= 0x55 }
      for bytes in [bytes, head, Array(head.prefix(40)), changed] {
        for format in Format.all {
          var window = ByteWindow(MemorySource(bytes))
          var reading = Reading(sniffedType: "text/plain")
          do { try format.reader.read(&window, into: &reading) } catch {
            // A file that ends early, or that makes no sense.
          }
          guard reading.mediaType == nil else { continue }
          #expect(reading.facts == Facts(), "\(format.name) of \(name)")
          #expect(
            reading.hidden.isEmpty && reading.faults.isEmpty && reading.unchecked.isEmpty,
            "\(format.name) of \(name)")
          #expect(
            reading.trailingDataOffset == nil && reading.trailingDataWords == nil
              && reading.locationMetadataOffset == nil, "\(format.name) of \(name)")
        }
      }
    }
  }
}

import Foundation
import MediaPreflight
import Testing

@testable import PreflightTestSupport

/// The streams of a document: what can't be decompressed, and what readers pass over.
@Suite struct PDFContentTests {
  /// A document of one page whose objects after the page tree are given as bytes, with a cross-reference.
  private func document(_ objects: [[UInt8]], trailing: [UInt8] = []) -> [UInt8] {
    var bytes = Array("%PDF-1.7\n".utf8)
    var offsets: [Int] = []
    let tree = ["<</Pages 2 0 R>>", "<</Count 1/Kids[3 0 R]>>", "<</Type/Page/Contents 4 0 R>>"]
    for object in tree.map({ Array($0.utf8) }) + objects {
      offsets.append(bytes.count)
      bytes += Array("\(offsets.count) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
    }
    bytes += trailing
    let start = bytes.count
    bytes += Array("xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n".utf8)
    for offset in offsets {
      let digits = "\(offset)"
      bytes += Array((String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n").utf8)
    }
    return bytes + Array("trailer\n<</Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n".utf8)
  }

  private func stream(_ data: [UInt8], filter: String? = "FlateDecode", length: Int? = nil) -> [UInt8] {
    let filter = filter.map { "/Filter/\($0)" } ?? ""
    let head = "<</Length \(length ?? data.count)\(filter)>>stream\n"
    return Array(head.utf8) + data + Array("\nendstream".utf8)
  }

  /// zlib's format with one stored block (RFC 1950, 2.2; RFC 1951, 3.2.4).
  private func zlib(_ text: String, isLast: Bool = true, checksum: [UInt8]? = nil) -> [UInt8] {
    let bytes = Array(text.utf8)
    let size = UInt16(bytes.count)
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return [0x78, 0x01, isLast ? 1 : 0] + littleEndian(size) + littleEndian(~size) + bytes
      + (checksum ?? bigEndian(b << 16 | a))
  }

  private func faults(_ object: [UInt8]) throws -> [String] {
    try inspect(document([object])).faults.map(\.name)
  }

  @Test func wholeStreams() throws {
    #expect(try faults(stream(zlib("BT (a) Tj ET"))) == [])
    // A length that is wrong, or in an object of its own.
    #expect(try faults(stream(zlib("BT ET"), length: 3)) == [])
    #expect(try faults(stream([])) == [])
    #expect(try faults(stream([0x0a])) == [])
    // Some writers leave the checksum out, or cut it, or flush instead of ending the stream.
    #expect(try faults(stream(zlib("BT ET", checksum: []))) == [])
    #expect(try faults(stream(zlib("BT ET", checksum: [1, 8]), length: 99)) == [])
    #expect(try faults(stream(zlib("BT ET", isLast: false, checksum: [0, 0, 0, 0xff, 0xff]))) == [])
    #expect(try faults(stream(Array("anything at all".utf8), filter: "LZWDecode")) == [])
    #expect(try faults(stream([0x50, 0x4b] + [UInt8](repeating: 0, count: 999), filter: nil)) != [])
    #expect(try faults(stream([0x80] + [UInt8](repeating: 0, count: 999), filter: nil)) == [])
  }

  @Test func brokenStreams() throws {
    let broken = ["compressed-stream"]
    #expect(try faults(stream(Array("no zlib header".utf8))) == broken)
    #expect(try faults(stream(zlib("BT ET", checksum: [1, 2, 3, 4]))) == broken)
    // A block of a reserved type.
    #expect(try faults(stream(zlib("BT ET").with([7], at: 2))) == broken)
    // The end is missing.
    #expect(try faults(stream(Array(zlib("BT (some text) Tj ET").prefix(18)))) == broken)
    // The structure alone doesn't show it.
    let bytes = document([stream(zlib("BT ET", checksum: [1, 2, 3, 4]))])
    #expect(try inspectStructure(bytes).faults == [])
    let fault = try #require(inspect(bytes).faults.first)
    #expect(fault.offset.map { Int($0) } == bytes.firstRange(of: [1, 2, 3, 4])?.lowerBound)
  }

  /// An update leaves the objects that it replaces in the file.
  @Test func objectsThatAreNotInUse() throws {
    let old =
      Array("4 0 obj\n".utf8) + stream(zlib("BT ET", checksum: [1, 2, 3, 4])) + Array("\nendobj\n".utf8)
    let whole = stream(zlib("BT ET"))
    #expect(try inspect(document([whole], trailing: old)).faults == [])
    // One more of them than are looked up.
    let limit = Limits.PDF.unusedStreams
    #expect(try inspect(document([whole], trailing: repeated(old, limit))).unchecked == [])
    let more = try inspect(document([whole], trailing: repeated(old, limit + 1)))
    #expect(more.faults == [] && more.unchecked.map(\.what) == ["the rest of the streams"])
  }

  @Test func holes() throws {
    let text = Array("BT (a) Tj ET ".utf8)
    #expect(try faults(stream(text + [UInt8](repeating: 0, count: 255) + text, filter: nil)) == [])
    #expect(try faults(stream(text + [UInt8](repeating: 0, count: 256) + text, filter: nil)) == ["hole"])
    let between = [UInt8](repeating: 0, count: 256)
    let bytes = document([stream(zlib("BT ET"))], trailing: between)
    #expect(try inspect(bytes).faults.map(\.name) == ["hole"])
    // Behind the last line there may be padding.
    #expect(try inspect(document([stream(zlib("BT ET"))]) + [UInt8](repeating: 0, count: 9999)).faults == [])
  }

  @Test func imagesInADocument() throws {
    let image = try Fixture.bytes("pictures/usual-tables.jpg")
    #expect(try faults(stream(image, filter: "DCTDecode")) == [])
    // Without the end-of-image marker.
    #expect(try faults(stream(image.dropLast(2), filter: "DCTDecode")) == [])
    let half = image.count / 2
    let hole = image.with([UInt8](repeating: 0, count: 900), at: half)
    #expect(try faults(stream(hole, filter: "DCTDecode")).count == 1)
    #expect(try faults(stream(Array("not an image".utf8), filter: "DCTDecode")) == [])
  }

  /// No reader has checked the headers of an image in a document.
  @Test func impossibleImagesInADocument() throws {
    let image = try JPEGBytes("progressive-large")
    let frame = try image.segment(0xc2).lowerBound
    let scans = image.scans.map(\.header.lowerBound)
    let last = try #require(scans.last)
    var changed: [[UInt8]] = []
    // More components than a scan may have, and blocks than a unit may have.
    for count: UInt8 in [0, 5, 255] { changed.append(image.bytes.with([count], at: scans[0] + 4)) }
    changed.append(image.bytes.with([0x44], at: frame + 11).with([0x44], at: frame + 14))
    // Coefficients that no block has, and AC coefficients of several components.
    for end: UInt8 in [64, 255] { changed.append(image.bytes.with([end], at: last + 8)) }
    changed.append(image.bytes.with([1], at: scans[0] + 11))
    // Positions and destinations of any value.
    for value: UInt8 in [0, 14, 0xff] { changed.append(image.bytes.with([value], at: last + 9)) }
    for value: UInt8 in [0x44, 0xff] { changed.append(image.bytes.with([value], at: last + 6)) }
    // Tables of any counts.
    let table = try image.segment(0xc4).lowerBound
    for count: UInt8 in [0, 16, 255] { changed.append(image.bytes.with([count], at: table + 5)) }
    changed.append(image.bytes.with([0xff, 0xff, 0xff, 0xff], at: frame + 5))
    for bytes in changed { _ = try inspect(document([stream(bytes, filter: "DCTDecode")])) }
    // Every byte of the headers.
    for index in 0..<image.scans[0].data.lowerBound {
      for value: UInt8 in [0, 0xff, image.bytes[index] ^ 0x10] {
        _ = try inspect(document([stream(image.bytes.with([value], at: index), filter: "DCTDecode")]))
      }
    }
  }

  /// Each search for a keyword that isn't there would read the whole file.
  @Test func streamsWithoutAnEnd() throws {
    let begin = repeated(Array("4 0 obj<<>>stream\n".utf8), 20_000)
    let source = CountingSource(document([stream(zlib("BT ET"))], trailing: begin))
    _ = try engine.inspect(source)
    #expect(source.bytesRead < 8 << 20, "\(source.bytesRead) bytes were read")
  }

  @Test func everyFixtureIsWhole() throws {
    for name in Fixture.names where name.hasPrefix("pdf/") {
      #expect(try inspect(fixture: name).faults == [], "\(name)")
    }
  }

  @Test func textEncodings() throws {
    let bytes = try Fixture.bytes("pdf/libreoffice.pdf")
    let latin1 = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    for changed in [String(decoding: bytes, as: UTF8.self), latin1] {
      let result = try engine.check(MemorySource(Array(changed.utf8)), as: .document)
      #expect(result.verdict == .rejected)
    }
  }

  @Test(arguments: ["HTTP/1.1 200 OK\r\n\r\n", "<br />\n<b>Warning</b>: x in <b>y</b>\n", "\u{feff}"])
  func bytesBeforeTheHeader(_ text: String) throws {
    let bytes = try Fixture.bytes("pdf/reportlab.pdf")
    let result = try engine.check(MemorySource(Array(text.utf8) + bytes), as: .document)
    #expect(result.verdict == .accepted)
    let finding = try #require(result.findings.first { $0.code == .leadingData })
    #expect(finding.severity == .warning && finding.expected == "\(text.utf8.count)")
    // Office doesn't search for the beginning.
    let office = try engine.check(
      MemorySource(Array(text.utf8) + Fixture.bytes("office/page.docx")), as: .document)
    #expect(office.findings.first { $0.code == .leadingData }?.severity == .error)
    // White space is no text.
    #expect(try inspect(Array(" \n\0".utf8) + bytes).leadingData == nil)
  }
}

import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

@Suite struct OtherMediaTests {
  @Test(arguments: [
    ("pcm.wav", "audio/x-wav", "wav"), ("rf64.wav", "audio/x-wav", "wav"),
    ("pcm.aiff", "audio/x-aiff", "aiff"), ("pcm.au", "audio/basic", "au"),
    ("pcm.caf", "audio/x-caf", "caf"), ("pcm.w64", "audio/x-w64", "w64"),
    ("sound.flac", "audio/flac", "flac"), ("sound.tta", "audio/x-tta", "tta"),
    ("sound.wv", "audio/x-wavpack", "wv"), ("sound.wma", "audio/x-ms-wma", "asf"),
    ("video.wmv", "video/x-ms-wmv", "asf"), ("sound.ac3", "audio/ac3", "ac3"),
    ("video.avi", "video/x-msvideo", "avi"), ("video.flv", "video/x-flv", "flv"),
    ("video.rm", "application/vnd.rn-realmedia", "rm"), ("video.mkv", "video/x-matroska", "matroska"),
    ("video.webm", "video/webm", "webm"), ("video.ts", "video/mp2t", "mpegts"),
    ("video.m2ts", "video/mp2t", "mpegts"), ("video.mpg", "video/mpeg", "mpeg"),
    ("video.m2v", "video/mpeg", "mpegvideo"), ("video.h264", "video/h264", "h264"),
    ("video.mxf", "application/mxf", "mxf"),
  ])
  func foreign(_ name: String, mediaType: String, container: String) throws {
    let inspection = try inspect(fixture: "foreign-media/\(name)")
    #expect(inspection.mediaType?.rawValue == mediaType)
    #expect(inspection.facts.container == container)
    #expect(inspection.faults == [])
  }

  @Test func signatures() throws {
    for (text, mediaType) in [
      ("MAC \u{7c}\u{f}", "audio/x-ape"), ("MPCKSH", "audio/x-musepack"), ("MP+\u{7}", "audio/x-musepack"),
      ("DSD \u{1c}", "audio/x-dsf"), ("FRM8\0", "audio/x-dff"), ("MThd\0\0\0\u{6}", "audio/midi"),
      ("RIFF\0\0\0\0RMIDdata", "audio/midi"), ("RIFF\0\0\0\0QLCMfmt ", "audio/qcelp"),
      ("RIFF\0\0\0\0CDXAfmt ", "video/mpeg"), ("FORM\0\0\0\0AIFCFVER", "audio/x-aiff"),
      ("FORM\0\0\0\08SVXVHDR", "audio/x-8svx"), ("FWS\u{6}\0\0\0\0", "application/x-shockwave-flash"),
      ("Creative Voice File\u{1a}", "audio/x-voc"), ("DKIF\0\0\u{20}\0VP80", "video/x-ivf"),
      ("YUV4MPEG2 W32 H32", "video/x-yuv4mpeg"), ("\u{2}#!SILK_V3", "audio/x-silk"),
      ("#!iLBC30\n", "audio/iLBC"), ("#!EVS_MC1.0\n", "audio/EVS"), ("OFR \u{f}\0\0\0", "audio/x-ofr"),
      ("nut/multimedia container\0", "video/x-nut"), ("tBaK", "audio/x-tak"),
    ] {
      #expect(try inspect(Array(text.utf8)).mediaType?.rawValue == mediaType, "\(text)")
    }
    #expect(try inspect([0x1f, 0x07, 0x00, 0xbf]).mediaType == "video/x-dv")
    #expect(try inspect([0x7f, 0xfe, 0x80, 0x01]).mediaType == "audio/vnd.dts")
    #expect(try inspect([0x0b, 0x77, 0, 0, 0x3f, 0x80]).mediaType == "audio/eac3")
    #expect(try inspect([0, 0, 0, 0, 0xf8, 0x72, 0x6f, 0xba]).mediaType == "audio/vnd.dolby.mlp")
    #expect(try inspect([0, 0, 0, 1, 0x40, 1, 0x0c, 1]).mediaType == "video/h265")
    #expect(try inspect([0, 0, 1, 0xb0, 1, 0, 0, 1, 0xb5, 9]).mediaType == "video/mpeg4-generic")
    #expect(try inspect([0, 0, 1, 0xba, 0x44, 0]).mediaType == "video/mpeg")
  }

  @Test func signaturesThatAreOnlyAlike() throws {
    for text in [
      "FWS", "CWS are three letters", "Good morning, said the G.", "FORM\0\0\0\0ILBMBMHD",
      "RIFF\0\0\0\0XXXX", "\u{b}\u{77}", "MAC address,IP", "DSD is a format", "MP+ more", ".snd and .au",
      "IMPM and other letters that stand for nothing", "caffeine",
    ] {
      #expect(try inspect(Array(text.utf8)).facts.container == nil, "\(text)")
    }
    #expect(try inspect([0, 0, 1, 0xb3, 0, 0, 0, 0, 0]).facts.container == nil)
    #expect(try inspect([0, 0, 0, 1, 0x67, 0, 0, 0]).facts.container == nil)
    let letters = (0..<40).flatMap { _ in Array("G".utf8) + [UInt8](repeating: 0x61, count: 186) }
    #expect(try inspect(letters).facts.container == nil)
  }

  @Test func transportPacketsOfEachSize() throws {
    for (size, first) in [(188, 0), (192, 4), (204, 0)] {
      var packet = [UInt8](repeating: 0xff, count: size)
      packet[first] = 0x47
      let stream = [[UInt8]](repeating: packet, count: 6).flatMap(\.self)
      #expect(try inspect(stream).mediaType == "video/mp2t", "\(size)")
    }
  }

  /// Lines of one length that all begin with the letter G.
  @Test(arguments: [47, 94, 188, 192, 204]) func linesOfEqualLength(_ length: Int) throws {
    let lines = (0..<40).flatMap { number in
      Array("G\(number) é".utf8) + [UInt8](repeating: 0x20, count: length - "G\(number) é".utf8.count - 1) + [
        0x0a
      ]
    }
    #expect(try inspect(lines).mediaType == "text/plain")
    #expect(try inspect(Array(lines.prefix(5 * length))).facts.container == nil)
    // One byte that is in no text.
    if length != 47, length != 94, length != 192 {
      #expect(try inspect(lines.with([0x1a], at: 20)).mediaType == "video/mp2t")
    }
  }

  @Test func behindATag() throws {
    let tag = Array("ID3".utf8) + [4, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4]
    for name in ["sound.flac", "pcm.wav", "pcm.aiff", "sound.wv", "sound.wma"] {
      let bytes = try Fixture.bytes("foreign-media/\(name)")
      #expect(try inspect(tag + bytes).mediaType == inspect(bytes).mediaType, "\(name)")
    }
    let shifted = try inspect(tag + [0, 0, 0, 16] + Array("ftypM4A \0\0\0\0".utf8))
    #expect(shifted.mediaType == "audio/mp4")
    #expect(shifted.faults.map(\.name) == ["tag-before-header"])
    #expect(shifted.faults.first?.offset == 0)
  }

  @Test func windowsMediaWithSizesThatCannotBe() throws {
    let bytes = try Fixture.bytes("foreign-media/sound.wma")
    for size: [UInt8] in [[UInt8](repeating: 0, count: 8), [UInt8](repeating: 0xff, count: 8)] {
      var broken = bytes
      broken.replaceSubrange(46..<54, with: size)
      #expect(try inspect(broken).facts.container == "asf")
    }
    expectSurvivesFlips(bytes, first: 60)
  }
}

import MediaPreflight
@testable import PreflightFix
@testable import PreflightTestSupport
import Testing

/// Rewrites of damaged and hostile files throw, or make a file whose parts are all there: they never crash, and never
/// allocate what a file only claims.
@Suite struct HostileRewriteTests {
  private static let steps: [FixStep] =
    [
      .fastStart, .changeBrand(isAudio: false), .removeLocation,
      .setFrameDurations(minimum: 8, maximum: 10000),
      .keepOnlyFrame, .keepDefaultImage, .setTagLength,
    ] + [.mp4Video, .mp4Audio, .ogg, .adts, .mp3, .amr].map { .repack($0) }

  /// Files with everything that rewrites read.
  static let names = [
    "fixing/h264-aac.mkv", "fixing/voice.webm", "fixing/recorder.m4a", "mp4/h264.mov", "mp4/fragmented.mp4",
    "mp4/opus.mp4", "mp4/location-keys.mov", "audio/mono.opus", "audio/lc.aac", "pictures/sticker-7ms.webp",
    "pictures/xmp-place.webp", "pictures/animated.png", "pictures/exif-place.jpg", "pictures/exif-place.png",
  ]

  private func survive(_ bytes: [UInt8]) {
    let source = MemorySource(bytes)
    for step in Self.steps {
      guard let splice = try? step.splice(of: source) else { continue }
      guard let made = try? SplicedSource(splice, of: source) else { continue }
      // A few times the file at most, whatever its tables say.
      #expect(splice.byteCount <= 64 * UInt64(bytes.count) + 4096)
      if splice.byteCount < 1 << 20 {
        let contents = try? made.contents(upTo: 1 << 20)
        #expect(contents?.count == Int(splice.byteCount))
      }
    }
  }

  @Test(arguments: names)
  func survivesCuts(_ name: String) throws {
    let bytes = try Fixture.bytes(name)
    var length = 0
    while length < bytes.count {
      survive(Array(bytes[..<length]))
      length += length < 64 ? 1 : max(1, bytes.count / 64)
    }
  }

  /// Each byte of the parts with tables as other numbers.
  @Test(arguments: names)
  func survivesChanges(_ name: String) throws {
    let bytes = try Fixture.bytes(name)
    let stride = max(1, bytes.count / 150)
    for index in Swift.stride(from: 0, to: bytes.count, by: stride) {
      for value in [0, 0xff, bytes[index] ^ 1] as [UInt8] {
        var changed = bytes
        changed[index] = value
        survive(changed)
      }
    }
  }

  @Test(arguments: HostileFile.movies)
  func survivesHostileMovies(_ file: HostileFile) throws {
    for count in [1, 100, 5000] { survive(try file.make(count)) }
  }
}

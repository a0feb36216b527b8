import MediaPreflight
import PreflightBytes
@testable import PreflightFix
import PreflightPolicy
@testable import PreflightTestSupport
import Synchronization
import Testing

/// What the encoder asks of the programs, as the results turn out.
@Suite struct EncoderTests {
  /// Stands for ffmpeg: says of each file that its video has a codec, but neither rate nor duration, and makes accepted videos
  /// of the sizes that it is given.
  private final class Programs: FixPrograms {
    private let codec: String
    private let colorTransfer: String
    private let sizes: [Int]
    private let asked = Mutex<[Encoding]>([])

    init(_ codec: String, colorTransfer: String = "bt709", sizes: [Int]) {
      self.codec = codec
      self.colorTransfer = colorTransfer
      self.sizes = sizes
    }

    var encodings: [Encoding] { asked.withLock { $0 } }

    /// The rates that it was asked for; nil for copies.
    var bitRates: [Int?] {
      encodings.map { if case .h264(let made) = $0.video { made.bitRate } else { nil } }
    }

    func probe(format: String) -> String {
      """
      {"streams": [{"index": 0, "codec_type": "video", "codec_name": "\(codec)", "pix_fmt": "yuv420p", \
      "width": 320, "height": 240, "avg_frame_rate": "25/1", "color_transfer": "\(colorTransfer)"}], "format": {}}
      """
    }

    func encode(_ encoding: Encoding, format: String, duration: Double?) throws(FixError) -> any ByteSource {
      let number = asked.withLock {
        $0.append(encoding)
        return $0.count
      }
      guard number <= sizes.count, var bytes = try? Fixture.bytes("mp4/h264-high-no-b.mp4") else {
        throw .programFailed("ffmpeg", "it is asked too often")
      }
      // A box that nobody reads.
      let rest = sizes[number - 1] - bytes.count
      bytes += (0..<4).map { UInt8(truncatingIfNeeded: rest >> (24 - 8 * $0)) } + Array("free".utf8)
      bytes += [UInt8](repeating: 0, count: rest - 8)
      return MemorySource(bytes)
    }

    func draw(_ encoding: ImageEncoding) throws(FixError) -> any ByteSource {
      throw .programMissing("preflight-encode")
    }
  }

  private func fix(
    _ name: String = "mp4/hevc-10-bit.mp4", with programs: Programs, as endpoint: Endpoint = .video,
    by policy: Policy? = nil
  ) throws -> FixResult {
    let source = try MemorySource(Fixture.bytes(name))
    return try Fixer(policy.map { Preflight(policy: $0, sharing: engine) } ?? engine).fix(
      source, named: FilePath(name), as: endpoint, with: programs)
  }

  /// Passes without a warning.
  private static let safe = 16_000_000

  @Test(arguments: [1, 200_000, 777_216])
  func aVideoThatIsNearTheLimitIsMadeSmaller(_ excess: Int) throws {
    let programs = Programs("hevc", sizes: [Self.safe + excess, Self.safe])
    let result = try fix(with: programs)
    #expect(result.content?.byteCount == UInt64(Self.safe) && result.checked?.findings.isEmpty == true)
    let rates = programs.bitRates.compactMap { $0 }
    #expect(rates.count == 2 && rates[1] < rates[0])
  }

  @Test func oneThatPassesIsEnough() throws {
    let programs = Programs("hevc", sizes: [Self.safe])
    #expect(try fix(with: programs).isAccepted)
    #expect(programs.encodings.count == 1)
  }

  /// Screens without a high dynamic range show it gray.
  @Test(arguments: [("smpte2084", true), ("arib-std-b67", true), ("bt709", false), ("unknown", false)])
  func aHighDynamicRangeBecomesTheStandardOne(_ transfer: String, isMapped: Bool) throws {
    let programs = Programs("hevc", colorTransfer: transfer, sizes: [Self.safe])
    let step = try #require(try fix(with: programs).steps.first)
    #expect(step.command(from: "a.mov", to: "a.mp4")?.contains("zscale=tin=\(transfer):") == isMapped)
    #expect((programs.encodings.first?.withoutToneMapping != nil) == isMapped)
  }

  @Test(arguments: [[], [17 << 20]])
  func theWarningStaysIfNothingSmallerIsMade(_ others: [Int]) throws {
    let result = try fix(with: Programs("hevc", sizes: [Self.safe + 1] + others))
    #expect(result.isAccepted && result.content?.byteCount == UInt64(Self.safe + 1) && result.reason == nil)
    #expect(result.checked?.findings.map(\.code) == [.nearSizeLimit])
  }

  /// Nothing is lost for a warning.
  @Test func aCopyThatIsNearTheLimitStays() throws {
    let programs = Programs("h264", sizes: [Self.safe + 1])
    #expect(try fix(with: programs).isAccepted)
    #expect(programs.bitRates == [nil])
  }

  /// How large a copy is says nothing about what an encoder makes.
  @Test func aCopyThatIsTooLargeMakesNoEncodingSmaller() throws {
    let copying = Programs("h264", sizes: [64 << 20, Self.safe])
    #expect(try fix(with: copying).isAccepted)
    let encoding = Programs("hevc", sizes: [Self.safe])
    #expect(try fix(with: encoding).isAccepted)
    #expect(copying.bitRates == [nil] + encoding.bitRates)
  }

  /// A cap for a type is one for what is made.
  @Test func theLimitOfATypeIsKept() throws {
    let programs = Programs("hevc", sizes: [32 << 20, Self.safe])
    let result = try fix(
      "foreign-media/video.avi", with: programs, as: Endpoint(rawValue: "template-sample"), by: .whatsappCloud
    )
    #expect(result.isAccepted)
    let rates = programs.bitRates.compactMap { $0 }
    #expect(rates.count == 2 && rates[0] < 2_000_001 && rates[1] < rates[0] / 2)
  }
}

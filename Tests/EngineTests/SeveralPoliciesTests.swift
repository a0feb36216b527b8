import MediaPreflight
import Synchronization
import Testing

@testable import PreflightTestSupport

/// One file against several policies.
@Suite struct SeveralPoliciesTests {
  private let engines: [Preflight]

  init() throws {
    engines = try ["telegram", "whatsapp-cloud", "line"].map {
      Preflight(policy: try #require(Policy.builtIn(named: $0)), sharing: engine)
    }
  }

  private func check(_ source: any ByteSource, by engines: [Preflight]) throws -> [CheckResult] {
    try Preflight.check(.file("a.gif"), CheckOptions(), by: engines) { source }
  }

  @Test func eachPolicyHasAResult() throws {
    let results = try check(MemorySource(Fixture.bytes("pictures/animated.gif")), by: engines)
    #expect(results.map(\.policy) == ["telegram", "whatsapp-cloud", "line"])
    #expect(results.map(\.verdict) == [.accepted, .rejected, .rejected])
    #expect(results.map(\.endpoint?.rawValue) == ["animation", nil, nil])
    // Each is what the policy says alone.
    for (engine, result) in zip(engines, results) {
      var alone = try check(MemorySource(Fixture.bytes("pictures/animated.gif")), by: [engine])[0]
      #expect(alone.policy == nil)
      alone.policy = result.policy
      #expect(alone == result)
    }
  }

  /// However many policies there are, the file is opened once, and read as for one.
  @Test(arguments: ["pictures/progressive-large.jpg", "mp4/h264-high-b-aac.mp4", "pdf/reportlab.pdf"])
  func fileIsReadOnce(name: String) throws {
    let bytes = try Fixture.bytes(name)
    var opened = 0
    var read: [UInt64] = []
    for engines in [Array(engines.prefix(1)), engines] {
      let source = CountingSource(bytes)
      let results = try Preflight.check(.file("a"), CheckOptions(), by: engines) {
        opened += 1
        return source
      }
      #expect(results.count == engines.count)
      read.append(source.bytesRead)
    }
    #expect(opened == 2 && read[0] == read[1], "\(read)")
  }

  @Test func missingFile() throws {
    let results = try Preflight.check(.file("a"), CheckOptions(), by: engines) {
      throw ByteSourceError("it isn't there", isMissing: true)
    }
    #expect(results.map(\.verdict) == [.unjudged, .unjudged, .unjudged])
  }

  /// A URL is fetched once, as far as the policy wants that allows the most.
  @Test func urlIsFetchedOnce() throws {
    let fetcher = CountingFetcher(Enlarged.jpeg(try Fixture.bytes("pictures/rgb.jpg"), to: 8_000_000))
    var options = CheckOptions()
    options.fetcher = fetcher
    let results = try Preflight.check(.url("https://example.com/a.jpg"), options, by: engines) {
      throw ByteSourceError("a URL is no file")
    }
    #expect(fetcher.limits == [10_485_760])
    // Without a request, nothing says that Telegram is to fetch it, which lowers its limit.
    #expect(results.map(\.verdict) == [.accepted, .rejected, .accepted])
    #expect(results[1].findings.map(\.code) == [.fileTooLarge] && results[1].byteCount == 8_000_000)
    options.endpoint = .image
    _ = try Preflight.check(.url("https://example.com/a.jpg"), options, by: Array(engines.dropFirst())) {
      throw ByteSourceError("a URL is no file")
    }
    #expect(fetcher.limits == [10_485_760, 10_485_760])
  }

  /// What one policy refuses by its text isn't fetched for that one alone.
  @Test func textOfTheURL() throws {
    let fetcher = CountingFetcher(try Fixture.bytes("pictures/rgb.jpg"))
    var options = CheckOptions()
    options.fetcher = fetcher
    let results = try Preflight.check(.url("http://example.com/a.jpg"), options, by: engines) {
      throw ByteSourceError("a URL is no file")
    }
    #expect(results.map(\.verdict) == [.accepted, .accepted, .rejected])
    #expect(results[2].url == nil && fetcher.limits.count == 1)
  }
}

/// Answers with one file, and notes how much of it was wanted.
private final class CountingFetcher: Fetcher {
  private let bytes: [UInt8]
  private let asked = Mutex<[UInt64]>([])

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var limits: [UInt64] { asked.withLock { $0 } }

  func fetch(
    _ reference: Reference, from phoneNumberID: String?, upTo byteCount: UInt64?,
    limit: (any ByteSource) -> UInt64
  ) throws(FetchFailure) -> FetchedMedia {
    let wanted = byteCount ?? limit(MemorySource(bytes))
    asked.withLock { $0.append(wanted) }
    return try StandInFetcher(bytes).outcome.get()
  }
}

public import MediaPreflight
public import PreflightBytes
internal import PreflightFacts
internal import PreflightFormats
internal import PreflightPolicy
public import SystemPackage

/// What became of a file that was to be fixed.
public struct FixResult: Sendable {
  /// The check of the file itself.
  public package(set) var original: CheckResult
  /// The steps that were done, or would be; none if the file is accepted, or can't be fixed.
  public internal(set) var steps: [FixStep] = []
  /// The check of what the steps make; nil if nothing was made.
  public internal(set) var checked: CheckResult?
  /// What the steps make; nil if nothing was made.
  public internal(set) var content: (any ByteSource)?
  /// Why the file can't be fixed, as a sentence; nil if it is accepted now.
  public internal(set) var reason: String?

  init(_ original: CheckResult) { self.original = original }

  /// A result that another process came to.
  package init(
    _ original: CheckResult, _ steps: [FixStep], checked: CheckResult?, content: (any ByteSource)?,
    reason: String?
  ) {
    self.original = original
    self.steps = steps
    self.checked = checked
    self.content = content
    self.reason = reason
  }

  /// Takes what was made and accepted.
  mutating func take(_ made: Fixer.Search.Made) {
    steps = made.steps
    checked = made.result
    content = made.source
    reason = nil
  }

  /// The result for a file that can't be opened.
  package init(unreadable name: Reference, _ error: ByteSourceError) {
    self.init(notFixed: CheckResult.unreadable(name, error, endpoint: nil))
  }

  /// Gives what was made another name than its type asks for, which may not be accepted.
  fileprivate mutating func rename(_ name: FilePath, with engine: Preflight, depth: Depth?) throws {
    guard let content, let made = checked else { return }
    var options = CheckOptions(made.endpoint)
    options.depth = depth
    let named = try engine.judge(content, as: .file(name), options)
    checked = named
    if named.verdict == .accepted { return }
    self.content = nil
    reason = named.findings.first { $0.rejects(isStrict: engine.isStrict) }?.message
  }

  /// The result for what no step can fix, such as an URL's answer.
  package init(notFixed result: CheckResult) {
    self.init(result)
    reason = result.findings.first?.message
  }

  /// Whether the steps are only planned: nothing was made.
  public var isPlanned: Bool { !steps.isEmpty && checked == nil }

  /// Whether the file is accepted: as it was, or as it is now.
  public var isAccepted: Bool { (checked ?? original).verdict == .accepted }

  /// The usual extension of what was made, or is to be made, without the dot; nil if its type is unknown.
  public var fileExtension: String? {
    isPlanned
      ? steps.last?.outputExtension : checked?.mediaType?.known?.extensions.first
  }

  /// The same for a report.
  ///
  /// - Parameter output: The file that was written, or would be; nil for none.
  public func note(output: FilePath?) -> FixNote {
    let name = original.reference?.fileName ?? FilePath("FILE")
    var input = name
    var notes: [FixNote.Step] = []
    for (index, step) in steps.enumerated() {
      // Each step takes what the one before made.
      let isLast = index == steps.count - 1
      let own = step.outputExtension ?? input.extension
      var next = output ?? name.replacingExtension(with: fileExtension)
      if !isLast {
        next = name
        next.extension = nil
        next = next.ending(in: Array("-step\(index + 1)\(own.map { "." + $0 } ?? "")".utf8))
      }
      notes.append(
        FixNote.Step(
          action: step.action, summary: step.summary, lossless: step.isLossless,
          command: step.command(from: input, to: next)))
      input = next
    }
    return FixNote(
      steps: notes, output: output, verdict: isPlanned ? nil : (checked ?? original).verdict, reason: reason)
  }
}

/// Makes of a rejected file one that is accepted, and checks it before it says so.
///
/// Nothing is written: the result has the new file as a source. What needs no codec is done in the process itself; ffmpeg
/// does the rest, if it may be run.
public struct Fixer: Sendable {
  /// How often what was made is fixed again, where a first step shows what the file hid.
  private static let rounds = 3

  /// What a fixer may do.
  public struct Options: Sendable {
    /// How deep files are read; nil for as deep as the engine does.
    public var depth: Depth?
    /// Whether ffmpeg may be run. Otherwise only what needs no codec is done.
    public var runsPrograms = false
    /// Where `preflight-encode` is, which makes stickers and images; nil if it is nowhere.
    public var encoder: FilePath?
    /// Whether steps that encode are only planned.
    public var isDryRun = false
    /// Gets the part that is done of an encoding, from 0 to 1; called on any thread.
    public var onProgress: @Sendable (Double) -> Void = { _ in }

    /// Creates options: without programs.
    public init() {}
  }

  private let engine: Preflight
  private let settings: Options

  /// Creates a fixer.
  ///
  /// - Parameters:
  ///   - engine: The policy, and whether warnings are fixed as well (`isStrict`).
  ///   - options: What it may do.
  public init(_ engine: Preflight, _ options: Options = Options()) {
    self.engine = engine
    settings = options
  }

  /// Fixes a file.
  ///
  /// - Parameters:
  ///   - source: The file.
  ///   - name: Its name, for its extension.
  ///   - endpoint: Where it goes; nil for the endpoint that accepts its type, or one that is like it.
  ///   - path: Where a program finds the same file; nil if it is nowhere on disk.
  /// - Throws: `SnifferError` if libmagic's database can't be loaded.
  public func fix(
    _ source: any ByteSource, named name: FilePath?, as endpoint: Endpoint? = nil, at path: FilePath? = nil
  ) throws -> FixResult {
    let startsPrograms = settings.runsPrograms || settings.encoder != nil
    let programs =
      startsPrograms
      ? LocalPrograms(
        source, at: path, encoder: settings.encoder, startsOthers: settings.runsPrograms,
        onProgress: settings.onProgress)
      : nil
    return try fix(source, named: name, as: endpoint, with: programs)
  }

  /// Fixes a file, with programs that may be another process's.
  ///
  /// - Parameters:
  ///   - programs: Start programs; nil if none may be started.
  ///   - output: The name that what is made gets; nil for one with the extension of its type.
  package func fix(
    _ source: any ByteSource, named name: FilePath?, as endpoint: Endpoint?,
    with programs: (any FixPrograms)?, to output: FilePath? = nil
  ) throws -> FixResult {
    var result = try make(of: source, named: name, as: endpoint, with: programs)
    if let output { try result.rename(output, with: engine, depth: settings.depth) }
    return result
  }

  private func make(
    of source: any ByteSource, named name: FilePath?, as endpoint: Endpoint?,
    with programs: (any FixPrograms)?
  ) throws -> FixResult {
    var options = CheckOptions(endpoint)
    options.depth = settings.depth
    let original = try engine.judge(source, as: name.map(Reference.file), options)
    var result = FixResult(original)
    if original.verdict != .rejected {
      if original.verdict == .unjudged { result.reason = original.findings.first?.message }
      return result
    }
    let target = engine.policy.endpointToFix(
      original.mediaType, original.facts, at: endpoint ?? original.endpoint)
    guard let target else {
      result.reason = original.findings.first?.message
      return result
    }
    options.endpoint = target.endpoint
    var search = Search(engine: engine, target: target, options: options)
    let start = Search.Made(source: source, result: original, steps: [])
    if let made = try search.run(from: start, rounds: Self.rounds) {
      result.take(made)
      return result
    }
    result.reason = search.reason ?? original.findings.first?.message
    if search.obstacle == nil, let programs {
      var encoder = Encoder(
        search: search, programs: programs, isDryRun: settings.isDryRun, isStrict: engine.isStrict,
        choosesEndpoint: endpoint == nil && original.endpoint == nil)
      try encoder.encode(start, into: &result)
    }
    return result
  }

  /// The search for a way whose result is accepted.
  struct Search {
    let engine: Preflight
    let target: EndpointPolicy
    let options: CheckOptions
    /// Why the last way didn't lead anywhere.
    var reason: String?
    /// What no way leads past, encoding neither.
    private(set) var obstacle: String?

    init(engine: Preflight, target: EndpointPolicy, options: CheckOptions) {
      (self.engine, self.target, self.options) = (engine, target, options)
    }

    /// The same for another endpoint.
    init(_ other: Search, for target: EndpointPolicy) {
      var options = other.options
      options.endpoint = target.endpoint
      self.init(engine: other.engine, target: target, options: options)
    }

    struct Made {
      let source: any ByteSource
      let result: CheckResult
      let steps: [FixStep]
    }

    mutating func run(from made: Made, rounds: Int) throws -> Made? {
      let problems = made.result.findings.filter { $0.rejects(isStrict: engine.isStrict) }
      let plan = FixPlan(made.result, problems: problems, for: target, in: engine.policy)
      if let obstacle = plan.obstacle {
        reason = obstacle
        self.obstacle = self.obstacle ?? obstacle
      }
      var rest: [Made] = []
      for way in plan.ways {
        guard let next = try make(way, from: made) else { continue }
        if next.result.verdict == .accepted { return next }
        // A step may show what was hidden behind it; the same findings show that it was of no use.
        let isNew = Set(next.result.findings.map(\.code)) != Set(made.result.findings.map(\.code))
        if isNew { rest.append(next) }
      }
      guard rounds > 1 else { return nil }
      for next in rest {
        if let found = try run(from: next, rounds: rounds - 1) { return found }
      }
      return nil
    }

    private mutating func make(_ way: [FixStep], from made: Made) throws -> Made? {
      var source = made.source
      do throws(RewriteError) {
        for step in way { source = try SplicedSource(step.splice(of: source), of: source) }
      } catch {
        reason = "It can't be rewritten without loss: \(error)."
        return nil
      }
      // What is made gets the extension of its type, so the old name doesn't count.
      let result = try engine.judge(source, as: nil, options)
      if result.verdict != .accepted { reason = result.findings.first?.message }
      return Made(source: source, result: result, steps: made.steps + way)
    }
  }
}

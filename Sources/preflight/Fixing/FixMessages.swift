import MediaPreflight
import PreflightFix
import PreflightProject
import PreflightReferences

// What `preflight fix`, which writes files and starts programs and reads none, and a reader, which does nothing else,
// say to each other: lines of JSON. "+" marks those that an open file comes with.

/// A message to a reader.
enum FixOrder: Sendable, Codable {
  /// The first one: make the engine and enter the sandbox.
  case begin(EngineRecipe)
  /// Fix a file (+), or what is fetched.
  case fix(FixTask)
  /// What ffprobe says.
  case probed(String)
  /// What a program made (+).
  case made
  /// A program made nothing.
  case notMade(FixError)
  /// The beginning of what is fetched (+): how many bytes are wanted?
  case beginning
  /// What was fetched (+).
  case fetched(Transfer, UploadedMedia?)
  case notFetched(FetchFailure)
  /// The file to write what was made to (+).
  case write
}

/// A file to fix.
struct FixTask: Sendable, Codable {
  let reference: Reference
  let endpoint: Endpoint?
  let depth: Depth?
  /// The name that what is made gets; nil for one with the extension of its type.
  var output: FilePath?
  /// Whether steps that encode are only planned.
  let isDryRun: Bool
  let allowsPrivateHosts: Bool
}

/// A message of a reader.
enum FixEvent: Sendable, Codable {
  /// The engine is made, and the sandbox entered.
  case ready
  /// Nothing can be checked at all, and why.
  case failed(String)
  /// Start ffprobe.
  case probe(format: String)
  /// Start ffmpeg.
  case encode(Encoding, format: String, duration: Double?)
  /// Start `preflight-encode`.
  case draw(ImageEncoding)
  /// Fetch what the reference leads to.
  case fetch(phoneNumberID: String?, upTo: UInt64?)
  /// How many bytes of what is fetched are wanted.
  case limit(UInt64)
  /// Something was made: make a file for it.
  case made
  /// The file can't be read, and why.
  case unreadable(String)
  case done(Outcome)

  struct Outcome: Sendable, Codable {
    let original: CheckResult
    let steps: [FixStep]
    let checked: CheckResult?
    let reason: String?
  }
}

/// What `preflight hook`, which can neither write files nor start programs, asks of the process that fixes: a file that
/// comes with the line.
struct FixRequest: Sendable, Codable {
  let id: Int
  let task: FixTask
  let recipe: EngineRecipe
}

struct FixReply: Sendable, Codable {
  let id: Int
  let note: FixNote
}

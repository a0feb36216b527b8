internal import PreflightBytes
public import PreflightFacts
public import PreflightFormats
public import SystemPackage

/// How to make a file acceptable: as text, and if a program can do it, as an action.
///
/// The text and the shell command are rendered from this value, and `fix` executes the same value.
public struct Remedy: Sendable, Hashable {
  /// What to do. With an action, a short imperative without a full stop, such as "Convert it to RGB"; without
  /// one, whole sentences for the user.
  public let summary: String

  /// What a program can do; nil if the user has to.
  public let action: Action?

  /// Something that a program can do to a file. The file itself is never changed: the result is a new file.
  public enum Action: Sendable, Hashable {
    /// Keeps the first bytes and drops the rest. preflight does this itself.
    case keepFirst(UInt64)
    /// Drops the first bytes and keeps the rest. preflight does this itself.
    case dropFirst(UInt64)
    /// Renames the file to the extension of its type. preflight does this itself.
    case rename
    /// Runs a program.
    case run(Program)
  }

  /// A program with its arguments.
  public struct Program: Sendable, Hashable {
    /// The name of the executable on the path, such as `ffmpeg`.
    public let name: String
    /// The arguments in order.
    public let arguments: [Argument]

    /// Creates a program with its arguments.
    public init(_ name: String, _ arguments: [Argument]) {
      self.name = name
      self.arguments = arguments
    }

    /// The extension of the program's output, without the dot; nil if it is that of the file's own type.
    public var outputExtension: String? {
      for argument in arguments {
        switch argument {
        case .output(let own): return own
        case .outputFolder(let own): return own
        case .text, .input: continue
        }
      }
      return nil
    }
  }

  /// One argument of a program.
  public enum Argument: Sendable, Hashable, ExpressibleByStringLiteral {
    /// Literal text.
    case text(String)
    /// The path of the file to be fixed.
    case input
    /// The path of the output, with an extension; nil for that of the file's own type.
    case output(String?)
    /// The directory in which the program writes a file with the input's name and this extension.
    case outputFolder(String)

    /// Creates an argument of text.
    public init(stringLiteral value: String) { self = .text(value) }
  }

  /// Creates a remedy that a program can apply.
  public init(_ summary: String, _ action: Action) {
    self.summary = summary
    self.action = action
  }

  /// Creates a remedy that runs a program.
  public init(_ summary: String, run program: String, _ arguments: [Argument]) {
    self.init(summary, .run(Program(program, arguments)))
  }

  /// Creates a remedy for the user, in whole sentences.
  public init(advice: String) {
    summary = advice
    action = nil
  }
}

extension Remedy {
  /// The path of the action's output, next to the file; nil without an action.
  ///
  /// - Parameters:
  ///   - file: The file to be fixed.
  ///   - ownExtension: The extension of the file's own type, without the dot.
  public func output(for file: FilePath, ownExtension: String? = nil) -> FilePath? {
    switch action {
    case .keepFirst, .dropFirst, .rename: file.replacingExtension(with: ownExtension)
    case .run(let program): file.replacingExtension(with: program.outputExtension ?? ownExtension)
    case nil: nil
    }
  }

  /// The text, and a POSIX shell command that does the same.
  ///
  /// - Parameters:
  ///   - file: The file to fix; nil for a placeholder `FILE`.
  ///   - ownExtension: The extension of the file's own type.
  public func text(for file: FilePath?, ownExtension: String? = nil) -> String {
    let file = file ?? FilePath("FILE.EXT")
    let output = output(for: file, ownExtension: ownExtension)?.shellQuoted ?? ""
    switch action {
    case nil: return Self.filled(summary, file, ownExtension)
    case .keepFirst(let count): return "\(summary): head -c \(count) \(file.shellQuoted) > \(output)"
    case .dropFirst(let count): return "\(summary): tail -c +\(count + 1) \(file.shellQuoted) > \(output)"
    case .rename: return "\(summary): mv \(file.shellQuoted) \(output)"
    case .run(let program):
      let words = program.arguments.map { argument in
        switch argument {
        case .text(let text): ShellWord.quoted(text)
        case .input: file.shellQuoted
        case .output: output
        case .outputFolder:
          file.removingLastComponent().isEmpty ? "." : file.removingLastComponent().shellQuoted
        }
      }
      return "\(summary): \(([program.name] + words).joined(separator: " "))"
    }
  }
}

extension Remedy {
  /// The remedy with the placeholders in its arguments filled in, such as `{width}`; nil if a value is missing.
  func filled(with values: [String: String]) -> Remedy? {
    guard case .run(let program) = action else { return self }
    var arguments: [Argument] = []
    for argument in program.arguments {
      guard case .text(let text) = argument else {
        arguments.append(argument)
        continue
      }
      guard let filled = Template(text).filled({ values[$0] }) else { return nil }
      arguments.append(.text(filled))
    }
    return Remedy(summary, .run(Program(program.name, arguments)))
  }

  /// Advice with the file's name in place of `{file}`, and a name for the output in place of `{out:EXT}`.
  private static func filled(_ advice: String, _ file: FilePath, _ ownExtension: String?) -> String {
    Template(advice).filled { place in
      if place == "file" { return file.shellQuoted }
      guard place.hasPrefix("out:") else { return "{\(place)}" }
      let wanted = place == "out:" ? ownExtension : String(place.dropFirst(4))
      return file.replacingExtension(with: wanted).shellQuoted
    } ?? advice
  }
}

/// A remedy and the files that it fits.
public struct RemedyChoice: Sendable {
  /// The remedy.
  public let remedy: Remedy
  /// The files that it can work on; empty for all.
  public let from: [FileSelector]
  /// The codec that all their audio must have; nil for any.
  public let audioCodec: String?
  /// The type of its output, which the endpoint has to accept; nil if the type stays the same.
  public let makes: MediaType?

  init(_ remedy: Remedy, from: [FileSelector] = [], audioCodec: String? = nil, makes: MediaType? = nil) {
    self.remedy = remedy
    self.from = from
    self.audioCodec = audioCodec
    self.makes = makes
  }

  /// Whether the remedy works on files of a type whose audio has a codec, and one of the endpoints would accept its
  /// output.
  func fits(_ mediaType: MediaType?, audioCodec: String?, anyOf endpoints: [EndpointPolicy]) -> Bool {
    if let own = self.audioCodec, own != audioCodec { return false }
    if let makes, !endpoints.isEmpty, !endpoints.contains(where: { $0.types.contains(makes) }) {
      return false
    }
    guard !from.isEmpty else { return true }
    guard let mediaType else { return false }
    return from.contains { $0.contains(mediaType) }
  }
}

/// The files of a type or of a family of types.
public enum FileSelector: Sendable, Hashable {
  /// Every type of a family.
  case family(MediaType.Family)
  /// One type.
  case type(MediaType)

  func contains(_ mediaType: MediaType) -> Bool {
    switch self {
    case .family(let family): mediaType.family == family
    case .type(let type): mediaType == type
    }
  }

  static let image = FileSelector.family(.image)
  static let video = FileSelector.family(.video)
  static let audio = FileSelector.family(.audio)
  static let text = FileSelector.family(.text)
  static let workbook = FileSelector.family(.workbook)
  static let presentation = FileSelector.family(.presentation)
  static let plainText = FileSelector.family(.plainText)
}

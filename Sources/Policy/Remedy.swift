internal import PreflightBytes
public import PreflightFacts
public import PreflightFormats
public import SystemPackage

/// How to make a file acceptable: as text, and if a program can do it, as an action.
public struct Remedy: Sendable, Hashable {
  /// What to do. With an action, a short imperative without a full stop, such as "Convert it to RGB"; without
  /// one, whole sentences for the user.
  public let summary: String

  /// What a program can do; nil if the user has to.
  public let action: Action?

  /// The bytes of the file that stay, with the action `fix`; nil for all, or if that isn't known.
  package let keeps: Range<UInt64>?

  /// Something that a program can do to a file. The file itself is never changed: the result is a new file.
  public enum Action: Sendable, Hashable {
    /// `preflight fix` does it, together with all else that the file needs.
    case fix
    /// Runs another program.
    case run(Program)
  }

  /// A program with its arguments.
  public struct Program: Sendable, Hashable {
    /// The name of the executable on the path, such as `soffice`.
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

  private init(summary: String, action: Action?, keeps: Range<UInt64>? = nil) {
    self.summary = summary
    self.action = action
    self.keeps = keeps
  }

  /// Creates a remedy that `preflight fix` applies.
  public init(fix summary: String) { self.init(summary: summary, action: .fix) }

  /// Creates a remedy that cuts off what isn't of the file's format; `preflight fix` applies it.
  init(_ summary: String, keeping range: Range<UInt64>) {
    self.init(summary: summary, action: .fix, keeps: range)
  }

  /// Creates a remedy that runs a program.
  public init(_ summary: String, run program: String, _ arguments: [Argument]) {
    self.init(summary: summary, action: .run(Program(program, arguments)))
  }

  /// Creates a remedy for the user, in whole sentences.
  public init(advice: String) { self.init(summary: advice, action: nil) }
}

extension Remedy {
  /// The path of a program's output, next to the file; nil if no other program is run.
  ///
  /// - Parameters:
  ///   - file: The file to be fixed.
  ///   - ownExtension: The extension of the file's own type, without the dot.
  public func output(for file: FilePath, ownExtension: String? = nil) -> FilePath? {
    guard case .run(let program) = action else { return nil }
    return file.replacingExtension(with: program.outputExtension ?? ownExtension)
  }

  /// The text, and a POSIX shell command that does the same.
  ///
  /// - Parameters:
  ///   - file: The file to fix; nil for a placeholder `FILE`.
  ///   - ownExtension: The extension of the file's own type.
  ///   - isStrict: Whether `preflight fix` has to fix warnings.
  public func text(for file: FilePath?, ownExtension: String? = nil, isStrict: Bool = false) -> String {
    guard action != nil else { return Self.filled(summary, file, ownExtension) }
    if let command = program(for: file, ownExtension: ownExtension) { return "\(summary): \(command)" }
    return "\(summary): preflight fix \(file?.shellQuoted ?? "FILE")\(isStrict ? " --strict" : "")"
  }

  /// The program with its arguments, as a POSIX shell command; nil if no other program is run.
  ///
  /// - Parameters:
  ///   - file: The file to fix; nil for a placeholder.
  ///   - ownExtension: The extension of the file's own type.
  func program(for file: FilePath?, ownExtension: String?) -> String? {
    guard case .run(let program) = action else { return nil }
    let words = program.arguments.map { argument in
      switch argument {
      case .text(let text): return ShellWord.quoted(text)
      case .input: return (file ?? Self.placeholder).shellQuoted
      case .output: return Self.output(for: file, extension: program.outputExtension ?? ownExtension)
      case .outputFolder:
        let folder = (file ?? Self.placeholder).removingLastComponent()
        return folder.isEmpty ? "." : folder.shellQuoted
      }
    }
    return ([program.name] + words).joined(separator: " ")
  }

  /// Stands for a file whose extension matters.
  private static let placeholder = FilePath("FILE.EXT")

  /// A program's output as a shell word. That of the placeholder can't be the file, whatever the file's extension is.
  private static func output(for file: FilePath?, extension: String?) -> String {
    file?.replacingExtension(with: `extension`).shellQuoted ?? "FILE-fixed.\(`extension` ?? "EXT")"
  }
}

extension Remedy {
  /// The remedy with the placeholders in its summary filled in, such as `{width}`; nil if a value is missing.
  func filled(with values: [String: String]) -> Remedy? {
    guard action != nil else { return self }
    return Template(summary).filled { values[$0] }.map { Remedy(summary: $0, action: action, keeps: keeps) }
  }

  /// Advice with the file's name in place of `{file}`, and a name for the output in place of `{out:EXT}`.
  private static func filled(_ advice: String, _ file: FilePath?, _ ownExtension: String?) -> String {
    Template(advice).filled { place in
      if place == "file" { return (file ?? placeholder).shellQuoted }
      guard place.hasPrefix("out:") else { return "{\(place)}" }
      let wanted = place == "out:" ? ownExtension : String(place.dropFirst(4))
      return output(for: file, extension: wanted)
    } ?? advice
  }
}

/// A remedy and the files that it fits.
public struct RemedyChoice: Sendable {
  /// The remedy.
  public let remedy: Remedy
  /// The files that it can work on; empty for all.
  public let from: [FileSelector]
  /// The types that its output may have, one of which the endpoint has to accept; empty if the type stays the same.
  public let makes: [MediaType]

  init(_ remedy: Remedy, from: [FileSelector] = [], makes: [MediaType] = []) {
    self.remedy = remedy
    self.from = from
    self.makes = makes
  }

  /// Creates a choice that `preflight fix` carries out.
  init(fix summary: String, from: [FileSelector] = [], makes: [MediaType] = []) {
    self.init(Remedy(fix: summary), from: from, makes: makes)
  }

  /// Whether the remedy works on files of a type, and one of the endpoints would accept its output.
  func fits(_ mediaType: MediaType?, anyOf endpoints: [EndpointPolicy]) -> Bool {
    if !makes.isEmpty, !endpoints.isEmpty,
      !endpoints.contains(where: { $0.types.contains(where: makes.contains) })
    {
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

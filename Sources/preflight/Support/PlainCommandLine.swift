/// Command lines as nearly all are: a command by its name, options written out, paths.
///
/// They are read here, since setting up the argument parser takes three times as long as all that is done for a
/// small file. Whatever isn't as plain as that (help, abbreviations, an option given twice, every mistake) goes to
/// the argument parser, so that there is one place that answers it. What is read here comes out as it would there:
/// `PlainCommandLineTests` holds the two against each other.
enum PlainCommandLine {
  /// What the words ask for; nil where they are for the argument parser.
  static func run(_ words: [String]) -> (any CommandRun)? {
    let rest = words.dropFirst()
    // Names rather than the commands' types, whose descriptions alone are worth a file's time.
    switch words.first {
    case "check": return CheckRun(plain: rest)
    case "inspect": return InspectRun(plain: rest)
    case "payload": return PayloadRun(plain: rest)
    case "hook": return HookRun(plain: rest)
    default: return nil
    }
  }
}

extension CommandRun {
  /// Reads plain words; nil where they are for the argument parser.
  fileprivate init?(plain words: ArraySlice<String>) {
    self.init()
    var words = PlainWords(words)
    guard words.read(into: &self), (try? validate()) != nil else { return nil }
  }
}

/// The words of a command line that are still to be read.
struct PlainWords {
  private var rest: ArraySlice<String>
  /// The value that an option has in its own word, `--name=value`.
  private var attached: String?
  /// The options that were given and may not be given again.
  private var seen: [String] = []

  init(_ words: ArraySlice<String>) { rest = words }

  /// The value of the option just read; nil where there is none, or where it could be an option itself.
  private mutating func value() -> String? {
    if let attached { return attached.isEmpty ? nil : attached }
    guard let word = rest.first, !word.isEmpty, !word.hasPrefix("-") else { return nil }
    rest.removeFirst()
    return word
  }

  /// Sets a property to the value of the option just read; false where that can't be.
  mutating func set<Value>(_ property: inout Value, _ convert: (String) -> Value?) -> Bool {
    guard let value = value(), let converted = convert(value) else { return false }
    property = converted
    return true
  }

  /// Sets a property that may be unset to the value of the option just read; false where that can't be.
  mutating func set<Value>(_ property: inout Value?, _ convert: (String) -> Value?) -> Bool {
    guard let value = value(), let converted = convert(value) else { return false }
    property = converted
    return true
  }

  /// Sets a text to the value of the option just read.
  mutating func set(_ property: inout String?) -> Bool { set(&property) { $0 } }

  /// Adds the value of the option just read, which may be given again, to a list.
  mutating func append(to property: inout [String]) -> Bool {
    guard let value = value() else { return false }
    property.append(value)
    seen.removeLast()
    return true
  }

  /// Sets a flag, which has no value.
  func set<Flag>(_ property: inout Flag, to value: Flag) -> Bool {
    if attached != nil { return false }
    property = value
    return true
  }

  /// Reads all words; false where they aren't plain.
  fileprivate mutating func read(into run: inout some CommandRun) -> Bool {
    while let word = rest.popFirst() {
      if !word.hasPrefix("-") {
        guard !word.isEmpty, run.take(word) else { return false }
        continue
      }
      guard word.hasPrefix("--"), word.utf8.count > 2 else { return false }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      attached = parts.count > 1 ? String(parts[1]) : nil
      guard !seen.contains(name) else { return false }
      seen.append(name)
      guard run.take(name, &self) == true else { return false }
    }
    return true
  }
}

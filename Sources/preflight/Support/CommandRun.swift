import ArgumentParser

/// Options that can be read from a plain command line.
protocol PlainOptions {
  /// The options where none is given.
  init()

  /// Takes an option by its name, without the dashes, and its value off the words; nil where it is none of
  /// these, false where the argument parser has to look at it.
  mutating func take(_ name: String, _ words: inout PlainWords) -> Bool?

  /// Throws where the options contradict each other.
  func validate() throws
}

extension PlainOptions {
  func validate() throws {}
}

/// What a command does with its options, whoever has read them.
protocol CommandRun: PlainOptions {
  /// Takes a word that is no option; false where there may be none, or no more.
  mutating func take(_ word: String) -> Bool

  func run() throws
}

/// A command as the argument parser takes it: options that ask for a run.
protocol ParsedCommand: ParsableCommand {
  associatedtype Run: CommandRun

  /// What the options ask for.
  var asked: Run { get }
}

extension ParsedCommand {
  func run() throws { try asked.run() }
}

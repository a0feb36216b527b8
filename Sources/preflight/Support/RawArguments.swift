public import ArgumentParser
import MediaPreflight
public import SystemPackage

/// The command line's words, whatever bytes they have.
///
/// Swift repairs words that aren't UTF-8, after which a file of that name can't be found. Here each byte
/// that isn't text is carried as a scalar of a private plane, and taken back by ``bytes(_:)``; text that has
/// such scalars itself is carried in the same way, so no two words become one.
enum RawArguments {
  /// U+10FE00 + byte.
  private static let base: UInt32 = 0x10fe00

  /// The words after the program's name.
  static var current: [String] {
    var words: [String] = []
    var index = 1
    // argv is fixed for as long as the process lives and ends with a null pointer.
    while index < Int(CommandLine.argc), let word = CommandLine.unsafeArgv[index] {
      words.append(
        encode(Array(UnsafeBufferPointer(start: word, count: length(word))).map { UInt8(bitPattern: $0) }))
      index += 1
    }
    return words
  }

  private static func length(_ word: UnsafePointer<CChar>) -> Int {
    var count = 0
    while word[count] != 0 { count += 1 }
    return count
  }

  /// Text that stands for any bytes.
  static func encode(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self),
      !text.unicodeScalars.contains(where: { isCarrier($0) })
    {
      return text
    }
    var view = String.UnicodeScalarView()
    var rest = bytes[...]
    while let first = rest.first {
      var decoder = UTF8()
      var iterator = rest.makeIterator()
      if case .scalarValue(let scalar) = decoder.decode(&iterator), !isCarrier(scalar) {
        view.append(scalar)
        rest = rest.dropFirst(UTF8.width(scalar))
      } else {
        if let carrier = Unicode.Scalar(base + UInt32(first)) { view.append(carrier) }
        rest = rest.dropFirst()
      }
    }
    return String(view)
  }

  /// The bytes that a word stands for. No word of a command line has a NUL.
  static func bytes(_ word: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in word.unicodeScalars {
      if isCarrier(scalar) {
        bytes.append(UInt8(truncatingIfNeeded: scalar.value - base))
      } else {
        bytes += UTF8.encode(scalar).map(Array.init) ?? []
      }
    }
    return bytes
  }

  private static func isCarrier(_ scalar: Unicode.Scalar) -> Bool {
    (base..<base + 0x100).contains(scalar.value)
  }
}

/// Path options and arguments are paths from the start, whatever bytes they have.
extension FilePath: @retroactive ExpressibleByArgument {
  /// The path that a word stands for.
  public init?(argument: String) { self.init(RawArguments.bytes(argument)) }

  /// A shell completes paths.
  public static var defaultCompletionKind: CompletionKind { .file() }
}

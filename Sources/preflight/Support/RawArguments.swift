public import ArgumentParser
import MediaPreflight
public import SystemPackage

/// Command-line arguments as strings that preserve arbitrary bytes.
///
/// Swift repairs arguments that aren't UTF-8, so that a file with such a name can't be found. Here, each invalid byte is
/// encoded as a private-use scalar, and ``bytes(_:)`` decodes it. Arguments that already contain such scalars are encoded
/// in the same way, so the encoding is unambiguous.
enum RawArguments {
  /// U+10FE00 + byte.
  private static let base: UInt32 = 0x10fe00

  /// The arguments after the program's name.
  static var current: [String] {
    var words: [String] = []
    var index = 1
    // argv doesn't change during the life of the process and ends with a null pointer.
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

  /// Encodes bytes as a string.
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

  /// Decodes the bytes of an argument. Arguments never contain a NUL.
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

  /// Checks an argument that isn't a path: what is sent as text has to be UTF-8.
  ///
  /// - Throws: `ValidationError` if it isn't.
  static func requireText(_ word: String?, _ option: String) throws {
    if word?.unicodeScalars.contains(where: isCarrier) == true {
      throw ValidationError("\(option) isn't UTF-8")
    }
  }

  private static func isCarrier(_ scalar: Unicode.Scalar) -> Bool {
    (base..<base + 0x100).contains(scalar.value)
  }
}

/// Parses path options and arguments directly as paths, which may have any bytes.
extension FilePath: @retroactive ExpressibleByArgument {
  /// Decodes a path from an argument.
  public init?(argument: String) { self.init(RawArguments.bytes(argument)) }

  /// Shells complete paths.
  public static var defaultCompletionKind: CompletionKind { .file() }
}

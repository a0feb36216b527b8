/// A file's name or path as the file system has it: bytes that need not be valid UTF-8.
public struct FileName: Hashable, Sendable {
  /// The bytes, without a terminating NUL.
  public let bytes: [UInt8]

  /// Creates a name from its bytes.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Creates a name from text.
  public init(_ text: String) { bytes = Array(text.utf8) }

  /// The name as text, when it is valid UTF-8.
  public var text: String? {
    // Every result has its path, and ASCII is a twentieth of the work that validating is.
    if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The name for people: bytes that aren't UTF-8, and control characters, as `\xNN`. No two names show
  /// alike: the backslash of a name that has such a mark itself is shown as `\x5c`.
  public var display: String {
    if let text, !text.unicodeScalars.contains(where: Self.isControl), !hasEscapes { return text }
    return escaped
  }

  /// Whether there is a mark in the name that ``display`` would make of a byte.
  private var hasEscapes: Bool {
    guard bytes.contains(UInt8(ascii: "\\")) else { return false }
    let isHex = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
    return bytes.indices.dropLast(3).contains {
      bytes[$0] == UInt8(ascii: "\\") && bytes[$0 + 1] == UInt8(ascii: "x") && isHex(bytes[$0 + 2])
        && isHex(bytes[$0 + 3])
    }
  }

  /// The extension without the dot, in lower case; nil where there is none.
  public var pathExtension: String? {
    extensionBytes.map { String(decoding: $0, as: UTF8.self).lowercased() }
  }

  /// The extension as it stands in the name, whose bytes may be more or fewer than those of the text.
  private var extensionBytes: ArraySlice<UInt8>? {
    let path = bytes[..<((bytes.lastIndex { $0 != UInt8(ascii: "/") } ?? -1) + 1)]
    let last = path[(path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...]
    guard let dot = last.lastIndex(of: UInt8(ascii: ".")), dot > last.startIndex, dot + 1 < last.endIndex
    else { return nil }
    return last[(dot + 1)...]
  }

  /// The name with another extension, marked as another file where that would be the same name.
  func replacingExtension(with new: String?) -> FileName {
    let old = extensionBytes
    let stem = Array(bytes.dropLast(old.map { $0.count + 1 } ?? 0))
    guard let new = new.map({ Array($0.utf8) }) ?? old.map(Array.init) else {
      return FileName(stem + Array("-fixed".utf8))
    }
    let same = FileName(stem + Array(".".utf8) + new)
    let differs = same.bytes.map(Self.lowercased) != bytes.map(Self.lowercased)
    return differs ? same : FileName(stem + Array("-fixed.".utf8) + new)
  }

  /// The name as one word of a POSIX shell, never taken for an option.
  public var shellQuoted: String {
    ShellWord.quoted(bytes.first == UInt8(ascii: "-") ? Array("./".utf8) + bytes : bytes)
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }

  /// Control characters; those (Unicode's Bidi_Control) that turn the direction of writing, which can make
  /// one name look like another; and the noncharacters that XML can't hold.
  package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0x61c, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfffe...0xffff:
      true
    default: false
    }
  }

  private var escaped: String {
    var text = ""
    var rest = bytes[...]
    while let first = rest.first {
      var decoder = UTF8()
      var iterator = rest.makeIterator()
      if case .scalarValue(let scalar) = decoder.decode(&iterator), !Self.isControl(scalar), scalar != "\\" {
        text.unicodeScalars.append(scalar)
        rest = rest.dropFirst(UTF8.width(scalar))
      } else {
        text += ShellWord.escaped(first)
        rest = rest.dropFirst()
      }
    }
    return text
  }
}

/// Text as one word of a POSIX shell.
package enum ShellWord {
  /// Quotes only where it must, and as `$'…'` where the text has control characters or isn't UTF-8.
  package static func quoted(_ bytes: [UInt8]) -> String {
    let name = FileName(bytes)
    guard let text = name.text, !text.unicodeScalars.contains(where: FileName.isControl) else {
      return "$'" + bytes.map { isPlain($0) ? String(Unicode.Scalar($0)) : escaped($0) }.joined() + "'"
    }
    if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// Quotes text.
  package static func quoted(_ text: String) -> String { quoted(Array(text.utf8)) }

  /// A byte as `\xNN`.
  fileprivate static func escaped(_ byte: UInt8) -> String {
    "\\x" + String(UInt16(byte) + 0x100, radix: 16).dropFirst()
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "./_-+,@%:".utf8.contains(byte)
    }
  }
}

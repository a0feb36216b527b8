package import MediaPreflight

/// The paths, URLs and media IDs that a user names: those on the command line, followed by those of a list.
///
/// A list can have any length, so it is read in chunks and never fully loaded. It can be iterated more than once.
package struct NameList: Sendable {
  private let names: [Reference]
  private let list: (any ByteSource)?
  private let separator: List.Separator

  package enum List {
    /// The separator of paths in a list.
    package enum Separator: Sendable {
      /// A Unix or Windows line break.
      case line
      case nul
    }
  }

  /// - Parameters:
  ///   - names: The paths that come first.
  ///   - list: The text of a list. Empty paths in it are skipped.
  package init(_ names: [Reference], list: (any ByteSource)? = nil, separator: List.Separator = .line) {
    self.names = names
    self.list = list
    self.separator = separator
  }

  /// Whether something is named that has to be fetched.
  package var leadsOverTheNetwork: Bool {
    var iterator = makeIterator()
    // An error in reading the list is reported later, during the run.
    while let reference = try? iterator.next() { if reference.path == nil { return true } }
    return false
  }

  package func makeIterator() -> Iterator { Iterator(self) }

  package struct Iterator {
    private static let chunkSize = 1 << 16

    /// Longer than the path limit of any system. Longer lines are truncated; no such file exists.
    private static let maximumPath = 1 << 16

    private let list: NameList
    private var index = 0
    private var offset: UInt64 = 0
    private var chunk: [UInt8] = []
    private var position = 0
    /// Whether the next name of the list is its first.
    private var isFirst = true

    fileprivate init(_ list: NameList) { self.list = list }

    /// - Throws: ``PreflightBytes/ByteSourceError`` if reading the list fails.
    package mutating func next() throws -> Reference? {
      if index < list.names.count {
        defer { index += 1 }
        return list.names[index]
      }
      while var path = try nextPath() {
        // Windows writes a byte order mark and carriage returns. In a NUL-separated list they are part of the path.
        if list.separator == .line {
          if isFirst, path.starts(with: [0xef, 0xbb, 0xbf]) { path.removeFirst(3) }
          if path.last == 0x0d { path.removeLast() }
        }
        isFirst = false
        if path.contains(0) {
          throw ByteSourceError(
            "a path in the list contains a NUL byte; use -0 for paths separated by NUL bytes")
        }
        // `-` means standard input only on the command line.
        if path == [UInt8(ascii: "-")] { return .file("./-") }
        if !path.isEmpty { return Reference(path) }
      }
      return nil
    }

    private mutating func nextPath() throws -> [UInt8]? {
      let end: UInt8 = list.separator == .line ? 0x0a : 0
      var path: [UInt8] = []
      while true {
        if position == chunk.count, try !readChunk() { return path.isEmpty ? nil : path }
        let rest = chunk[position...]
        if let next = rest.firstIndex(of: end) {
          path += rest[..<next].prefix(Self.maximumPath - path.count)
          position = next + 1
          return path
        }
        path += rest.prefix(Self.maximumPath - path.count)
        position = chunk.count
      }
    }

    private mutating func readChunk() throws -> Bool {
      guard let source = list.list, offset < source.byteCount else { return false }
      var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
      let count = try chunk.withUnsafeMutableBytes { try source.read(into: $0, at: offset) }
      chunk.removeLast(chunk.count - count)
      offset += UInt64(count)
      self.chunk = chunk
      position = 0
      return count > 0
    }
  }
}

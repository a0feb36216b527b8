package import SystemPackage
package import MediaPreflight

/// The paths that a user names: those on the command line, and behind them those of a list.
///
/// A list can have any length, so it is gone through in pieces, as often as is wanted, and never held whole.
package struct NameList: Sendable {
  private let names: [FilePath]
  private let list: (any ByteSource)?
  private let separator: List.Separator

  package enum List {
    /// What ends each path of a list.
    package enum Separator: Sendable {
      /// A line end of Unix or of Windows.
      case line
      case nul
    }
  }

  /// - Parameters:
  ///   - names: The paths that come first.
  ///   - list: The text of a list; empty paths in it are passed over.
  package init(_ names: [FilePath], list: (any ByteSource)? = nil, separator: List.Separator = .line) {
    self.names = names
    self.list = list
    self.separator = separator
  }

  func makeIterator() -> Iterator { Iterator(self) }

  struct Iterator {
    private static let pieceSize = 1 << 16

    /// No system has longer paths. Of a longer line the start is kept, for which nothing will be found.
    private static let maximumPath = 1 << 16

    private let list: NameList
    private var index = 0
    private var offset: UInt64 = 0
    private var piece: [UInt8] = []
    private var position = 0

    fileprivate init(_ list: NameList) { self.list = list }

    /// - Throws: ``PreflightBytes/ByteSourceError`` when the list can't be read any further.
    mutating func next() throws -> FilePath? {
      if index < list.names.count {
        defer { index += 1 }
        return list.names[index]
      }
      while var path = try nextPath() {
        // A carriage return is Windows' line end; where a NUL ends a path it is part of it.
        if list.separator == .line, path.last == 0x0d { path.removeLast() }
        if path.contains(0) {
          throw ByteSourceError("a path in the list has a NUL byte; use -0 for paths separated by NUL bytes")
        }
        // Only on the command line `-` is standard input.
        if path == [UInt8(ascii: "-")] { return "./-" }
        if !path.isEmpty { return FilePath(path) }
      }
      return nil
    }

    private mutating func nextPath() throws -> [UInt8]? {
      let end: UInt8 = list.separator == .line ? 0x0a : 0
      var path: [UInt8] = []
      while true {
        if position == piece.count, try !readPiece() { return path.isEmpty ? nil : path }
        let rest = piece[position...]
        if let next = rest.firstIndex(of: end) {
          path += rest[..<next].prefix(Self.maximumPath - path.count)
          position = next + 1
          return path
        }
        path += rest.prefix(Self.maximumPath - path.count)
        position = piece.count
      }
    }

    private mutating func readPiece() throws -> Bool {
      guard let source = list.list, offset < source.byteCount else { return false }
      var piece = [UInt8](repeating: 0, count: Self.pieceSize)
      let count = try piece.withUnsafeMutableBytes { try source.read(into: $0, at: offset) }
      piece.removeLast(piece.count - count)
      offset += UInt64(count)
      self.piece = piece
      position = 0
      return count > 0
    }
  }
}

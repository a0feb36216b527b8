/// Values by the absolute paths of folders.
// In order and not by hashes: how a key is hashed is looked up at run time, which costs a start a twentieth of its
// time, and of most runs' folders there are few.
struct PathTable<Value> {
  private struct Entry {
    let path: [UInt8]
    let value: Value
  }

  private var entries: [Entry] = []

  var count: Int { entries.count }

  subscript(path: [UInt8]) -> Value? {
    let index = index(of: path)
    return index < entries.count && entries[index].path == path ? entries[index].value : nil
  }

  /// Adds a value for a path that has none.
  mutating func add(_ value: Value, at path: [UInt8]) {
    entries.insert(Entry(path: path, value: value), at: index(of: path))
  }

  mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

  /// The index of the first entry whose path doesn't come before another.
  private func index(of path: [UInt8]) -> Int {
    var (start, end) = (0, entries.count)
    while start < end {
      let middle = (start + end) / 2
      if entries[middle].path.lexicographicallyPrecedes(path) { start = middle + 1 } else { end = middle }
    }
    return start
  }
}

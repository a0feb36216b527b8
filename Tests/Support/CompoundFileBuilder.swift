/// Builds compound files, valid or malformed.
struct CompoundFileBuilder {
  /// A stream, or a storage with its children.
  indirect enum Node: Sendable {
    case stream(String, [UInt8])
    case storage(String, [Node])
  }

  var nodes: [Node]
  var sectorShift = 9
  var rootClass = [UInt8](repeating: 0, count: 16)

  init(_ nodes: [Node]) { self.nodes = nodes }

  static let endOfChain: UInt32 = 0xffff_fffe
  static let free: UInt32 = 0xffff_ffff

  /// The offsets in `bytes` of the FAT, the directory and the streams of at least 4096 bytes.
  private(set) var fatStart = 0
  private(set) var directoryStart = 0
  private(set) var streamStarts: [String: Int] = [:]

  private var sectorSize: Int { 1 << sectorShift }
  private var sectors: [UInt8] = []
  private var fat: [UInt32] = []
  private var mini: [UInt8] = []
  private var miniFAT: [UInt32] = []
  private var entries: [[UInt8]] = []

  mutating func bytes() -> [UInt8] {
    (sectors, fat, mini, miniFAT, entries, streamStarts) = ([], [], [], [], [[]], [:])
    let child = append(nodes)
    let miniStart = put(mini)
    let miniFATBytes = miniFAT.flatMap { littleEndian($0) }
    let miniFATStart = put(padded(miniFATBytes, to: sectorSize, with: 0xff))
    entries[0] = Self.entry(
      "Root Entry", kind: 5, child: child, start: miniStart, byteCount: mini.count, class: rootClass)
    let directory = put(padded(entries.flatMap(\.self), to: sectorSize, with: 0))
    directoryStart = (Int(directory) + 1) * sectorSize
    let perSector = sectorSize / 4
    var fatSectors = 1
    while fatSectors * perSector < fat.count + fatSectors { fatSectors += 1 }
    precondition(fatSectors <= 109, "the builder makes no DIFAT")
    let firstFAT = fat.count
    fat += [UInt32](repeating: 0xffff_fffd, count: fatSectors)
    fat += [UInt32](repeating: Self.free, count: fatSectors * perSector - fat.count)
    fatStart = (firstFAT + 1) * sectorSize

    var file: [UInt8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
    file +=
      [UInt8](repeating: 0, count: 16) + littleEndian(UInt16(0x3e))
      + littleEndian(UInt16(sectorShift == 9 ? 3 : 4))
    file += littleEndian(UInt16(0xfffe)) + littleEndian(UInt16(sectorShift)) + littleEndian(UInt16(6))
    file += [UInt8](repeating: 0, count: 10)
    file +=
      littleEndian(UInt32(fatSectors)) + littleEndian(directory) + littleEndian(UInt32(0))
      + littleEndian(UInt32(4096))
    file +=
      littleEndian(miniFATStart) + littleEndian(UInt32(miniFAT.isEmpty ? 0 : 1))
      + littleEndian(Self.endOfChain) + littleEndian(UInt32(0))
    for index in 0..<109 { file += littleEndian(index < fatSectors ? UInt32(firstFAT + index) : Self.free) }
    return padded(file, to: sectorSize, with: 0) + sectors + fat.flatMap { littleEndian($0) }
  }

  /// Adds nodes as a chain of right siblings and returns the ID of the first.
  private mutating func append(_ nodes: [Node]) -> UInt32 {
    var next = Self.free
    for node in nodes.reversed() {
      let index = entries.count
      entries.append([])
      switch node {
      case .stream(let name, let bytes):
        let start: UInt32
        if bytes.count >= 4096 {
          streamStarts[name] = sectors.count + sectorSize
          start = put(bytes)
        } else {
          start = putMini(bytes)
        }
        entries[index] = Self.entry(name, kind: 2, right: next, start: start, byteCount: bytes.count)
      case .storage(let name, let children):
        let child = append(children)
        entries[index] = Self.entry(name, kind: 1, right: next, child: child, start: 0, byteCount: 0)
      }
      next = UInt32(index)
    }
    return next
  }

  private mutating func put(_ bytes: [UInt8]) -> UInt32 {
    guard !bytes.isEmpty else { return Self.endOfChain }
    let first = fat.count
    let all = padded(bytes, to: sectorSize, with: 0)
    let count = all.count / sectorSize
    for index in 1...count { fat.append(index < count ? UInt32(first + index) : Self.endOfChain) }
    sectors += all
    return UInt32(first)
  }

  private mutating func putMini(_ bytes: [UInt8]) -> UInt32 {
    guard !bytes.isEmpty else { return Self.endOfChain }
    let first = miniFAT.count
    let all = padded(bytes, to: 64, with: 0)
    let count = all.count / 64
    for index in 1...count { miniFAT.append(index < count ? UInt32(first + index) : Self.endOfChain) }
    mini += all
    return UInt32(first)
  }

  private func padded(_ bytes: [UInt8], to size: Int, with byte: UInt8) -> [UInt8] {
    bytes + [UInt8](repeating: byte, count: (size - bytes.count % size) % size)
  }

  private static func entry(
    _ name: String, kind: UInt8, right: UInt32 = free, child: UInt32 = free, start: UInt32,
    byteCount: Int, class: [UInt8] = [UInt8](repeating: 0, count: 16)
  ) -> [UInt8] {
    let units = name.utf16.flatMap { littleEndian($0) }
    var entry = units + [UInt8](repeating: 0, count: 64 - units.count) + littleEndian(UInt16(units.count + 2))
    entry += [kind, 1] + littleEndian(free) + littleEndian(right) + littleEndian(child) + `class`
    entry += [UInt8](repeating: 0, count: 20) + littleEndian(start) + littleEndian(UInt64(byteCount))
    return entry
  }
}

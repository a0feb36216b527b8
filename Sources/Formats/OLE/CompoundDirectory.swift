internal import PreflightFacts
internal import PreflightBytes

/// The directory of a compound file (MS-CFB 2.6): a tree of storages (directories) and streams (files).
struct CompoundDirectory {
  static let entryByteCount = 128
  /// The value for "no entry".
  private static let none: UInt32 = 0xffff_ffff

  /// An entry, as far as it is needed.
  struct Entry {
    var kind: Kind = .other
    var name: CompoundName?
    var left: UInt32 = none
    var right: UInt32 = none
    var child: UInt32 = none
    var start: UInt32 = 0
    var byteCount: UInt64 = 0
    /// Where the entry is in the file.
    var offset: UInt64
    /// The entry of its storage; nil if the tree doesn't refer to it.
    var parent: UInt32?
  }

  enum Kind: UInt8 { case other = 0, storage = 1, stream = 2, root = 5 }

  private(set) var entries: [Entry] = []
  /// The class identifier of the root, as it is in the file.
  private(set) var rootClass: ClassIdentifier?
  /// Whether entries lead in a circle.
  private(set) var hasLoop = false
  /// Whether an entry refers to a missing one.
  private(set) var hasGap = false
  /// Whether an entry refers to one that isn't in use.
  private(set) var hasEmptyEntry = false
  /// Whether there are entries beyond the limit.
  private(set) var isLimited = false

  init() {}

  /// Reads the entries in `extents` and finds which storage each lies in.
  init(
    _ extents: FileAllocationTable.Extents, _ header: CompoundFileHeader,
    in window: inout ByteWindow
  ) throws(ReadError) {
    isLimited = extents.isLimited
    for extent in extents.all {
      var offset = extent.offset
      let end = offset + extent.byteCount
      while end - offset >= UInt64(Self.entryByteCount) {
        guard entries.count < Limits.OLE.entries else {
          isLimited = true
          break
        }
        var span = try window.span(at: offset, count: Self.entryByteCount)
        try append(&span, header)
        offset += UInt64(Self.entryByteCount)
      }
    }
    findParents()
  }

  /// Adds the entry in `span` (MS-CFB 2.6.1).
  mutating func append(_ span: inout ByteSpan, _ header: CompoundFileHeader) throws(ReadError) {
    var entry = Entry(offset: span.offset)
    entry.name = CompoundName(ofEntry: span)
    try span.skip(64 + 2)  // name, length of the name
    entry.kind = Kind(rawValue: try UInt8(parsing: &span)) ?? .other
    try span.skip(1)  // colour
    entry.left = try UInt32(parsingLittleEndian: &span)
    entry.right = try UInt32(parsingLittleEndian: &span)
    entry.child = try UInt32(parsingLittleEndian: &span)
    let identifier = try ClassIdentifier(parsing: &span)
    if entries.isEmpty { rootClass = identifier }
    try span.skip(4 + 8 + 8)  // state, times
    entry.start = try UInt32(parsingLittleEndian: &span)
    let size = try UInt64(parsingLittleEndian: &span)
    entry.byteCount = header.has32BitSizes ? size & 0xffff_ffff : size
    entries.append(entry)
  }

  /// The streams and storages in the root.
  var rootEntries: some Sequence<Entry> { entries.lazy.filter { $0.parent == 0 } }

  func rootEntry(_ name: CompoundName, _ kind: Kind = .stream) -> Entry? {
    rootEntries.first { $0.name == name && $0.kind == kind }
  }

  /// Whether the root has a storage of one name with a storage of another in it.
  func hasStorage(_ outer: CompoundName, with inner: CompoundName) -> Bool {
    entries.contains { entry in
      guard entry.kind == .storage, entry.name == inner, let parent = entry.parent else { return false }
      let storage = entries[Int(parent)]
      return storage.name == outer && storage.kind == .storage && storage.parent == 0
    }
  }

  /// Walks the tree from the root. Each entry is visited once, so a loop ends the walk.
  private mutating func findParents() {
    guard let root = entries.first, root.kind == .root else { return }
    var stack = [(index: root.child, parent: UInt32(0))]
    while let (index, parent) = stack.popLast() {
      // Some writers use 0 for "no entry".
      guard index != 0, index <= SectorNumber.maximum else { continue }
      guard Int(index) < entries.count else {
        hasGap = !isLimited
        continue
      }
      guard entries[Int(index)].parent == nil else {
        hasLoop = true
        continue
      }
      entries[Int(index)].parent = parent
      let entry = entries[Int(index)]
      guard entry.kind != .other else {
        hasEmptyEntry = true
        continue
      }
      stack.append((entry.left, parent))
      stack.append((entry.right, parent))
      if entry.kind == .storage { stack.append((entry.child, index)) }
    }
  }
}

/// A class identifier in the order of its bytes in the file.
struct ClassIdentifier: Hashable {
  let high: UInt64
  let low: UInt64

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  init(parsing span: inout ByteSpan) throws(ReadError) {
    high = try UInt64(parsingBigEndian: &span)
    low = try UInt64(parsingBigEndian: &span)
  }
}

/// The names of streams and storages that identify the type.
enum CompoundName: CaseIterable {
  case wordDocument, table0, table1, workbook, book, powerPointDocument, pictures,
    classOfObject, currentUser, encryptedSummary
  case encryptionInfo, encryptedPackage, protectedContent, macros, macrosOfWorkbook, vba
  case visioDocument, quill, messageProperties, messageNames, worksText, worksBook
  case hangul, powerPoint4, packagedFile

  private var text: StaticString {
    switch self {
    case .wordDocument: "WordDocument"
    case .table0: "0Table"
    case .table1: "1Table"
    case .workbook: "Workbook"
    case .book: "Book"
    case .powerPointDocument: "PowerPoint Document"
    case .pictures: "Pictures"
    case .classOfObject: "\u{1}CompObj"
    case .currentUser: "Current User"
    case .encryptedSummary: "EncryptedSummary"
    case .encryptionInfo: "EncryptionInfo"
    case .encryptedPackage: "EncryptedPackage"
    case .protectedContent: "\u{9}DRMContent"
    case .macros: "Macros"
    case .macrosOfWorkbook: "_VBA_PROJECT_CUR"
    case .vba: "VBA"
    case .visioDocument: "VisioDocument"
    case .quill: "Quill"
    case .messageProperties: "__properties_version1.0"
    case .messageNames: "__nameid_version1.0"
    case .worksText: "MatOST"
    case .worksBook: "WksSSWorkBook"
    case .hangul: "\u{5}HwpSummaryInformation"
    case .powerPoint4: "PP40"
    case .packagedFile: "\u{1}Ole10Native"
    }
  }

  /// The name of a directory entry, if it is one of these; ignores case.
  init?(ofEntry span: borrowing ByteSpan) {
    guard let name = Self.allCases.first(where: { Self.matches($0.text, span) }) else { return nil }
    self = name
  }

  private static func matches(_ text: StaticString, _ span: borrowing ByteSpan) -> Bool {
    let count = text.utf8CodeUnitCount
    for index in 0..<count {
      guard let low = span[2 * index], span[2 * index + 1] == 0,
        low.asciiLowercased == text.utf8Start[index].asciiLowercased
      else { return false }
    }
    return span[2 * count] == 0 && span[2 * count + 1] == 0
  }
}

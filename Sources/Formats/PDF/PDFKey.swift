// ISO 32000-2:2020, 7.3.7 "Dictionary objects", and the tables of each clause that is named below.

internal import PreflightFacts

/// The keys whose values are read. The lexer skips the values of all others: most of a page's dictionary is
/// resources and boxes.
enum PDFKey: String, CaseIterable, Sendable {
  // Trailers, cross-reference streams and linearization (7.5.5, 7.5.8, F.3.3)
  case root = "Root"
  case encrypt = "Encrypt"
  case prev = "Prev"
  case xRefStm = "XRefStm"
  case size = "Size"
  case index = "Index"
  case w = "W"
  case linearized = "Linearized"
  case l = "L"

  // Encryption (7.6.2)
  case stmF = "StmF"
  case eff = "EFF"

  // Streams (7.3.8.2, 7.4.4.3, 7.5.7)
  case length = "Length"
  case filter = "Filter"
  case decodeParms = "DecodeParms"
  case predictor = "Predictor"
  case colors = "Colors"
  case bitsPerComponent = "BitsPerComponent"
  case columns = "Columns"
  case earlyChange = "EarlyChange"
  case width = "Width"
  case height = "Height"
  case n = "N"
  case first = "First"

  // The catalog, pages and name trees (7.7.2, 7.7.3, 7.7.4, 7.9.6)
  case pages = "Pages"
  case kids = "Kids"
  case count = "Count"
  case contents = "Contents"
  case annots = "Annots"
  case names = "Names"
  case javaScript = "JavaScript"
  case embeddedFiles = "EmbeddedFiles"
  case openAction = "OpenAction"
  case acroForm = "AcroForm"

  // Annotations and forms (12.5.2, 12.7)
  case subtype = "Subtype"
  case ft = "FT"
  case fields = "Fields"
  case xfa = "XFA"

  // Actions and file specifications (12.6, 7.11.3)
  case a = "A"
  case aa = "AA"
  case s = "S"
  case js = "JS"
  case next = "Next"
  case win = "Win"
  case fs = "FS"
  case ef = "EF"
  case uf = "UF"
  case dos = "DOS"
  case unix = "Unix"

  // Triggers, and what else has their names (12.6.3)
  case bl = "Bl"
  case c = "C"
  case d = "D"
  case dp = "DP"
  case ds = "DS"
  case e = "E"
  case f = "F"
  case fo = "Fo"
  case k = "K"
  case o = "O"
  case p = "P"
  case pc = "PC"
  case pi = "PI"
  case po = "PO"
  case pv = "PV"
  case u = "U"
  case v = "V"
  case wc = "WC"
  case wp = "WP"
  case ws = "WS"
  case x = "X"

  /// The entries of additional-actions dictionaries, in the order of their names (tables 197 to 200).
  static var triggers: [PDFKey] {
    [.bl, .c, .d, .dp, .ds, .e, .f, .fo, .k, .o, .pc, .pi, .po, .pv, .u, .v, .wc, .wp, .ws, .x]
  }

  /// The key of a name; nil for a key whose value isn't read.
  init?(_ name: PDFShortName) {
    var slot = name.slot
    while let entry = Self.table[slot] {
      if entry.name == name {
        self = entry.key
        return
      }
      slot = (slot + 1) % Self.slotCount
    }
    return nil
  }

  /// Several times the number of keys, so that most other names hit an empty slot at once; a prime, so that
  /// every letter counts.
  fileprivate static let slotCount = 251

  /// Each key at its name's slot, or in the next empty one after it.
  // Not a dictionary: hashing costs several times as much as reading the name.
  private static let table: [(name: PDFShortName, key: PDFKey)?] = {
    var table = [(name: PDFShortName, key: PDFKey)?](repeating: nil, count: slotCount)
    for key in allCases {
      var name = PDFShortName()
      for byte in key.rawValue.utf8 { name.append(byte) }
      var slot = name.slot
      while table[slot] != nil { slot = (slot + 1) % slotCount }
      table[slot] = (name, key)
    }
    return table
  }()
}

/// A name of up to sixteen bytes, the length of the longest key, in two words; for a longer one, its last
/// bytes and its length.
struct PDFShortName: Equatable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  private var count = 0

  mutating func append(_ byte: UInt8) {
    high = high << 8 | low >> 56
    low = low << 8 | UInt64(byte)
    count += 1
  }

  fileprivate var slot: Int { Int((low ^ high) % UInt64(PDFKey.slotCount)) }
}

/// The bytes of a number, the most significant first.
func number(_ value: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
}

/// ICC profiles that are built here.
enum Profiles {
  private static func fixed(_ value: Double) -> [UInt8] { number(Int((value * 65536).rounded()), 4) }

  static func profile(_ space: String, to connection: String = "XYZ ", _ tags: [(String, [UInt8])]) -> [UInt8]
  {
    var (table, data) = (number(tags.count, 4), [UInt8]())
    let start = 132 + 12 * tags.count
    for (name, bytes) in tags {
      table += Array(name.utf8) + number(start + data.count, 4) + number(bytes.count, 4)
      data += bytes
    }
    var head = [UInt8](repeating: 0, count: 128)
    head.replaceSubrange(0..<4, with: number(start + data.count, 4))
    head[8] = 2
    head.replaceSubrange(12..<24, with: Array(("mntr" + space + connection).utf8))
    head.replaceSubrange(36..<40, with: Array("acsp".utf8))
    return head + table + data
  }

  static func gamma(_ value: Double) -> [UInt8] {
    Array("curv".utf8) + [0, 0, 0, 0] + number(1, 4) + number(Int((value * 256).rounded()), 2)
  }

  /// The curve of sRGB as a function of the third kind.
  static let ownCurve =
    Array("para".utf8) + [0, 0, 0, 0, 0, 3, 0, 0]
    + [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045].flatMap(fixed)

  private static let columns = [(0.4360, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)]

  /// For RGB.
  static func matrix(_ curve: [UInt8], isSwapped: Bool = false) -> [UInt8] {
    let order = isSwapped ? [1, 0, 2] : [0, 1, 2]
    return profile(
      "RGB ",
      ["r", "g", "b"].map { ($0 + "TRC", curve) }
        + zip(["r", "g", "b"], order).map { name, index in
          let (x, y, z) = columns[index]
          return (name + "XYZ", Array("XYZ ".utf8) + [0, 0, 0, 0] + fixed(x) + fixed(y) + fixed(z))
        })
  }

  static func gray(_ curve: [UInt8], to connection: String = "XYZ ") -> [UInt8] {
    profile("GRAY", to: connection, [("kTRC", curve)])
  }

  /// Two points for each ink. Black ink makes black, and cyan ink alone is a red.
  static func inks(_ type: String = "mft1") -> [UInt8] {
    let width = type == "mft1" ? 1 : 2
    func value(_ byte: Int) -> [UInt8] { width == 1 ? [UInt8(byte)] : number(byte << 8, 2) }
    var data = Array(type.utf8) + [0, 0, 0, 0, 4, 3, 2, 0] + [UInt8](repeating: 0, count: 36)
    if width == 2 { data += number(256, 2) + number(256, 2) }
    let curve = (0..<256).flatMap { width == 1 ? [UInt8($0)] : number($0 * 257, 2) }
    for _ in 0..<4 { data += curve }
    for point in 0..<16 {
      let hasBlack = point & 1 == 1
      let hasCyan = point & 8 == 8
      data += value(hasBlack ? 0 : hasCyan ? 128 : 255) + value(!hasBlack && hasCyan ? 190 : 128) + value(128)
    }
    for _ in 0..<3 { data += curve }
    return profile("CMYK", to: "Lab ", [("A2B0", data)])
  }

  /// For RGB, with a table of `side`³ colors, all of which are the same gray.
  static func table(side: Int) -> [UInt8] {
    let curve = (0..<256).map { UInt8($0) }
    let head = Array("mft1".utf8) + [0, 0, 0, 0, 3, 3, UInt8(side), 0] + [UInt8](repeating: 0, count: 36)
    let curves = curve + curve + curve
    let colors = [UInt8](repeating: 128, count: 3 * side * side * side)
    return profile("RGB ", to: "Lab ", [("A2B0", head + curves + colors + curves)])
  }
}

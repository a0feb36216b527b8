internal import PreflightFacts

/// What becomes of the pixels of an image.
protocol LosslessPixels {
  /// Whether it matters which colors they have.
  var keepsColors: Bool { get }

  mutating func begin(_ count: Int, _ cacheBits: Int?)
  mutating func add(red: Int, green: Int, blue: Int, alpha: Int)
  mutating func copy(_ count: Int, from distance: Int)
  mutating func addCached(_ index: Int)
}

/// Nothing becomes of them.
struct NoPixels: LosslessPixels {
  // Stored, since the thread sanitizer trips over the address of a value without any size.
  let keepsColors = false

  @inline(__always) mutating func begin(_: Int, _: Int?) {}
  @inline(__always) mutating func add(red _: Int, green _: Int, blue _: Int, alpha _: Int) {}
  @inline(__always) mutating func copy(_: Int, from _: Int) {}
  @inline(__always) mutating func addCached(_: Int) {}
}

/// They are kept, as ARGB.
struct KeptPixels: LosslessPixels {
  let keepsColors = true

  private(set) var colors: [UInt32] = []
  /// Colors that were there before, by a hash of them (RFC 9649, section 5.2.3).
  private var cache: [UInt32] = []
  private var cacheShift: UInt32 = 0

  mutating func begin(_ count: Int, _ cacheBits: Int?) {
    guard let cacheBits else { return }
    cache = [UInt32](repeating: 0, count: 1 << cacheBits)
    cacheShift = 32 - UInt32(cacheBits)
  }

  mutating func add(red: Int, green: Int, blue: Int, alpha: Int) {
    add(UInt32(alpha) << 24 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue))
  }

  mutating func copy(_ count: Int, from distance: Int) {
    for _ in 0..<count { add(colors[colors.count - distance]) }
  }

  mutating func addCached(_ index: Int) { add(cache[index]) }

  private mutating func add(_ color: UInt32) {
    colors.append(color)
    if !cache.isEmpty { cache[Int((color &* 0x1e35_a7bd) >> cacheShift)] = color }
  }
}

/// Distances back to pixels that are copied (RFC 9649, section 5.2.2): the first 120 codes are for neighbours.
enum LosslessDistances {
  static func distance(_ code: Int, _ width: Int) -> Int {
    guard code <= neighbours.count else { return code - neighbours.count }
    let (x, y) = neighbours[code - 1]
    return max(1, x + y * width)
  }

  /// How far to the left, and how far up.
  private static let neighbours: [(x: Int, y: Int)] = [
    (0, 1), (1, 0), (1, 1), (-1, 1), (0, 2), (2, 0), (1, 2), (-1, 2), (2, 1), (-2, 1), (2, 2), (-2, 2),
    (0, 3), (3, 0), (1, 3), (-1, 3), (3, 1), (-3, 1), (2, 3), (-2, 3), (3, 2), (-3, 2), (0, 4), (4, 0),
    (1, 4), (-1, 4), (4, 1), (-4, 1), (3, 3), (-3, 3), (2, 4), (-2, 4), (4, 2), (-4, 2), (0, 5), (3, 4),
    (-3, 4), (4, 3), (-4, 3), (5, 0), (1, 5), (-1, 5), (5, 1), (-5, 1), (2, 5), (-2, 5), (5, 2), (-5, 2),
    (4, 4), (-4, 4), (3, 5), (-3, 5), (5, 3), (-5, 3), (0, 6), (6, 0), (1, 6), (-1, 6), (6, 1), (-6, 1),
    (2, 6), (-2, 6), (6, 2), (-6, 2), (4, 5), (-4, 5), (5, 4), (-5, 4), (3, 6), (-3, 6), (6, 3), (-6, 3),
    (0, 7), (7, 0), (1, 7), (-1, 7), (5, 5), (-5, 5), (7, 1), (-7, 1), (4, 6), (-4, 6), (6, 4), (-6, 4),
    (2, 7), (-2, 7), (7, 2), (-7, 2), (3, 7), (-3, 7), (7, 3), (-7, 3), (5, 6), (-5, 6), (6, 5), (-6, 5),
    (8, 0), (4, 7), (-4, 7), (7, 4), (-7, 4), (8, 1), (8, 2), (6, 6), (-6, 6), (8, 3), (5, 7), (-5, 7),
    (7, 5), (-7, 5), (8, 4), (6, 7), (-6, 7), (7, 6), (-7, 6), (8, 5), (7, 7), (-7, 7), (8, 6), (8, 7),
  ]
}

/// Which group of codes a block of pixels has; one for all where there is no image that says so.
struct LosslessBlocks {
  private let bits: Int
  private let columns: Int
  private let groups: [Int]

  init(width: Int) {
    bits = 0
    columns = width
    groups = []
  }

  init(bits: Int, columns: Int, groups: [Int]) {
    self.bits = bits
    self.columns = columns
    self.groups = groups
  }

  /// How many groups there are: the highest that is named, and all below it.
  var groupCount: Int { (groups.max() ?? 0) + 1 }

  /// The bits of a column that are zero where a block begins; without blocks, all that a picture's columns have.
  var mask: Int { 1 << (groups.isEmpty ? 14 : bits) - 1 }

  @inline(__always)
  func group(_ column: Int, _ row: Int) -> Int {
    groups.isEmpty ? 0 : groups[(row >> bits) * columns + column >> bits]
  }
}

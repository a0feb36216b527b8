internal import PreflightFacts

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

  /// How many pixels from a column on have the same group, to the end of the block or of the row; all that are left
  /// where there are no blocks.
  @inline(__always)
  func runLength(from column: Int, width: Int, left: Int) -> Int {
    groups.isEmpty ? left : min((column >> bits + 1) << bits, width) - column
  }

  @inline(__always)
  func group(_ column: Int, _ row: Int) -> Int {
    groups.isEmpty ? 0 : groups[(row >> bits) * columns + column >> bits]
  }
}

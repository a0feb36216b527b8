internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The boxes of a movie with the metadata in it, some of which may have been replaced by zeros.
  ///
  /// A box of zeros ends a list, so nothing else shows that boxes are missing: in a file whose space was reserved
  /// before its bytes arrived, or with a hole.
  struct BoxTree {
    /// What is left of the box that is walked, and of those around it.
    private var levels: [(position: UInt64, box: Box)] = []

    /// The fault of the first box that zeros end early.
    static func fault(in movie: Box, _ window: inout ByteWindow) throws(ReadError) -> Fault? {
      var tree = BoxTree()
      tree.levels = [(movie.payload, movie)]
      while let level = tree.levels.last {
        guard case .box(let box) = try BoxHeader(at: level.position, before: level.box.end, in: &window)
        else {
          if let fault = try fault(in: level.box, from: level.position, &window) { return fault }
          tree.levels.removeLast()
          continue
        }
        tree.levels[tree.levels.count - 1].position = box.end
        let isItem = level.box.type == "ilst"
        if let start = firstChild(of: box, isItem: isItem), tree.levels.count < Limits.ISOBaseMedia.boxLevels
        {
          tree.levels.append((start, box))
        }
      }
      return nil
    }

    /// Where the boxes in a box begin; nil for one that holds other data.
    private static func firstChild(of box: Box, isItem: Bool) -> UInt64? {
      switch box.type {
      case "trak", "mdia", "minf", "stbl", "udta", "ilst", "edts", "mvex": box.payload
      // A full box in MPEG-4, where the metadata of music is.
      case "meta": min(box.payload + 4, box.end)
      default: isItem ? box.payload : nil
      }
    }

    /// A list may end with four zeros, or eight; more of them aren't boxes.
    private static func fault(
      in box: Box, from offset: UInt64, _ window: inout ByteWindow
    ) throws(ReadError) -> Fault? {
      let zeros = UInt64(Limits.ISOBaseMedia.zeros)
      guard box.end - min(offset, box.end) >= zeros,
        try AudioTags.isZero(&window, from: offset, to: offset + zeros)
      else { return nil }
      return .zerosInBox(box, at: offset)
    }
  }
}

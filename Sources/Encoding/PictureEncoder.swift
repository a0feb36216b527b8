/// Makes images that are sent as such: PNG for drawings and transparency, JPEG for photos, with the smallest visible loss
/// that fits.
package struct PictureEncoder: Sendable {
  /// What an image must be.
  package struct Rules: Sendable, Equatable {
    /// The most bytes.
    package var byteCount = 5_000_000
    /// Whether JPEG is accepted.
    package var acceptsJPEG = true
    /// Whether PNG is accepted.
    package var acceptsPNG = true

    package init() {}
  }

  /// From the best to the one at which a smaller image looks better.
  private static let qualities = [92, 88, 84, 80, 75, 70, 62]

  private let rules: Rules

  package init(_ rules: Rules) { self.rules = rules }

  /// - Parameters:
  ///   - isPhoto: Whether it is a photo that another program decoded, so that its format says nothing.
  ///   - orientation: How the image is seen (Exif, 1 to 8): it is turned, since its metadata is left out.
  package func image(of file: ImageFile, isPhoto: Bool = false, orientation: Int = 1) throws(EncodingError)
    -> [UInt8]
  {
    let image = try file.image().turned(by: orientation)
    let isLossless = file.isLossless && !isPhoto
    // Transparency, and drawings: PNG keeps both as they are.
    let wantsPNG =
      image.hasTransparency || (isLossless && (!rules.acceptsJPEG || image.hasFewColors(atMost: 4096)))
    if rules.acceptsPNG, wantsPNG || !rules.acceptsJPEG {
      let png = try Codecs.writePNG(image)
      if png.count <= rules.byteCount { return png }
    } else if rules.acceptsPNG, isLossless, image.pixels.count * 3 <= 4 * rules.byteCount {
      // A small photo without loss stays without loss.
      let png = try Codecs.writePNG(image)
      if png.count <= rules.byteCount { return png }
    }
    guard rules.acceptsJPEG else { return try smallerPNG(image) }
    return try jpeg(image.onWhite)
  }

  private func jpeg(_ image: Raster) throws(EncodingError) -> [UInt8] {
    var image = image
    while true {
      for quality in Self.qualities {
        let file = try Codecs.writeJPEG(image, quality: quality)
        if file.count <= rules.byteCount { return file }
        // Far too large: the next qualities are as well.
        if file.count > 4 * rules.byteCount { break }
      }
      image = try smaller(image)
    }
  }

  private func smallerPNG(_ image: Raster) throws(EncodingError) -> [UInt8] {
    var image = image
    while true {
      image = try smaller(image)
      let file = try Codecs.writePNG(image)
      if file.count <= rules.byteCount { return file }
    }
  }

  private func smaller(_ image: Raster) throws(EncodingError) -> Raster {
    let (width, height) = (image.width * 3 / 4, image.height * 3 / 4)
    guard width > 15, height > 15 else { throw EncodingError("no image of it is small enough") }
    return image.scaled(toWidth: width, height: height)
  }
}

extension Raster {
  /// The image in another size, by a bicubic filter that is as wide as the pixels that become one, so that nothing is left
  /// out. Colors are weighted by their opacity, so that what is transparent doesn't shine through.
  package func scaled(toWidth newWidth: Int, height newHeight: Int) -> Raster {
    if newWidth == width, newHeight == height { return self }
    let across = Self.weights(from: width, to: newWidth)
    let down = Self.weights(from: height, to: newHeight)
    // Row by row to the new width, then column by column to the new height.
    var narrowed = [SIMD4<Float>](repeating: SIMD4(), count: newWidth * height)
    var row = [SIMD4<Float>](repeating: SIMD4(), count: width)
    for y in 0..<height {
      for x in 0..<width {
        let pixel = pixels[y * width + x]
        let alpha = Float(pixel.w) / 255
        row[x] = SIMD4(Float(pixel.x) * alpha, Float(pixel.y) * alpha, Float(pixel.z) * alpha, Float(pixel.w))
      }
      for x in 0..<newWidth {
        let weights = across[x]
        var sum = SIMD4<Float>()
        for index in weights.values.indices { sum += row[weights.first + index] * weights.values[index] }
        narrowed[y * newWidth + x] = sum
      }
    }
    var scaled = Raster(width: newWidth, height: newHeight)
    for y in 0..<newHeight {
      let weights = down[y]
      for x in 0..<newWidth {
        var sum = SIMD4<Float>()
        for index in weights.values.indices {
          sum += narrowed[(weights.first + index) * newWidth + x] * weights.values[index]
        }
        scaled.pixels[y * newWidth + x] = Self.pixel(sum)
      }
    }
    scaled.profile = profile
    return scaled
  }

  private static func pixel(_ sum: SIMD4<Float>) -> Pixel {
    let alpha = min(255, max(0, sum.w))
    if alpha < 0.5 { return Pixel() }
    let color = (sum * (255 / alpha)).rounded(.toNearestOrAwayFromZero).clamped(
      lowerBound: SIMD4(repeating: 0), upperBound: SIMD4(repeating: 255))
    return Pixel(UInt8(color.x), UInt8(color.y), UInt8(color.z), UInt8(alpha.rounded()))
  }

  private struct Weights {
    let first: Int
    let values: [Float]
  }

  /// How much each pixel of a row counts for each new one: Catmull and Rom's cubic, as most programs use it.
  private static func weights(from old: Int, to new: Int) -> [Weights] {
    let ratio = Double(old) / Double(new)
    let width = max(1, ratio)
    return (0..<new).map { place in
      let center = (Double(place) + 0.5) * ratio
      let first = max(0, Int((center - 2 * width).rounded(.down)))
      let last = min(old - 1, Int((center + 2 * width).rounded(.up)))
      var values = (first...last).map { index in cubic((Double(index) + 0.5 - center) / width) }
      let sum = values.reduce(0, +)
      for index in values.indices { values[index] /= sum }
      return Weights(first: first, values: values.map(Float.init))
    }
  }

  private static func cubic(_ distance: Double) -> Double {
    let x = abs(distance)
    if x < 1 { return 1.5 * x * x * x - 2.5 * x * x + 1 }
    if x < 2 { return -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 }
    return 0
  }

  /// The whole image in the middle of a transparent canvas, as large as it fits.
  package func letterboxed(width newWidth: Int, height newHeight: Int) -> Raster {
    let factor = min(Double(newWidth) / Double(width), Double(newHeight) / Double(height))
    let own = (
      width: min(newWidth, max(1, Int((Double(width) * factor).rounded()))),
      height: min(newHeight, max(1, Int((Double(height) * factor).rounded())))
    )
    let image = scaled(toWidth: own.width, height: own.height)
    if own == (newWidth, newHeight) { return image }
    var canvas = Raster(width: newWidth, height: newHeight)
    canvas.profile = profile
    canvas.draw(image, atX: (newWidth - own.width) / 2, y: (newHeight - own.height) / 2)
    return canvas
  }

  /// Puts an image over this one, as far as it fits, replacing what is there.
  package mutating func draw(_ image: Raster, atX left: Int, y top: Int, isBlended: Bool = false) {
    for y in max(0, -top)..<max(max(0, -top), min(image.height, height - top)) {
      for x in max(0, -left)..<max(max(0, -left), min(image.width, width - left)) {
        let pixel = image.pixels[y * image.width + x]
        let place = (top + y) * width + left + x
        pixels[place] = isBlended ? Self.blended(pixel, over: pixels[place]) : pixel
      }
    }
  }

  private static func blended(_ pixel: Pixel, over below: Pixel) -> Pixel {
    if pixel.w == 255 || below.w == 0 { return pixel }
    if pixel.w == 0 { return below }
    let (top, bottom) = (Float(pixel.w) / 255, Float(below.w) / 255)
    let alpha = top + bottom * (1 - top)
    func mixed(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8(min(255, ((Float(a) * top + Float(b) * bottom * (1 - top)) / alpha).rounded()))
    }
    return Pixel(
      mixed(pixel.x, below.x), mixed(pixel.y, below.y), mixed(pixel.z, below.z),
      UInt8((alpha * 255).rounded()))
  }
}

internal import PreflightBytes

/// An image in memory: red, green, blue and alpha of 8 bits, not premultiplied.
package struct Raster: Sendable, Equatable {
  /// A pixel.
  package typealias Pixel = SIMD4<UInt8>

  package let width: Int
  package let height: Int
  /// The pixels, row by row.
  package var pixels: [Pixel]
  /// The ICC profile of the colors; nil for sRGB.
  var profile: ColorProfile?

  /// - Precondition: There are as many pixels as width and height say.
  package init(width: Int, height: Int, pixels: [Pixel]) {
    precondition(pixels.count == width * height, "an image has as many pixels as its sides say")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A transparent image.
  package init(width: Int, height: Int) {
    self.init(width: width, height: height, pixels: [Pixel](repeating: Pixel(), count: width * height))
  }

  /// Whether an image of a size is one that is decoded: with a pixel, and with no more than the limit.
  static func canHold(_ width: Int, _ height: Int) -> Bool {
    let most = Limits.Encoding.pixels
    return (1...most).contains(width) && (1...most).contains(height) && width <= most / height
  }

  /// Whether a pixel isn't opaque.
  package var hasTransparency: Bool { pixels.contains { $0.w < 255 } }

  /// Whether it has at most so many colors, as drawings have.
  package func hasFewColors(atMost limit: Int) -> Bool {
    var colors: Set<UInt32> = []
    var last: Pixel?
    for pixel in pixels where pixel != last {
      last = pixel
      colors.insert(UInt32(pixel.x) << 24 | UInt32(pixel.y) << 16 | UInt32(pixel.z) << 8 | UInt32(pixel.w))
      if colors.count > limit { return false }
    }
    return true
  }

  /// The image on white, for formats without transparency.
  package var onWhite: Raster {
    guard hasTransparency else { return self }
    var copy = self
    for index in copy.pixels.indices where copy.pixels[index].w < 255 {
      let pixel = copy.pixels[index]
      let alpha = UInt16(pixel.w)
      func mixed(_ value: UInt8) -> UInt8 { UInt8((UInt16(value) * alpha + 255 * (255 - alpha) + 127) / 255) }
      copy.pixels[index] = Pixel(mixed(pixel.x), mixed(pixel.y), mixed(pixel.z), 255)
    }
    return copy
  }

  /// The image, if its colors are multiplied by its alpha.
  var unpremultiplied: Raster {
    var copy = self
    copy.recolor { pixel in
      let alpha = Int(pixel.w)
      guard alpha > 0 else { return Pixel() }
      func whole(_ value: UInt8) -> UInt8 { UInt8(min(255, (Int(value) * 255 + alpha / 2) / alpha)) }
      return Pixel(whole(pixel.x), whole(pixel.y), whole(pixel.z), pixel.w)
    }
    return copy
  }

  /// The image in sRGB, for formats without a profile. One that isn't understood is ignored.
  package var inSRGB: Raster {
    var copy = self
    copy.profile = nil
    guard let profile, profile.isUnderstood, !profile.isSRGB else { return copy }
    copy.recolor { pixel in
      var color = profile.color(pixel)
      color.w = pixel.w
      return color
    }
    return copy
  }

  /// The image in sRGB, if its pixels are the amounts of cyan, magenta, yellow and black ink: by its profile, or if it has
  /// none, as inks that are mixed ideally.
  var ofInks: Raster {
    var copy = self
    copy.profile = nil
    if let profile, profile.isUnderstood {
      copy.recolor(profile.color)
    } else {
      copy.recolor { inks in
        func light(_ ink: UInt8) -> UInt8 { UInt8(((255 - Int(ink)) * (255 - Int(inks.w)) + 127) / 255) }
        return Pixel(light(inks.x), light(inks.y), light(inks.z), 255)
      }
    }
    return copy
  }

  /// Replaces each color; of neighbors that are alike, one is computed.
  private mutating func recolor(_ color: (Pixel) -> Pixel) {
    var (last, new) = (Pixel(), color(Pixel()))
    for index in pixels.indices {
      if pixels[index] != last {
        last = pixels[index]
        new = color(last)
      }
      pixels[index] = new
    }
  }

  /// The image as its Exif orientation (1 to 8; Exif 2.32, 4.6.4) says that it is seen.
  package func turned(by orientation: Int) -> Raster {
    guard (2...8).contains(orientation) else { return self }
    let isSideways = orientation >= 5
    let (newWidth, newHeight) = isSideways ? (height, width) : (width, height)
    var turned = Raster(width: newWidth, height: newHeight)
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        let (sourceX, sourceY) =
          switch orientation {
          case 2: (width - 1 - x, y)
          case 3: (width - 1 - x, height - 1 - y)
          case 4: (x, height - 1 - y)
          case 5: (y, x)
          case 6: (y, height - 1 - x)
          case 7: (width - 1 - y, height - 1 - x)
          default: (width - 1 - y, x)
          }
        turned.pixels[y * newWidth + x] = pixels[sourceY * width + sourceX]
      }
    }
    turned.profile = profile
    return turned
  }
}

/// A frame of an animation.
package struct Frame: Sendable {
  package var image: Raster
  /// How long it is shown, in milliseconds.
  package var milliseconds: Int

  package init(_ image: Raster, milliseconds: Int) {
    self.image = image
    self.milliseconds = milliseconds
  }
}

/// Why an image can't be decoded or encoded.
package struct EncodingError: Error, Hashable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

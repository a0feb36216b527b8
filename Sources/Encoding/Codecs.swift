internal import CJPEG
internal import CPNG
internal import CWebPCodec
internal import PreflightBytes

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The one place that calls the image libraries.
enum Codecs {
  // MARK: JPEG

  /// An image, halved as often as it has too many pixels.
  ///
  /// - Parameter leastSide: It may be halved further as long as both sides have as many pixels; 0 to keep it.
  static func readJPEG(_ bytes: [UInt8], leastSide: Int) throws(EncodingError) -> Raster {
    var image = codec_jpeg_image()
    let isRead = codec_jpeg_read(
      bytes, bytes.count, UInt64(Limits.Encoding.pixels), UInt64(Limits.Encoding.scannedPixels),
      Int32(Limits.Encoding.scans), UInt32(clamping: leastSide), &image)
    defer {
      free(image.pixels)
      free(image.profile)
    }
    guard image.has_too_many_pixels == 0 else { throw EncodingError("the JPEG has too many pixels") }
    guard image.has_too_many_scans == 0 else { throw EncodingError("the JPEG has too many scans") }
    guard isRead != 0, let pixels = image.pixels else { throw EncodingError("the JPEG can't be decoded") }
    var raster = raster(pixels, image.width, image.height)
    let channels = Int(image.channels)
    if let profile = image.profile {
      let bytes = Array(UnsafeBufferPointer(start: profile, count: Int(image.profile_size)))
      raster.profile = ColorProfile(bytes, channels: channels)
    }
    return channels == 4 ? raster.ofInks : raster
  }

  /// A JPEG with the image's profile, if that is one for RGB; else in sRGB.
  static func writeJPEG(_ image: Raster, quality: Int) throws(EncodingError) -> [UInt8] {
    let image = image.profile?.channels == 3 ? image : image.inSRGB
    let profile = image.profile?.bytes ?? []
    var (data, size): (UnsafeMutablePointer<UInt8>?, UInt) = (nil, 0)
    let isWritten = image.pixels.withUnsafeBytes { pixels in
      codec_jpeg_write(
        pixels.bindMemory(to: UInt8.self).baseAddress, UInt32(image.width), UInt32(image.height),
        Int32(quality),
        profile, UInt32(profile.count), &data, &size)
    }
    defer { free(data) }
    guard isWritten != 0, let data else { throw EncodingError("the image can't be encoded as JPEG") }
    return Array(UnsafeBufferPointer(start: data, count: Int(size)))
  }

  // MARK: PNG

  /// - Parameter ignoresGamma: Whether the pixels are in sRGB although the file has a gamma.
  static func readPNG(_ bytes: [UInt8], ignoresGamma: Bool = false) throws(EncodingError) -> Raster {
    let colors = PNGColors(of: bytes, ignoresGamma: ignoresGamma)
    var raster = try decodePNG(colors.file)
    raster.profile = colors.profile
    return raster
  }

  /// The pixels of a PNG, whose ICC profile is left to the caller.
  static func decodePNG(_ bytes: [UInt8]) throws(EncodingError) -> Raster {
    var (pixels, width, height): (UnsafeMutablePointer<UInt8>?, UInt32, UInt32) = (nil, 0, 0)
    let isRead = codec_png_read(bytes, bytes.count, UInt64(Limits.Encoding.pixels), &pixels, &width, &height)
    defer { free(pixels) }
    guard isRead != 0, let pixels else {
      let isTooLarge = width > 0 && height > 0 && !Raster.canHold(Int(width), Int(height))
      throw EncodingError(isTooLarge ? "the PNG has too many pixels" : "the PNG can't be decoded")
    }
    return raster(pixels, width, height)
  }

  /// A PNG in sRGB.
  static func writePNG(_ image: Raster) throws(EncodingError) -> [UInt8] {
    let image = image.inSRGB
    var (data, size): (UnsafeMutablePointer<UInt8>?, Int) = (nil, 0)
    let isWritten = image.pixels.withUnsafeBytes { pixels in
      codec_png_write(
        pixels.bindMemory(to: UInt8.self).baseAddress, UInt32(image.width), UInt32(image.height),
        image.hasTransparency ? 1 : 0, &data, &size)
    }
    defer { free(data) }
    guard isWritten != 0, let data else { throw EncodingError("the image can't be encoded as PNG") }
    return Array(UnsafeBufferPointer(start: data, count: size))
  }

  // MARK: WebP

  static func writeWebP(
    _ image: Raster, quality: Double, isLossless: Bool, method: Int
  ) throws(EncodingError) -> [UInt8] {
    var (data, size): (UnsafeMutablePointer<UInt8>?, Int) = (nil, 0)
    let isWritten = image.pixels.withUnsafeBytes { pixels in
      codec_webp_write(
        pixels.bindMemory(to: UInt8.self).baseAddress, Int32(image.width), Int32(image.height),
        Float(quality),
        isLossless ? 1 : 0, Int32(method), &data, &size)
    }
    defer { WebPFree(data) }
    guard isWritten != 0, let data else { throw EncodingError("the image can't be encoded as WebP") }
    return Array(UnsafeBufferPointer(start: data, count: size))
  }

  /// Decodes a WebP frame by frame, each as the whole canvas.
  static func readWebP(
    _ bytes: [UInt8], _ body: (Frame) throws(EncodingError) -> Void
  ) throws(EncodingError) {
    var problem: EncodingError?
    bytes.withUnsafeBufferPointer { buffer in
      var data = WebPData(bytes: buffer.baseAddress, size: buffer.count)
      var info = WebPAnimInfo()
      var (width, height): (Int32, Int32) = (0, 0)
      // The decoder takes the memory of the whole canvas before it tells its size.
      guard
        WebPGetInfo(buffer.baseAddress, buffer.count, &width, &height) == 0
          || Raster.canHold(Int(width), Int(height))
      else {
        problem = EncodingError("the WebP has too many pixels")
        return
      }
      guard let decoder = WebPAnimDecoderNew(&data, nil) else {
        problem = EncodingError("the WebP can't be decoded")
        return
      }
      defer { WebPAnimDecoderDelete(decoder) }
      guard WebPAnimDecoderGetInfo(decoder, &info) != 0,
        Int(info.canvas_width) * Int(info.canvas_height) <= Limits.Encoding.pixels
      else {
        problem = EncodingError("the WebP has too many pixels")
        return
      }
      let profile = profile(WebPAnimDecoderGetDemuxer(decoder))
      var shownUntil: Int32 = 0
      while WebPAnimDecoderHasMoreFrames(decoder) != 0 {
        var (pixels, end): (UnsafeMutablePointer<UInt8>?, Int32) = (nil, 0)
        guard WebPAnimDecoderGetNext(decoder, &pixels, &end) != 0, let pixels else {
          problem = EncodingError("a frame of the WebP can't be decoded")
          return
        }
        var image = raster(pixels, info.canvas_width, info.canvas_height)
        image.profile = profile
        do throws(EncodingError) {
          try body(Frame(image, milliseconds: Int(end - shownUntil)))
        } catch {
          problem = error
          return
        }
        shownUntil = end
      }
    }
    if let problem { throw problem }
  }

  /// The ICC profile of a WebP, whose pixels are always RGB.
  private static func profile(_ demuxer: OpaquePointer?) -> ColorProfile? {
    var chunk = WebPChunkIterator()
    guard WebPDemuxGetChunk(demuxer, "ICCP", 1, &chunk) != 0 else { return nil }
    defer { WebPDemuxReleaseChunkIterator(&chunk) }
    return ColorProfile(
      Array(UnsafeBufferPointer(start: chunk.chunk.bytes, count: chunk.chunk.size)), channels: 3)
  }

  // MARK: Pixels

  private static func raster(_ pixels: UnsafeMutablePointer<UInt8>, _ width: UInt32, _ height: UInt32)
    -> Raster
  {
    let count = Int(width) * Int(height)
    let copy = [Raster.Pixel](unsafeUninitializedCapacity: count) { buffer, filled in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(
        from: UnsafeRawBufferPointer(start: pixels, count: 4 * count))
      filled = count
    }
    return Raster(width: Int(width), height: Int(height), pixels: copy)
  }
}

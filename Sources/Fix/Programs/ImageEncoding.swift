internal import MediaPreflight
internal import PreflightBytes
internal import PreflightFacts
internal import PreflightFormats
internal import PreflightPolicy
internal import SystemPackage

/// What `preflight-encode` is asked to make of an image, and which program decodes it first.
public struct ImageEncoding: Sendable, Hashable, Codable {
  /// What is made.
  public enum Product: Sendable, Hashable, Codable {
    /// A WebP of one size, static or animated.
    ///
    /// - Parameters:
    ///   - width: Pixels across.
    ///   - height: Pixels down.
    ///   - animatedMaximum: The most bytes of an animation.
    ///   - minimumFrame: The least milliseconds of a frame.
    ///   - maximumDuration: The most milliseconds of an animation.
    case sticker(width: Int, height: Int, animatedMaximum: Int, minimumFrame: Int, maximumDuration: Int)
    /// A JPEG or a PNG.
    case image(jpeg: Bool, png: Bool)
  }

  /// What decodes the file, if `preflight-encode` doesn't.
  public enum Decoder: Sendable, Hashable, Codable {
    /// heif-convert, for HEIF and AVIF.
    case heif
    /// ffmpeg, for a still image of a format that it is told.
    case still(format: String)
    /// ffmpeg, for the frames of a video.
    case video(format: String, VideoFrames)
  }

  /// How the frames of a video are decoded.
  public struct VideoFrames: Sendable, Hashable, Codable {
    /// A decoder that knows the transparency, which ffmpeg's own leave out.
    public enum AlphaDecoder: String, Sendable, Hashable, Codable {
      case vp8 = "libvpx"
      case vp9 = "libvpx-vp9"
    }

    /// Frames a second.
    public internal(set) var rate = 15.0
    /// Whether interlaced pictures are deinterlaced.
    public internal(set) var deinterlaces = false
    /// How the high dynamic range is coded, which is made the standard one; nil to leave the range as it is.
    public internal(set) var range: Encoding.HighDynamicRange?
    /// The decoder; nil for the usual one.
    public internal(set) var alphaDecoder: AlphaDecoder?

    /// The same without what not every ffmpeg was built with; nil if that is the same already.
    fileprivate var withAnyFFmpeg: VideoFrames? {
      guard range != nil || alphaDecoder != nil else { return nil }
      return VideoFrames(rate: rate, deinterlaces: deinterlaces)
    }
  }

  /// What is made.
  public let product: Product
  /// The most bytes of an image, or of a static sticker.
  public let maximum: Int
  /// How the image is seen (Exif, 1 to 8).
  public let orientation: Int
  /// Whether the colors are multiplied by the alpha, which no decoder undoes.
  public let isPremultiplied: Bool
  /// What decodes the file first; nil for nothing.
  public private(set) var decoder: Decoder?

  /// The encoding for a file at an endpoint; nil if the endpoint accepts no image, or the file isn't one.
  ///
  /// - Throws: ``FixError`` if the image can't be decoded, as far as its facts tell.
  init?(of result: CheckResult, for endpoint: EndpointPolicy, _ requirements: Requirements) throws(FixError) {
    guard let mediaType = result.mediaType, let decoder = Self.decoder(of: result, mediaType) else {
      return nil
    }
    let (jpeg, png) = (endpoint.accepts(.jpeg), endpoint.accepts(.png))
    func limit(of made: MediaType, isAnimated: Bool = false) -> Int {
      let facts: [String: Condition.Scalar] = [
        "mediaType": .text(made.rawValue), "animated": .bool(isAnimated),
      ]
      return endpoint.largestSize(where: facts).map { Int(clamping: $0) } ?? .max
    }
    if let size = requirements.pixelSize, endpoint.accepts(.webP) {
      if requirements.isStill, mediaType.family == .video || result.facts.animated == true { return nil }
      product = .sticker(
        width: size.width, height: size.height, animatedMaximum: limit(of: .webP, isAnimated: true),
        minimumFrame: requirements.minimumFrameDuration ?? 1,
        maximumDuration: requirements.maximumDuration ?? Int(Int32.max))
      maximum = limit(of: .webP)
    } else if jpeg || png, mediaType.family == .image {
      product = .image(jpeg: jpeg, png: png)
      maximum = limit(of: jpeg ? .jpeg : .png)
    } else {
      return nil
    }
    self.decoder = decoder.0
    isPremultiplied = result.facts.imageEncoding == "premultiplied"
    // What else another program decodes is turned already.
    switch decoder.0 {
    case nil, .still: orientation = result.facts.orientation ?? 1
    case .heif, .video: orientation = 1
    }
    if let obstacle = Self.obstacle(to: decoder.0, result) { throw .needsAPerson(obstacle) }
  }

  /// Why a file can't be decoded, as a clause; nil if nothing is known against it.
  private static func obstacle(to decoder: Decoder?, _ result: CheckResult) -> String? {
    switch decoder {
    // Its frames are made smaller while they are decoded.
    case .video: return nil
    case .still: if let obstacle = FFmpeg.obstacle(result.facts) { return obstacle }
    case .heif, nil: break
    }
    var most = Limits.Encoding.pixels
    // It is made smaller while it is decoded as well.
    if result.mediaType == .jpeg {
      if result.facts.progressive != true { return nil }
      most = Limits.Encoding.scannedPixels
    }
    guard let width = result.facts.width, let height = result.facts.height, height > 0, width > most / height
    else { return nil }
    return "it has too many pixels to be decoded: \(width) × \(height), of at most \(most)"
  }

  /// What decodes a file first, in a pair so that nothing can be told from a file that can't be decoded.
  private static func decoder(of result: CheckResult, _ mediaType: MediaType) -> (Decoder?, Void)? {
    if [.jpeg, .png, .webP, .gif].contains(mediaType) { return (nil, ()) }
    if let container = result.facts.container {
      if container == "heif" || container == "avif" { return (.heif, ()) }
      guard mediaType.family == .video, let format = FFmpeg.format(ofContainer: container) else { return nil }
      return (.video(format: format, VideoFrames()), ())
    }
    guard mediaType.family == .image, let name = mediaType.known?.extensions.first,
      let format = FFmpeg.format(ofImage: name)
    else { return nil }
    return (.still(format: format), ())
  }

  /// Chooses how the frames of a video are decoded.
  ///
  /// - Parameter probe: Gets ffmpeg's name for the file's format, and asks what the file has.
  /// - Throws: ``FixError`` if it has no video, and what `probe` throws.
  mutating func chooseFrames(_ probe: (String) throws(FixError) -> FFmpeg.Probe) throws(FixError) {
    guard case .video(let format, _) = decoder else { return }
    let probe = try probe(format)
    guard let stream = probe.stream("video") else { throw .needsAPerson("It has no video.") }
    var frames = VideoFrames()
    // As many frames as a sticker of its length shows.
    frames.rate = max(0.02, min(stream.frameRate ?? 15, 30, 150 / max(1, probe.duration ?? 10)))
    frames.deinterlaces = stream.isInterlaced
    frames.range = stream.highDynamicRange
    switch stream.codec_name {
    // The filters that map the range drop the transparency.
    case _ where frames.range != nil: break
    case "vp8": frames.alphaDecoder = .vp8
    case "vp9": frames.alphaDecoder = .vp9
    default: break
    }
    decoder = .video(format: format, frames)
  }

  /// What ffmpeg does to the frames of a video: they get the size that they have in what is made.
  fileprivate func filter(_ frames: VideoFrames) -> String {
    var side = 512
    if case .sticker(let width, let height, _, _, _) = product { side = max(width, height) }
    // `dar` is the ratio of the sides as they are shown, which isn't that of the pixels in anamorphic video.
    func length(_ ratio: String) -> String { "max(1\\,min(\(side)\\,round(\(side)\(ratio))))" }
    return (frames.deinterlaces ? FFmpeg.deinterlace + "," : "")
      + "fps=\(frames.rate),scale=\(length("*dar")):\(length("/dar")):flags=bicubic,"
      + (frames.range.map { FFmpeg.toneMap($0) + ",format=yuv444p," } ?? "") + "format=rgba"
  }

  var isSticker: Bool { if case .sticker = product { true } else { false } }

  var action: String { isSticker ? "encode-sticker" : "encode-image" }

  var summary: String {
    switch product {
    case .sticker(let width, let height, _, _, _):
      "Make a WebP of \(width) × \(height) on transparency, at the best quality that fits"
    case .image(let jpeg, let png):
      "Make a \(jpeg && png ? "JPEG or PNG" : jpeg ? "JPEG" : "PNG") at the best quality that fits"
    }
  }

  /// The usual extension of what is made, as far as that is known before.
  var fileExtension: String {
    switch product {
    case .sticker: "webp"
    case .image(let jpeg, _): jpeg ? "jpg" : "png"
    }
  }

  /// The arguments of `preflight-encode`.
  var arguments: [String] {
    var arguments: [String]
    switch product {
    case .sticker(let width, let height, let animatedMaximum, let minimumFrame, let maximumDuration):
      arguments = [
        "--sticker", "--size", "\(width)x\(height)", "--animated-maximum", "\(animatedMaximum)",
        "--minimum-frame",
        "\(minimumFrame)", "--maximum-duration", "\(maximumDuration)",
      ]
    case .image(let jpeg, let png):
      arguments = (jpeg ? [] : ["--no-jpeg"]) + (png ? [] : ["--no-png"])
    }
    arguments += ["--maximum", "\(maximum)"]
    if orientation != 1 { arguments += ["--orientation", "\(orientation)"] }
    if isPremultiplied { arguments.append("--premultiplied") }
    // A photo doesn't become a drawing because a program decoded it to PNG.
    if decoder == .heif { arguments.append("--photo") }
    return arguments
  }

  /// A command for people; what decodes first writes a PNG.
  func command(from input: FilePath, to output: FilePath) -> String {
    let encode = "preflight-encode \(arguments.joined(separator: " "))"
    switch decoder {
    case nil: return "\(encode) < \(input.shellQuoted) > \(output.shellQuoted)"
    case .heif:
      return
        "heif-convert \(input.shellQuoted) decoded.png && \(encode) < decoded.png > \(output.shellQuoted)"
    case .still:
      return "ffmpeg -noautorotate -i \(input.shellQuoted) -f apng - | \(encode) > \(output.shellQuoted)"
    case .video(_, let frames):
      let decoder = frames.alphaDecoder.map { "-c:v \($0.rawValue) " } ?? ""
      return
        "ffmpeg \(decoder)-i \(input.shellQuoted) -vf \(ShellWord.quoted(filter(frames))) -c:v png -f image2pipe - "
        + "| \(encode) --frame-rate \(frames.rate) > \(output.shellQuoted)"
    }
  }
}

/// Runs the programs of an ``ImageEncoding``.
struct ImageEncoder {
  let encoding: ImageEncoding
  /// Where `preflight-encode` is.
  let program: FilePath

  func run(from input: FilePath, to output: FilePath, in folder: TemporaryFolder) throws(FixError) {
    var arguments = encoding.arguments
    let decoded = folder.path(of: .decoded)
    var file = decoded
    switch encoding.decoder {
    case nil: file = input
    case .heif: file = try decodeHEIF(input, in: folder)
    case .still(let format):
      try FFmpeg.decode(input, format: format, to: decoded, in: folder)
    case .video(let format, let frames):
      try FFmpeg.attempt(frames, orElse: frames.withAnyFFmpeg) { frames throws(FixError) in
        try FFmpeg.decode(
          input, format: format, filter: encoding.filter(frames), decoder: frames.alphaDecoder?.rawValue,
          to: decoded, in: folder)
      }
      arguments += ["--frame-rate", "\(frames.rate)"]
    }
    try ProgramRunner.filter(program, arguments, from: file, to: output, deadline: .seconds(180))
  }

  /// - Returns: The file that was made.
  private func decodeHEIF(_ input: FilePath, in folder: TemporaryFolder) throws(FixError) -> FilePath {
    let decoded = folder.path(of: .decoded)
    let path = input.string.hasPrefix("-") ? "./" + input.string : input.string
    _ = try ProgramRunner.run("heif-convert", [path, decoded.string], in: folder, deadline: .seconds(120))
    // Of several images, each gets a number.
    if !ProgramRunner.isEmpty(decoded) { return decoded }
    if !ProgramRunner.isEmpty(folder.firstDecoded) { return folder.firstDecoded }
    // libpng refuses some color profiles, and heif-convert says nothing of it.
    let image = folder.path(of: .decodedJPEG)
    _ = try ProgramRunner.run(
      "heif-convert", ["-q", "98", path, image.string], in: folder, deadline: .seconds(120))
    return image
  }
}

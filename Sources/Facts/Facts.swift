/// The facts that the bytes state about a piece of media. A fact that doesn't apply or is unknown is nil,
/// never guessed.
///
/// ``fields`` lists the keys that results and policies use; they have the same names.
public struct Facts: Sendable, Hashable, Codable {
  /// Pixels across, as displayed before any rotation tag.
  public var width: Int?
  /// Pixels down, as displayed before any rotation tag.
  public var height: Int?
  /// Bits per channel; for a palette, bits per index.
  public var bitDepth: Int?
  /// How the channels make a color.
  public var colorModel: ColorModel?
  /// Whether the image is stored in several passes: progressive JPEG, interlaced PNG.
  public var progressive: Bool?
  /// How a JPEG is coded: `baseline`, `extended`, `progressive`, `lossless`, `arithmetic` or `hierarchical`
  /// (ITU-T T.81, table B.1). Of a TIFF, what many decoders get wrong: `jpeg` for its compression, `ycbcr` or `lab` for
  /// its colors, `tiled`, `float` for its numbers, `premultiplied` for colors that are multiplied by the alpha, `bigtiff`, or
  /// `other`: another compression, more than 16 bits per channel (8 of inks), or more than four channels.
  public var imageEncoding: String?
  /// Whether there is more than one frame.
  public var animated: Bool?
  /// Whether pixels can be transparent.
  public var hasAlpha: Bool?
  /// The number of frames: 1 for a static image, 0 for video or audio whose tracks have no samples.
  public var frameCount: Int?
  /// The duration of the shortest frame of an animation, in milliseconds.
  public var minFrameDurationMilliseconds: Double?
  /// The total duration of the animation, video or audio, in milliseconds.
  public var durationMilliseconds: Double?
  /// The container, such as `mp4`, `mov`, `3gp`, `ogg`, `mp3`, `adts`, `amr`.
  public var container: String?
  /// The major brand of an ISO base media file (ISO/IEC 14496-12, section 4.3), spaces trimmed.
  public var brand: String?
  /// The video streams, in file order, without cover images.
  public var videoStreams: [VideoStream]?
  /// The audio streams, in file order.
  public var audioStreams: [AudioStream]?
  /// Whether `moov` precedes the media data.
  public var fastStart: Bool?
  /// Whether the media is in movie fragments (`moof`).
  public var fragmented: Bool?
  /// Whether the content is encrypted.
  public var encrypted: Bool?
  /// Whether the document carries macros.
  public var hasMacros: Bool?
  /// The pages of a document.
  public var pageCount: Int?
  /// The character encoding of a text, such as `utf-8`.
  public var textEncoding: String?
  /// The EXIF orientation, 1 to 8 (Exif 2.32, section 4.6.4).
  public var orientation: Int?
  /// Whether the header marks the image as animated, regardless of the number of frames.
  public var animationFlag: Bool?

  /// Creates facts that say nothing.
  public init() {}
}

/// How the channels of a pixel make a color.
public enum ColorModel: String, Sendable, Hashable, Codable, CaseIterable {
  /// One channel, and one with transparency.
  case gray, grayAlpha
  /// Red, green and blue (stored as such or as luma and chroma), and with transparency.
  case rgb, rgba
  /// An index into a table of colors.
  case palette
  /// Printing inks, inverted or not, as CMYK or YCCK.
  case cmyk
}

/// One video stream.
public struct VideoStream: Sendable, Hashable, Codable {
  /// ffmpeg's name for the codec, such as `h264`; the four-character code if unknown.
  public var codec: String
  /// The profile's name in the codec, such as `High`.
  public var profile: String?
  /// The level, such as `4.1`.
  public var level: String?
  /// Pixels across.
  public var width: Int?
  /// Pixels down.
  public var height: Int?
  /// Bits per sample.
  public var bitDepth: Int?
  /// The chroma format: `4:0:0`, `4:2:0`, `4:2:2` or `4:4:4`.
  public var chroma: String?
  /// Whether pictures are stored out of display order (B-frames).
  public var bFrames: Bool?
  /// Frames a second.
  public var frameRate: Double?

  /// Creates a stream with a known codec.
  public init(codec: String) { self.codec = codec }
}

/// One audio stream.
public struct AudioStream: Sendable, Hashable, Codable {
  /// ffmpeg's name for the codec, such as `aac`; the four-character code if unknown.
  public var codec: String
  /// The profile's name in the codec, such as `LC` or `HE-AAC`.
  public var profile: String?
  /// The number of channels.
  public var channels: Int?
  /// Samples a second.
  public var sampleRate: Int?
  /// Bits a second.
  public var bitRate: Int?

  /// Creates a stream with a known codec.
  public init(codec: String) { self.codec = codec }
}

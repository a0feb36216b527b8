package import PreflightBytes
internal import PreflightFacts
internal import PreflightFormats
public import SystemPackage

/// The containers that packets can be put into without encoding them.
public enum MediaContainer: String, Sendable, Hashable, Codable {
  /// MP4 with video, and audio if there is any.
  case mp4Video
  /// MP4 with audio alone, `.m4a`.
  case mp4Audio
  case ogg
  case adts
  case mp3
  case amr

  /// The usual extension.
  var fileExtension: String {
    switch self {
    case .mp4Video: "mp4"
    case .mp4Audio: "m4a"
    case .ogg: "ogg"
    case .adts: "aac"
    case .mp3: "mp3"
    case .amr: "amr"
    }
  }

  /// The type of a file of it.
  var mediaType: MediaType {
    switch self {
    case .mp4Video: .mpeg4Video
    case .mp4Audio: .mpeg4Audio
    case .ogg: .oggAudio
    case .adts: .aac
    case .mp3: .mpegAudio
    case .amr: .amr
    }
  }
}

/// One step of a plan, as a value: shown as words and as a command, and carried out.
public enum FixStep: Sendable, Hashable, Codable {
  /// Only the name is wrong.
  case rename
  /// Keeps a part of the file.
  case keep(Range<UInt64>)
  /// Moves the index of an MP4 before its media data.
  case fastStart
  /// Replaces the brands of an MP4.
  case changeBrand(isAudio: Bool)
  /// Puts the packets into another container, or into a plain one.
  case repack(MediaContainer)
  /// Gives the tag before MPEG audio the length that it has.
  case setTagLength
  /// Takes the coordinates out of metadata.
  case removeLocation
  /// Changes how long the frames of an animated WebP are shown.
  case setFrameDurations(minimum: UInt32, maximum: UInt32?)
  /// Makes a static WebP of an animation with one frame.
  case keepOnlyFrame
  /// Leaves the default image of an animated PNG.
  case keepDefaultImage
  /// Runs ffmpeg, which encodes what has to be encoded.
  case encode(Encoding)
  /// Runs `preflight-encode`, which makes a sticker or an image.
  case draw(ImageEncoding)

  /// The step's name, which results have.
  public var action: String {
    switch self {
    case .rename: "rename"
    case .keep: "cut"
    case .fastStart: "fast-start"
    case .changeBrand: "change-brand"
    case .repack: "repack"
    case .setTagLength: "set-tag-length"
    case .removeLocation: "remove-location"
    case .setFrameDurations: "set-frame-durations"
    case .keepOnlyFrame: "keep-only-frame"
    case .keepDefaultImage: "keep-default-image"
    case .encode(let encoding): encoding.action
    case .draw(let encoding): encoding.action
    }
  }

  /// Whether everything that is shown or heard stays as it is.
  public var isLossless: Bool {
    switch self {
    case .encode(let encoding): encoding.isLossless
    case .draw: false
    default: true
    }
  }

  /// What is done, as an imperative without a full stop.
  public var summary: String {
    switch self {
    case .rename: "Use the extension of the file's type"
    case .keep(let range):
      range.lowerBound == 0
        ? "Cut off what follows the first \(range.upperBound) bytes"
        : "Keep bytes \(range.lowerBound) to \(range.upperBound)"
    case .fastStart: "Move the index before the media data"
    case .changeBrand: "Change the brand to that of MP4"
    case .repack(let container):
      switch container {
      case .mp4Video: "Put the H.264 video, and AAC audio if it has any, into a plain MP4"
      case .mp4Audio: "Put the AAC audio into a plain MP4"
      case .ogg: "Put the Opus audio into Ogg, with new positions"
      case .adts: "Put the AAC audio into an ADTS stream"
      case .mp3: "Take the MP3 audio out of its container"
      case .amr: "Take the AMR audio out of its container"
      }
    case .setTagLength: "Correct the length of the tag before the audio"
    case .removeLocation: "Remove the coordinates from the metadata"
    case .setFrameDurations(let minimum, let maximum):
      maximum.map { "Shorten all frames alike, to \($0) ms in all" }
        ?? "Show each frame for at least \(minimum) ms"
    case .keepOnlyFrame: "Make a static image of the only frame"
    case .keepDefaultImage: "Keep the default image of the animation"
    case .encode(let encoding): encoding.summary
    case .draw(let encoding): encoding.summary
    }
  }

  /// The extension of what the step makes, without the dot; nil if the type stays the same.
  var outputExtension: String? {
    switch self {
    case .repack(let container): container.fileExtension
    case .encode(let encoding): encoding.target.fileExtension
    case .draw(let encoding): encoding.fileExtension
    default: nil
    }
  }

  /// A POSIX shell command that does the same, or nearly; nil if no one program does.
  public func command(from input: FilePath, to output: FilePath) -> String? {
    let (from, to) = (input.shellQuoted, output.shellQuoted)
    switch self {
    case .rename: return "cp \(from) \(to)"
    case .keep(let range):
      return range.lowerBound == 0
        ? "head -c \(range.upperBound) \(from) > \(to)"
        : "tail -c +\(range.lowerBound + 1) \(from) | head -c \(range.upperBound - range.lowerBound) > \(to)"
    case .fastStart, .changeBrand: return "ffmpeg -i \(from) -map 0 -c copy -movflags +faststart \(to)"
    case .repack(let container):
      switch container {
      case .mp4Video:
        return "ffmpeg -i \(from) -map 0:v:0 -map '0:a:0?' -c copy -movflags +faststart \(to)"
      case .mp4Audio: return "ffmpeg -i \(from) -map 0:a:0 -c copy -movflags +faststart \(to)"
      case .ogg, .adts, .mp3, .amr: return "ffmpeg -i \(from) -map 0:a:0 -c copy \(to)"
      }
    case .removeLocation: return "exiftool -gps:all= -xmp:all= -o \(to) \(from)"
    // webpmux sets all frames to the same time, and ffmpeg looks for the audio behind the tag's end.
    case .setFrameDurations, .setTagLength: return nil
    case .keepOnlyFrame: return "webpmux -get frame 1 \(from) -o \(to)"
    case .keepDefaultImage: return "ffmpeg -i \(from) -frames:v 1 -update 1 \(to)"
    case .encode(let encoding): return encoding.command(from: input, to: output)
    case .draw(let encoding): return encoding.command(from: input, to: output)
    }
  }

  /// The file that a lossless step of ours makes.
  ///
  /// - Throws: ``RewriteError`` where it can't be made without loss.
  package func splice(of source: any ByteSource) throws(RewriteError) -> Splice {
    var window = ByteWindow(source)
    switch self {
    case .rename, .encode, .draw:
      var splice = Splice()
      splice.append(0..<source.byteCount)
      return splice
    case .keep(let range):
      guard range.upperBound <= source.byteCount else { throw .pastEnd }
      var splice = Splice()
      splice.append(range)
      return splice
    case .fastStart: return try FastStart.splice(&window)
    case .changeBrand(let isAudio): return try FileBrand.splice(&window, isAudio: isAudio)
    case .repack(let container): return try Repack.splice(&window, as: container)
    case .setTagLength: return try TagLength.splice(&window)
    case .removeLocation: return try PlaceOut.splice(&window)
    case .setFrameDurations(let minimum, let maximum):
      return try WebPFrames.splice(&window, minimum: minimum, maximum: maximum)
    case .keepOnlyFrame: return try WebPFrames.still(&window)
    case .keepDefaultImage: return try StillPNG.splice(&window)
    }
  }
}

internal import PreflightBytes
internal import SystemPackage

/// What ffmpeg is asked to do: streams that fit are copied, the others are encoded.
public struct Encoding: Sendable, Hashable, Codable {
  /// What becomes of the video.
  public enum Video: Sendable, Hashable, Codable {
    /// The packets stay as they are.
    case copy(stream: Int)
    /// It is encoded as H.264.
    case h264(H264)
  }

  /// H.264, 8 bits, 4:2:0, without B-frames, which High profile must not have for Android.
  public struct H264: Sendable, Hashable, Codable {
    /// The number of the stream.
    public let stream: Int
    /// How many bits a second it may have at most.
    public let bitRate: Int
    /// The picture's size in thousandths of what it is; nil to cut an odd row or column off at most.
    public let permille: Int?
    /// When the pictures are shown.
    public let timing: Timing
    /// Whether interlaced pictures are deinterlaced.
    public let deinterlaces: Bool
    /// How its high dynamic range is coded, which is made the standard one; nil to leave the range as it is.
    public internal(set) var range: HighDynamicRange?
  }

  /// How the brightness of a video is coded (ITU-R BT.2100), by ffmpeg's name for it.
  public enum HighDynamicRange: String, Sendable, Hashable, Codable {
    case perceptualQuantization = "smpte2084"
    case hybridLogGamma = "arib-std-b67"
  }

  /// When the pictures of an encoded video are shown.
  public enum Timing: Sendable, Hashable, Codable {
    /// All for the same time, as in the original.
    case constant
    /// Each as long as in the original.
    case variable
    /// At another constant rate, as a fraction. The last picture is shown as long as in the original, which ffmpeg forgets
    /// otherwise before version 6.
    case rate(pictures: Int, seconds: Int)
  }

  /// What becomes of the audio.
  public enum Audio: Sendable, Hashable, Codable {
    /// The packets stay as they are.
    case copy(stream: Int)
    /// AAC with one channel or two.
    case aac(stream: Int, bitRate: Int, channels: Int)
    /// Opus with one channel, as voice notes have it.
    case opus(stream: Int, bitRate: Int)
  }

  /// A bit rate that is no limit: more than any phone shows.
  static let unlimited = 20_000_000

  /// How many seconds of its bit rate a video may be ahead of it.
  static let bufferSeconds = 2.0

  /// The container that is made.
  public let target: MediaContainer
  /// The video; nil to leave it out.
  public let video: Video?
  /// The audio; nil to leave it out.
  public let audio: Audio?

  /// The same with the range of the video as it is; nil if that isn't changed.
  var withoutToneMapping: Encoding? {
    guard case .h264(var made) = video, made.range != nil else { return nil }
    made.range = nil
    return Encoding(target: target, video: .h264(made), audio: audio)
  }

  var isLossless: Bool {
    if case .h264 = video { return false }
    switch audio {
    case .copy, nil: return true
    case .aac, .opus: return false
    }
  }

  /// Whether the stream that takes the most room is copied.
  var copiesMost: Bool {
    switch (video, audio) {
    case (.copy, _), (nil, .copy): true
    default: false
    }
  }

  var action: String { isLossless ? "remux" : "encode" }

  var summary: String {
    var parts: [String] = []
    switch video {
    case .copy: parts.append("copy the video")
    case .h264(let made):
      let scaled = made.permille.map { ", \(($0 + 5) / 10) % of the size" } ?? ""
      let limit =
        made.bitRate < Self.unlimited ? "up to \(made.bitRate / 1000) kbit/s" : "at the best quality"
      parts.append("encode the video as H.264 (\(limit)\(scaled))")
    case nil: break
    }
    switch audio {
    case .copy: parts.append("copy the audio")
    case .aac(_, let bitRate, let channels):
      parts.append("encode the audio as AAC (\(bitRate / 1000) kbit/s, \(channels == 1 ? "mono" : "stereo"))")
    case .opus(_, let bitRate): parts.append("encode the audio as Opus (\(bitRate / 1000) kbit/s, mono)")
    case nil: break
    }
    let text = parts.joined(separator: ", ")
    return text.prefix(1).uppercased() + text.dropFirst()
  }

  /// ffmpeg's options for the output, and its name.
  private func outputArguments(_ output: String) -> [String] {
    var arguments: [String] = []
    switch video {
    case .copy(let stream): arguments += ["-map", "0:\(stream)", "-c:v", "copy"]
    case .h264(let made):
      // ffmpeg has turned the picture by then, so that the sides aren't known here.
      let scale =
        made.permille.map { "scale=trunc(iw*\($0)/2000)*2:trunc(ih*\($0)/2000)*2" }
        ?? "crop=trunc(iw/2)*2:trunc(ih/2)*2"
      arguments += [
        "-map", "0:\(made.stream)", "-c:v", "libx264", "-profile:v", "high", "-bf", "0", "-crf", "20",
        "-maxrate",
        "\(made.bitRate)", "-bufsize", "\(Int(Double(made.bitRate) * Self.bufferSeconds))",
      ]
      var rate = ""
      switch made.timing {
      case .constant: break
      // Its newer name isn't known before 5.1.
      case .variable: arguments += ["-vsync", "vfr"]
      case .rate(let pictures, let seconds):
        rate = ",fps=\(pictures)" + (seconds == 1 ? "" : "/\(seconds)")
      }
      arguments += [
        "-vf",
        (made.deinterlaces ? FFmpeg.deinterlace + "," : "") + scale + rate
          + (made.range.map { "," + FFmpeg.toneMap($0) } ?? "") + ",format=yuv420p",
      ]
    case nil: break
    }
    switch audio {
    case .copy(let stream): arguments += ["-map", "0:\(stream)", "-c:a", "copy"]
    case .aac(let stream, let bitRate, let channels):
      arguments += ["-map", "0:\(stream)", "-c:a", "aac", "-b:a", "\(bitRate)", "-ac", "\(channels)"]
      arguments += ["-ar", "48000"]
    case .opus(let stream, let bitRate):
      arguments += [
        "-map", "0:\(stream)", "-c:a", "libopus", "-b:a", "\(bitRate)", "-ac", "1", "-ar", "48000",
      ]
      arguments += ["-avoid_negative_ts", "make_zero"]
    case nil: break
    }
    arguments += ["-map_metadata", "-1"]
    switch target {
    case .mp4Video, .mp4Audio:
      arguments += ["-movflags", "+faststart", "-f", target == .mp4Audio ? "ipod" : "mp4"]
    // Otherwise the number of the stream is random, and each output another.
    case .ogg: arguments += ["-fflags", "+bitexact", "-f", "ogg"]
    case .adts, .mp3, .amr: break
    }
    return arguments + [output]
  }

  /// The arguments for a file of a known format: ffmpeg must not guess, read other files or use a network.
  func arguments(format: String, from input: FilePath, to output: FilePath) -> [String] {
    [
      "-nostdin", "-hide_banner", "-v", "error", "-y", "-progress", "pipe:1", "-protocol_whitelist",
      "file,pipe",
      "-f", format, "-i", "file:" + input.string,
    ] + outputArguments("file:" + output.string)
  }

  /// A command for people.
  func command(from input: FilePath, to output: FilePath) -> String {
    let words = outputArguments("").dropLast().map { ShellWord.quoted($0) }
    return "ffmpeg -i \(input.shellQuoted) \(words.joined(separator: " ")) \(output.shellQuoted)"
  }
}

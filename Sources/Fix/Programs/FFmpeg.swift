internal import MediaPreflight
internal import PreflightBytes
internal import PreflightFacts
internal import SystemPackage

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Probes and encodes with ffmpeg, which is found on the path.
///
/// The input's format is forced, and no protocol but that of files is allowed, so that a file can't make it read others
/// or use a network.
enum FFmpeg {
  /// The Debian package that has the programs.
  static let package = "ffmpeg"

  /// The container of a file that ffmpeg may be asked to read.
  static func container(of result: CheckResult) -> String? {
    result.mediaType == .gif ? "gif" : result.facts.container
  }

  /// ffmpeg's name for the format of a container of ours; nil for one that it isn't asked to read.
  static func format(ofContainer container: String) -> String? {
    switch container {
    case "mp4", "mov", "3gp", "3g2": "mov"
    case "webm", "matroska": "matroska"
    case "mp2", "mp3": "mp3"
    case "adts", "adif": "aac"
    case "avi", "flv", "mpegts", "mpeg", "mpegvideo", "mxf", "rm", "asf", "ogg", "wav", "w64", "aiff", "au",
      "caf",
      "flac", "tta", "wv", "ac3", "loas", "amr", "h264", "ape", "gif", "dts", "mpc", "mpc8", "voc", "ivf",
      "nut",
      "dv", "tak", "shn":
      container
    default: nil
    }
  }

  /// Whether ffmpeg may be asked to read a format, given by its name for it.
  static func reads(_ format: String) -> Bool {
    format == "aac" || format == self.format(ofContainer: format) || imageFormats.values.contains(format)
  }

  /// ffmpeg's name for the format of a still image with an extension; nil for one that it isn't asked to read.
  static func format(ofImage name: String) -> String? { imageFormats[name] }

  // Not JPEG-LS: of colors that are stored by pixel it makes black, without an error. Not QOI: it takes what is said of the
  // color space for more than information.
  private static let imageFormats = [
    "bmp": "bmp_pipe", "tif": "tiff_pipe", "jp2": "j2k_pipe", "psd": "psd_pipe", "ico": "ico",
    "pcx": "pcx_pipe", "ppm": "ppm_pipe", "pgm": "pgm_pipe", "pbm": "pbm_pipe", "sgi": "sgi_pipe",
  ]

  /// Why ffmpeg isn't asked to decode a still image, as a clause; nil if it is. Of a TIFF with JPEG, in YCbCr, in
  /// tiles or of floating-point numbers it makes another picture, without an error (5.1); others it doesn't know.
  static func obstacle(_ facts: Facts) -> String? {
    let kind: String
    switch facts.imageEncoding {
    case "jpeg": kind = "compressed as JPEG"
    case "ycbcr": kind = "in YCbCr"
    case "lab": kind = "in CIELab"
    case "tiled": kind = "in tiles"
    case "float": kind = "of floating-point numbers"
    case "bigtiff": kind = "in the format BigTIFF"
    case "other": kind = "of an unusual kind"
    default: return nil
    }
    return "a TIFF \(kind) isn't decoded rightly by ffmpeg; export the image as JPEG or PNG where it was made"
  }

  /// Decodes an image to a PNG file, or the frames of a video to PNG files one after another in one.
  ///
  /// - Parameters:
  ///   - filter: What is done to the frames; nil for a still image.
  ///   - decoder: The decoder; nil for the usual one.
  static func decode(
    _ input: FilePath, format: String, filter: String? = nil, decoder: String? = nil, to output: FilePath,
    in folder: TemporaryFolder
  ) throws(FixError) {
    var arguments = ["-nostdin", "-hide_banner", "-v", "error", "-y", "-protocol_whitelist", "file,pipe"]
    // Not every version turns images as their orientation says, so none does.
    if filter == nil { arguments.append("-noautorotate") }
    if let decoder { arguments += ["-c:v", decoder] }
    arguments += ["-f", format, "-i", "file:" + input.string]
    if let filter {
      arguments += ["-an", "-sn", "-vf", filter, "-c:v", "png", "-compression_level", "1"]
      arguments += ["-pred", "sub", "-f", "image2pipe"]
    } else {
      arguments += ["-frames:v", "1", "-c:v", "png", "-f", "image2", "-update", "1"]
    }
    _ = try ProgramRunner.run(
      "ffmpeg", arguments + ["file:" + output.string], in: folder, deadline: .seconds(300))
  }

  /// Does something in one way, and if it fails in another: with which decoders and filters an ffmpeg was built isn't known.
  ///
  /// - Parameter other: Nil if there is no other way.
  static func attempt<Way>(
    _ way: Way, orElse other: Way?, _ body: (Way) throws(FixError) -> Void
  ) throws(FixError) {
    do { try body(way) } catch {
      guard let other else { throw error }
      try body(other)
    }
  }

  /// Deinterlaces the pictures that are interlaced.
  static let deinterlace = "bwdif=mode=send_frame:deint=interlaced"

  /// Makes the colors and the brightness of a high dynamic range those of BT.709, which every screen shows.
  static func toneMap(_ range: Encoding.HighDynamicRange) -> String {
    "zscale=tin=\(range.rawValue):pin=bt2020:min=bt2020nc:t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,"
      + "tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv"
  }

  /// A rate as ffprobe says it, such as `30000/1001`.
  struct Fraction {
    let numerator: Int
    let denominator: Int

    var value: Double { Double(numerator) / Double(denominator) }

    /// - Parameter text: Nil and `0/0` are no rate.
    init?(_ text: String?) {
      let parts = (text ?? "").split(separator: "/").compactMap { Int($0) }
      guard parts.count == 2, parts[0] > 0, parts[1] > 0 else { return nil }
      (numerator, denominator) = (parts[0], parts[1])
    }
  }

  /// What ffprobe says about a file.
  struct Probe: Decodable {
    struct Stream: Decodable {
      let index: Int
      let codec_type: String?
      let codec_name: String?
      let profile: String?
      let pix_fmt: String?
      let width: Int?
      let height: Int?
      let has_b_frames: Int?
      let avg_frame_rate: String?
      /// The least rate at which no picture is early or late.
      var r_frame_rate: String?
      var field_order: String?
      var color_transfer: String?
      let channels: Int?
      let bit_rate: String?
      let disposition: [String: Int]?

      /// Pictures a second.
      var frameRate: Double? {
        let parts = (avg_frame_rate ?? "").split(separator: "/").compactMap { Double($0) }
        guard parts.count == 2, parts[1] > 0, parts[0] > 0 else { return nil }
        return parts[0] / parts[1]
      }

      /// The rate that has a moment for each picture.
      var exactRate: Fraction? { Fraction(r_frame_rate) }

      /// Whether some pictures are shown longer than others.
      var hasVariableRate: Bool {
        guard let exactRate else { return false }
        return frameRate.map { exactRate.value > 1.02 * $0 } ?? true
      }

      /// How the high dynamic range is coded; nil for the standard one.
      var highDynamicRange: Encoding.HighDynamicRange? {
        color_transfer.flatMap(Encoding.HighDynamicRange.init)
      }

      /// Whether the lines of a picture are of two moments. Of DV it is said of each picture only.
      var isInterlaced: Bool {
        ["tt", "bb", "tb", "bt"].contains(field_order ?? "") || codec_name == "dvvideo"
      }
    }

    struct Format: Decodable {
      let duration: String?
    }

    let streams: [Stream]
    let format: Format

    /// In seconds; nil if it is unknown.
    var duration: Double? { format.duration.flatMap(Double.init).flatMap { $0 > 0 && $0 < 1e7 ? $0 : nil } }

    /// The stream that players show: no cover image, and the default one of several.
    func stream(_ kind: String) -> Stream? {
      let own = streams.filter { $0.codec_type == kind && $0.disposition?["attached_pic"] != 1 }
      return own.first { $0.disposition?["default"] == 1 } ?? own.first
    }
  }

  /// What ffprobe says, as JSON for ``Probe``.
  static func probe(_ path: FilePath, format: String, in folder: TemporaryFolder) throws(FixError) -> String {
    try ProgramRunner.run(
      "ffprobe",
      [
        "-v", "error", "-protocol_whitelist", "file,pipe", "-f", format, "-show_streams", "-show_format",
        "-of",
        "json", "-i", "file:" + path.string,
      ], in: folder, deadline: .seconds(60))
  }

  /// - Parameters:
  ///   - duration: How long the input plays, in seconds.
  ///   - onProgress: Gets the part that is done, from 0 to 1.
  static func run(
    _ encoding: Encoding, format: String, from input: FilePath, to output: FilePath,
    in folder: TemporaryFolder, duration: Double?, onProgress: @escaping @Sendable (Double) -> Void
  ) throws(FixError) {
    // A slow machine needs some seconds for one of video; what takes longer than this hangs.
    let limit = 300 + 30 * (duration ?? 600)
    try attempt(encoding, orElse: encoding.withoutToneMapping) { encoding throws(FixError) in
      let arguments = encoding.arguments(format: format, from: input, to: output)
      _ = try ProgramRunner.run(
        "ffmpeg", arguments, in: folder, deadline: .seconds(Int(min(limit, 86_400)))
      ) { line in
        guard let duration, line.hasPrefix("out_time_us="), let time = Double(line.dropFirst(12)) else {
          return
        }
        onProgress(min(1, max(0, time / 1e6 / duration)))
      }
    }
  }
}

extension FFmpeg.Probe {
  /// - Throws: ``FixError`` if it isn't ffprobe's JSON.
  init(parsing json: String) throws(FixError) {
    do { self = try JSONDecoder().decode(Self.self, from: Data(json.utf8)) } catch {
      throw .programFailed("ffprobe", "it gave an answer that isn't understood")
    }
  }
}

import ArgumentParser
import PreflightBytes
import PreflightEncoding
import PreflightSandbox

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Decodes an image from standard input and encodes it on standard output, for `preflight fix`.
///
/// Whoever's image it is, the process has two files and nothing else: it opens no path, starts no program, has no network,
/// and ends when it uses too much memory or time.
@main
struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preflight-encode",
    abstract: "Encode an image from standard input as a sticker or an image, on standard output.",
    discussion: "The program that 'preflight fix' starts for images. It reads JPEG, PNG, WebP and GIF.")

  @Flag(help: "Make a sticker: WebP, static or animated.")
  var sticker = false

  @Option(help: ArgumentHelp("Size of the sticker.", valueName: "WIDTHxHEIGHT"))
  var size = "512x512"

  @Option(help: "Most bytes of the image, or of a static sticker.")
  var maximum = 5_000_000

  @Option(help: "Most bytes of an animated sticker.")
  var animatedMaximum = 500_000

  @Option(help: "Least milliseconds of a frame.")
  var minimumFrame = 8

  @Option(help: "Most milliseconds of an animation.")
  var maximumDuration = 10_000

  @Option(help: "Exif orientation of the image, 1 to 8.")
  var orientation = 1

  @Option(
    help: "Frames a second of a video; standard input is then its frames, PNG files one after another.")
  var frameRate: Double?

  @Flag(help: "The image is a photo, whatever format it comes in.")
  var photo = false

  @Flag(help: "The colors of the image are multiplied by its alpha.")
  var premultiplied = false

  @Flag(help: "Don't make JPEG.")
  var noJpeg = false

  @Flag(help: "Don't make PNG.")
  var noPng = false

  private var sides: [Int] { size.split(separator: "x").compactMap { Int($0) } }

  func validate() throws {
    guard sides.count == 2, sides.allSatisfy({ (1...4096).contains($0) }) else {
      throw ValidationError("--size needs two numbers up to 4096, such as 512x512")
    }
    guard maximum > 0, animatedMaximum > 0, minimumFrame >= 0, maximumDuration > 0,
      (1...8).contains(orientation), (frameRate ?? 1) >= 0.01, (frameRate ?? 1) <= 1000
    else { throw ValidationError("a number is out of range") }
  }

  func run() throws {
    confine()
    guard let failure = attempt() else { return }
    let text = Array((failure.description + "\n").utf8)
    _ = text.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    throw ExitCode(1)
  }

  /// - Returns: Why it failed; nil if it didn't.
  private func attempt() -> EncodingError? {
    do throws(EncodingError) {
      let file = try ImageFile(readAll(), frameRate: frameRate, isPremultiplied: premultiplied)
      let made = sticker ? try makeSticker(file) : try makeImage(file)
      try writeAll(made)
      return nil
    } catch { return error }
  }

  private func makeSticker(_ file: ImageFile) throws(EncodingError) -> [UInt8] {
    var rules = StickerEncoder.Rules()
    (rules.width, rules.height) = (sides[0], sides[1])
    (rules.staticByteCount, rules.animatedByteCount) = (maximum, animatedMaximum)
    (rules.minimumFrame, rules.maximumDuration) = (minimumFrame, maximumDuration)
    return try StickerEncoder(rules).sticker(of: file, orientation: orientation)
  }

  private func makeImage(_ file: ImageFile) throws(EncodingError) -> [UInt8] {
    var rules = PictureEncoder.Rules()
    rules.byteCount = maximum
    (rules.acceptsJPEG, rules.acceptsPNG) = (!noJpeg, !noPng)
    return try PictureEncoder(rules).image(of: file, isPhoto: photo, orientation: orientation)
  }

  /// Gives up all that decoding and encoding don't need.
  private func confine() {
    Sandbox.enter()
    // No descriptor is free any more, so that nothing can be opened, be it a file or a socket.
    Sandbox.limit(memory: Limits.Encoding.memory)
    Sandbox.limit(seconds: Limits.Encoding.seconds, descriptors: 3)
  }

  private func readAll() throws(EncodingError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      var failed = false
      let block = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
        var got: Int
        repeat { got = read(STDIN_FILENO, buffer.baseAddress, buffer.count) } while got < 0 && errno == EINTR
        failed = got < 0
        count = max(0, got)
      }
      if failed { throw EncodingError("the image can't be read") }
      if block.isEmpty { return bytes }
      bytes += block
      if bytes.count > Limits.Encoding.byteCount { throw EncodingError("the file is too large to decode") }
    }
  }

  private func writeAll(_ bytes: [UInt8]) throws(EncodingError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno != EINTR { throw EncodingError("the result can't be written") }
      rest = rest.dropFirst(max(0, count))
    }
  }
}

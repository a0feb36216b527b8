import CZlib
import PreflightBytes
@testable import PreflightTestSupport

/// DEFLATE streams, made by zlib and by hand, and what comes of them.
enum Compressed {
  static let wrappers: [Inflate.Wrapper] = [.none, .zlib]

  /// Contents that lead to blocks of every kind, and the level to compress them at.
  static let samples: [(content: [UInt8], level: Int32)] = {
    let text = Array(String(repeating: "the quick brown fox jumps over the lazy dog. ", count: 30).utf8)
    let contents = [[], [0x61], [UInt8](repeating: 0x61, count: 600), text, noise(700), text + noise(300)]
    return contents.flatMap { content in [0, 1, 6, 9].map { (content, $0) } }
  }()

  /// Bytes without a pattern.
  static func noise(_ count: Int) -> [UInt8] {
    var state: UInt32 = 1
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
  }

  /// A stream that zlib makes.
  static func stream(_ content: [UInt8], _ wrapper: Inflate.Wrapper, level: Int32 = 6) -> [UInt8] {
    var count = compressBound(uLong(content.count))
    var stream = [UInt8](repeating: 0, count: Int(count))
    compress2(&stream, &count, content, uLong(content.count), level)
    stream = Array(stream.prefix(Int(count)))
    return wrapper == .zlib ? stream : Array(stream.dropFirst(2).dropLast(4))
  }

  /// What a stream comes to in steps.
  struct Inflated: Equatable {
    var bytes: [UInt8] = []
    var consumed = 0
    var status = Inflate.Status.more

    /// The bytes, where the stream ends well.
    var whole: [UInt8]? { status == .ended ? bytes : nil }
  }

  /// Inflates a stream that is given in pieces of one size, into a room of another, until it ends, breaks or
  /// wants more than there is.
  static func inflated(
    _ stream: [UInt8], _ wrapper: Inflate.Wrapper, pieces: Int = .max, room: Int = 1 << 16
  ) -> Inflated {
    var inflate = Inflate(wrapper)
    var output = [UInt8](repeating: 0, count: room)
    var result = Inflated()
    while true {
      let end = result.consumed + min(pieces, stream.count - result.consumed)
      let piece = ByteSpan(stream.span.bytes.extracting(result.consumed..<end), at: 0)
      let step = inflate.step(piece, into: &output)
      result.bytes += output[..<step.produced]
      result.consumed += step.consumed
      result.status = step.status
      let isStuck = step.consumed == 0 && step.produced == 0
      if step.status != .more || isStuck { return result }
    }
  }

  /// What a stream comes to at once, where it makes so many bytes.
  static func unpacked(
    _ stream: [UInt8], _ wrapper: Inflate.Wrapper, expecting count: Int, by unpacker: Unpacker = Unpacker()
  ) -> [UInt8]? {
    unpacker.unpack(stream.span.bytes, wrapper: wrapper, expecting: UInt64(count)) { bytes in
      bytes.withUnsafeBytes { Array($0) }
    }
  }
}

internal import PreflightBytes

/// Decodes GIF (GIF89a specification), each frame as the whole canvas. Written here, since the format is small, and an
/// array's bounds are checked.
struct GIFFrames {
  private let bytes: [UInt8]
  private var position = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func read(_ bytes: [UInt8], _ body: (Frame) throws(EncodingError) -> Void) throws(EncodingError) {
    var reader = GIFFrames(bytes)
    try reader.read(body)
  }

  private static let cut = EncodingError("the GIF is cut")

  private mutating func byte() throws(EncodingError) -> Int {
    guard position < bytes.count else { throw Self.cut }
    defer { position += 1 }
    return Int(bytes[position])
  }

  private mutating func number() throws(EncodingError) -> Int { try byte() | byte() << 8 }

  /// A table of colors, as many as the flags say.
  private mutating func colors(_ flags: Int) throws(EncodingError) -> [Raster.Pixel] {
    guard flags & 0x80 != 0 else { return [] }
    var colors: [Raster.Pixel] = []
    for _ in 0..<2 << (flags & 7) {
      colors.append(Raster.Pixel(UInt8(try byte()), UInt8(try byte()), UInt8(try byte()), 255))
    }
    return colors
  }

  private mutating func read(_ body: (Frame) throws(EncodingError) -> Void) throws(EncodingError) {
    position = 6
    let (width, height) = (try number(), try number())
    guard Raster.canHold(width, height) else {
      throw EncodingError("the GIF has too many pixels")
    }
    let flags = try byte()
    position += 2
    let global = try colors(flags)
    var canvas = Raster(width: width, height: height)
    var (delay, disposal, transparent): (Int, Int, Int?) = (0, 0, nil)
    var frames = 0
    while true {
      // Files without an end are common, and shown.
      guard position < bytes.count else { break }
      switch try byte() {
      case 0x21:
        let label = try byte()
        let block = try blocks()
        if label == 0xf9, block.count >= 4 {
          disposal = Int(block[0] >> 2 & 7)
          delay = (Int(block[1]) | Int(block[2]) << 8) * 10
          transparent = block[0] & 1 == 1 ? Int(block[3]) : nil
        }
      case 0x2c:
        let before = canvas
        let place = try drawImage(global, transparent, on: &canvas)
        // Browsers show frames without a time for a tenth of a second.
        try body(Frame(canvas, milliseconds: delay <= 10 ? 100 : delay))
        frames += 1
        switch disposal {
        case 2: canvas.draw(Raster(width: place.width, height: place.height), atX: place.x, y: place.y)
        case 3: canvas = before
        default: break
        }
        (delay, disposal, transparent) = (0, 0, nil)
      case 0x3b:
        if frames > 0 { return }
        throw EncodingError("the GIF has no image")
      default: throw EncodingError("the GIF is broken")
      }
    }
    if frames == 0 { throw Self.cut }
  }

  /// Data blocks up to the empty one.
  private mutating func blocks() throws(EncodingError) -> [UInt8] {
    var data: [UInt8] = []
    while true {
      let size = try byte()
      if size == 0 { return data }
      guard size <= bytes.count - position else { throw Self.cut }
      data += bytes[position..<position + size]
      position += size
    }
  }

  private mutating func drawImage(
    _ global: [Raster.Pixel], _ transparent: Int?, on canvas: inout Raster
  ) throws(EncodingError) -> (x: Int, y: Int, width: Int, height: Int) {
    let (left, top, width, height) = (try number(), try number(), try number(), try number())
    let flags = try byte()
    let own = try colors(flags)
    let colors = own.isEmpty ? global : own
    guard Raster.canHold(width, height) else {
      throw EncodingError("a frame of the GIF has too many pixels")
    }
    let leastCodeSize = try byte()
    let indexes = try decompress(try blocks(), leastCodeSize, count: width * height)
    let rows = flags & 0x40 == 0 ? Array(0..<height) : Self.interlaced(height)
    for (number, row) in rows.enumerated() where top + row < canvas.height {
      for x in 0..<max(0, min(width, canvas.width - left)) {
        let index = Int(indexes[number * width + x])
        if index == transparent || index >= colors.count { continue }
        canvas.pixels[(top + row) * canvas.width + left + x] = colors[index]
      }
    }
    return (left, top, width, height)
  }

  /// The rows in the order in which they are stored (appendix E).
  private static func interlaced(_ height: Int) -> [Int] {
    [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { Array(stride(from: $0.0, to: height, by: $0.1)) }
  }

  /// LZW with codes that grow (appendix F). What is missing at the end stays the first color, as in browsers.
  private func decompress(_ data: [UInt8], _ leastSize: Int, count: Int) throws(EncodingError) -> [UInt8] {
    guard (1...11).contains(leastSize) else { throw EncodingError("the GIF is broken") }
    let (clear, end) = (1 << leastSize, 1 << leastSize + 1)
    var prefixes = [UInt16](repeating: 0, count: 4096)
    var suffixes = [UInt8](repeating: 0, count: 4096)
    var lengths = [Int](repeating: 1, count: 4096)
    for code in 0..<clear { suffixes[code] = UInt8(truncatingIfNeeded: code) }
    var output = [UInt8](repeating: 0, count: count)
    var (written, size, next): (Int, Int, Int) = (0, leastSize + 1, clear + 2)
    var previous: Int?
    var (bits, bitCount): (UInt32, Int) = (0, 0)
    for byte in data {
      bits |= UInt32(byte) << UInt32(bitCount)
      bitCount += 8
      while bitCount >= size {
        let code = Int(bits & (1 << UInt32(size) - 1))
        bits >>= UInt32(size)
        bitCount -= size
        if code == end || written == count { return output }
        if code == clear {
          (size, next, previous) = (leastSize + 1, clear + 2, nil)
          continue
        }
        guard code < next || (code == next && previous != nil) else {
          throw EncodingError("the GIF is broken")
        }
        // A code that isn't there yet is the previous one and its own first color.
        var at = code == next ? previous ?? 0 : code
        let length = lengths[at] + (code == next ? 1 : 0)
        var place = written + length - 1
        if code == next { place -= 1 }
        while true {
          if place < count { output[place] = suffixes[at] }
          if lengths[at] == 1 { break }
          at = Int(prefixes[at])
          place -= 1
        }
        let first = suffixes[at]
        if code == next, written + length - 1 < count { output[written + length - 1] = first }
        written = min(count, written + length)
        if let previous, next < 4096 {
          prefixes[next] = UInt16(previous)
          suffixes[next] = first
          lengths[next] = lengths[previous] + 1
          next += 1
          if next == 1 << size, size < 12 { size += 1 }
        }
        previous = code
      }
    }
    return output
  }
}

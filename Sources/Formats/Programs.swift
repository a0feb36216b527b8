internal import PreflightFacts
internal import PreflightBytes

extension Format {
  package static let programs = Format(
    "Programs", reader: Programs.self, hiding: .program,
    mediaTypes: [
      .init(
        "application/vnd.microsoft.portable-executable", "a Windows program", .data,
        extensions: ["exe", "dll", "scr", "sys"]),
      .init("application/x-dosexec", "a Windows program", .data, extensions: ["exe", "dll", "scr", "sys"]),
      .init("application/x-executable", "a program", .data),
    ])
}

/// Programs and their parts, detected by their headers so that a rejection can name the type. Scripts are
/// text and handled elsewhere.
enum Programs: FormatReader {
  static func read(_ window: inout ByteWindow, into reading: inout Reading) throws(ReadError) {
    switch kind(startingWith: try window.available(at: 0, upTo: 64)) {
    case .known(let type): reading.mediaType = type
    case .forDOS(let newHeader): reading.mediaType = try windowsProgram(newHeader, in: &window)
    case nil: break
    }
  }

  private enum Kind {
    case known(MediaType)
    /// Files with a DOS header, which contains the offset of another header.
    case forDOS(newHeader: UInt64?)
  }

  private static func kind(startingWith head: borrowing ByteSpan) -> Kind? {
    if head.has("MZ") { return isDOSHeader(head) ? .forDOS(newHeader: newHeaderOffset(head)) : nil }
    if head.has([0xca, 0xfe, 0xba, 0xbe]) { return javaOrMachO(head).map(Kind.known) }
    if head.has([0x7f, 0x45, 0x4c, 0x46]) { return elf(head).map(Kind.known) }
    return signatures.first(in: head).map(Kind.known)
  }

  private static let signatures = FileSignatures<MediaType>([
    .init("\u{fe}\u{ed}\u{fa}\u{ce}", "application/x-mach-binary"),
    .init("\u{fe}\u{ed}\u{fa}\u{cf}", "application/x-mach-binary"),
    .init("\u{ce}\u{fa}\u{ed}\u{fe}", "application/x-mach-binary"),
    .init("\u{cf}\u{fa}\u{ed}\u{fe}", "application/x-mach-binary"),
    .init("\0asm\u{1}\0\0\0", "application/wasm"),
    .init("\0asm\u{d}\0\u{1}\0", "application/wasm"),
    .init("dex\n03", "application/x-dex"),
    .init("dex\n04", "application/x-dex"),
  ])

  // MARK: DOS and Windows

  /// Anything may start with "MZ". A header has a plausible count of pages and paragraphs after it, or only
  /// zeros in programs that aren't for DOS.
  private static func isDOSHeader(_ head: borrowing ByteSpan) -> Bool {
    guard let lastPage = word(head, at: 2), let pages = word(head, at: 4),
      let paragraphs = word(head, at: 8)
    else { return false }
    if lastPage == 0, pages == 0 { return true }
    return lastPage <= 512 && pages > 0 && (1..<0x1000).contains(paragraphs)
  }

  /// The field e_lfanew (Microsoft Portable Executable and Common Object File Format, 2.1).
  private static func newHeaderOffset(_ head: borrowing ByteSpan) -> UInt64? {
    guard let low = word(head, at: 60), let high = word(head, at: 62) else { return nil }
    return UInt64(high) << 16 | UInt64(low)
  }

  private static func word(_ head: borrowing ByteSpan, at index: Int) -> Int? {
    guard let low = head[index], let high = head[index + 1] else { return nil }
    return Int(high) << 8 | Int(low)
  }

  private static func windowsProgram(
    _ newHeader: UInt64?, in window: inout ByteWindow
  ) throws(ReadError) -> MediaType {
    guard let newHeader else { return "application/x-dosexec" }
    let mark = try window.available(at: newHeader, upTo: 4)
    if mark.has("PE\0\0") { return "application/vnd.microsoft.portable-executable" }
    if mark.has("NE") { return "application/x-ms-ne-executable" }
    return "application/x-dosexec"
  }

  // MARK: Others

  /// Java classes and Mach-O fat files share a signature. The number after it is the small number of parts of
  /// a fat file, or the version of a class, which starts at 45.
  private static func javaOrMachO(_ head: borrowing ByteSpan) -> MediaType? {
    guard let high = head[6], let low = head[7] else { return nil }
    let isVersion = head[4] != 0 || head[5] != 0 || Int(high) << 8 | Int(low) >= 45
    return isVersion ? "application/x-java-applet" : "application/x-mach-binary"
  }

  /// By the file's type in the header (System V ABI, chapter 4), in its own byte order.
  ///
  /// Shared libraries and most current programs share a type; only the dynamic section distinguishes them,
  /// and libmagic reads it.
  private static func elf(_ head: borrowing ByteSpan) -> MediaType? {
    let isBigEndian = head[5] == 2
    switch (isBigEndian ? head[17] : head[16]) ?? 0 {
    case 1: return "application/x-object"
    case 3: return nil
    case 4: return "application/x-coredump"
    default: return "application/x-executable"
    }
  }
}

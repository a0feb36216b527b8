package import PreflightBytes
internal import Synchronization
package import SystemPackage

/// Runs programs as children of this process, on files in a temporary folder.
package final class LocalPrograms: FixPrograms {
  private let source: any ByteSource
  private let path: FilePath?
  private let encoder: FilePath?
  private let confiner: FilePath?
  private let startsOthers: Bool
  private let onProgress: @Sendable (Double) -> Void
  private let folder = Mutex<TemporaryFolder?>(nil)

  /// - Parameters:
  ///   - source: The file.
  ///   - path: Where programs find it; nil if it is nowhere on disk.
  ///   - encoder: Where `preflight-encode` is; nil if it is nowhere.
  ///   - confiner: Where `preflight` is, which starts other projects' programs without a network; nil to start them as they
  ///     are.
  ///   - startsOthers: Whether other projects' programs may be started.
  ///   - onProgress: Gets the part that is done of an encoding, from 0 to 1.
  package init(
    _ source: any ByteSource, at path: FilePath?, encoder: FilePath?, confiner: FilePath? = nil,
    startsOthers: Bool = true,
    onProgress: @escaping @Sendable (Double) -> Void = { _ in }
  ) {
    self.source = source
    self.path = path
    self.encoder = encoder
    self.confiner = confiner
    self.startsOthers = startsOthers
    self.onProgress = onProgress
  }

  package func probe(format: String) throws(FixError) -> String {
    try check(format)
    return try FFmpeg.probe(input(), format: format, in: temporaryFolder())
  }

  package func encode(
    _ encoding: Encoding, format: String, duration: Double?
  ) throws(FixError) -> any ByteSource {
    try check(format)
    let folder = try temporaryFolder()
    let output = folder.path(of: .output)
    try FFmpeg.run(
      encoding, format: format, from: input(), to: output, in: folder, duration: duration,
      onProgress: onProgress)
    return try open(output)
  }

  package func draw(_ encoding: ImageEncoding) throws(FixError) -> any ByteSource {
    guard let encoder else { throw .programMissing("preflight-encode") }
    switch encoding.decoder {
    case .heif where !startsOthers: throw .notAllowed("heif-convert")
    case .still(let format), .video(let format, _): try check(format)
    case .heif, nil: break
    }
    let folder = try temporaryFolder()
    let output = folder.path(of: .output)
    try ImageEncoder(encoding: encoding, program: encoder).run(from: input(), to: output, in: folder)
    return try open(output)
  }

  /// A format may come from a process that a file took over, and some of ffmpeg's formats read other files.
  private func check(_ format: String) throws(FixError) {
    guard startsOthers, FFmpeg.reads(format) else { throw .notAllowed("ffmpeg -f \(format)") }
  }

  // MARK: Files

  private func temporaryFolder() throws(FixError) -> TemporaryFolder {
    let made: Result<TemporaryFolder, FixError> = folder.withLock { folder in
      if let folder { return .success(folder) }
      return Result { () throws(FixError) in
        let made = try TemporaryFolder(confiner: confiner)
        folder = made
        return made
      }
    }
    return try made.get()
  }

  /// The file where programs find it.
  private func input() throws(FixError) -> FilePath {
    // A program's arguments are text here.
    if let path, path.text != nil { return path }
    let copy = try temporaryFolder().path(of: .input)
    if !ProgramRunner.isEmpty(copy) { return copy }
    do {
      let target = try FileDescriptor.open(
        copy, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
      try target.closeAfter { try source.copy(to: target) }
      return copy
    } catch { throw .unwritable(copy, "\(error)") }
  }

  /// Opens what a program made. Open, it stays when its name is removed, and a second attempt doesn't overwrite it.
  private func open(_ output: FilePath) throws(FixError) -> FileSource {
    do {
      let descriptor = try FileDescriptor.open(output, .readOnly, options: .closeOnExec)
      TemporaryFolder.remove(output)
      return try FileSource(descriptor)
    } catch { throw .unreadable(output, "\(error)") }
  }
}

extension ByteSource {
  /// Writes all bytes, and makes sure that they haven't changed meanwhile: bytes from before and after a change would make
  /// a file that never existed.
  ///
  /// - Throws: `ByteSourceError` if they can't be read, `Errno` if they can't be written.
  package func copy(to target: FileDescriptor) throws {
    var offset: UInt64 = 0
    while offset < byteCount {
      let count = Int(min(1 << 20, byteCount - offset))
      var reading: Result<Int, any Error> = .success(0)
      let block = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        reading = Result { try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset) }
        filled = min(count, max(0, (try? reading.get()) ?? 0))
      }
      _ = try reading.get()
      if block.isEmpty { throw ByteSourceError("it ended early") }
      _ = try target.writeAll(block)
      offset += UInt64(block.count)
    }
    try checkUnchanged()
  }
}

public import MediaPreflight
internal import PreflightBytes
public import SystemPackage

extension Preflight {
  /// Makes of the file at a path one that is accepted. The file itself isn't changed.
  ///
  /// ```swift
  /// let fixed = try Preflight().fix(fileAt: "voice.webm", as: .audio)
  /// if fixed.content != nil { try fixed.write(to: "voice.ogg") }
  /// ```
  ///
  /// What needs no codec is done on the calling thread. Images and stickers need the path of `preflight-encode`, and other
  /// audio and video ffmpeg (see ``Fixer/Options``).
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - endpoint: Where it goes; nil for the endpoint that accepts its type, or one for files of its kind.
  ///   - options: What may be done.
  /// - Returns: What was made, and the steps to it; or why nothing was. A file that can't be read is
  ///   ``Verdict/unjudged``.
  /// - Throws: `SnifferError` if libmagic's database can't be loaded.
  public func fix(
    fileAt path: FilePath, as endpoint: Endpoint? = nil, _ options: Fixer.Options = Fixer.Options()
  ) throws -> FixResult {
    let source: FileSource
    do { source = try FileSource(path: path) } catch {
      return FixResult(unreadable: .file(path), error)
    }
    return try Fixer(self, options).fix(source, named: path, as: endpoint, at: path)
  }

  /// Makes of the file at a path one that is accepted, without blocking the calling thread.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - endpoint: Where it goes; nil for the endpoint that accepts its type, or one for files of its kind.
  ///   - options: What may be done.
  /// - Returns: What was made, and the steps to it; or why nothing was.
  /// - Throws: `CancellationError` if the task is cancelled, once a program that runs has ended; `SnifferError` if
  ///   libmagic's database can't be loaded.
  public func fix(
    fileAt path: FilePath, as endpoint: Endpoint? = nil, _ options: Fixer.Options = Fixer.Options()
  ) async throws -> FixResult {
    try await BlockingWork.run { [self] cancellation in
      let file: FileSource
      do throws(ByteSourceError) { file = try FileSource(path: path) } catch {
        return FixResult(unreadable: .file(path), error)
      }
      let source = CancellableSource(source: file, cancellation: cancellation)
      return try Fixer(self, options).fix(source, named: path, as: endpoint, at: path)
    }
  }
}

extension FixResult {
  /// Writes what was made: whole, or not at all.
  ///
  /// - Parameters:
  ///   - path: The file to create.
  ///   - overwrites: Whether a file that is there is replaced.
  /// - Throws: ``FixError`` if nothing was made, or the file can't be written; `ByteSourceError` if the file that it was
  ///   made of can't be read any more, or has changed.
  public func write(to path: FilePath, overwriting overwrites: Bool = false) throws {
    guard let content else { throw FixError.needsAPerson(reason ?? "There is nothing to write.") }
    try NewFile.write(content, to: path, NewFile.Placement(overwrites: overwrites))
  }
}

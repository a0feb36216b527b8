internal import Dispatch
internal import Subprocess
internal import Synchronization
internal import SystemPackage

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Runs a program from a thread that may wait, with a deadline.
package enum ProgramRunner {
  /// How much of a program's messages is kept, in bytes.
  private static let maximumOutput = 1 << 20

  /// The command of `preflight` that confines itself and becomes another program.
  package static let confineCommand = "confine"

  /// The status of a confiner, as of a shell, that doesn't find the program.
  package static let notFound: Int32 = 127

  /// The programs that run, to be ended with the run.
  private static let running = Mutex(Begun<pid_t>())

  /// Ends all programs, for a run that is interrupted.
  static func endAll() {
    running.withLock { running in
      running.isAbandoned = true
      for identifier in running.items { kill(identifier, SIGKILL) }
    }
  }

  /// Does something while a program runs, which is ended with the run meanwhile.
  ///
  /// - Parameter action: Ends when the program does, but before its identifier may be another's: it reads what it writes.
  private static func whileRunning<Result>(
    _ identifier: pid_t, _ action: () async throws -> Result
  ) async rethrows -> Result {
    running.withLock { running in
      running.items.insert(identifier)
      if running.isAbandoned { kill(identifier, SIGKILL) }
    }
    defer { running.withLock { _ = $0.items.remove(identifier) } }
    return try await action()
  }

  /// - Parameters:
  ///   - folder: Where the program may write.
  ///   - deadline: After this, the program is ended.
  ///   - onLine: Gets each line of its standard output.
  /// - Returns: What it wrote to standard output, if nobody got the lines.
  static func run(
    _ name: String, _ arguments: [String], in folder: TemporaryFolder, deadline: Duration,
    onLine: (@Sendable (Substring) -> Void)? = nil
  ) throws(FixError) -> String {
    let outcome = Outcome()
    // The folder is removed with the object, which the task may not hold for longer than the caller.
    let (path, confiner) = (folder.path, folder.confiner)
    let task = Task.detached(executorPreference: ProgramExecutor.shared) {
      let result = await execute(name, arguments, in: path, confiner, onLine)
      outcome.result.withLock { $0 = result }
      outcome.done.signal()
    }
    return try outcome.wait(for: name, deadline) { task.cancel() }
  }

  /// Runs a program that reads one file and writes another, and is given nothing else.
  static func filter(
    _ program: FilePath, _ arguments: [String], from input: FilePath, to output: FilePath, deadline: Duration
  ) throws(FixError) {
    let outcome = Outcome()
    let task = Task.detached(executorPreference: ProgramExecutor.shared) {
      let result = await execute(program, arguments, from: input, to: output)
      outcome.result.withLock { $0 = result }
      outcome.done.signal()
    }
    try outcome.wait(for: program.lastComponent?.string ?? program.string, deadline) { task.cancel() }
  }

  /// Whether there is no file, or one without a byte.
  static func isEmpty(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withPlatformString { stat($0, &status) } != 0 || status.st_size == 0
  }

  private static func execute(
    _ program: FilePath, _ arguments: [String], from input: FilePath, to output: FilePath
  ) async -> Result<String, FixError> {
    let name = program.lastComponent?.string ?? program.string
    do {
      let source = try FileDescriptor.open(input, .readOnly)
      let target = try FileDescriptor.open(
        output, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
      let result = try await Subprocess.run(
        .path(program), arguments: Arguments(arguments),
        input: .fileDescriptor(source, closeAfterSpawningProcess: true),
        output: .fileDescriptor(target, closeAfterSpawningProcess: true), error: .sequence
      ) { execution in
        try await whileRunning(execution.processIdentifier.value) {
          var messages = ""
          for try await line in execution.standardError.strings() where messages.utf8.count < maximumOutput {
            messages += line + "\n"
          }
          return messages
        }
      }
      guard result.terminationStatus.isSuccess else {
        return .failure(.programFailed(name, reason(result.terminationStatus, result.closureResult)))
      }
      return .success("")
    } catch let error as SubprocessError where error.code == .executableNotFound {
      return .failure(.programMissing(name))
    } catch { return .failure(.programFailed(name, "\(error)")) }
  }

  private final class Outcome: Sendable {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<String, FixError>?>(nil)

    /// - Parameter cancel: Ends the run, and with it its process.
    @discardableResult
    func wait(for name: String, _ deadline: Duration, _ cancel: () -> Void) throws(FixError) -> String {
      let seconds = Int(clamping: deadline.components.seconds)
      if done.wait(timeout: .now() + .seconds(seconds)) == .timedOut {
        cancel()
        done.wait()
        throw .programFailed(name, "it took longer than \(seconds) seconds")
      }
      return try result.withLock { $0 ?? .failure(.programFailed(name, "it gave no answer")) }.get()
    }
  }

  private static func execute(
    _ name: String, _ arguments: [String], in folder: FilePath, _ confiner: FilePath?,
    _ onLine: (@Sendable (Substring) -> Void)?
  ) async -> Result<String, FixError> {
    // The confiner becomes the program.
    let (program, words): (Executable, [String]) =
      if let confiner {
        (.path(confiner), [confineCommand, folder.string, name] + arguments)
      } else {
        (.name(name), arguments)
      }
    do {
      let result = try await Subprocess.run(
        program, arguments: Arguments(words), input: .none, output: .sequence,
        error: .string(limit: maximumOutput)
      ) { execution in
        try await whileRunning(execution.processIdentifier.value) {
          var output = ""
          for try await line in execution.standardOutput.strings() {
            if let onLine {
              onLine(line[...])
            } else if output.utf8.count < maximumOutput {
              output += line + "\n"
            }
          }
          return output
        }
      }
      if confiner != nil, result.terminationStatus == .exited(notFound) {
        return .failure(.programMissing(name))
      }
      guard result.terminationStatus.isSuccess else {
        return .failure(.programFailed(name, reason(result.terminationStatus, result.standardError)))
      }
      return .success(result.closureResult)
    } catch let error as SubprocessError where error.code == .executableNotFound {
      return .failure(.programMissing(name))
    } catch { return .failure(.programFailed(name, "\(error)")) }
  }

  /// The last thing that a program said is what made it stop, unless it was stopped.
  private static func reason(_ status: TerminationStatus, _ messages: String) -> String {
    switch status {
    case .signaled(SIGXCPU): "it took too long"
    case .signaled(let signal): "it was ended by signal \(signal)"
    case .exited: messages.split(whereSeparator: \.isNewline).last.map(String.init) ?? "no message"
    }
  }
}

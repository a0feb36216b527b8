import ArgumentParser

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The option for the number of threads.
struct JobOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Number of parallel jobs (default: number of CPUs; with URLs, more).", valueName: "N"))
  var jobs: Int?

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1, not \(jobs)") }
  }

  /// - Parameter minimum: The default, if there are fewer processors. Jobs that wait for servers cost no processor time.
  func count(atLeast minimum: Int = 1) -> Int {
    let cores = max(minimum, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    // libdispatch creates at most 255 threads for queues, and interrupts and progress need some of them.
    return min(jobs ?? cores, 200)
  }
}

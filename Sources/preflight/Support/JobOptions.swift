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
    help: ArgumentHelp("Number of parallel jobs (default: number of CPUs; with URLs, 16).", valueName: "N"))
  var jobs: Int?

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1, not \(jobs)") }
  }

  /// How many of the default number of jobs wait for servers, at most 8 of them for the same one.
  private static let fetchingJobs = 16

  /// - Parameter fetching: Whether jobs may wait for servers, which costs no processor time.
  func count(fetching: Bool) -> Int {
    let processors = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let cores = fetching ? max(processors, Self.fetchingJobs) : processors
    // libdispatch creates at most 255 threads for queues, and interrupts and progress need some of them.
    return min(jobs ?? cores, 200)
  }
}

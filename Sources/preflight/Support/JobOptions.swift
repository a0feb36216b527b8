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
  @Option(help: ArgumentHelp("Number of parallel jobs (default: number of CPUs).", valueName: "N"))
  var jobs: Int?

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1, not \(jobs)") }
  }

  var count: Int {
    let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    // libdispatch creates at most 255 threads for queues, and interrupts and progress need some of them.
    return min(jobs ?? cores, 200)
  }
}

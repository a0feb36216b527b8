internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Runs work on all cores. libdispatch opens descriptors for its threads, which the process can't.
enum Threads {
  private final class Work: Sendable {
    private let next: Mutex<Int>
    private let body: @Sendable (Int) -> Void

    init(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
      next = Mutex(count)
      self.body = body
    }

    /// Does pieces until there are no more.
    func run() {
      while true {
        let index = next.withLock { rest in
          rest -= 1
          return rest
        }
        if index < 0 { return }
        body(index)
      }
    }
  }

  /// Calls a closure with each number below `count`, on as many threads as there are cores, and waits for all.
  static func perform(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let work = Work(count, body)
    let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    var threads: [pthread_t] = []
    for _ in 1..<max(1, min(cores, count)) {
      var thread = pthread_t()
      let passed = Unmanaged.passRetained(work).toOpaque()
      let isStarted =
        pthread_create(
          &thread, nil,
          { passed in
            #if canImport(Darwin)
              Unmanaged<Work>.fromOpaque(passed).takeRetainedValue().run()
            #else
              if let passed { Unmanaged<Work>.fromOpaque(passed).takeRetainedValue().run() }
            #endif
            return nil
          }, passed) == 0
      if isStarted { threads.append(thread) } else { Unmanaged<Work>.fromOpaque(passed).release() }
    }
    // Where no thread can be started, this one does all.
    work.run()
    for thread in threads { pthread_join(thread, nil) }
  }
}

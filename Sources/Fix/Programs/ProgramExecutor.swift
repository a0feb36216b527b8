internal import Dispatch

/// Runs the tasks that wait for programs on threads of their own. The calls that wait for these tasks block, and may block
/// all threads of the cooperative pool.
final class ProgramExecutor: TaskExecutor {
  static let shared = ProgramExecutor()

  private let queue = DispatchQueue(label: "preflight.programs", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
  }
}

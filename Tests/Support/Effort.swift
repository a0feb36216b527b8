import Foundation

/// How much of the hostile tests is done: a sample in the ordinary suite, everything by `.ci/damage`.
enum Effort {
  /// Whether everything is asked for.
  static let isFull = ProcessInfo.processInfo.environment["PREFLIGHT_DAMAGE"] == "full"

  /// Where hostile files are left for the executable to be measured on, if anywhere.
  static let folder = ProcessInfo.processInfo.environment["PREFLIGHT_HOSTILE_FOLDER"]

  /// The processor time that this thread has used, in seconds: unlike a clock, it doesn't run while others
  /// have the processor.
  static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

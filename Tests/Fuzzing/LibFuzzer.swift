#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The target that PREFLIGHT_FUZZ_TARGET names. If it doesn't exist, prints all names and exits.
private let target: FuzzTarget = {
  let name = getenv("PREFLIGHT_FUZZ_TARGET").map { String(cString: $0) }
  guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
    for target in FuzzTarget.all { print(target.name) }
    fflush(nil)
    // libFuzzer reports `exit` as a crash of the target, so use `_exit`.
    _exit(2)
  }
  return target
}()

/// The function that libFuzzer calls with each input (LLVM, "libFuzzer – a library for coverage-guided fuzz testing").
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target.run(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

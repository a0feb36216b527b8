#if Network
  import PreflightBytes
  import PreflightChannel
  import PreflightReferences
  import SystemPackage

  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// The program with the network. It fetches what `preflight` asks for, and parses no media.
  ///
  /// Requests come on its standard input, a socket, and replies go out on the same. It ends when the other end is gone.
  @main
  struct PreflightFetch {
    static func main() {
      // A server that closes its connection, or a reader that is gone, is an error of a call.
      signal(SIGPIPE, SIG_IGN)
      let channel = Channel(.standardInput)
      let worker = Worker(channel)
      var reader = Channel.Reader(channel)
      while let (request, file) = reader.next(FetchRequest.self) { worker.take(request, file) }
      exit(0)
    }
  }
#endif

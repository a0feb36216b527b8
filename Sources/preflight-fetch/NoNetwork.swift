#if !Network
  import PreflightChannel
  import PreflightReferences
  import SystemPackage

  /// Stands in for the program where the package was built without it.
  @main
  struct NoNetwork {
    static func main() throws {
      let reason =
        "preflight-fetch was built without the package trait Network: build it with 'swift build --traits Network'"
      try Channel(.standardInput).send(FetchReply(id: 0, .failure(FetchFailure(.local, reason))))
    }
  }
#endif

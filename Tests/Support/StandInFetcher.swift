import MediaPreflight

/// Answers as a server would, without a network.
struct StandInFetcher: Fetcher {
  let outcome: Result<FetchedMedia, FetchFailure>
  /// The first bytes, where the endpoint isn't known before them.
  private let beginning: [UInt8]?

  init(
    _ bytes: [UInt8], answering change: (inout Transfer) -> Void = { _ in }, beginning: [UInt8]? = nil,
    uploadedAs uploaded: UploadedMedia? = nil
  ) {
    var transfer = Transfer()
    transfer.answer.status = 200
    transfer.answer.contentType = "image/jpeg"
    transfer.answer.contentLength = UInt64(bytes.count)
    transfer.answer.bytesRead = UInt64(bytes.count)
    change(&transfer)
    outcome = .success(FetchedMedia(transfer, uploaded: uploaded, source: MemorySource(bytes)))
    self.beginning = beginning
  }

  init(failing kind: FetchFailure.Kind, _ reason: String, uploadedAs uploaded: UploadedMedia? = nil) {
    var failure = FetchFailure(kind, reason)
    failure.uploaded = uploaded
    outcome = .failure(failure)
    beginning = nil
  }

  func fetch(
    _ reference: Reference, from phoneNumberID: String?, upTo byteCount: UInt64?,
    limit: (any ByteSource) -> UInt64
  ) throws(FetchFailure) -> FetchedMedia {
    let fetched = try outcome.get()
    guard let beginning else { return fetched }
    var transfer = fetched.transfer
    transfer.isCut = (byteCount ?? limit(MemorySource(beginning))) < fetched.source.byteCount
    return FetchedMedia(
      transfer, uploaded: fetched.uploaded, source: transfer.isCut ? MemorySource(beginning) : fetched.source)
  }
}

extension StandInFetcher {
  /// The result for a URL that this answers.
  func check(
    _ reference: Reference = .url("https://example.com/a.jpg"), as endpoint: Endpoint? = nil,
    sending request: MessageRequest? = nil
  ) throws -> CheckResult {
    var options = CheckOptions(endpoint, nil, request)
    options.fetcher = self
    return try engine.check(reference, options)
  }
}

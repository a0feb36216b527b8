package import PreflightReferences

/// What `preflight` asks of `preflight-fetch`: one line of JSON.
package struct FetchRequest: Sendable, Codable {
  /// The number that its replies have.
  package let id: Int
  package let task: Task

  package init(id: Int, _ task: Task) {
    self.id = id
    self.task = task
  }

  package enum Task: Sendable, Codable {
    /// Fetch a URL.
    case url(String, Limits)
    /// Fetch what was uploaded to Meta.
    case media(id: String, MetaAccess, Limits)
    /// Go on with an answer of which the beginning came, up to a number of bytes.
    case proceed(upTo: UInt64)
    /// Upload the file that came with the line.
    case upload(Upload, MetaAccess)
  }

  /// How far a fetch may go.
  package struct Limits: Sendable, Codable {
    /// The most bytes to read; nil to report the beginning and wait for ``Task/proceed(upTo:)``.
    package let byteCount: UInt64?
    /// For the whole answer.
    package let seconds: Double
    /// Whether addresses that aren't public may be connected to.
    package let allowsPrivateHosts: Bool

    package init(byteCount: UInt64?, seconds: Double, allowsPrivateHosts: Bool) {
      self.byteCount = byteCount
      self.seconds = seconds
      self.allowsPrivateHosts = allowsPrivateHosts
    }
  }

  /// Where Meta's API is. The token isn't here: the program has it from its environment.
  package struct MetaAccess: Sendable, Codable {
    /// The base URL with the version, such as `https://graph.facebook.com/v23.0`.
    package let graphURL: String
    package let phoneNumberID: String?

    package init(graphURL: String, phoneNumberID: String?) {
      self.graphURL = graphURL
      self.phoneNumberID = phoneNumberID
    }
  }

  /// A file to upload.
  package struct Upload: Sendable, Codable {
    package let fileName: String
    /// The media type to declare.
    package let mediaType: String
    /// The app whose template's sample it is to be (a resumable upload); nil for media to send.
    package let appID: String?
    /// For the whole upload.
    package let seconds: Double

    package init(fileName: String, mediaType: String, appID: String?, seconds: Double) {
      self.fileName = fileName
      self.mediaType = mediaType
      self.appID = appID
      self.seconds = seconds
    }
  }
}

/// What `preflight-fetch` replies: one line of JSON, the bytes themselves in a file whose descriptor comes with it.
package struct FetchReply: Sendable, Codable {
  /// The number of the request; 0 in a reply to all of them.
  package let id: Int
  package let outcome: Outcome

  package init(id: Int, _ outcome: Outcome) {
    self.id = id
    self.outcome = outcome
  }

  package enum Outcome: Sendable, Codable {
    /// It is being worked on: before, it waited for others of the same server. Its time runs from now.
    case began
    /// The answer's head and the beginning of its body have come.
    case beginning(Transfer)
    /// The answer has come, up to its end or to the limit.
    case answer(Transfer, UploadedMedia?)
    case failure(FetchFailure)
    /// What an upload yields: the media ID, or the handle of a sample.
    case uploaded(String)
    /// The program ended and was started again: what it was asked is lost.
    case restarted
  }

  /// How much of a body is reported as its beginning, in bytes.
  package static let beginning: UInt64 = 64 << 10
}

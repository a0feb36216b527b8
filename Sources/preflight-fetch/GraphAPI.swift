#if Network
  import AsyncHTTPClient
  import NIOCore
  import NIOHTTP1
  import NIOPosix
  import PreflightBytes
  import PreflightChannel
  import PreflightReferences
  import Synchronization

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif
  #if canImport(Darwin)
    import Darwin
  #elseif canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// Meta's Graph API, as far as it is about media (Cloud API reference, "Media"; Graph API, "Resumable Upload API").
  struct GraphAPI: Sendable {
    private let access: FetchRequest.MetaAccess
    private let clients: Clients
    private let token: String

    /// The variable of the environment that has the token. It is read nowhere else.
    private static let variable = "WHATSAPP_ACCESS_TOKEN"

    /// - Throws: `FetchFailure` if there is no token.
    init(_ access: FetchRequest.MetaAccess, clients: Clients) throws(FetchFailure) {
      guard let token = getenv(Self.variable).map({ String(cString: $0) }), !token.isEmpty else {
        throw FetchFailure(.local, "the access token is missing: set \(Self.variable)")
      }
      // A line end in a header would begin another.
      guard token.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
        throw FetchFailure(.local, "the access token in \(Self.variable) has characters that no token has")
      }
      self.access = access
      self.clients = clients
      self.token = token
    }

    /// The header for a download from Meta.
    var authorization: String { "Bearer \(token)" }

    // MARK: Media that was uploaded

    /// What Meta states of uploaded media, and the URL that it can be downloaded from for five minutes; nil if it may not
    /// be downloaded.
    func media(_ id: String, within deadline: Time) async throws -> (UploadedMedia, url: String?) {
      let path = "/\(id.percentEncoded)"
      let number = access.phoneNumberID.map { "?phone_number_id=\($0.percentEncoded)" }
      let answer: Answer<Media>
      do { answer = try await get(path + (number ?? ""), deadline) } catch {
        // Meta answers alike for an ID that it doesn't know and one of another number.
        if number != nil, case .unknownMedia = error.kind,
          (try? await get(path, deadline) as Answer<Media>) != nil
        {
          throw FetchFailure(.foreignMedia, "Meta knows it, but not for \(access.phoneNumberID ?? "")")
        }
        throw error
      }
      var uploaded = answer.value.uploaded
      uploaded.mediaType = uploaded.mediaType.map(hidingToken)
      return (uploaded, answer.value.url)
    }

    /// Where Meta says that media can be downloaded.
    ///
    /// - Throws: `FetchFailure` if the token can't be sent there.
    func target(ofDownload url: String) throws(FetchFailure) -> Target {
      let target = try Target(url)
      // Whoever calls the API without TLS wants its downloads so.
      if target.url.scheme != "https", try Target(access.graphURL).url.scheme == "https" {
        throw FetchFailure(
          .unserved, "Meta's API names a URL without https for the download, so that the token isn't sent")
      }
      return target
    }

    private struct Media: Decodable, Sendable {
      let url: String?
      let uploaded: UploadedMedia

      private enum CodingKeys: String, CodingKey {
        case url, sha256
        case mimeType = "mime_type"
        case fileSize = "file_size"
      }

      /// What is of another kind than documented isn't stated.
      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let text = { (key: CodingKeys) in try? container.decodeIfPresent(String.self, forKey: key) }
        url = text(.url)
        // The documentation shows the size as text, the API sends a number.
        let size = try? container.decodeIfPresent(UInt64.self, forKey: .fileSize)
        uploaded = UploadedMedia(
          mediaType: text(.mimeType), byteCount: size ?? text(.fileSize).flatMap { UInt64($0) },
          sha256: text(.sha256).flatMap(Self.hexadecimal))
        if url == nil, uploaded == UploadedMedia() {
          throw FetchFailure(.unserved, "Meta's answer says nothing of the media")
        }
      }

      /// A SHA-256 in lower-case hexadecimal, of one in hexadecimal or, as in Meta's webhooks, in base64; nil if it is
      /// neither.
      private static func hexadecimal(_ digest: String) -> String? {
        if digest.utf8.count == 64, digest.allSatisfy(\.isHexDigit) { return digest.lowercased() }
        guard let bytes = Data(base64Encoded: digest), bytes.count == 32 else { return nil }
        return bytes.hexadecimal
      }
    }

    // MARK: Uploading

    /// Uploads a file.
    ///
    /// - Returns: Its media ID; for a template's sample its handle.
    func upload(_ upload: FetchRequest.Upload, _ file: FileSource) async throws -> String {
      if let appID = upload.appID { return try await uploadSample(upload, file, appID) }
      guard let number = access.phoneNumberID else {
        throw FetchFailure(.local, "an upload needs the phone number ID that the media is sent from")
      }
      let form = MultipartForm(
        fields: [("messaging_product", "whatsapp"), ("type", upload.mediaType)], fileName: upload.fileName,
        mediaType: upload.mediaType)
      let body = FileBody(file, before: form.beforeFile, after: form.afterFile)
      let answer: Answer<Created> = try await call(
        .POST, "/\(number.percentEncoded)/media", [("Content-Type", form.contentType)], body,
        Time(upload.seconds))
      guard let id = answer.value.id, ReferenceForm(id) == .mediaID else {
        throw FetchFailure(.unserved, "Meta's answer has no media ID")
      }
      return id
    }

    /// The resumable upload: a session, then the bytes. If they break off, Meta says how many it has, and the rest is
    /// sent, once.
    private func uploadSample(
      _ upload: FetchRequest.Upload, _ file: FileSource, _ appID: String
    ) async throws -> String {
      let deadline = Time(upload.seconds)
      let query =
        "file_name=\(upload.fileName.percentEncoded)&file_length=\(file.byteCount)"
        + "&file_type=\(upload.mediaType.percentEncoded)"
      let session: Answer<Created> = try await call(
        .POST, "/\(appID.percentEncoded)/uploads?\(query)", [], nil, deadline)
      guard let id = session.value.id, !id.isEmpty else {
        throw FetchFailure(.unserved, "Meta's answer has no upload session")
      }
      // The session's ID is a path with a query of its own, as it is to be used.
      let path = "/" + id
      let answer: Answer<Created>
      do {
        answer = try await send(file, from: 0, to: path, deadline)
      } catch {
        guard [.unreachable, .unserved].contains(error.kind) else { throw error }
        let state: Answer<Created> = try await call(.GET, path, [], nil, deadline, scheme: "OAuth")
        // Without it, what Meta has already would be sent twice.
        guard let offset = state.value.fileOffset else { throw error }
        answer = try await send(file, from: min(offset, file.byteCount), to: path, deadline)
      }
      guard let handle = answer.value.h, ReferenceForm(handle) == .uploadHandle else {
        throw FetchFailure(.unserved, "Meta's answer has no handle")
      }
      return handle
    }

    /// Sends a file to an upload session, from an offset on.
    private func send(
      _ file: FileSource, from offset: UInt64, to path: String, _ deadline: Time
    ) async throws(FetchFailure) -> Answer<Created> {
      let body = FileBody(file, from: offset)
      return try await call(.POST, path, [("file_offset", "\(offset)")], body, deadline, scheme: "OAuth")
    }

    private struct Created: Decodable, Sendable {
      let id: String?
      let h: String?
      let fileOffset: UInt64?

      private enum CodingKeys: String, CodingKey {
        case id, h
        case fileOffset = "file_offset"
      }

      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        h = try container.decodeIfPresent(String.self, forKey: .h)
        let offset = try? container.decodeIfPresent(UInt64.self, forKey: .fileOffset)
        let text = try? container.decodeIfPresent(String.self, forKey: .fileOffset)
        fileOffset = offset ?? text.flatMap { UInt64($0) }
        // Documented as text; a number is an ID as well.
        if let number = try? container.decodeIfPresent(UInt64.self, forKey: .id) {
          id = "\(number)"
        } else {
          id = try container.decodeIfPresent(String.self, forKey: .id)
        }
      }
    }

    // MARK: Calls

    private struct Answer<Value: Decodable & Sendable>: Sendable { let value: Value }

    /// The most that is read of an answer, in bytes.
    private static let maximumAnswer = 1 << 20

    private func get<Value>(_ path: String, _ deadline: Time) async throws(FetchFailure) -> Answer<Value> {
      try await call(.GET, path, [], nil, deadline)
    }

    private func call<Value>(
      _ method: HTTPMethod, _ path: String, _ headers: [(String, String)], _ body: FileBody?,
      _ deadline: Time, scheme: String = "Bearer"
    ) async throws(FetchFailure) -> Answer<Value> {
      let target = try Target(access.graphURL + path)
      let found = Mutex<[String]>([])
      do {
        return try await Deadline.run(seconds: deadline.left) {
          // Whoever names the API's address wants it called.
          let addresses = try await Resolver.addresses(of: target, allowsPrivate: true, within: deadline.left)
          found.withLock { $0 = addresses }
          var request = HTTPClientRequest(url: target.text)
          request.method = method
          request.headers.add(name: "User-Agent", value: "preflight/\(Version.current)")
          request.headers.add(name: "Authorization", value: "\(scheme) \(token)")
          for (name, value) in headers { request.headers.add(name: name, value: value) }
          if let body { request.body = .stream(body, length: .known(body.length)) }
          return try await clients.answer(request, from: target, at: addresses, within: deadline) {
            response in
            let bytes: ByteBuffer
            do {
              bytes = try await response.body.collect(upTo: Self.maximumAnswer)
            } catch is NIOTooManyBytesError {
              throw FetchFailure(.unserved, "Meta's API answers \(response.status.code) with more than 1 MiB")
            }
            return try decode(Data(bytes.readableBytesView), status: Int(response.status.code))
          }
        }
      } catch let failure as FetchFailure {
        throw hidingToken(failure)
      } catch {
        let words = FailureWords(target, at: found.withLock { $0 }, Transfer(), within: deadline)
        throw hidingToken(await words.failure(of: error))
      }
    }

    private func decode<Value: Decodable>(_ data: Data, status: Int) throws(FetchFailure) -> Answer<Value> {
      let decoder = JSONDecoder()
      // An error may come with any status.
      if let error = try? decoder.decode(ErrorAnswer.self, from: data) {
        throw FetchFailure(error.kind(status: status), error.words(hiding: hidingToken))
      }
      guard (200...299).contains(status) else {
        throw FetchFailure(.unserved, "Meta's API answers \(status) without a reason")
      }
      do {
        return Answer(value: try decoder.decode(Value.self, from: data))
      } catch let failure as FetchFailure {
        throw failure
      } catch {
        throw FetchFailure(
          .unserved, "Meta's API answers \(status) with something other than what was asked for")
      }
    }

    /// What Meta answers in place of what was asked for (Graph API, "Handle errors"; Cloud API, "Error codes").
    private struct ErrorAnswer: Decodable {
      private let message: String?
      private let code: Int?
      private let subcode: Int?
      /// More of the message.
      private let details: String?

      private enum CodingKeys: String, CodingKey { case error }
      private enum ErrorKeys: String, CodingKey {
        case message, code
        case subcode = "error_subcode"
        case userMessage = "error_user_msg"
        case data = "error_data"
      }
      private enum DataKeys: String, CodingKey { case details }

      /// - Throws: `DecodingError` if there is no error. What of it is of another kind than documented isn't stated.
      init(from decoder: any Decoder) throws {
        let error = try decoder.container(keyedBy: CodingKeys.self)
          .nestedContainer(keyedBy: ErrorKeys.self, forKey: .error)
        let text = { (key: ErrorKeys) in try? error.decode(String.self, forKey: key) }
        let number = { (key: ErrorKeys) in
          (try? error.decode(Int.self, forKey: key)) ?? text(key).flatMap { Int($0) }
        }
        message = text(.message)
        code = number(.code)
        subcode = number(.subcode)
        let data = try? error.nestedContainer(keyedBy: DataKeys.self, forKey: .data)
        details = (try? data?.decode(String.self, forKey: .details)) ?? text(.data) ?? text(.userMessage)
      }

      /// The most of Meta's own words that are shown, in characters.
      private static let length = 500

      /// Meta's words with its codes.
      ///
      /// - Parameter hide: Hides the token. Of a token that is cut off, it wouldn't.
      func words(hiding hide: (String) -> String) -> String {
        let text = hide([message, details].compactMap { $0 }.joined(separator: " – "))
        let codes = [code, subcode].compactMap { $0.map(String.init) }.joined(separator: ", ")
        return (text.isEmpty ? "Meta gives no reason" : String(text.prefix(Self.length)))
          + (codes.isEmpty ? "" : " (code \(codes))")
      }

      /// With these, Meta didn't look at what was asked: authorization (0, 3, 10, 102, 104, 190, 131005), a blocked account
      /// (368, 131031), too many calls (4, 17, 32, 613, 80007, 130429, 131048, 131056), a failure of its own or maintenance
      /// (1, 2, 131000, 131016, 131057).
      private static let unserved: Set = [
        0, 1, 2, 3, 4, 10, 17, 32, 102, 104, 190, 368, 613, 80007, 130429, 131000, 131005, 131016, 131031,
        131048, 131056, 131057,
      ]

      /// What it says of what was asked. 200 to 299 are missing permissions, 100 is an invalid parameter, of media an
      /// unknown ID; 131052 media that can't be downloaded.
      func kind(status: Int) -> FetchFailure.Kind {
        if [401, 403, 429].contains(status) || status >= 500 { return .unserved }
        guard let code else { return .refused }
        if (200...299).contains(code) || Self.unserved.contains(code) { return .unserved }
        guard code == 100 || code == 131052 else { return .refused }
        let isExpired = [message, details].contains { $0?.lowercased().contains("expired") == true }
        return isExpired ? .expiredMedia : .unknownMedia
      }
    }

    /// Meta quotes a token that it can't read.
    private func hidingToken(_ text: String) -> String {
      text.replacing(token, with: "$\(Self.variable)")
    }

    func hidingToken(_ failure: FetchFailure) -> FetchFailure {
      FetchFailure(failure.kind, hidingToken(failure.reason), answer: failure.answer.map(hidingToken))
    }

    func hidingToken(_ transfer: Transfer) -> Transfer {
      var hidden = transfer
      hidden.answer = hidingToken(transfer.answer)
      return hidden
    }

    private func hidingToken(_ answer: URLAnswer) -> URLAnswer {
      var hidden = answer
      hidden.contentType = answer.contentType.map(hidingToken)
      hidden.location = answer.location.map(hidingToken)
      return hidden
    }
  }
#endif

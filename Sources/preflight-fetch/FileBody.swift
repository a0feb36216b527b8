#if Network
  import NIOCore
  import PreflightBytes
  import PreflightReferences

  /// A file as the body of a request, with something before and after it, read as it is sent. It isn't sent to its end if
  /// it changes meanwhile.
  struct FileBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    private let file: FileSource
    private let range: Range<UInt64>
    private let before: [UInt8]
    private let after: [UInt8]

    /// - Parameter offset: Where to begin, at most at the end of the file.
    init(_ file: FileSource, from offset: UInt64 = 0, before: [UInt8] = [], after: [UInt8] = []) {
      self.file = file
      range = offset..<file.byteCount
      self.before = before
      self.after = after
    }

    var length: Int64 { Int64(before.count + range.count + after.count) }

    func makeAsyncIterator() -> Iterator {
      Iterator(file: file, range: range, before: before, after: after)
    }

    struct Iterator: AsyncIteratorProtocol {
      fileprivate let file: FileSource
      fileprivate var range: Range<UInt64>
      fileprivate var before: [UInt8]
      fileprivate var after: [UInt8]

      /// - Throws: `FetchFailure` if the file changed or can't be read.
      mutating func next() async throws -> ByteBuffer? {
        if !before.isEmpty {
          defer { before = [] }
          return ByteBuffer(bytes: before)
        }
        if !range.isEmpty {
          var bytes = [UInt8](repeating: 0, count: Swift.min(1 << 16, range.count))
          let count: Int
          do {
            count = try bytes.withUnsafeMutableBytes { buffer throws(ByteSourceError) in
              try file.read(into: buffer, at: range.lowerBound)
            }
            if count == 0 || count == range.count { try file.checkUnchanged() }
          } catch { throw FetchFailure(.local, "the file can't be sent: \(error)") }
          range = (range.lowerBound + UInt64(count))..<range.upperBound
          return ByteBuffer(bytes: bytes[..<count])
        }
        defer { after = [] }
        return after.isEmpty ? nil : ByteBuffer(bytes: after)
      }
    }
  }

  /// What stands around a file in a form (RFC 7578).
  struct MultipartForm {
    let contentType: String
    let beforeFile: [UInt8]
    let afterFile: [UInt8]

    /// - Parameter fields: Names and values, which have no line ends.
    init(fields: [(name: String, value: String)], fileName: String, mediaType: String) {
      let random = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
      let boundary = "preflight-\(random)"
      contentType = "multipart/form-data; boundary=\(boundary)"
      var text = ""
      for (name, value) in fields {
        text += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
      }
      text +=
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(Self.quoted(fileName))\"\r\n"
      text += "Content-Type: \(mediaType)\r\n\r\n"
      beforeFile = Array(text.utf8)
      afterFile = Array("\r\n--\(boundary)--\r\n".utf8)
    }

    /// Escapes as browsers do (HTML, "Multipart form data").
    private static func quoted(_ name: String) -> String {
      name.replacing("\"", with: "%22").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }
  }
#endif

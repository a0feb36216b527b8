private import CDescriptors
package import SystemPackage
#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif

#if canImport(Darwin)
  private import Darwin
#elseif canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#endif

/// One end of a socket pair on which two of our processes exchange lines of JSON, each with an open file where one goes
/// with it.
///
/// One thread may send while another receives. Several that send must take turns.
package struct Channel: Sendable {
  // Each line begins with a mark, since several lines may be received at once, and then which of them a file came with
  // isn't known.
  private static let alone = UInt8(ascii: "-")
  private static let withFile = UInt8(ascii: "+")

  /// The longest line that is read. A request is at most as long as a line of the hook.
  private static let maximumLine = 4 << 20

  package let descriptor: FileDescriptor

  package init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

  /// Creates both ends.
  ///
  /// - Throws: `Errno` if there are no more descriptors.
  package static func pair() throws(Errno) -> (Channel, Channel) {
    var ends: [Int32] = [-1, -1]
    #if canImport(Glibc)
      let type = Int32(SOCK_STREAM.rawValue)
    #else
      let type = SOCK_STREAM
    #endif
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (Channel(FileDescriptor(rawValue: ends[0])), Channel(FileDescriptor(rawValue: ends[1])))
  }

  /// Ends a wait for the other end after so many seconds, as if it were gone.
  package func limitWaiting(seconds: Int) {
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    _ = setsockopt(
      descriptor.rawValue, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  // MARK: Sending

  /// Sends a message, and a copy of a descriptor with it.
  ///
  /// - Throws: `Errno` if the other end is gone.
  package func send(_ message: some Encodable, with file: FileDescriptor? = nil) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    let mark = file == nil ? Self.alone : Self.withFile
    var line = [mark] + Array(try encoder.encode(message)) + [0x0a]
    var file = file
    while !line.isEmpty {
      let sent = line.withUnsafeBytes {
        descriptors_send(descriptor.rawValue, $0.baseAddress, $0.count, file?.rawValue ?? -1)
      }
      if sent < 0 { throw Errno(rawValue: errno) }
      line.removeFirst(sent)
      file = nil
    }
  }

  // MARK: Receiving

  /// Reads the messages that come in, on one thread.
  package struct Reader: ~Copyable {
    private let channel: Channel
    private var bytes: [UInt8] = []
    /// How many of the bytes have no line feed among them.
    private var searched = 0
    private var files: [FileDescriptor] = []

    package init(_ channel: Channel) { self.channel = channel }

    /// Waits for the next line, and the file that came with it. Nil when the other end is gone.
    ///
    /// A line that can't be decoded is skipped: a process that was killed may have written half of one.
    package mutating func next<Message: Decodable>(
      _ type: Message.Type
    ) -> (message: Message, file: FileDescriptor?)? {
      while let line = nextLine() {
        let file = line.first == Channel.withFile && !files.isEmpty ? files.removeFirst() : nil
        if let message = try? JSONDecoder().decode(type, from: Data(line.dropFirst())) {
          return (message, file)
        }
        if let file { try? file.close() }
      }
      return nil
    }

    private mutating func nextLine() -> [UInt8]? {
      while true {
        if let end = bytes[searched...].firstIndex(of: 0x0a) {
          let line = Array(bytes[..<end])
          bytes.removeFirst(end + 1)
          searched = 0
          return line
        }
        searched = bytes.count
        guard searched < Channel.maximumLine, receive() else { return nil }
      }
    }

    private mutating func receive() -> Bool {
      var file: Int32 = -1
      var part = [UInt8](repeating: 0, count: 1 << 16)
      let count = part.withUnsafeMutableBytes {
        descriptors_receive(channel.descriptor.rawValue, $0.baseAddress, $0.count, &file)
      }
      if file >= 0 { files.append(FileDescriptor(rawValue: file)) }
      guard count > 0 else { return false }
      bytes += part[..<count]
      return true
    }
  }
}

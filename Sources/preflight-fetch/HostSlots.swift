#if Network
  /// Lets at most eight requests at a time have a connection to the same server, as browsers do; the others wait.
  actor HostSlots {
    private static let maximum = 8

    private struct Host {
      var used = 0
      var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private var hosts: [String: Host] = [:]

    nonisolated func withSlot<T: Sendable>(
      at origin: String, _ body: @Sendable () async throws -> T
    ) async throws -> T {
      await take(origin)
      do {
        let value = try await body()
        await giveBack(origin)
        return value
      } catch {
        await giveBack(origin)
        throw error
      }
    }

    private func take(_ origin: String) async {
      var host = hosts[origin] ?? Host()
      guard host.used == Self.maximum else {
        host.used += 1
        hosts[origin] = host
        return
      }
      // The slot is handed over, so the number of those in use stays.
      await withCheckedContinuation { hosts[origin, default: Host()].waiting.append($0) }
    }

    private func giveBack(_ origin: String) {
      guard var host = hosts[origin] else { return }
      if !host.waiting.isEmpty {
        host.waiting.removeFirst().resume()
      } else {
        host.used -= 1
      }
      hosts[origin] = host.used == 0 ? nil : host
    }
  }
#endif

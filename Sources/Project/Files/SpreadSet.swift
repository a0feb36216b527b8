/// A set of numbers that are spread evenly over all that there are, such as hashes with a key: in half the memory
/// that a `Set` takes for as many.
struct SpreadSet {
  /// Zero where there is none. The numbers stand in about their own order, so that any count of places will do.
  private var places: [UInt]
  private var count = 0

  /// - Parameter capacity: For so many the memory isn't moved.
  init(capacity: Int = 0) { places = Self.places(for: capacity) }

  private static func places(for capacity: Int) -> [UInt] {
    // Fuller than by four fifths, finding a free place takes long.
    [UInt](repeating: 0, count: max(16, capacity + capacity / 4 + 1))
  }

  /// Adds a number; false where it is in the set already.
  mutating func insert(_ number: Int) -> Bool {
    if count >= places.count - places.count / 5 { grow() }
    // No number's share of chance is worth a place of its own to zero.
    let number = max(UInt(bitPattern: number), 1)
    guard let free = free(for: number) else { return false }
    places[free] = number
    count += 1
    return true
  }

  /// Where a number belongs; nil where it is there.
  private func free(for number: UInt) -> Int? {
    var place = Int(number.multipliedFullWidth(by: UInt(places.count)).high)
    while places[place] != 0 {
      if places[place] == number { return nil }
      place = place + 1 == places.count ? 0 : place + 1
    }
    return place
  }

  private mutating func grow() {
    let old = places
    places = Self.places(for: 2 * count)
    for number in old where number != 0 { if let free = free(for: number) { places[free] = number } }
  }
}

// FIPS 197 "Advanced Encryption Standard", NIST SP 800-38A, 6.2 (CBC), and the cipher known as RC4.

enum RC4 {
  /// Encrypts or decrypts, which is the same.
  static func apply(key: [UInt8], to data: [UInt8]) -> [UInt8] {
    guard !key.isEmpty else { return data }
    var state = (0...255).map { UInt8($0) }
    var j = 0
    for i in 0..<256 {
      j = (j + Int(state[i]) + Int(key[i % key.count])) & 255
      state.swapAt(i, j)
    }
    var i = 0
    j = 0
    return data.map { byte in
      i = (i + 1) & 255
      j = (j + Int(state[i])) & 255
      state.swapAt(i, j)
      return byte ^ state[(Int(state[i]) + Int(state[j])) & 255]
    }
  }
}

/// AES with cipher block chaining, without padding.
struct AES: Sendable {
  private let roundKeys: [UInt8]
  private let rounds: Int

  /// - Parameter key: 16 or 32 bytes; nil for any other length.
  init?(key: [UInt8]) {
    guard key.count == 16 || key.count == 32 else { return nil }
    let words = key.count / 4
    rounds = words + 6
    var schedule = key
    var constant: UInt8 = 1
    for index in words..<4 * (rounds + 1) {
      var word = Array(schedule.suffix(4))
      if index % words == 0 {
        word = [word[1], word[2], word[3], word[0]].map { Self.tables.forward[Int($0)] }
        word[0] ^= constant
        constant = Self.doubled(constant)
      } else if words > 6, index % words == 4 {
        word = word.map { Self.tables.forward[Int($0)] }
      }
      for offset in 0..<4 { schedule.append(word[offset] ^ schedule[4 * (index - words) + offset]) }
    }
    roundKeys = schedule
  }

  /// Encrypts whole blocks; what is left over at the end stays out.
  func encrypt(_ data: [UInt8], initial: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: data.count / 16 * 16)
    var block = [UInt8](repeating: 0, count: 16)
    var mixed = block
    var previous = initial
    for start in stride(from: 0, to: output.count, by: 16) {
      for index in 0..<16 { block[index] = data[start + index] ^ previous[index] ^ roundKeys[index] }
      for round in 1...rounds {
        // SubBytes and ShiftRows in one: column by column, each row from further right.
        for index in 0..<16 {
          mixed[index] = Self.tables.forward[Int(block[(index + 4 * (index % 4)) % 16])]
        }
        for column in stride(from: 0, to: 16, by: 4) {
          let (a, b, c, d) = (
            mixed[column], mixed[column + 1], mixed[column + 2], mixed[column + 3]
          )
          let key = 16 * round + column
          if round == rounds {
            block[column] = a ^ roundKeys[key]
            block[column + 1] = b ^ roundKeys[key + 1]
            block[column + 2] = c ^ roundKeys[key + 2]
            block[column + 3] = d ^ roundKeys[key + 3]
          } else {
            let all = a ^ b ^ c ^ d
            block[column] = a ^ all ^ Self.doubled(a ^ b) ^ roundKeys[key]
            block[column + 1] = b ^ all ^ Self.doubled(b ^ c) ^ roundKeys[key + 1]
            block[column + 2] = c ^ all ^ Self.doubled(c ^ d) ^ roundKeys[key + 2]
            block[column + 3] = d ^ all ^ Self.doubled(d ^ a) ^ roundKeys[key + 3]
          }
        }
      }
      for index in 0..<16 { output[start + index] = block[index] }
      previous = block
    }
    return output
  }

  /// Decrypts whole blocks; what is left over at the end stays out.
  func decrypt(_ data: [UInt8], initial: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: data.count / 16 * 16)
    var block = [UInt8](repeating: 0, count: 16)
    var mixed = block
    for start in stride(from: 0, to: output.count, by: 16) {
      for index in 0..<16 { block[index] = data[start + index] ^ roundKeys[16 * rounds + index] }
      for round in (0..<rounds).reversed() {
        for index in 0..<16 {
          mixed[index] =
            Self.tables.backward[Int(block[(index + 12 * (index % 4)) % 16])]
            ^ roundKeys[16 * round + index]
        }
        guard round > 0 else { break }
        for column in stride(from: 0, to: 16, by: 4) {
          // The inverse of MixColumns is MixColumns after a simpler mixing.
          let outer = Self.doubled(Self.doubled(mixed[column] ^ mixed[column + 2]))
          let inner = Self.doubled(Self.doubled(mixed[column + 1] ^ mixed[column + 3]))
          let (a, b) = (mixed[column] ^ outer, mixed[column + 1] ^ inner)
          let (c, d) = (mixed[column + 2] ^ outer, mixed[column + 3] ^ inner)
          let all = a ^ b ^ c ^ d
          block[column] = a ^ all ^ Self.doubled(a ^ b)
          block[column + 1] = b ^ all ^ Self.doubled(b ^ c)
          block[column + 2] = c ^ all ^ Self.doubled(c ^ d)
          block[column + 3] = d ^ all ^ Self.doubled(d ^ a)
        }
      }
      for index in 0..<16 {
        output[start + index] = mixed[index] ^ (start == 0 ? initial[index] : data[start - 16 + index])
      }
    }
    return output
  }

  /// A byte times two, in the field that AES computes in.
  private static func doubled(_ byte: UInt8) -> UInt8 { byte << 1 ^ (byte >> 7) &* 0x1b }

  /// The substitution of bytes, and its inverse, from their definition (FIPS 197, 5.1.1).
  private static let tables: (forward: [UInt8], backward: [UInt8]) = {
    var forward = [UInt8](repeating: 0, count: 256)
    var backward = forward
    // `power` runs through all the values of the field, `inverse` through their inverses: three is
    // a generator, and division by it is the other way round.
    var power: UInt8 = 1
    var inverse: UInt8 = 1
    func turned(_ byte: UInt8, _ count: UInt8) -> UInt8 { byte << count | byte >> (8 - count) }
    repeat {
      power ^= doubled(power)
      inverse ^= inverse << 1
      inverse ^= inverse << 2
      inverse ^= inverse << 4
      if inverse & 0x80 != 0 { inverse ^= 0x09 }
      let mixed =
        inverse ^ turned(inverse, 1) ^ turned(inverse, 2) ^ turned(inverse, 3) ^ turned(inverse, 4)
      forward[Int(power)] = mixed ^ 0x63
    } while power != 1
    forward[0] = 0x63
    for (index, byte) in forward.enumerated() { backward[Int(byte)] = UInt8(index) }
    return (forward, backward)
  }()
}

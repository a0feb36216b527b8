// ISO 32000-2:2020, 7.6 "Encryption", and Adobe's supplement to ISO 32000-1, level 3 (revision 5).

internal import PreflightBytes

/// The standard security handler, tried with the password that isn't there: a document that was only
/// locked against printing or changing opens with it.
struct PDFEncryption: Sendable {
  private enum Cipher { case none, rc4, aes128, aes256 }

  private let key: [UInt8]
  private let streams: Cipher

  /// Opens a document without a password; nil where it takes one, or another kind of key.
  ///
  /// - Parameters:
  ///   - dictionary: The encryption dictionary, its values resolved.
  ///   - identifier: The first part of the trailer's file identifier.
  init?(_ dictionary: PDFDictionary, identifier: [UInt8]) {
    guard dictionary["Filter"]?.name ?? "Standard" == "Standard",
      let revision = dictionary["R"]?.integer,
      let owner = dictionary["O"]?.string, let user = dictionary["U"]?.string
    else { return nil }
    let version = dictionary["V"]?.integer ?? 0
    streams = Self.streamCipher(dictionary, version: version)
    switch revision {
    case 2...4:
      guard owner.count >= 32, user.count >= 16 else { return nil }
      let key = Self.key(dictionary, revision: revision, version: version, owner, identifier)
      guard Self.opens(key, revision: revision, user: user, identifier) else { return nil }
      self.key = key
    case 5...6:
      guard owner.count >= 48, user.count >= 48,
        let key = Self.key(dictionary, revision: revision, owner: owner, user: user)
      else { return nil }
      self.key = key
    default: return nil
    }
  }

  /// The cipher of streams that name none of their own.
  private static func streamCipher(_ dictionary: PDFDictionary, version: Int) -> Cipher {
    guard version >= 4 else { return .rc4 }
    guard let name = dictionary["StmF"]?.name, name != "Identity",
      let filter = dictionary["CF"]?.dictionary?[name]?.dictionary
    else { return .none }
    switch filter["CFM"]?.name {
    case "V2": return .rc4
    case "AESV2": return .aes128
    case "AESV3": return .aes256
    default: return .none
    }
  }

  /// What a stream of an object says when it is decrypted.
  func decrypt(_ data: [UInt8], of reference: PDFReference) -> [UInt8] {
    switch streams {
    case .none: return data
    case .rc4: return RC4.apply(key: key(of: reference, isAES: false), to: data)
    case .aes128: return decryptAES(data, key: key(of: reference, isAES: true))
    case .aes256: return decryptAES(data, key: key)
    }
  }

  private func decryptAES(_ data: [UInt8], key: [UInt8]) -> [UInt8] {
    guard data.count >= 32, let cipher = AES(key: key) else { return [] }
    // The padding at the end is no harm to what is unpacked next.
    return cipher.decrypt(Array(data[16...]), initial: Array(data[..<16]))
  }

  /// Algorithm 1: the key of an object.
  private func key(of reference: PDFReference, isAES: Bool) -> [UInt8] {
    var material = key
    material += (0..<3).map { UInt8(truncatingIfNeeded: reference.number >> (8 * $0)) }
    material += (0..<2).map { UInt8(truncatingIfNeeded: reference.generation >> (8 * $0)) }
    if isAES { material += Array("sAlT".utf8) }
    return Array(MD5.digest(material).prefix(min(key.count + 5, 16)))
  }
}

// MARK: - Revisions 2 to 4

extension PDFEncryption {
  /// What is put in the place of a password, or behind one that is short (algorithm 2, step a).
  private static let padding: [UInt8] = [
    0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08,
    0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a,
  ]

  /// Algorithm 2: the file's key.
  private static func key(
    _ dictionary: PDFDictionary, revision: Int, version: Int, _ owner: [UInt8],
    _ identifier: [UInt8]
  ) -> [UInt8] {
    let permissions = UInt32(truncatingIfNeeded: dictionary["P"]?.integer ?? 0)
    var material = padding + owner.prefix(32)
    material += (0..<4).map { UInt8(truncatingIfNeeded: permissions >> (8 * $0)) }
    material += identifier
    if revision >= 4, dictionary["EncryptMetadata"]?.boolean == false {
      material += [0xff, 0xff, 0xff, 0xff]
    }
    let bits = version == 1 ? 40 : dictionary["Length"]?.integer ?? (version == 4 ? 128 : 40)
    // Some writers give the length in bytes.
    let length = version == 4 ? 16 : revision == 2 ? 5 : min(max(bits < 40 ? bits : bits / 8, 5), 16)
    var digest = MD5.digest(material)
    if revision >= 3 {
      for _ in 0..<50 { digest = MD5.digest(Array(digest.prefix(length))) }
    }
    return Array(digest.prefix(length))
  }

  /// Algorithms 4 to 6: whether the key makes the user entry.
  private static func opens(
    _ key: [UInt8], revision: Int, user: [UInt8], _ identifier: [UInt8]
  ) -> Bool {
    if revision == 2 { return RC4.apply(key: key, to: padding) == Array(user.prefix(32)) }
    var value = MD5.digest(padding + identifier)
    for round in UInt8(0)..<20 { value = RC4.apply(key: key.map { $0 ^ round }, to: value) }
    return value == Array(user.prefix(16))
  }
}

// MARK: - Revisions 5 and 6

extension PDFEncryption {
  /// Algorithm 2.A: the file's key, which is stored encrypted, once for the user, once for the owner.
  private static func key(
    _ dictionary: PDFDictionary, revision: Int, owner: [UInt8], user: [UInt8]
  ) -> [UInt8]? {
    let hash = revision == 5 ? { SHA2.sha256($0 + $1) } : hardenedHash
    // An entry is a hash, eight bytes that salt it, and eight that salt the key's key.
    for (entry, extra, name) in [(user, [], "UE"), (owner, Array(user.prefix(48)), "OE")] {
      guard hash(Array(entry[32..<40]), extra) == Array(entry[..<32]) else { continue }
      guard let stored = dictionary[name]?.string, stored.count >= 32,
        let cipher = AES(key: hash(Array(entry[40..<48]), extra))
      else { return nil }
      return cipher.decrypt(
        Array(stored.prefix(32)), initial: [UInt8](repeating: 0, count: 16))
    }
    return nil
  }

  /// Algorithm 2.B, for an empty password.
  private static func hardenedHash(salt: [UInt8], extra: [UInt8]) -> [UInt8] {
    var key = SHA2.sha256(salt + extra)
    var round = 0
    var last = 0
    while round < 64 || last > round - 32 {
      let once = key + extra
      let repeated = (0..<64).flatMap { _ in once }
      guard let cipher = AES(key: Array(key[..<16])) else { return [] }
      let encrypted = cipher.encrypt(repeated, initial: Array(key[16..<32]))
      // The first sixteen bytes as a number, modulo three: 256 leaves 1.
      switch encrypted.prefix(16).reduce(0, { $0 + Int($1) }) % 3 {
      case 0: key = SHA2.sha256(encrypted)
      case 1: key = SHA2.sha384(encrypted)
      default: key = SHA2.sha512(encrypted)
      }
      last = Int(encrypted.last ?? 0)
      round += 1
    }
    return Array(key.prefix(32))
  }
}

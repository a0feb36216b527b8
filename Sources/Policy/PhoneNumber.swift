/// A recipient's phone number (ITU-T E.164, section 6): country code and subscriber number.
package struct PhoneNumber: Sendable, Hashable {
  /// 7 to 15 ASCII digits, the first not 0.
  package let digits: String

  /// Reads a number as people write it: a leading +, spaces, hyphens and parentheses are skipped.
  package init?(_ text: String) {
    var scalars = text.unicodeScalars[...]
    while scalars.first == " " { scalars = scalars.dropFirst() }
    if scalars.first == "+" { scalars = scalars.dropFirst() }
    var digits = ""
    for scalar in scalars {
      switch scalar {
      case "0"..."9": digits.unicodeScalars.append(scalar)
      case " ", "-", "(", ")", "\u{a0}", "\u{2010}", "\u{2011}": continue
      default: return nil
      }
    }
    // The shortest numbers in use, with their country code, have seven digits.
    guard (7...15).contains(digits.utf8.count), digits.first != "0" else { return nil }
    self.digits = digits
  }
}

internal import PreflightFacts

extension FindingCode {
  /// A faulty program or transfer changed the file's bytes.
  public static let mangledFile = FindingCode(rawValue: "mangled-file")
}

extension Explanation {
  static let mangledFile = Explanation(
    .mangledFile, .error,
    title: "A faulty program or transfer changed the file's bytes",
    message: "The file is {actual}.",
    reason:
      "The name or the declared type promises a binary format, but a program stored something else under that name: "
      + "base64 or another text of the bytes, text in the wrong encoding, an error message, a Git LFS pointer, "
      + "the word \"undefined\". WhatsApp delivers it, and the recipient can't open it.",
    source: "Reports of documents that arrive blank or don't open",
    remedy:
      "Fix the program that writes the file: read and write the bytes as they are, without a text encoding, and "
      + "check the status of a download before saving it.")
}

extension Mangling.Kind {
  /// How to avoid it, or to get the file back.
  var advice: String {
    switch self {
    case .value: "Write the bytes themselves: the value was missing, not awaited, or converted to text."
    case .pointer:
      "Fetch the file with git lfs pull, and install Git LFS where the repository is checked out."
    case .httpMessage: "Save only the body of the response. With -i, curl writes the header as well."
    case .part: "Parse the message, and write the content of the part alone."
    case .dataURL: "Decode what follows the comma, for example with base64 -d, and write the bytes."
    case .list: "Write the buffer itself, not its text or its JSON."
    case .literal: "Write the bytes themselves. In Python, str(data) is a literal."
    case .percentEncoding: "Decode it, and write the bytes."
    case .hexadecimal: "Decode it, for example with xxd -r -p, and write the bytes."
    case .uuencoding: "Decode it, for example with uudecode, and write the bytes."
    case .base64: "Decode it, for example with base64 -d, and write the bytes."
    case .utf16: "Write it as bytes. In PowerShell, redirecting output with > encodes it as text."
    case .message: "Check the status of a download before you save it, and stop on an error."
    case .script: "Have the server run it, and send what it returns."
    case .readAsText:
      "Some of its bytes are lost. Get the file again, and read and write it as bytes, not as text."
    case .writtenAsUTF8: "Get the file again, and read and write it as bytes, not as text in Latin-1."
    case .lineEnds:
      "Get the file again. Transfer it in binary mode, and if it is in a Git repository, mark its type as binary in "
        + ".gitattributes."
    }
  }
}

import Foundation
import MediaPreflight
import PreflightProject
import SystemPackage
@testable import PreflightTestSupport
import Testing

/// A repository of a stranger, whose configuration names files or is a link to one: nothing of a file that is no policy or
/// configuration is quoted, and nothing that isn't a file is waited for.
@Suite struct HostileRepositoryTests {
  /// Files with secrets in the forms that they have on build machines, each with what must not be shown.
  static let secrets = [
    "API_KEY=sesame\n", "root:sesame:0:0:root:/sesame:/bin/sh\n",
    "[core]\n\textraheader = AUTHORIZATION: basic sesame\n",
    "[registry]\ntoken = \"sesame\"\n", "[sesame]\nkey = 1\n", "sesame = 1\n",
    "name = \"sesame\"\nsesame = 2\n",
    "{\"auths\": {\"ghcr.io\": {\"auth\": \"sesame\"}}}\n", "-----BEGIN PRIVATE KEY-----\nsesame\n", "sesame",
    "a = \"sesame\nb = 'sesame'\n", "[[sesame]]\n[sesame]\n", "policy = \"waconnect\"\nsesame = \"sesame\"\n",
    "a = [sesame]\n", "\"\\sesame\" = 1\n",
  ]

  private func message(_ scratch: ScratchFolder, in folder: String = "project") throws -> String {
    do {
      _ = try scratch.walk([folder], in: scratch.project())
      return ""
    } catch let error as ConfigurationError { return error.description }
  }

  private func link(_ name: String, to target: String, in scratch: ScratchFolder) throws {
    try FileManager.default.createSymbolicLink(atPath: "\(scratch.path)/\(name)", withDestinationPath: target)
  }

  @Test(arguments: secrets, ["secret.env", "/secret", "link"])
  func secretAsPolicy(secret: String, place: String) throws {
    let scratch = try ScratchFolder()
    try scratch.write(secret, to: place == "secret.env" ? "project/secret.env" : "secret")
    let name = place == "/secret" ? scratch.path + "/secret" : place
    try scratch.write("policy = \"\(name)\"\n", to: "project/preflight.toml")
    if place == "link" { try link("project/link", to: "../secret", in: scratch) }
    let message = try message(scratch)
    #expect(message.hasPrefix("project/preflight.toml:1:10: invalid policy file "))
    #expect(!message.contains("sesame"))
    #expect(message.contains(": not TOML (") || message.contains(": not a policy ("))
  }

  @Test(arguments: secrets)
  func secretAsConfiguration(secret: String) throws {
    for name in ["preflight.toml", ".preflight.toml"] {
      let scratch = try ScratchFolder()
      try scratch.write(secret, to: "secret")
      try scratch.write(to: "project/a.png")
      try link("project/\(name)", to: "../secret", in: scratch)
      let file = FilePath("project/\(name)")
      let named = #expect(throws: ConfigurationError.self) {
        try scratch.project { $0.search = .file(file) }
      }
      for message in [try message(scratch), named?.description ?? ""] {
        #expect(message.hasPrefix("project/\(name):") && !message.contains("sesame"), "\(message)")
        #expect(message.contains("since it is a symbolic link"))
      }
    }
  }

  /// A mistake in a policy is quoted all the same, and so is one in a configuration.
  @Test func mistakesAreQuoted() throws {
    let scratch = try ScratchFolder()
    try scratch.write("extends = \"waconnect\"\nnmae = \"x\"\n", to: "project/ours.toml")
    try scratch.write("policy = \"ours.toml\"\nstrikt = true\n", to: "project/preflight.toml")
    let message = try message(scratch)
    #expect(message.contains("project/ours.toml:2:1: unknown key 'nmae' in a policy"))
    #expect(message.contains("project/preflight.toml:2:1: unknown key 'strikt'"))
  }

  /// An ignore list that is a link isn't followed, as in Git.
  @Test func linkedIgnoreList() throws {
    let scratch = try ScratchFolder()
    try scratch.write("*.png\n", to: "secret")
    for name in ["project/.git/HEAD", "project/a.png"] { try scratch.write(to: name) }
    try link("project/.gitignore", to: "../secret", in: scratch)
    #expect(try scratch.walk(["project"], in: scratch.project()) == ["project/a.png"])
  }

  @Test(arguments: [
    ("a pipe", "it is a pipe, not a regular file"), ("/dev/zero", "it is a device, not a regular file"),
    ("/dev/tty", "it is a device, not a regular file"), ("/", "it is a directory, not a regular file"),
    ("nothing", "no such file"), ("itself", "too many symbolic links"),
    ("a large file", "it is larger than 1 MiB"),
  ])
  func whatIsNoFile(kind: String, reason: String) throws {
    for name in ["preflight.toml", "policy.toml"] {
      let scratch = try ScratchFolder()
      try scratch.write(to: "project/a.png")
      let path = "\(scratch.path)/project/\(name)"
      switch kind {
      case "a pipe": try #require(mkfifo(path, 0o600) == 0)
      case "a large file":
        try scratch.write(to: "project/\(name)")
        try #require(truncate(path, 1 << 40) == 0)
      case "itself": try link("project/\(name)", to: name, in: scratch)
      default: try link("project/\(name)", to: kind, in: scratch)
      }
      if name == "policy.toml" {
        try scratch.write("policy = \"policy.toml\"\n", to: "project/preflight.toml")
      }
      let message = try message(scratch)
      #expect(message.contains("project/\(name): \(reason)"), "\(message)")
    }
  }
}

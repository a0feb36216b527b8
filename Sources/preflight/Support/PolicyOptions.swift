import ArgumentParser
import MediaPreflight
import PreflightProject
import PreflightTOML
import SystemPackage

/// The option for the policy.
struct PolicyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Policy to check against: a name of 'preflight policy list', or a policy file (default: from the configuration, else \(Self.standard)).",
      valueName: "NAME|FILE"),
    completion: .shellCommand(
      "printf '%s\\n' \(Policy.builtInNames.joined(separator: " ")); ls *.toml 2>/dev/null"))
  var policy: FilePath?

  private static let standard = Policy.builtInNames.first ?? ""

  /// The names in a list that is separated by commas, each once. The path of a file may have a comma too.
  static func names(in list: FilePath) -> [FilePath] {
    if (try? list.stat()) != nil { return [list] }
    var names: [FilePath] = []
    for part in Array(list.bytes).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let name = FilePath(Array(part))
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// Loads the built-in policy with a name, or else the policy file at that path.
  static func load(_ path: FilePath) throws(Failure) -> NamedPolicy {
    let name = path.display
    if let policy = Policy.builtIn(named: name) { return NamedPolicy(key: path, policy: policy) }
    let text: [UInt8]
    do { text = try Input.all(ofFileAt: path, upTo: Limits.Project.byteCount) } catch {
      let isName = !name.contains("/") && !name.contains(".")
      throw Failure(
        isName
          ? "unknown policy '\(name)', and no such file exists"
            + TOMLDecoder.suggestion(name, Policy.builtInNames)
          : "the policy file \(name): \(error)")
    }
    guard let text = String(validating: text, as: UTF8.self) else {
      throw Failure("the policy file \(name) is not UTF-8 text")
    }
    do { return NamedPolicy(key: path, policy: try Policy(parsing: text, name: name), text: text) } catch {
      throw Failure("invalid policy\n\(Self.text(of: error, in: path))")
    }
  }

  /// The errors in a policy file. In a stranger's repository it may be a link to any file, such as one with passwords,
  /// so what isn't a policy is quoted only if it is no link.
  static func text(of error: PolicyError, in path: FilePath) -> String {
    let isLink = (try? path.stat(followTargetSymlink: false))?.type == .symbolicLink
    return error.isPolicy || !isLink
      ? "\(error)" : error.withoutQuotations + "; what it says isn't shown, since it is a symbolic link"
  }
}

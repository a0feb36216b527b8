package import SystemPackage
internal import PreflightTOML
package import MediaPreflight

/// Loads the policies that configurations name. Each policy is loaded once.
package struct PolicyLoader {
  /// A policy that can't be used.
  package struct Failed: Error {
    /// The message, for the position that names the policy.
    let message: String
    /// The errors in the policy file.
    var errors: [String] = []
  }

  private var loaded: [FilePath: Result<NamedPolicy, Failed>] = [:]
  private let workingFolder: FilePath
  let files = SmallFiles()

  /// What policies define, and how many were loaded then: a configuration asks for it at each of its lines.
  private var known: (policies: Int, endpoints: [Endpoint]?, codes: [Explanation]?) = (0, nil, nil)

  package init(workingFolder: FilePath) { self.workingFolder = workingFolder }

  /// The distinct endpoints of the built-in policies and the loaded ones.
  package var endpoints: [Endpoint] {
    mutating get {
      forgetIfLoaded()
      if let endpoints = known.endpoints { return endpoints }
      var endpoints: [Endpoint] = []
      for endpoint in (Policy.builtInNames.compactMap(Policy.builtIn) + own).flatMap(\.endpointNames)
      where !endpoints.contains(endpoint) {
        endpoints.append(endpoint)
      }
      known.endpoints = endpoints
      return endpoints
    }
  }

  /// Whether a policy has an endpoint. The built-in ones are read in their order, only as far as that needs.
  package func know(_ endpoint: String) -> Bool {
    let has = { (policy: Policy?) in policy?.endpointNames.contains(Endpoint(rawValue: endpoint)) == true }
    return own.contains(where: has) || Policy.builtInNames.contains { has(Policy.builtIn(named: $0)) }
  }

  /// The finding codes that the loaded policies define. Of two policies with the same code, one explains it.
  package var codes: [Explanation] {
    mutating get {
      forgetIfLoaded()
      if let codes = known.codes { return codes }
      var codes: [Explanation] = []
      for code in own.flatMap(\.codes) where !codes.contains(where: { $0.code == code.code }) {
        codes.append(code)
      }
      codes.sort { $0.code.rawValue < $1.code.rawValue }
      known.codes = codes
      return codes
    }
  }

  private var own: [Policy] { loaded.values.compactMap { try? $0.get().policy } }

  private mutating func forgetIfLoaded() {
    if known.policies != loaded.count { known = (loaded.count, nil, nil) }
  }

  /// Adds a policy that was loaded elsewhere.
  package mutating func add(_ policy: NamedPolicy) { loaded[policy.key] = .success(policy) }

  /// Loads the built-in policy with a name, or else the policy file at that path.
  ///
  /// - Parameter folder: The absolute path of the folder that the path is relative to.
  package mutating func load(_ name: String, from folder: FilePath) throws(Failed) -> NamedPolicy {
    guard !name.utf8.contains(0) else { throw Failed(message: "a policy name can't contain a NUL character") }
    let isBuiltIn = Policy.builtInNames.contains(name)
    let path = FilePath(name).resolved(from: folder)
    let key = isBuiltIn ? FilePath(name) : path
    if let known = loaded[key] { return try known.get() }
    let result = Result { () throws(Failed) in
      if isBuiltIn, let policy = Policy.builtIn(named: name) { return NamedPolicy(key: key, policy: policy) }
      return try read(path, named: name)
    }
    loaded[key] = result
    return try result.get()
  }

  private func read(_ path: FilePath, named name: String) throws(Failed) -> NamedPolicy {
    let shown = path.display(from: workingFolder)
    let bytes: [UInt8]
    do { bytes = try files.contents(of: path) } catch {
      let isName = !name.contains("/") && !name.contains(".")
      throw Failed(
        message: isName
          ? "unknown policy '\(name)'" + TOMLDecoder.suggestion(name, Policy.builtInNames)
          : "the policy file \(shown): \(error)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failed(message: "the policy file \(shown) is not UTF-8 text")
    }
    do { return NamedPolicy(key: path, policy: try Policy(parsing: text, name: shown), text: text) } catch {
      // A configuration may name any file, and may be a stranger's.
      let lines =
        error.isPolicy
        ? error.mistakes.map { "\(shown):\($0)" }
        : [error.withoutQuotations + " ('preflight policy lint' says more)"]
      throw Failed(message: "invalid policy file \(shown)", errors: lines)
    }
  }
}

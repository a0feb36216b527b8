// swift-tools-version: 6.2
import PackageDescription

// The layers, in the order in which a file passes through them:
// reference → bytes → facts → findings → verdict → report, request or fix.
// A target depends only on those before it, so the compiler keeps a reader from knowing a policy and a
// report from deciding anything.

let settings: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// The C libraries, each behind a module map of its own.
func cLibrary(_ name: String, _ pkgConfig: String, apt: String, brew: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/CModules/\(name)", pkgConfig: pkgConfig,
    providers: [.apt([apt]), .brew([brew])])
}

/// The tests of one target, in a folder named for it.
func tests(
  of folder: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(folder)Tests", dependencies: dependencies + ["PreflightTestSupport"],
    path: "Tests/\(folder)Tests", exclude: exclude, swiftSettings: settings)
}

/// A library of what only the program with the network uses.
func network(_ product: String, _ package: String) -> Target.Dependency {
  .product(name: product, package: package, condition: .when(traits: ["Network"]))
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "preflight",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "MediaPreflight", targets: ["MediaPreflight"]),
    .library(name: "PreflightFix", targets: ["PreflightFix"]),
    .library(name: "PreflightReports", targets: ["PreflightReports"]),
    .executable(name: "preflight", targets: ["preflight"]),
    .executable(name: "preflight-fetch", targets: ["preflight-fetch"]),
    .executable(name: "preflight-encode", targets: ["preflight-encode"]),
  ],
  traits: [
    .trait(
      name: "Network",
      description:
        "Builds preflight-fetch, the program that fetches URLs. Without it, only files are checked.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    // Without its default trait, which brings all of Foundation.
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    // Only for the trait Network; otherwise nothing of it is resolved.
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
  ],
  targets: [
    cLibrary("CLibMagic", "libmagic", apt: "libmagic-dev", brew: "libmagic"),
    cLibrary("CLibWebP", "libwebpdemux", apt: "libwebp-dev", brew: "webp"),
    cLibrary("CZlib", "zlib", apt: "zlib1g-dev", brew: "zlib"),
    cLibrary("CDeflate", "libdeflate", apt: "libdeflate-dev", brew: "libdeflate"),
    cLibrary("CJPEG", "libjpeg", apt: "libjpeg-dev", brew: "jpeg-turbo"),
    cLibrary("CPNG", "libpng16", apt: "libpng-dev", brew: "libpng"),
    cLibrary("CWebPCodec", "libwebpmux", apt: "libwebp-dev", brew: "webp"),
    .systemLibrary(name: "CSandbox", path: "Sources/CModules/CSandbox"),
    .systemLibrary(name: "CDescriptors", path: "Sources/CModules/CDescriptors"),
    .target(
      name: "PreflightBytes", dependencies: ["CZlib", "CDeflate", system], path: "Sources/Bytes",
      swiftSettings: settings),
    .target(
      name: "PreflightFacts", dependencies: ["PreflightBytes"], path: "Sources/Facts",
      swiftSettings: settings),
    .target(
      name: "PreflightFormats", dependencies: ["PreflightBytes", "PreflightFacts", "CLibWebP"],
      path: "Sources/Formats", swiftSettings: settings),
    .target(
      name: "PreflightInspection",
      dependencies: ["PreflightBytes", "PreflightFacts", "PreflightFormats", "CLibMagic", system],
      path: "Sources/Inspection", resources: [.embedInCode("Sniffing/common.magic")],
      swiftSettings: settings),
    .target(name: "PreflightTOML", path: "Sources/TOML", swiftSettings: settings),
    .target(
      name: "PreflightReferences", dependencies: ["PreflightBytes", system], path: "Sources/References",
      swiftSettings: settings),
    .target(
      name: "PreflightChannel",
      dependencies: ["CDescriptors", "PreflightBytes", "PreflightReferences", system],
      path: "Sources/Channel", swiftSettings: settings),
    .target(
      name: "PreflightPolicy",
      dependencies: [
        "PreflightBytes", "PreflightFacts", "PreflightFormats", "PreflightInspection", "PreflightTOML",
        "PreflightReferences", system,
      ],
      path: "Sources/Policy", resources: [.embedInCode("BuiltIn"), .embedInCode("StandardFields.toml")],
      swiftSettings: settings),
    .target(
      name: "MediaPreflight",
      dependencies: [
        "PreflightBytes", "PreflightFacts", "PreflightFormats", "PreflightInspection", "PreflightPolicy",
        "PreflightReferences", system,
      ],
      path: "Sources/Engine", swiftSettings: settings),
    .target(
      name: "PreflightFix",
      dependencies: [
        "PreflightBytes", "PreflightFacts", "PreflightFormats", "PreflightPolicy", "MediaPreflight", system,
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      path: "Sources/Fix", swiftSettings: settings),
    // Decodes and encodes strangers' images; only `preflight-encode` has it.
    .target(
      name: "PreflightEncoding", dependencies: ["PreflightBytes", "CJPEG", "CPNG", "CWebPCodec"],
      path: "Sources/Encoding", swiftSettings: settings),
    .executableTarget(
      name: "preflight-encode",
      dependencies: ["PreflightBytes", "PreflightEncoding", "PreflightSandbox", argumentParser],
      path: "Sources/preflight-encode", swiftSettings: settings),
    .target(
      name: "PreflightReports", dependencies: ["MediaPreflight", system], path: "Sources/Reports",
      resources: [.embedInCode("HTML")], swiftSettings: settings),
    .target(
      name: "PreflightProject", dependencies: ["MediaPreflight", "PreflightTOML", system],
      path: "Sources/Project",
      swiftSettings: settings),
    .target(
      name: "PreflightSandbox",
      dependencies: [
        "PreflightBytes", .target(name: "CSandbox", condition: .when(platforms: [.linux])), system,
      ],
      path: "Sources/Sandbox", swiftSettings: settings),
    .executableTarget(
      name: "preflight",
      dependencies: [
        "MediaPreflight", "PreflightChannel", "PreflightFix", "PreflightProject", "PreflightReports",
        "PreflightSandbox",
        "PreflightTOML", argumentParser, system,
      ],
      path: "Sources/preflight", swiftSettings: settings),
    .executableTarget(
      name: "preflight-fetch",
      dependencies: [
        "PreflightBytes", "PreflightChannel", "PreflightReferences", system,
        network("AsyncHTTPClient", "async-http-client"), network("NIOCore", "swift-nio"),
        network("NIOPosix", "swift-nio"), network("NIOHTTP1", "swift-nio"), network("NIOTLS", "swift-nio"),
        network("NIOSSL", "swift-nio-ssl"),
      ],
      path: "Sources/preflight-fetch", swiftSettings: settings),
    .target(
      name: "PreflightTestSupport", dependencies: ["MediaPreflight", "PreflightProject"],
      path: "Tests/Support", swiftSettings: settings),
    // Prints a document for `.ci/check-toml`, which holds the reader against others' test data.
    .executableTarget(
      name: "toml-probe", dependencies: ["PreflightTOML", argumentParser, system], path: "Tests/TOMLProbe",
      swiftSettings: settings),
    // Tries to get out of the sandbox; the tests of the command line run it.
    .executableTarget(
      name: "sandbox-probe", dependencies: ["MediaPreflight", "PreflightSandbox", argumentParser, system],
      path: "Tests/SandboxProbe", swiftSettings: settings),
    .executableTarget(
      name: "cost-probe", dependencies: ["MediaPreflight", system], path: "Tests/CostProbe",
      swiftSettings: settings),
    tests(of: "Bytes", ["PreflightBytes", "CZlib", system]),
    tests(of: "TOML", ["PreflightTOML"]),
    tests(of: "Formats", ["MediaPreflight"]),
    tests(of: "Inspection", ["MediaPreflight"]),
    tests(of: "Policy", ["MediaPreflight"], exclude: ["Policies"]),
    tests(of: "Engine", ["MediaPreflight", "PreflightReports"], exclude: ["verdicts.tsv"]),
    tests(of: "Fix", ["MediaPreflight", "PreflightFix"], exclude: ["remedies.tsv"]),
    tests(of: "Encoding", ["MediaPreflight", "PreflightEncoding"]),
    tests(of: "Reports", ["MediaPreflight", "PreflightReports"]),
    tests(of: "Project", ["MediaPreflight", "PreflightChannel", "PreflightProject"]),
    tests(of: "Hostile", ["MediaPreflight"], exclude: ["UnsafeOperations.md"]),
    tests(
      of: "CommandLine",
      ["preflight", "sandbox-probe", "PreflightProject", "PreflightReports"], exclude: ["Cases"]),
  ],
  swiftLanguageModes: [.v6]
)

// The fuzz targets are built for libFuzzer, which brings the main function; `Tests/Fuzzing/run` sets this.
if Context.environment["PREFLIGHT_FUZZING"] == "1" {
  package.targets.append(
    .executableTarget(
      name: "preflight-fuzz",
      dependencies: [
        "PreflightReferences", "PreflightBytes", "PreflightFacts", "PreflightFormats", "PreflightInspection",
        "PreflightPolicy", "PreflightProject", "PreflightFix", "PreflightEncoding",
        "MediaPreflight", "PreflightReports",
      ],
      path: "Tests/Fuzzing",
      exclude: ["Dictionaries", "README.md", "run"],
      swiftSettings: settings))
}

// The plugin that builds the documentation; `.ci/check-documentation` sets this. Whoever uses the package doesn't
// resolve it.
if Context.environment["PREFLIGHT_DOCC"] != nil {
  package.dependencies.append(
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}

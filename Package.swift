// swift-tools-version: 6.2
import PackageDescription

// The layers, in the order in which a file passes through them:
// bytes → facts → findings → verdict → report. A target depends only on those before it,
// so the compiler keeps a reader from knowing a policy and a report from deciding anything.

let settings: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "preflight",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "MediaPreflight", targets: ["MediaPreflight"]),
    .library(name: "PreflightReport", targets: ["PreflightReport"]),
    .executable(name: "preflight", targets: ["preflight"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(
      name: "CLibMagic",
      pkgConfig: "libmagic",
      providers: [.apt(["libmagic-dev"]), .brew(["libmagic"])]),
    .systemLibrary(
      name: "CLibWebP",
      pkgConfig: "libwebpdemux",
      providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),
    .systemLibrary(
      name: "CZlib",
      pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CDeflate",
      pkgConfig: "libdeflate",
      providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
    .systemLibrary(name: "CSandbox"),
    .target(
      name: "PreflightBytes",
      dependencies: ["CZlib", "CDeflate"],
      path: "Sources/Bytes",
      swiftSettings: settings),
    .target(
      name: "PreflightFacts",
      dependencies: ["PreflightBytes", "CLibMagic", "CLibWebP"],
      path: "Sources/Facts",
      resources: [.embedInCode("Sniffing/common.magic")],
      swiftSettings: settings),
    .target(
      name: "PreflightFindings",
      dependencies: ["PreflightFacts"],
      path: "Sources/Findings",
      resources: [.embedInCode("Policies")],
      swiftSettings: settings),
    .target(
      name: "MediaPreflight",
      dependencies: ["PreflightBytes", "PreflightFacts", "PreflightFindings"],
      path: "Sources/Verdict",
      swiftSettings: settings),
    .target(
      name: "PreflightReport",
      dependencies: ["MediaPreflight"],
      path: "Sources/Report",
      resources: [.embedInCode("HTML")],
      swiftSettings: settings),
    .target(
      name: "PreflightProject",
      dependencies: ["MediaPreflight"],
      path: "Sources/Project",
      swiftSettings: settings),
    .executableTarget(
      name: "preflight",
      dependencies: [
        "MediaPreflight", "PreflightProject", "PreflightReport",
        .target(name: "CSandbox", condition: .when(platforms: [.linux])),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/preflight",
      swiftSettings: settings),
    .testTarget(
      name: "PreflightTests",
      dependencies: ["MediaPreflight", "PreflightFindings", "PreflightProject", "PreflightReport"],
      exclude: ["Hostile/UnsafeOperations.md", "Verdicts/verdicts.tsv"],
      swiftSettings: settings),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "preflight", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["Cases"],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)

// The fuzz targets are built for libFuzzer, which brings the main function; `Tests/Fuzzing/run` sets this.
if Context.environment["PREFLIGHT_FUZZING"] == "1" {
  package.targets.append(
    .executableTarget(
      name: "preflight-fuzz",
      dependencies: [
        "PreflightBytes", "PreflightFacts", "PreflightFindings", "PreflightProject", "MediaPreflight",
        "PreflightReport",
      ],
      path: "Tests/Fuzzing",
      exclude: ["Dictionaries", "README.md", "run"],
      swiftSettings: settings))
}

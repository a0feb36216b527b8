// swift-tools-version: 6.2
import PackageDescription

// A separate package, so that users of the library don't resolve these dependencies.

let package = Package(
  name: "preflight-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "preflight", path: ".."),
    // Without the default trait: jemalloc isn't available everywhere, and allocation counts aren't used here.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "PreflightBenchmarks",
      dependencies: [
        .product(name: "MediaPreflight", package: "preflight"),
        .product(name: "PreflightReports", package: "preflight"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/PreflightBenchmarks",
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ],
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ],
  swiftLanguageModes: [.v6]
)

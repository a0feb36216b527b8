// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that whoever uses the library resolves nothing of this.

let package = Package(
  name: "preflight-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "preflight", path: ".."),
    // Without its default trait: jemalloc isn't there on every machine, and what it counts isn't read here.
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

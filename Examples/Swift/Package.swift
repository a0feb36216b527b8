// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "CheckBeforeUpload",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "preflight", path: "../..")],
  targets: [
    .executableTarget(
      name: "check-before-upload",
      dependencies: [.product(name: "MediaPreflight", package: "preflight")],
      path: "Sources/CheckBeforeUpload")
  ],
  swiftLanguageModes: [.v6]
)

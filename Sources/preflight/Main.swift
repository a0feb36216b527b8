// A stand-in while the readers are being written: `inspect --format ndjson` alone.
import MediaPreflight
import PreflightReport

@main struct Main {
  static func main() throws {
    let engine = Preflight()
    var paths = CommandLine.arguments.dropFirst().filter {
      !$0.hasPrefix("-") && $0 != "inspect" && $0 != "ndjson"
    }
    if CommandLine.arguments.contains("--files-from") {
      var all: [UInt8] = []
      while let line = readLine(strippingNewline: false) { all += Array(line.utf8) }
      paths += all.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
    for path in paths {
      let inspection = try engine.inspect(try FileSource(path: path))
      var json = JSONWriter()
      json.object {
        $0.member("path", path)
        $0.member("mediaType", inspection.mediaType?.rawValue)
        $0.member("sniffedType", inspection.sniffedType)
        $0.member("size", inspection.byteCount)
        $0.key("facts")
        $0.facts(inspection.facts.fields)
        $0.key("findings")
        $0.array { json in
          for fault in inspection.faults {
            json.object {
              $0.member("code", "damaged-file")
              $0.member("message", fault.message + " [\(fault.name)] (\(fault.clause))")
              $0.member("offset", fault.offset)
              $0.member("expected", fault.expected)
              $0.member("actual", fault.actual)
            }
          }
          if let offset = inspection.trailingDataOffset {
            json.object {
              $0.member("code", "trailing-data")
              $0.member("message", "trailing data")
              $0.member("offset", offset)
            }
          }
          if let offset = inspection.locationMetadataOffset {
            json.object {
              $0.member("code", "location-metadata")
              $0.member("message", "location")
              $0.member("offset", offset)
            }
          }
        }
      }
      print(String(decoding: json.bytes, as: UTF8.self))
    }
  }
}

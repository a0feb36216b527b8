import PreflightInspection
import MediaPreflight
@testable import PreflightTestSupport
import Testing

/// What a decoder of AVC is told before the first picture: the last value that it takes, and the first that it
/// refuses.
@Suite struct AVCConfigurationTests {
  struct Element: Sendable {
    var name: String
    var good: UInt32
    var bad: UInt32
    /// What else has to be set for the element to be there.
    var others: [String: UInt32] = [:]
  }

  @Test(arguments: [
    Element(name: "seq_parameter_set_id", good: 31, bad: 32),
    Element(name: "chroma_format_idc", good: 3, bad: 4),
    Element(name: "bit_depth_luma_minus8", good: 6, bad: 7),
    Element(name: "bit_depth_chroma_minus8", good: 6, bad: 7),
    Element(name: "log2_max_frame_num_minus4", good: 12, bad: 13),
    Element(name: "pic_order_cnt_type", good: 2, bad: 3),
    Element(name: "log2_max_pic_order_cnt_lsb_minus4", good: 12, bad: 13, others: ["pic_order_cnt_type": 0]),
    Element(name: "max_num_ref_frames", good: 16, bad: 17),
    Element(name: "pic_width_in_mbs_minus1", good: 1054, bad: 1055),
    Element(name: "pic_height_in_map_units_minus1", good: 1054, bad: .max - 1),
    Element(name: "direct_8x8_inference_flag", good: 1, bad: 0, others: ["frame_mbs_only_flag": 0]),
    Element(name: "frame_crop_left_offset", good: 31, bad: 32),
    Element(name: "max_num_reorder_frames", good: 16, bad: 17),
  ])
  func sequenceParameterSet(_ element: Element) throws {
    var values = element.others
    values[element.name] = element.good
    // The picture parameter set goes along with the identifier.
    let pictures = [pictureSet(["seq_parameter_set_id": values["seq_parameter_set_id"] ?? 0])]
    #expect(try inspect(movie([sequenceSet(values)], pictures)).faults == [])
    values[element.name] = element.bad
    let bytes = try movie([sequenceSet(values)], pictures)
    let fault = try #require(try inspect(bytes).faults.first)
    #expect(fault.name == "invalid-sequence-parameter-set")
    #expect(fault.message.contains(element.name))
    #expect(fault.offset == bytes.isoBox("avcC").map { UInt64($0) + 16 })
  }

  @Test(arguments: [
    Element(name: "pic_parameter_set_id", good: 0, bad: 256),
    Element(name: "seq_parameter_set_id", good: 0, bad: 1),
    Element(name: "num_slice_groups_minus1", good: 0, bad: 1),
    Element(name: "num_ref_idx_l0_default_active_minus1", good: 31, bad: 32),
    Element(name: "num_ref_idx_l1_default_active_minus1", good: 31, bad: 32),
    Element(name: "pic_init_qp_minus26", good: 25, bad: 26),
    Element(name: "chroma_qp_index_offset", good: 12, bad: 13),
  ])
  func pictureParameterSet(_ element: Element) throws {
    #expect(try inspect(movie([sequenceSet()], [pictureSet([element.name: element.good])])).faults == [])
    let fault = try #require(
      try inspect(movie([sequenceSet()], [pictureSet([element.name: element.bad])])).faults.first)
    #expect(fault.name == "invalid-picture-parameter-set")
    #expect(fault.message.contains(element.name))
    #expect(fault.expected?.contains(element.name) == true)
  }

  @Test func setsThatAreCut() throws {
    let (sequence, picture) = (sequenceSet(), pictureSet())
    #expect(try inspect(movie([sequence], [picture])).faults == [])
    for count in 1..<7 {
      let faults = try inspect(movie([Array(sequence[..<count])], [picture])).faults
      #expect(faults.map(\.name) == ["invalid-sequence-parameter-set"], "\(count) bytes")
      #expect(faults.first?.actual == "end of the data", "\(count) bytes")
    }
    for count in 1..<3 {
      let faults = try inspect(movie([sequence], [Array(picture[..<count])])).faults
      #expect(faults.map(\.name) == ["invalid-picture-parameter-set"], "\(count) bytes")
    }
  }

  @Test func endlessNumber() throws {
    var bits = BitWriter()
    bits.unsigned(0x4d_000a, 24)
    bits.unsigned(0, 32)
    bits.unsigned(.max, 32)
    let fault = try #require(try inspect(movie([bits.unit(0x67)], [pictureSet()])).faults.first)
    #expect(fault.name == "invalid-sequence-parameter-set")
    #expect(fault.actual == "an unterminated number")
  }

  @Test func setsThatAreMissing() throws {
    let names = try [
      movie([], []), movie([sequenceSet()], []),
      // A NAL unit of another kind, and one whose first bit says that it is broken.
      movie([[0x68] + sequenceSet().dropFirst()], [pictureSet()]),
      movie([[0xe7] + sequenceSet().dropFirst()], [pictureSet()]),
    ].map { try inspect($0).faults.map(\.name) }
    #expect(
      names == [
        ["missing-sequence-parameter-set"], ["missing-picture-parameter-set"],
        ["missing-sequence-parameter-set"], ["missing-sequence-parameter-set"],
      ])
    // What else stands beside the sets is passed over, and which list a set is in doesn't matter.
    #expect(try inspect(movie([sequenceSet(), pictureSet()], [])).faults == [])
    #expect(try inspect(movie([[0x09, 0x10], sequenceSet()], [[0x06, 5], pictureSet()])).faults == [])
  }

  @Test func noConfiguration() throws {
    let bytes = try Fixture.bytes("mp4/h264-baseline.mp4")
    let place = try #require(bytes.isoBox("avcC"))
    let fault = try #require(try inspect(bytes.with(Array("free".utf8), at: place + 4)).faults.first)
    #expect(fault.name == "missing-box")
    #expect(fault.expected == "a “avcC” box")
  }

  /// Some writers keep the parameter sets in front of the pictures alone.
  @Test func setsInFrontOfThePictures() throws {
    let sets = [sequenceSet(), pictureSet()].map { bigEndian(UInt32($0.count)) + $0 }.joined()
    var bytes = try movie([], [])
    let data = try #require(bytes.isoBox("mdat")) + 8
    let sizes = try #require(bytes.isoBox("stsz")) + 20
    // They take the place of the first picture's start, whose length is set right.
    let length = bytes.bigEndian32(at: sizes)
    var slice: [UInt8] = [0x65, 0x88, 0x84]
    slice += [UInt8](repeating: 1, count: length - sets.count - 4 - slice.count)
    bytes = bytes.with(sets + bigEndian(UInt32(slice.count)) + slice, at: data)
    let place = try #require(bytes.isoBox("stco")) + 16
    bytes = bytes.with(bigEndian(UInt32(data)), at: place)
    #expect(try inspect(bytes).faults == [])
  }

  @Test func setsPastTheBox() throws {
    let sequence = sequenceSet()
    let contents = configuration([sequence], [pictureSet()])
    for (length, name) in [(sequence.count, nil), (200, "parameter-set-past-box")] {
      let bytes = try movie(contents.with([0, UInt8(length)], at: 6))
      #expect(try inspect(bytes).faults.map(\.name) == (name.map { [$0] } ?? []))
    }
  }

  @Test func versionAndLengthSize() throws {
    let contents = configuration([sequenceSet()], [pictureSet()])
    for (place, value, name) in [
      (0, UInt8(1), nil), (0, 0, "unknown-configuration-version"), (4, 0xff, nil),
      (4, 0xfe, "reserved-length-size"), (4, 0xfd, "nal-unit-past-sample"),
      (4, 0xfc, "nal-unit-past-sample"),
    ] {
      let faults = try inspect(movie(contents.with([value], at: place))).faults
      #expect(faults.map(\.name) == (name.map { [$0] } ?? []), "\(value) at \(place)")
    }
  }

  @Test func pictureOfAnUnknownSet() throws {
    let sets = [pictureSet(["pic_parameter_set_id": 1])]
    let fault = try #require(try inspect(movie([sequenceSet()], sets)).faults.first)
    #expect(fault.name == "unknown-picture-parameter-set")
    #expect(fault.actual == "0")
    #expect(try inspect(movie([sequenceSet()], sets + [pictureSet()])).faults == [])
  }

  /// One picture that is broken is not the end of the stream; its content tells all the same.
  @Test func picturesThatCannotBeTakenApart() throws {
    let bytes = try Fixture.bytes("mp4/h264-baseline.mp4")
    let first = bytes.bigEndian32(at: try #require(bytes.isoBox("stco")) + 16)
    let sizes = try #require(bytes.isoBox("stsz")) + 20
    let second = first + bytes.bigEndian32(at: sizes)
    let third = second + bytes.bigEndian32(at: sizes + 4)
    var variant = bytes
    let structure = Preflight(depth: .structure)
    for (place, isTold) in [(first, false), (second, false), (third, true)] {
      variant = variant.with([0xff, 0xff], at: place)
      let names = try structure.inspect(MemorySource(variant)).faults.map(\.name)
      #expect(names == (isTold ? ["nal-unit-past-sample"] : []))
      #expect(try inspect(variant).faults.map(\.name) == ["nal-unit-past-sample"])
    }
  }
}

private func sequenceSet(_ values: [String: UInt32] = [:]) -> [UInt8] {
  func value(_ element: String, _ standard: UInt32 = 0) -> UInt32 { values[element] ?? standard }
  var bits = BitWriter()
  bits.unsigned(0x64_000a, 24)
  bits.unsignedExpGolomb(value("seq_parameter_set_id"))
  bits.unsignedExpGolomb(value("chroma_format_idc", 1))
  if value("chroma_format_idc") == 3 { bits.unsigned(0, 1) }
  bits.unsignedExpGolomb(value("bit_depth_luma_minus8"))
  bits.unsignedExpGolomb(value("bit_depth_chroma_minus8"))
  bits.unsigned(0, 2)
  bits.unsignedExpGolomb(value("log2_max_frame_num_minus4"))
  bits.unsignedExpGolomb(value("pic_order_cnt_type", 2))
  if value("pic_order_cnt_type", 2) == 0 {
    bits.unsignedExpGolomb(value("log2_max_pic_order_cnt_lsb_minus4"))
  }
  bits.unsignedExpGolomb(value("max_num_ref_frames", 1))
  bits.unsigned(0, 1)
  bits.unsignedExpGolomb(value("pic_width_in_mbs_minus1", 3))
  bits.unsignedExpGolomb(value("pic_height_in_map_units_minus1", 3))
  bits.unsigned(value("frame_mbs_only_flag", 1), 1)
  if value("frame_mbs_only_flag", 1) == 0 { bits.unsigned(0, 1) }
  bits.unsigned(value("direct_8x8_inference_flag", 1), 1)
  bits.unsigned(1, 1)
  bits.unsignedExpGolomb(value("frame_crop_left_offset"))
  for _ in 0..<3 { bits.unsignedExpGolomb(0) }
  // Video usability information with nothing but the restrictions of the stream.
  bits.unsigned(1, 1)
  bits.unsigned(0, 8)
  bits.unsigned(3, 2)
  for _ in 0..<4 { bits.unsignedExpGolomb(0) }
  bits.unsignedExpGolomb(value("max_num_reorder_frames"))
  bits.unsignedExpGolomb(16)
  return bits.unit(0x67)
}

private func pictureSet(_ values: [String: UInt32] = [:]) -> [UInt8] {
  var bits = BitWriter()
  bits.unsignedExpGolomb(values["pic_parameter_set_id"] ?? 0)
  bits.unsignedExpGolomb(values["seq_parameter_set_id"] ?? 0)
  bits.unsigned(0, 2)
  bits.unsignedExpGolomb(values["num_slice_groups_minus1"] ?? 0)
  bits.unsignedExpGolomb(values["num_ref_idx_l0_default_active_minus1"] ?? 0)
  bits.unsignedExpGolomb(values["num_ref_idx_l1_default_active_minus1"] ?? 0)
  bits.unsigned(0, 3)
  bits.signedExpGolomb(Int(values["pic_init_qp_minus26"] ?? 0))
  bits.signedExpGolomb(0)
  bits.signedExpGolomb(Int(values["chroma_qp_index_offset"] ?? 0))
  bits.unsigned(0, 3)
  return bits.unit(0x68)
}

/// The content of an `avcC` box.
private func configuration(_ sequences: [[UInt8]], _ pictures: [[UInt8]]) -> [UInt8] {
  func list(_ sets: [[UInt8]]) -> [UInt8] {
    Array(sets.map { [0, UInt8($0.count)] + $0 }.joined())
  }
  return [1, 100, 0, 10, 0xff, 0xe0 | UInt8(sequences.count)] + list(sequences) + [UInt8(pictures.count)]
    + list(pictures)
}

private func movie(_ configuration: [UInt8]) throws -> [UInt8] {
  try #require(
    try Fixture.bytes("mp4/h264-baseline.mp4").withContents(
      configuration, ofBox: "avcC", in: ["moov", "trak", "mdia", "minf", "stbl", "stsd", "avc1"]))
}

/// A real file with other parameter sets.
private func movie(_ sequences: [[UInt8]], _ pictures: [[UInt8]]) throws -> [UInt8] {
  try movie(configuration(sequences, pictures))
}

internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The sequence parameter set (ITU-T H.264, 7.3.2.1.1).
  struct SequenceParameterSet {
    let profile: UInt8
    let constraints: UInt8
    let level: UInt8
    let identifier: UInt32
    private var chromaFormat: UInt32 = 1
    private var hasSeparatePlanes = false
    private(set) var bitDepth = 8
    private(set) var width = 0
    private(set) var height = 0
    private(set) var mayReorder: Bool?

    /// The maximum picture width or height at the highest level: the square root of eight times its 139264
    /// macroblocks (A.3.1, table A-1, level 6.2). Decoders reject larger ones.
    private static let maximumMacroblocks: UInt32 = 1055

    init(unit: [UInt8]) throws(SyntaxDefect) {
      var reader = SyntaxReader(BitReader(rawByteSequenceOf: unit))
      try reader.skip("nal_unit_type", 8)
      profile = UInt8(try reader.unsigned("profile_idc", 8))
      constraints = UInt8(try reader.unsigned("constraint_set0_flag", 8))
      level = UInt8(try reader.unsigned("level_idc", 8))
      identifier = try reader.unsignedExpGolomb("seq_parameter_set_id", in: 0...31)
      if [44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 144, 244].contains(profile) {
        chromaFormat = try reader.unsignedExpGolomb("chroma_format_idc", in: 0...3)
        if chromaFormat == 3 { hasSeparatePlanes = try reader.flag("separate_colour_plane_flag") }
        bitDepth = 8 + Int(try reader.unsignedExpGolomb("bit_depth_luma_minus8", in: 0...6))
        _ = try reader.unsignedExpGolomb("bit_depth_chroma_minus8", in: 0...6)
        try reader.skip("qpprime_y_zero_transform_bypass_flag", 1)
        if try reader.flag("seq_scaling_matrix_present_flag") {
          try Self.skipScalingLists(chromaFormat == 3 ? 12 : 8, &reader)
        }
      }
      _ = try reader.unsignedExpGolomb("log2_max_frame_num_minus4", in: 0...12)
      let orderType = try reader.unsignedExpGolomb("pic_order_cnt_type", in: 0...2)
      try Self.skipPictureOrder(orderType, &reader)
      // Type 2 is for streams in which the order of output is the order of decoding (8.2.1.3).
      if orderType == 2 || profile == 66 { mayReorder = false }
      _ = try reader.unsignedExpGolomb("max_num_ref_frames", in: 0...16)
      try reader.skip("gaps_in_frame_num_value_allowed_flag", 1)
      try readSize(&reader)
      if let reordered = try Self.reorderedFrames(reader), mayReorder == nil { mayReorder = reordered > 0 }
    }

    /// Annex A.2: the profiles that have slice groups are Baseline, where it isn't constrained, and Extended.
    var mayHaveSliceGroups: Bool { profile == 66 && constraints & 0x40 == 0 || profile == 88 }

    var chroma: String { ["4:0:0", "4:2:0", "4:2:2", "4:4:4"][Int(chromaFormat)] }

    private mutating func readSize(_ reader: inout SyntaxReader) throws(SyntaxDefect) {
      let range = 0...Self.maximumMacroblocks - 1
      let widthInMacroblocks = UInt64(try reader.unsignedExpGolomb("pic_width_in_mbs_minus1", in: range)) + 1
      let heightInMapUnits =
        UInt64(try reader.unsignedExpGolomb("pic_height_in_map_units_minus1", in: range)) + 1
      let isFrameOnly = try reader.flag("frame_mbs_only_flag")
      if !isFrameOnly { try reader.skip("mb_adaptive_frame_field_flag", 1) }
      // Fields are only coded so (7.4.2.1.1).
      if try !reader.flag("direct_8x8_inference_flag"), !isFrameOnly {
        throw SyntaxDefect(
          element: "direct_8x8_inference_flag", expected: "direct_8x8_inference_flag 1", actual: "0")
      }
      var crop: [UInt64] = [0, 0, 0, 0]
      if try reader.flag("frame_cropping_flag") {
        for (i, side) in ["left", "right", "top", "bottom"].enumerated() {
          crop[i] = UInt64(try reader.unsignedExpGolomb("frame_crop_\(side)_offset"))
        }
      }
      let unitX: UInt64 = !hasSeparatePlanes && (chromaFormat == 1 || chromaFormat == 2) ? 2 : 1
      let fields: UInt64 = isFrameOnly ? 1 : 2
      let unitY = (!hasSeparatePlanes && chromaFormat == 1 ? 2 : 1) * fields
      let fullWidth = widthInMacroblocks * 16
      let fullHeight = heightInMapUnits * 16 * fields
      let cropX = (crop[0] + crop[1]) * unitX
      let cropY = (crop[2] + crop[3]) * unitY
      guard cropX < fullWidth, cropY < fullHeight else {
        throw SyntaxDefect(
          element: "frame_crop_left_offset",
          expected: "less cropped than \(fullWidth) × \(fullHeight) pixels",
          actual: "\(cropX) × \(cropY) pixels cropped")
      }
      width = Int(fullWidth - cropX)
      height = Int(fullHeight - cropY)
    }

    private static func skipScalingLists(
      _ count: Int, _ reader: inout SyntaxReader
    ) throws(SyntaxDefect) {
      for list in 0..<count where try reader.flag("seq_scaling_list_present_flag") {
        var last = 8
        var next = 8
        for _ in 0..<(list < 6 ? 16 : 64) {
          if next != 0 {
            next = (last + (try reader.signedExpGolomb("delta_scale", in: -128...127)) + 256) % 256
          }
          if next != 0 { last = next }
        }
      }
    }

    private static func skipPictureOrder(
      _ type: UInt32, _ reader: inout SyntaxReader
    ) throws(SyntaxDefect) {
      if type == 0 { _ = try reader.unsignedExpGolomb("log2_max_pic_order_cnt_lsb_minus4", in: 0...12) }
      guard type == 1 else { return }
      try reader.skip("delta_pic_order_always_zero_flag", 1)
      _ = try reader.signedExpGolomb("offset_for_non_ref_pic")
      _ = try reader.signedExpGolomb("offset_for_top_to_bottom_field")
      let count = try reader.unsignedExpGolomb("num_ref_frames_in_pic_order_cnt_cycle", in: 0...255)
      for _ in 0..<count { _ = try reader.signedExpGolomb("offset_for_ref_frame") }
    }

    /// `max_num_reorder_frames` of the video usability information (annex E.1.1), if present. Encoders often
    /// truncate it, and the values before it are still useful.
    private static func reorderedFrames(_ reader: SyntaxReader) throws(SyntaxDefect) -> UInt32? {
      var reader = reader
      do throws(SyntaxDefect) {
        return try reorderedFrames(&reader)
      } catch {
        if error.actual == nil { return nil }
        throw error
      }
    }

    private static func reorderedFrames(_ reader: inout SyntaxReader) throws(SyntaxDefect) -> UInt32? {
      guard try reader.flag("vui_parameters_present_flag") else { return nil }
      if try reader.flag("aspect_ratio_info_present_flag"),
        try reader.unsigned("aspect_ratio_idc", 8) == 255
      {
        try reader.skip("sar_width", 32)
      }
      if try reader.flag("overscan_info_present_flag") { try reader.skip("overscan_appropriate_flag", 1) }
      if try reader.flag("video_signal_type_present_flag") {
        try reader.skip("video_format", 4)
        if try reader.flag("colour_description_present_flag") { try reader.skip("colour_primaries", 24) }
      }
      if try reader.flag("chroma_loc_info_present_flag") {
        _ = try reader.unsignedExpGolomb("chroma_sample_loc_type_top_field")
        _ = try reader.unsignedExpGolomb("chroma_sample_loc_type_bottom_field")
      }
      if try reader.flag("timing_info_present_flag") { try reader.skip("num_units_in_tick", 65) }
      let hasNALParameters = try reader.flag("nal_hrd_parameters_present_flag")
      if hasNALParameters { try skipHypotheticalDecoder(&reader) }
      let hasVCLParameters = try reader.flag("vcl_hrd_parameters_present_flag")
      if hasVCLParameters { try skipHypotheticalDecoder(&reader) }
      if hasNALParameters || hasVCLParameters { try reader.skip("low_delay_hrd_flag", 1) }
      try reader.skip("pic_struct_present_flag", 1)
      guard try reader.flag("bitstream_restriction_flag") else { return nil }
      try reader.skip("motion_vectors_over_pic_boundaries_flag", 1)
      _ = try reader.unsignedExpGolomb("max_bytes_per_pic_denom")
      _ = try reader.unsignedExpGolomb("max_bits_per_mb_denom")
      _ = try reader.unsignedExpGolomb("log2_max_mv_length_horizontal")
      _ = try reader.unsignedExpGolomb("log2_max_mv_length_vertical")
      return try reader.unsignedExpGolomb("max_num_reorder_frames", in: 0...16)
    }

    /// hrd_parameters (E.1.2).
    private static func skipHypotheticalDecoder(_ reader: inout SyntaxReader) throws(SyntaxDefect) {
      let count = try reader.unsignedExpGolomb("cpb_cnt_minus1", in: 0...31)
      try reader.skip("bit_rate_scale", 8)
      for _ in 0...count {
        _ = try reader.unsignedExpGolomb("bit_rate_value_minus1")
        _ = try reader.unsignedExpGolomb("cpb_size_value_minus1")
        try reader.skip("cbr_flag", 1)
      }
      try reader.skip("initial_cpb_removal_delay_length_minus1", 20)
    }
  }

  /// The picture parameter set (ITU-T H.264, 7.3.2.2).
  struct PictureParameterSet {
    let identifier: UInt32

    init(unit: [UInt8], sequences: [UInt32: SequenceParameterSet]) throws(SyntaxDefect) {
      var reader = SyntaxReader(BitReader(rawByteSequenceOf: unit))
      try reader.skip("nal_unit_type", 8)
      identifier = try reader.unsignedExpGolomb("pic_parameter_set_id", in: 0...255)
      let sequenceIdentifier = try reader.unsignedExpGolomb("seq_parameter_set_id", in: 0...31)
      guard let sequence = sequences[sequenceIdentifier] else {
        throw SyntaxDefect(
          element: "seq_parameter_set_id", expected: "seq_parameter_set_id of a set that is there",
          actual: "\(sequenceIdentifier)")
      }
      try reader.skip("entropy_coding_mode_flag", 2)
      // The map of slice groups is long, and few decoders support it.
      let groups = try reader.unsignedExpGolomb(
        "num_slice_groups_minus1", in: 0...(sequence.mayHaveSliceGroups ? 7 : 0))
      guard groups == 0 else { return }
      _ = try reader.unsignedExpGolomb("num_ref_idx_l0_default_active_minus1", in: 0...31)
      _ = try reader.unsignedExpGolomb("num_ref_idx_l1_default_active_minus1", in: 0...31)
      try reader.skip("weighted_pred_flag", 3)
      _ = try reader.signedExpGolomb("pic_init_qp_minus26", in: (-26 - 6 * (sequence.bitDepth - 8))...25)
      _ = try reader.signedExpGolomb("pic_init_qs_minus26")
      _ = try reader.signedExpGolomb("chroma_qp_index_offset", in: -12...12)
      // Missing flags after it count as zero.
    }
  }
}

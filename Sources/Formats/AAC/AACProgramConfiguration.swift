internal import PreflightFacts
internal import PreflightBytes

/// A program config element at the start of a raw data block (ISO/IEC 14496-3, section 4.4.1.1), which
/// declares the channels if the frame's header doesn't.
struct AACProgramConfiguration {
  let channels: Int

  init?(parsing block: inout ByteSpan) {
    guard let bytes = try? block.array(min(block.remaining, 64)) else { return nil }
    var bits = AudioBits(bytes)
    // id_syn_ele: 5 is the program config element.
    guard bits.next(3) == 5 else { return nil }
    // element_instance_tag, object_type, sampling_frequency_index.
    _ = bits.next(4 + 2 + 4)
    let elements = (0..<3).map { _ in bits.next(4) }
    let lowFrequency = bits.next(2)
    // num_assoc_data_elements, num_valid_cc_elements.
    _ = bits.next(3 + 4)
    if bits.next(1) == 1 { _ = bits.next(4) }
    if bits.next(1) == 1 { _ = bits.next(4) }
    if bits.next(1) == 1 { _ = bits.next(3) }
    var channels = Int(lowFrequency)
    for _ in 0..<elements.reduce(0, +) {
      channels += bits.next(1) == 1 ? 2 : 1
      _ = bits.next(4)
    }
    guard channels > 0 else { return nil }
    self.channels = channels
  }
}

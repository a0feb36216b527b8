/// The sampling rates of AAC, by their index (ISO/IEC 14496-3, table 1.18). Index 15 says that the rate is written out.
package enum AACSamplingRates {
  package static let all: [UInt32] = [
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
  ]
}

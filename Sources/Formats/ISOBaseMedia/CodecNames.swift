internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// ffmpeg's names for video sample entries, from the registry at mp4ra.org and QuickTime's own codecs; nil
  /// for an unknown one.
  static func videoCodec(_ format: FourCC) -> String? {
    switch format {
    case "avc1", "avc2", "avc3", "avc4", "dva1", "dvav", "AVin", "ai5p", "ai5q", "ai52", "ai53", "ai55",
      "ai56", "ai1p", "ai1q", "ai12", "ai13", "ai15", "ai16", "aivx", "x264", "X264", "h264", "H264":
      "h264"
    case "hvc1", "hev1", "hvc2", "hev2", "dvh1", "dvhe", "hvt1", "lhv1", "lhe1": "hevc"
    case "vvc1", "vvi1": "vvc"
    case "evc1": "evc"
    case "av01", "dav1": "av1"
    case "vp08": "vp8"
    case "vp09": "vp9"
    case "VP31": "vp3"
    case "VP6F": "vp6f"
    case "mp4v", "DIVX", "XVID", "3IV2", "3IVD", "FMP4": "mpeg4"
    case "s263", "h263", "H263": "h263"
    case "h261", "H261": "h261"
    case "m1v ", "m1v1", "mpeg", "mp1v": "mpeg1video"
    case "m2v1", "mp2v", "mpg2", "AVmp", "mx3n", "mx3p", "mx4n", "mx4p", "mx5n", "mx5p": "mpeg2video"
    case "vc-1", "ovc1", "WVC1": "vc1"
    case "jpeg", "mjpa", "AVRn", "AVDJ", "dmb1", "mjpg", "MJPG": "mjpeg"
    case "mjpb": "mjpegb"
    case "mjp2": "jpeg2000"
    case "png ", "MNG ": "png"
    case "tiff": "tiff"
    case "gif ": "gif"
    case "apco", "apcs", "apcn", "apch", "ap4h", "ap4x": "prores"
    case "AVdn", "AVdh": "dnxhd"
    case "CFHD": "cfhd"
    case "Hap1", "Hap5", "HapY", "HapM", "HapA": "hap"
    case "SVQ1", "svq1", "svqi": "svq1"
    case "SVQ3": "svq3"
    case "cvid": "cinepak"
    case "rpza": "rpza"
    case "smc ": "smc"
    case "rle ": "qtrle"
    case "WRLE": "msrle"
    case "8BPS": "8bps"
    case "qdrw": "qdraw"
    case "IV31", "IV32": "indeo3"
    case "IV41": "indeo4"
    case "IV50": "indeo5"
    case "drac": "dirac"
    case "theo": "theora"
    case "flic", "FLIC": "flic"
    case "ULRA", "ULRG", "ULY0", "ULY2", "ULY4", "ULH0", "ULH2", "ULH4", "UQY2", "UQRA", "UQRG": "utvideo"
    case "icod": "aic"
    case "pxlt": "pixlet"
    case "FFV1": "ffv1"
    case "v210": "v210"
    case "v308": "v308"
    case "v408": "v408"
    case "v410": "v410"
    case "r210": "r210"
    case "R10k": "r10k"
    case "AVUI": "avui"
    case "AVrp", "SUDS": "avrp"
    case "raw ", "2vuy", "yuv2", "yuvs", "WRAW", "r408", "L555", "L565", "B565", "24BG", "BGRA", "RGBA",
      "ABGR", "b16g", "b48r", "b64a", "DVOO", "j420":
      "rawvideo"
    default: isDigitalVideo(format) ? "dvvideo" : isMPEG2(format) ? "mpeg2video" : nil
    }
  }

  /// DV in its many tape formats.
  private static func isDigitalVideo(_ format: FourCC) -> Bool {
    switch format {
    case "dvc ", "dvcp", "dvpp", "dv5p", "dv5n", "dvhp", "dvhq", "dvh2", "dvh3", "dvh4", "dvh5", "dvh6",
      "AVdv", "AVd1", "dvsd":
      true
    default: false
    }
  }

  /// HDV and XDCAM: `hdv1` to `hdva`, `xdv1` to `xdvh`, `xd51` and their like.
  private static func isMPEG2(_ format: FourCC) -> Bool {
    switch format.rawValue >> 8 {
    case 0x686476, 0x786476, 0x786435, 0x786468: true
    default: false
    }
  }

  /// ffmpeg's names for audio sample entries; nil for an unknown one, or one whose name depends on more than
  /// its code.
  static func audioCodec(_ format: FourCC) -> String? {
    switch format {
    case "mp4a": "aac"
    case "samr": "amr_nb"
    case "sawb": "amr_wb"
    case "sawp": "amr_wb"
    case "alac": "alac"
    case "Opus": "opus"
    case "fLaC": "flac"
    case "spex": "speex"
    case "ac-3", "sac3": "ac3"
    case "ec-3": "eac3"
    case "ac-4": "ac4"
    case "dtsc", "dtsh", "dtsl", "dtse", "dtsx", "DTS ": "dts"
    case "mlpa": "truehd"
    case "mha1", "mha2", "mhm1", "mhm2": "mpegh_3d_audio"
    case ".mp1": "mp1"
    case ".mp2": "mp2"
    case ".mp3", "mp3 ", "MP3 ": "mp3"
    case "alaw": "pcm_alaw"
    case "ulaw": "pcm_mulaw"
    case "ima4": "adpcm_ima_qt"
    case "MAC3": "mace3"
    case "MAC6": "mace6"
    case "QDM2": "qdm2"
    case "QDMC": "qdmc"
    case "sevc": "evrc"
    case "ssmv": "smv"
    case "sqcp", "Qclp", "Qclq", "QCLP": "qcelp"
    case "agsm": "gsm"
    case "vdva", "dvca": "dvaudio"
    case "Nmos", "NMOS", "nmos": "nellymoser"
    case "WMA2": "wmav2"
    default:
      // "ms" and a format number of Windows.
      switch format.rawValue {
      case 0x6d73_0055: "mp3"
      case 0x6d73_0002: "adpcm_ms"
      case 0x6d73_0011: "adpcm_ima_wav"
      case 0x6d73_0031: "gsm_ms"
      default: nil
      }
    }
  }

  /// ProRes's profile and pixel format, which its sample entry's code determines (Apple ProRes Bitstream
  /// Syntax, annex A).
  static func describeProRes(_ stream: inout VideoStream, format: FourCC) {
    switch format {
    case "apco": stream.profile = "Proxy"
    case "apcs": stream.profile = "LT"
    case "apcn": stream.profile = "Standard"
    case "apch": stream.profile = "HQ"
    case "ap4h": stream.profile = "4444"
    default: stream.profile = "XQ"
    }
    let isFull = stream.profile == "4444" || stream.profile == "XQ"
    stream.chroma = isFull ? "4:4:4" : "4:2:2"
    stream.bitDepth = isFull ? 12 : 10
  }
}

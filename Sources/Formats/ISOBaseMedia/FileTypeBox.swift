internal import PreflightFacts
internal import PreflightBytes

extension ISOBaseMedia {
  /// The file type box (ISO/IEC 14496-12, 4.3): the brands, which name the specifications that the file
  /// follows.
  struct FileTypeBox: BoxContents {
    let majorBrand: FourCC
    private(set) var compatibleBrands: [FourCC] = []

    init(parsing span: inout ByteSpan) throws(ReadError) {
      majorBrand = try FourCC(parsing: &span)
      guard span.remaining >= 4 else { return }
      let minorVersion = try FourCC(parsing: &span)
      // The short form of an image has the brand of its codec instead of a version.
      if majorBrand == "mif3" { compatibleBrands.append(minorVersion) }
      while span.remaining >= 4 { compatibleBrands.append(try FourCC(parsing: &span)) }
    }

    /// What the brands say about the file. The major brand decides if it is known. Otherwise the first known
    /// compatible brand does.
    var family: Family {
      if let family = Family(brand: majorBrand) {
        // An image with a general major brand may be AV1 or JPEG 2000 by a compatible brand.
        if family == .heif, compatibleBrands.contains(where: { Family(brand: $0) == .avif }) { return .avif }
        return family
      }
      for brand in compatibleBrands {
        if let family = Family(brand: brand), !family.isImage { return family }
      }
      switch majorBrand {
      case "kddi", "KDDI": return .threeGPP2
      default: return majorBrand.rawValue >> 16 == 0x3367 ? .threeGPP : .mp4
      }
    }

    /// Whether a compatible brand signals an image, if the major brand is general.
    var compatibleImage: Family? {
      guard Family(brand: majorBrand) == nil else { return nil }
      return compatibleBrands.lazy.compactMap(Family.init(brand:)).first(where: \.isImage)
    }

    /// Whether the major brand is for audio only.
    var isForAudio: Bool {
      switch majorBrand {
      case "M4A ", "M4B ", "M4P ", "F4A ", "F4B ": true
      default: false
      }
    }
  }

  /// The kinds of files based on these boxes.
  enum Family {
    case mp4, threeGPP, threeGPP2, quickTime
    case heic, heicSequence, heif, heifSequence, avif, avci, avciSequence
    case canonRaw
    /// JPEG 2000, JPEG XL and others that only share the file type box.
    case foreign

    /// Brands as registered at mp4ra.org; nil for a brand that doesn't identify the kind of file.
    init?(brand: FourCC) {
      switch brand {
      case "qt  ", "mqt ": self = .quickTime
      case "heic", "heix", "heim", "heis": self = .heic
      case "hevc", "hevx", "hevm", "hevs": self = .heicSequence
      case "mif1", "mif2", "mif3", "miaf", "jpeg", "j2ki", "vvic", "evbi": self = .heif
      case "msf1", "jpgs", "j2is", "vvis", "evbs": self = .heifSequence
      case "avif", "avio", "avis": self = .avif
      case "avci": self = .avci
      case "avcs": self = .avciSequence
      case "crx ": self = .canonRaw
      case "jp2 ", "jpx ", "jpm ", "mjp2", "jxl ", "jph ", "jxs ": self = .foreign
      case "isom", "mp41", "mp42", "mp71", "avc1", "dash", "cmfc", "cmfs", "MSNV", "f4v ", "F4V ", "mmp4",
        "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9", "M4A ", "M4B ", "M4P ", "M4V ",
        "M4VH", "M4VP", "F4A ", "F4B ", "F4P ", "piff", "isml":
        self = .mp4
      default:
        switch brand.rawValue >> 8 {
        case 0x336732: self = .threeGPP2
        // "3ge" to "3gt": profiles of 3GPP TS 26.244, 5.4, with the release after them.
        case 0x336765, 0x336767, 0x336768, 0x33676d, 0x336770, 0x336772, 0x336773, 0x336774:
          self = .threeGPP
        default: return nil
        }
      }
    }

    /// Whether the file contains images, found by its “meta” box.
    var isImage: Bool {
      switch self {
      case .heic, .heicSequence, .heif, .heifSequence, .avif, .avci, .avciSequence: true
      case .mp4, .threeGPP, .threeGPP2, .quickTime, .canonRaw, .foreign: false
      }
    }

    var container: String {
      switch self {
      case .mp4: "mp4"
      case .threeGPP: "3gp"
      case .threeGPP2: "3g2"
      case .quickTime: "mov"
      case .heic, .heicSequence, .heif, .heifSequence, .avci, .avciSequence: "heif"
      case .avif: "avif"
      case .canonRaw: "cr3"
      case .foreign: "jp2"
      }
    }

    /// The registered type of a file with this family's brands.
    func mediaType(hasVideo: Bool) -> MediaType {
      switch self {
      case .mp4: hasVideo ? "video/mp4" : "audio/mp4"
      case .threeGPP: hasVideo ? "video/3gpp" : .threeGPPAudio
      case .threeGPP2: hasVideo ? "video/3gpp2" : "audio/3gpp2"
      // The type audio/quicktime doesn't exist.
      case .quickTime: "video/quicktime"
      case .heic: "image/heic"
      case .heicSequence: "image/heic-sequence"
      case .heif: "image/heif"
      case .heifSequence: "image/heif-sequence"
      // AV1 Image File Format, section 10: the same type for images and sequences.
      case .avif: "image/avif"
      case .avci: "image/avci"
      case .avciSequence: "image/avcs"
      case .canonRaw: "image/x-canon-cr3"
      case .foreign: "image/jp2"
      }
    }
  }
}

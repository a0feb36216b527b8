public import PreflightFacts

extension MediaType {
  /// What is known of a media type besides its name.
  public struct Description: Sendable {
    /// The name that people use, with its article, such as "a PNG picture".
    public let phrase: String
    /// The extensions in use, without the dot, in lower case; the usual one first.
    public let extensions: [String]
  }

  /// What is known of this type; nil for one that isn't in the table.
  public var known: Description? {
    // Without hashing, which a start would feel; the length alone tells most rows apart.
    let count = rawValue.utf8.count
    let row = Self.table.first { $0.type.rawValue.utf8.count == count && $0.type == self }
    return row.map { Description(phrase: $0.phrase, extensions: $0.extensions) }
  }

  /// The name that people use with the essence, such as "a PNG picture (image/png)".
  public var phrase: String { known.map { "\($0.phrase) (\(rawValue))" } ?? rawValue }

  /// The types that go by an extension, given without the dot and in lower case.
  public static func types(forExtension name: String) -> [MediaType] { typesByExtension[name] ?? [] }

  private static let typesByExtension: [String: [MediaType]] = {
    var types: [String: [MediaType]] = [:]
    for row in table { for name in row.extensions { types[name, default: []].append(row.type) } }
    return types
  }()

  /// The one table of names and extensions.
  private static let table: [(type: MediaType, phrase: String, extensions: [String])] = [
    // Pictures
    ("image/jpeg", "a JPEG picture", ["jpg", "jpeg", "jpe", "jfif", "jif", "mpo"]),
    ("image/png", "a PNG picture", ["png", "apng"]),
    ("image/webp", "a WebP picture", ["webp"]),
    ("image/gif", "a GIF picture", ["gif"]),
    ("image/bmp", "a BMP picture", ["bmp", "dib"]),
    ("image/tiff", "a TIFF picture", ["tif", "tiff"]),
    ("image/heic", "a HEIC picture", ["heic", "heif"]),
    ("image/heif", "a HEIF picture", ["heif", "heic", "hif"]),
    ("image/heic-sequence", "a HEIC picture sequence", ["heics", "heic"]),
    ("image/heif-sequence", "a HEIF picture sequence", ["heifs", "heif"]),
    ("image/avif", "an AVIF picture", ["avif"]),
    ("image/avif-sequence", "an AVIF picture sequence", ["avifs", "avif"]),
    ("image/jxl", "a JPEG XL picture", ["jxl"]),
    ("image/jls", "a JPEG-LS picture", ["jls"]),
    ("image/jp2", "a JPEG 2000 picture", ["jp2", "j2k"]),
    ("image/svg+xml", "an SVG drawing", ["svg"]),
    ("image/vnd.adobe.photoshop", "a Photoshop picture", ["psd", "psb"]),
    ("image/vnd.microsoft.icon", "an icon", ["ico"]),
    ("image/x-icon", "an icon", ["ico"]),
    // Films
    ("video/mp4", "an MP4 film", ["mp4", "m4v", "mp4v"]),
    ("video/3gpp", "a 3GPP film", ["3gp", "3gpp"]),
    ("video/3gpp2", "a 3GPP2 film", ["3g2", "3gp2"]),
    ("video/quicktime", "a QuickTime film", ["mov", "qt"]),
    ("video/webm", "a WebM film", ["webm"]),
    ("video/x-matroska", "a Matroska film", ["mkv", "mk3d", "mks"]),
    ("video/x-msvideo", "an AVI film", ["avi"]),
    ("video/mp2t", "an MPEG transport stream", ["ts", "mts", "m2ts"]),
    ("video/mpeg", "an MPEG film", ["mpg", "mpeg", "mpe", "vob", "m1v", "m2v"]),
    ("video/x-flv", "a Flash film", ["flv"]),
    ("video/ogg", "an Ogg film", ["ogv", "ogg"]),
    ("video/x-ms-wmv", "a Windows Media film", ["wmv"]),
    ("video/x-ms-asf", "a Windows Media stream", ["asf", "wmv", "wma"]),
    // Sounds
    ("audio/mpeg", "an MPEG sound", ["mp3", "mpga", "mp2", "mp1", "mpa"]),
    ("audio/mp4", "an MPEG-4 sound", ["m4a", "mp4", "m4b", "m4r", "mp4a"]),
    ("audio/aac", "an AAC stream", ["aac", "adts"]),
    ("audio/ogg", "an Ogg sound", ["ogg", "oga", "opus", "spx"]),
    ("audio/amr", "an AMR sound", ["amr"]),
    ("audio/amr-wb", "a wide-band AMR sound", ["amr", "awb"]),
    ("audio/3gpp", "a 3GPP sound", ["3gp", "3gpp", "3ga"]),
    ("audio/x-wav", "a WAV sound", ["wav", "wave"]),
    ("audio/vnd.wave", "a WAV sound", ["wav", "wave"]),
    ("audio/wav", "a WAV sound", ["wav", "wave"]),
    ("audio/x-aiff", "an AIFF sound", ["aif", "aiff", "aifc"]),
    ("audio/flac", "a FLAC sound", ["flac"]),
    ("audio/x-ms-wma", "a Windows Media sound", ["wma"]),
    ("audio/midi", "a MIDI score", ["mid", "midi"]),
    ("audio/x-ape", "a Monkey's Audio sound", ["ape"]),
    ("audio/x-caf", "a Core Audio sound", ["caf"]),
    ("audio/x-hx-aac-adif", "an AAC sound in ADIF", ["aac", "adif"]),
    // Documents
    ("application/pdf", "a PDF document", ["pdf"]),
    ("application/msword", "a Word 97 document", ["doc", "dot"]),
    ("application/vnd.ms-excel", "an Excel 97 workbook", ["xls", "xlt", "xla"]),
    ("application/vnd.ms-powerpoint", "a PowerPoint 97 presentation", ["ppt", "pot", "pps"]),
    (
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      "a Word document", ["docx"]
    ),
    (
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "an Excel workbook", ["xlsx"]
    ),
    (
      "application/vnd.openxmlformats-officedocument.presentationml.presentation",
      "a PowerPoint presentation", ["pptx"]
    ),
    (
      "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
      "a Word template", ["dotx"]
    ),
    (
      "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
      "an Excel template", ["xltx"]
    ),
    (
      "application/vnd.openxmlformats-officedocument.presentationml.template",
      "a PowerPoint template", ["potx"]
    ),
    (
      "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
      "a PowerPoint show", ["ppsx"]
    ),
    ("application/vnd.ms-word.document.macroEnabled.12", "a Word document with macros", ["docm"]),
    ("application/vnd.ms-word.template.macroEnabled.12", "a Word template with macros", ["dotm"]),
    ("application/vnd.ms-excel.sheet.macroEnabled.12", "an Excel workbook with macros", ["xlsm"]),
    ("application/vnd.ms-excel.template.macroEnabled.12", "an Excel template with macros", ["xltm"]),
    ("application/vnd.ms-excel.sheet.binary.macroEnabled.12", "a binary Excel workbook", ["xlsb"]),
    (
      "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
      "a PowerPoint presentation with macros", ["pptm"]
    ),
    ("application/vnd.ms-powerpoint.slideshow.macroEnabled.12", "a PowerPoint show with macros", ["ppsm"]),
    (
      "application/encrypted", "a password-protected Office document",
      ["docx", "xlsx", "pptx", "docm", "xlsm", "pptm"]
    ),
    ("application/vnd.oasis.opendocument.text", "an OpenDocument text", ["odt"]),
    ("application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet", ["ods"]),
    ("application/vnd.oasis.opendocument.presentation", "an OpenDocument presentation", ["odp"]),
    ("application/epub+zip", "an EPUB book", ["epub"]),
    ("text/plain", "plain text", ["txt", "text", "log", "md", "ini", "cfg", "conf"]),
    ("text/csv", "a table in CSV", ["csv"]),
    ("text/html", "an HTML page", ["html", "htm"]),
    ("text/xml", "an XML text", ["xml"]),
    ("text/rtf", "a rich text", ["rtf"]),
    ("application/json", "a JSON text", ["json"]),
    // Archives and programs
    ("application/zip", "a ZIP archive", ["zip"]),
    ("application/gzip", "a gzip archive", ["gz", "tgz"]),
    ("application/x-7z-compressed", "a 7-Zip archive", ["7z"]),
    ("application/x-rar", "a RAR archive", ["rar"]),
    ("application/x-tar", "a tar archive", ["tar"]),
    ("application/java-archive", "a Java archive", ["jar"]),
    ("application/vnd.android.package-archive", "an Android package", ["apk"]),
    ("application/vnd.microsoft.portable-executable", "a Windows program", ["exe", "dll", "scr", "sys"]),
    ("application/x-dosexec", "a Windows program", ["exe", "dll", "scr", "sys"]),
    ("application/x-msi", "a Windows installer", ["msi"]),
    ("application/x-ole-storage", "an OLE compound file", []),
    ("application/octet-stream", "data of no known type", []),
  ]
}

package import PreflightFacts

/// The formats that are read, in the order in which they are asked.
package enum Formats {
  /// Signatures at a fixed place come first, since they can't be mistaken; then those that have to be
  /// looked for; plain text, which almost anything could be, comes last.
  package static let all: [any FormatReader.Type] = [
    JPEG.self,
    PNG.self,
    WebP.self,
    GIF.self,
    ISOBaseMedia.self,
    Ogg.self,
    AMR.self,
    OLE.self,
    OtherPictures.self,
    OtherMedia.self,
    Programs.self,
    Archives.self,
    OtherFiles.self,
    ZIP.self,
    PDF.self,
    AAC.self,
    MPEGAudio.self,
    PlainText.self,
  ]
}

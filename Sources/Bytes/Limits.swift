/// Limits on how much of an untrusted file is read, decompressed, kept or traversed, each with the reason for
/// its value.
///
/// They bound the cost of a check whatever a file declares. They say nothing about the file: if a limit ends
/// the reading and the rest could have changed the result, the reader reports it
/// (`Reading.leaveUnchecked(_:)`) and never calls it damage. A limit on a heuristic, such as how far a text
/// is scanned to detect its type, is not reported. Values that a specification defines are next to their
/// reader.
package enum Limits {
  /// A number of bytes as text, such as "16 MiB" for a round number.
  package static func size(_ byteCount: some BinaryInteger) -> String {
    let bytes = UInt64(clamping: byteCount)
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes > 0 {
      if bytes % (1 << UInt64(shift)) == 0 { return "\(bytes >> UInt64(shift)) \(unit)" }
    }
    return "\(bytes) bytes"
  }
}

// MARK: - Fetching

extension Limits {
  /// Fetching what a URL leads to.
  package enum Fetching {
    /// The most bytes that are fetched where no cap of a policy is lower: 2 GiB, what is read of a file.
    package static let byteCount: UInt64 = Window.bytesRead
  }
}

// MARK: - Bytes

extension Limits {
  /// Reading a source.
  package enum Window {
    /// The longest run of bytes that a reader can request at once, which bounds the memory of a window: 1
    /// MiB. The pages, segments and names of all formats have 16-bit lengths; only texts in a file are
    /// longer.
    package static let span = 1 << 20

    /// The maximum number of bytes read of a file: 2 GiB, more than any WhatsApp endpoint accepts.
    package static let bytesRead: UInt64 = 2 << 30

    /// The same of a larger file: 16 MiB. It can't be read to its end anyway and no endpoint accepts it, so what counts
    /// is its type. A sparse file of 100 GB, which costs nothing to make, is answered in some tenths of a second.
    package static let bytesReadOfLarger: UInt64 = 16 << 20

    /// The maximum number of bytes read of a file of a size.
    package static func bytesRead(of byteCount: UInt64) -> UInt64 {
      byteCount > bytesRead ? bytesReadOfLarger : bytesRead
    }
  }

  /// Decompressing a whole stream at once. Larger streams are decompressed in pieces, so nothing is left out.
  package enum Unpacker {
    /// Decompressed: 8 MiB, an image of 1,920 × 1,080 pixels with transparency.
    package static let byteCount = 8 << 20

    /// Compressed: 2 MiB; most images of 8 MiB need less.
    package static let packedByteCount = 2 << 20

    /// Each thread's own buffer: 2 MiB, so that many threads use little memory. The buffer for larger streams
    /// is shared.
    package static let ownByteCount = 2 << 20
  }
}

// MARK: - Configurations

extension Limits {
  /// Configurations, policies and ignore lists, which a repository can have any number of. Beyond a limit the run ends
  /// with an error that names the file.
  package enum Project {
    /// One file: 1 MiB. The largest built-in policy has some 30 KiB, and a list of files that a program writes, such as
    /// DVC's, some 100 KiB.
    package static let byteCount = 1 << 20

    /// All files of a run: 4 MiB. A repository with thousands of ignore lists has less than 1 MiB of them.
    package static let allByteCount = 4 << 20

    /// All globs of a run: 100,000, of some 200 bytes of memory each.
    package static let globs = 100_000

    /// The globs with wildcards that apply to a folder, each of which is tried for each file: 64 KiB of text, where a
    /// glob counts as at least …
    package static let wildcardByteCount = 64 << 10

    /// … 32 bytes, so that there are 2,048 at most. Large ignore lists have some hundreds. Globs without wildcards are
    /// looked up.
    package static let wildcardMinimum = 32

    /// The settings that are kept for different sets of matching globs: 256, of up to 64 KiB each.
    package static let keptSettings = 256
  }
}

// MARK: - Facts

extension Limits {
  /// How many findings of readers to keep. More don't describe a file better, and a hostile file has
  /// millions.
  package enum Reading {
    /// Faults.
    package static let faults = 8

    /// Notes of hidden content.
    package static let hidden = 8

    /// Notes of what was not checked.
    package static let unchecked = 8
  }
}

// MARK: - Images

extension Limits {
  /// Exif and XMP, in any format.
  package enum Metadata {
    /// 1 MiB, the longest run that a window gives. Programs write some kilobytes; only edit histories take
    /// more, and the coordinates precede them.
    package static let byteCount = Window.span
  }

  /// JPEG.
  package enum JPEG {
    /// The blocks of an image of which it is kept which coefficients aren't zero, 8 bytes each: 1,048,576, 8 MiB, an
    /// image of 44 megapixels with halved colors. A header of some bytes can declare 134 million.
    package static let keptBlocks = 1 << 20

    /// The blocks of all progressive scans: 33,554,432, a tenth of a second. Photos have ten scans; a scan of some bytes
    /// can go through all blocks.
    package static let progressiveBlocks = 1 << 25
  }

  /// GIF.
  package enum GIF {
    /// The zeros between blocks: 1 MiB. Writers put one or two there.
    package static let zeros: UInt64 = 1 << 20
  }

  /// PNG and APNG.
  package enum PNG {
    /// The maximum decompressed size of all images of a file: 256 MiB, 8,000 × 8,000 pixels with
    /// transparency, which take some tenths of a second. A small file can declare terabytes.
    package static let imageByteCount: UInt64 = 1 << 28
  }

  /// What libwebp is used for.
  package enum WebP {
    /// The demuxer needs the whole file in memory: 16 MiB, well over the size of an image that a messenger
    /// accepts.
    package static let byteCount: UInt64 = 16 << 20

    /// A lossless frame, or one with transparency: the decoder keeps four to five bytes per pixel, 40 MiB for
    /// 8,388,608 pixels, which is more than a 4K screen.
    package static let framePixels = 1 << 23

    /// All frames together: 134,217,728 pixels, about a second. A file of some megabytes can contain
    /// thousands of empty frames of any size.
    package static let pixels = 1 << 27

    /// The demuxer walks through all frames before the requested one, so the time grows with the square of
    /// this number. No real animation has as many frames.
    package static let frames = 10_000
  }

  /// Images that are named and not read.
  package enum OtherImages {
    /// How far they are scanned: 16 KiB. A raw image's directory is in the first kilobytes, and an SVG may
    /// begin with a long comment.
    package static let head = 1 << 14
  }
}

// MARK: - Audio and video

extension Limits {
  /// MP4, QuickTime, 3GPP and HEIF.
  package enum ISOBaseMedia {
    /// Boxes before the one that identifies the file: 8; writers put one or two.
    package static let openingBoxes = 8

    /// The file type box: 1 KiB, some 250 brands; files have ten.
    package static let fileType = 1 << 10

    /// Tracks, and the defaults of their fragments: 256, more than any player plays.
    package static let tracks = 256

    /// Properties of images: 4,096. A photo in tiles has some hundred.
    package static let properties = 4096

    /// A compressed movie box, decompressed: 16 MiB. A movie of many hours has an index of a few.
    package static let compressedMovie = 16 << 20

    /// Parameter sets of AVC: 64 KiB; encoders write less than 100 bytes.
    package static let parameterSets = 1 << 16

    /// A descriptor of an elementary stream: 4 KiB. The relevant part is in its first 100 bytes.
    package static let descriptor = 4 << 10

    /// How far into a sample entry to search for a descriptor by its name, which an old writer put elsewhere:
    /// 1 KiB.
    package static let descriptorSearch = 1 << 10

    /// The first samples that are checked against the decoder's configuration. One image may be damaged; if
    /// none of the first three can be parsed, none can.
    package static let firstPictures = 3

    /// The first samples in which to search for B slices: 8, enough to find one wherever an encoder makes
    /// them.
    package static let sliceSamples = 8

    /// The bytes of all samples together in relation to the file's: 2. If the tables declare more, they repeat
    /// some, and following them all would take long.
    package static let samplesPerFile: UInt64 = 2

    /// How far to search for the next fragment behind bytes that aren't boxes: 16 MiB. Fragments of streams have a few.
    package static let search: UInt64 = 16 << 20

    /// The zeros after the last fragment that are padding: 4 KiB, a block of a file system.
    package static let padding: UInt64 = 4 << 10

    /// The samples from which the average says that times are wrong: 10. Few may be pictures of a slide show.
    package static let timedSamples: UInt64 = 10

    /// How long pictures last on average, in seconds: from those of a fast camera to slides of five minutes.
    package static let pictureSeconds = 0.0001...300

    /// How long blocks of compressed audio last on average, in seconds. They have some 20 to 150 ms, and pauses between them.
    package static let blockSeconds = 0.0005...10

    /// Nesting of the boxes of a movie: 16; files have eight.
    package static let boxLevels = 16

    /// The zeros that a coder may write in a row: less than 16.
    package static let zeros = 16

    /// Units of a sample: 16, more than precede a picture's first slice.
    package static let units = 16
  }

  /// Ogg.
  package enum Ogg {
    /// Concurrent streams: 64, more than any real media has. The pages of the others are checked but not
    /// followed.
    package static let streams = 64

    /// How far to search for the next page behind other bytes: 16 MiB. A page has 64 KiB at most, so what lies
    /// between is damage or no part of the file.
    package static let search: UInt64 = 16 << 20

    /// The longest pause between two pages, in seconds: four hours, more than a recorder waits for sound. A position
    /// beyond it isn't a time.
    package static let pause = 14_400.0

    /// How many times the file's bytes may be checksummed to find out whether four letters start a page.
    package static let searches: UInt64 = 4
  }

  /// MPEG audio.
  package enum MPEGAudio {
    /// How far to search for the first frame in a file without a tag, to detect whether the file has this
    /// format: 32 KiB, some 80 frames.
    package static let search: UInt64 = 1 << 15

    /// One attempt to find the length of free-format frames is allowed per this many bytes of a file. It
    /// costs as much as reading 4 KiB. Other bytes look like such a frame once in 32 KiB.
    package static let bytesPerFreeFormatTry: UInt64 = 4 << 10

    /// The attempts that every file gets, however small.
    package static let freeFormatTries: UInt64 = 32

    /// The zeros at the end of a frame's audio that an encoder may put there: 40 bytes. In files that play, 33 were
    /// seen.
    package static let zeros: UInt64 = 40
  }

  /// AAC in ADTS frames.
  package enum AAC {
    /// How far to search for the first frame from the start of a file or after a tag, to detect whether the
    /// file has this format: 16 KiB, some 40 frames.
    package static let search: UInt64 = 1 << 14

    /// The zeros at the end of a frame that an encoder may put there: 4 bytes. Its blocks end with set bits.
    package static let zeros: UInt64 = 4
  }

  /// AMR.
  package enum AMR {
    /// The zeros, or bytes FF before others, at the end of a frame that speech may have: 3 bytes.
    package static let zeros = 4

    /// The frames of zeros between others that a coder may write: 4. Silence has a frame type of its own.
    package static let holeFrames = 5

    /// The frames of zeros at the end that may be reserved space: 315, or 4 KiB, a block of a file system.
    package static let zeroFrames = 315

    /// The bytes FF in a row that may be reserved space: 4,096, a block of a file system.
    package static let erased = 4096
  }

  /// The tags around audio.
  package enum AudioTags {
    /// Consecutive tags: 64. Each one at the end costs a read, and files have three at most.
    package static let count = 64

    /// How far behind a frame to search for the tags of another file that was joined to it: 4 KiB. Programs
    /// that join files put nothing between them.
    package static let join: UInt64 = 4 << 10

    /// The zeros after the last frame that are padding for certain: less than 128 bytes, the length of a tag.
    package static let zeros: UInt64 = 128

    /// How much is searched for a byte that isn't zero: 16 MiB. What follows as many zeros isn't audio.
    package static let padding: UInt64 = 16 << 20

    /// How much text is skipped before audio: 4 KiB, the head of an HTTP message with its cookies.
    package static let text = 4 << 10
  }

  /// Audio and video that is named and not read.
  package enum OtherMedia {
    /// The objects of a Windows Media header: 256; files have ten.
    package static let objects = 256

    /// The elements of a Matroska file before its list of tracks, and of a track: 64; files have ten.
    package static let elements = 64

    /// The tracks of a Matroska file: 64; films have a dozen.
    package static let tracks = 64

    /// How far a stream without a header is scanned: 4 KiB, twenty packets.
    package static let head = 4 << 10
  }
}

// MARK: - Fixing

extension Limits {
  /// Rewriting a file. Beyond a limit the file isn't rewritten, and the reason says so.
  package enum Fix {
    /// The samples of all tracks: 2,097,152, of 20 bytes of memory each, 12 hours of video with audio.
    package static let samples = 1 << 21

    /// An index, or metadata, that is kept in memory: 64 MiB. The index of a video of 100 MB has some megabytes.
    package static let index: UInt64 = 64 << 20

    /// Boxes, chunks or segments in a row: 65,536. A recording in fragments of a second has some thousands.
    package static let boxes = 1 << 16

    /// Edits of a track: 1,024; files have two.
    package static let edits = 1 << 10

    /// The setup of a decoder: 64 KiB; encoders write less than 1 KiB.
    package static let setup = 64 << 10
  }
}

extension Limits {
  /// Decoding and encoding images, in a process of its own.
  package enum Encoding {
    /// The pixels of an image: 67,108,864, 256 MiB. Phones make photos of 50 megapixels, and JPEGs of 200: a larger JPEG is
    /// decoded at a half, a quarter or an eighth of its sides, at which each fits.
    package static let pixels = 1 << 26

    /// The pixels of a JPEG in several scans, of which everything is kept until the last: 201,326,592, 1.2 GB. Phones make
    /// photos of 200 megapixels, in one scan.
    package static let scannedPixels = 3 << 26

    /// The ICC profile of a PNG: 4 MiB. Those of printers have up to two.
    package static let profile = 4 << 20

    /// The scans of a JPEG: 99, as in Skia, by which Android and Chrome show images. Photos have ten.
    package static let scans = 99

    /// The file: 128 MiB. A video's frames, decoded, have some ten.
    package static let byteCount = 128 << 20

    /// The frames of a sticker that are kept: 300, 1 MiB each. Ten seconds have as many at 30 a second.
    package static let frames = 300

    /// Memory: 2 GiB, for a large image, its scaled copy, and what the encoder needs.
    package static let memory: UInt64 = 2 << 30

    /// Processor time: 120 seconds. The slowest sticker takes some ten.
    package static let seconds: UInt64 = 120
  }
}

// MARK: - Fixing

extension Limits {
  /// The process that reads a file to be fixed.
  package enum Fixing {
    /// Memory: 1 GiB. A check needs less than 64 MiB; the index of a long video, rewritten, some 10.
    package static let memory: UInt64 = 1 << 30

    /// How long it may take between two messages, in seconds: the largest file that is read takes some 20 on a slow disk.
    package static let seconds = 300
  }
}

// MARK: - Inspection

extension Limits {
  /// Looking for another format in a file.
  package enum Hidden {
    /// How far into a file to search for signs of a page or a script: 4 KiB, a little further than clients
    /// that sniff content.
    package static let opening = 4 << 10

    /// The maximum to scan for the end of a comment that starts in the header: 64 KiB.
    package static let openingEnd = 64 << 10

    /// How far padding after a file's end is followed: 16 MiB, more than any endpoint accepts but documents.
    package static let padding: UInt64 = 16 << 20

    /// How much of the trailing data is scanned to identify it: 64 KiB, the length of an archive's comment.
    package static let trailing = 64 << 10
  }

  /// Finding out what a faulty program or transfer made of a file.
  package enum Mangling {
    /// The start of a text: 4 KiB. What programs write by mistake shows in its first line.
    package static let head = 4 << 10

    /// How much of a damaged file is scanned: 1 MiB, some thousand line feeds.
    package static let scanned = 1 << 20

    /// How much of a file is searched for the bytes that a transfer as text leaves out: 16 KiB, in which every value occurs
    /// some 64 times.
    package static let values = 16 << 10
  }

  /// What libmagic is shown.
  package enum Sniffing {
    /// By the system's database: 1 MiB, as in `file`.
    package static let system = 1 << 20

    /// By our own entries: 64 bytes, all that they look at except …
    package static let common = 64

    /// … the first members of an archive: 64 KiB.
    package static let archive = 1 << 16
  }
}

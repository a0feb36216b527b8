extension Limits {
  /// PDF, on the way from the trailer to the page tree.
  package enum PDF {
    /// An object that is kept: 512 KiB. Catalogs and page tree nodes have some kilobytes.
    package static let object = 1 << 19

    /// Nesting of objects: 48. Documents stay below ten, and each level uses stack space.
    package static let nesting = 48

    /// Chained references: 8; documents have one.
    package static let hops = 8

    /// Cross-reference sections: 512. Each update of a document adds one, and each costs a read.
    package static let sections = 512

    /// The total memory of the sections: 24 MiB, two million objects.
    package static let sectionByteCount = 24 << 20

    /// Runs of numbers in one section: 65,536, each of which uses 32 bytes of memory.
    package static let subsections = 1 << 16

    /// How often the whole file is searched for an object that isn't at its offset: 6, once for each object
    /// on the way to the pages.
    package static let searches = 6

    /// How many copies of an object are tried in one search, from the last: 8. Each update that changes an
    /// object adds one.
    package static let copies = 8

    /// Trailers to try, from the last, if the cross-reference is unusable: 64. A file that consists only of
    /// the keyword must not take forever.
    package static let trailers = 64

    /// The decompressed size of one stream: 8 MiB, a cross-reference of a million objects.
    package static let stream = 8 << 20

    /// The decompressed size of all streams: 512 MiB, a second or two. A stream may be a thousand times as large as in
    /// the file.
    package static let contentByteCount = 512 << 20

    /// The filters of a stream: 8; documents have two.
    package static let filters = 8

    /// A JPEG image behind other filters, which is decoded into memory: 32 MiB. A photo has some megabytes.
    package static let image = 32 << 20

    /// How far a page's content is searched for operators: 4 KiB. It begins with one.
    package static let operators = 4 << 10

    /// Contents of pages that aren't streams: 16 are looked up. Documents have none.
    package static let contents = 16

    /// Damaged streams for which the cross-reference is consulted: 64. An update leaves some behind.
    package static let unusedStreams = 64

    /// The columns of a predictor's rows: 65,536; structural streams have less than 30.
    package static let columns = 1 << 16

    /// The page tree. Objects: 65,536, a hundred times the pages of a book. Levels: 1,024; trees have three, and a list
    /// in place of a tree has one for each page. Bytes parsed: 32 MiB more than the file has, since an object stream is
    /// compressed and starts with a list that is read for each object. Bytes read: 64 MiB more than 8 times the file's,
    /// since each object takes a look at the table and one at its place. Bytes decompressed: 64 MiB; consecutive pages
    /// share a stream.
    package static let pageTree = (
      objects: 1 << 16, depth: 1 << 10, parsed: 32 << 20, read: UInt64(64 << 20), readPerByte: UInt64(8),
      unpacked: 64 << 20
    )

    /// How far from a file's end to search for `startxref`, to decide whether a header that isn't at the
    /// start is one: 2 KiB. It is on the last lines.
    package static let end: UInt64 = 2 << 10

    /// Objects that are kept for the second pass: four, of 2 KiB at most. The way to the pages is followed
    /// twice.
    package static let recent = (count: 4, byteCount: 2 << 10)
  }

  /// PDF content that isn't needed to show the pages: scripts, actions and attachments. Only some pages,
  /// annotations and form fields are checked, and this is not reported.
  package enum PDFActions {
    /// Objects: 256. A catalog, its lists of names, a form and the first pages take fewer.
    package static let objects = 256

    /// Bytes read: 1 MiB, which takes a millisecond or two.
    package static let bytesRead: UInt64 = 1 << 20

    /// Bytes read in relation to a small file's size.
    package static let bytesReadPerByte: UInt64 = 8

    /// Bytes parsed: 4 MiB, since the same bytes can be requested repeatedly.
    package static let parsed = 4 << 20

    /// The cost of an object that isn't found or is too long.
    package static let missingObject = 64 << 10

    /// Bytes decompressed of object streams: 4 MiB; one has some hundred kilobytes.
    package static let unpacked = 4 << 20

    /// References that lead on to references: 4.
    package static let hops = 4

    /// Pages: the first 4. The first one is shown when the document is opened.
    package static let pages = 4

    /// The depth of the page tree: 16. Each level has ten nodes or more.
    package static let pageTree = 16

    /// Notes of each page: 32.
    package static let annotations = 32

    /// Fields of a form, and of each field: 32.
    package static let fields = 32

    /// Chained actions, and levels of other trees: 6.
    package static let depth = 6

    /// Actions that follow one: 8.
    package static let nextActions = 8

    /// Names in a node of a name tree: 64.
    package static let names = 64

    /// Nodes in a node of a name tree: 16.
    package static let nodes = 16

    /// The template of an XFA form: 256 KiB. Scripts are next to the first fields.
    package static let template = 1 << 18

    /// An attached file: 1 KiB, enough to detect a program by its header.
    package static let attachment = 1 << 10
  }

  /// ZIP archives and the documents based on them.
  package enum ZIP {
    /// End records to try, from the last: 16. A comment may contain their signature.
    package static let endRecords = 16

    /// How far from a file's end to search for an archive in a file that doesn't start like one: 1 KiB, a
    /// comment of some lines. All kinds of files get this check.
    package static let reach = 1 << 10

    /// Members of the directory per run: 65,536, of 64 bytes each.
    package static let members = 1 << 16

    /// The total decompressed size of the members: 32 times the file's size, since documents reach a third of
    /// that and hostile files a thousand times their size …
    package static let expansion: UInt64 = 32

    /// … but 64 MiB for any file: the sheet of a small workbook may be very repetitive.
    package static let unpacked: UInt64 = 64 << 20

    /// Faults of members: 4. More add no information.
    package static let faults = 4

    /// A part that declares what a package is: 1 MiB. Each part of the package takes some 150 bytes in it.
    package static let part: UInt64 = 1 << 20

    /// A member that contains only a media type: 256 bytes.
    package static let mediaType: UInt64 = 256

    /// The start of an iWork document, which identifies the program: 64 bytes.
    package static let messageHead: UInt64 = 64

    /// The parts that are checked as XML, decompressed: 128 MiB, some tenths of a second. A sheet of 100,000 rows with 20
    /// columns has 80 MB.
    package static let markup: UInt64 = 128 << 20

    /// The start of a part in which its root element is looked for: 16 KiB. Its tag may declare 40 namespaces in 4 KB.
    package static let root = 16 << 10

    /// The attributes of a tag that are compared: 128; the root element of a document has 40. The prefixes of a part that
    /// are compared as well.
    package static let names = 128

    /// Nesting of elements: 1,024, of 8 bytes each. Parts have some dozens, and parsers stop at 256.
    package static let elements = 1 << 10

    /// Relationships that may refer to the main part: 8; packages have one.
    package static let mainParts = 8

    /// Members of each kind that may start something: 64. A long report with a chart or a header for each chapter
    /// has some dozens.
    package static let suspects = 64

    /// An embedded object: 16 KiB, or 1 or 8 MiB if that isn't enough. Its directory is at its start, as
    /// Office writes it, or at its end.
    package static let objects: [UInt64] = [1 << 14, 1 << 20, 8 << 20]

    /// All embedded objects: 32 MiB, some tenths of a second.
    package static let allObjects: UInt64 = 32 << 20

    /// A link to another workbook: 64 KiB. Its target precedes the cached values.
    package static let externalLink: UInt64 = 1 << 16
  }

  /// Compound files (OLE).
  package enum OLE {
    /// Entries of the allocation table: 4,194,304, enough for files of 2 GiB, of four bytes each.
    package static let sectors = 1 << 22

    /// Pieces of a stream: 16,384, of 16 bytes each. Office writes a stream in some dozens of pieces.
    package static let extents = 1 << 14

    /// Entries of the directory: 262,144, of about 64 bytes each. Documents with many objects have thousands.
    package static let entries = 1 << 18

    /// The size of all streams together in relation to the file's: 2. If they declare more, some sizes are
    /// false, and following them all would take long.
    package static let streamsPerFile: UInt64 = 2

    /// How many sectors before the end to search for data that was appended to a file: 512 MiB, more than
    /// anyone sends.
    package static let unusedSectors = 1 << 20

    /// Records before a workbook's list of sheets, and of a presentation outside its slides: 16,384;
    /// documents have hundreds.
    package static let records = 1 << 14

    /// The zeros that a writer may put at the end of a file: 4.5 KiB, the padding of a short stream and of a sector.
    package static let padding: UInt64 = 9 << 9

    /// Sheets of a workbook whose place is checked: 65,536. A workbook has some dozens.
    package static let sheets = 1 << 16

    /// Nesting of a presentation's records: 64; documents stay below ten.
    package static let containers = 64

    /// The zeros that a text may have in a row: less than 32. In documents, 3 were seen.
    package static let zeros = 32

    /// The zeros in a row from which on a document's text or tables have a hole: 2 KiB. In documents, half of that was
    /// seen, before the text.
    package static let hole = 2 << 10

    /// The pieces of a text together in relation to their stream: 2. If a table declares more, it repeats some.
    package static let textPerStream: UInt64 = 2

    /// Packaged files: 32.
    package static let packagedFiles = 32

    /// The start of a packaged file: 4 KiB, which contain its names and its header.
    package static let packagedHead = 4 << 10

    /// The name of a packaged file: 1 KiB, four times the longest path of Windows.
    package static let packagedName = 1 << 10
  }

  /// Texts.
  package enum Text {
    /// How much of a text to scan to detect its type: 64 KiB, a thousand lines.
    package static let head = 64 << 10

    /// The NULs after a text that may be padding: 4 KiB, a block of a file system.
    package static let padding: UInt64 = 4 << 10

    /// How often a text may consist of the same letter beyond ASCII: 64 times.
    package static let repeats = 64

    /// How far a mail's header is scanned: 16 KiB, a hundred lines.
    package static let mailHeader = 16 << 10

    /// How far the first line goes.
    package static let line = 1 << 10
  }
}

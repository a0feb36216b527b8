/// A page of a service that shows a file, where a link to the file itself is needed.
package struct SharePage: Sendable, Hashable {
  /// The service, such as "Google Drive".
  package let service: String
  /// What to do instead, in a sentence with a full stop.
  package let advice: String
}

extension MediaURL {
  /// The page that the URL leads to, if a service shows files under such URLs.
  package var sharePage: SharePage? {
    let parts = path.split(separator: "/").map(String.init)
    let query = query ?? ""
    var site = host[...]
    for prefix in ["www.", "m."] where site.hasPrefix(prefix) { site = site.dropFirst(prefix.count) }
    switch site {
    case "drive.google.com" where !parts.isEmpty:
      return SharePage(
        service: "Google Drive",
        advice: "Drive has no reliable direct link: upload the file, or host it elsewhere.")
    case "docs.google.com", "sheets.google.com", "slides.google.com":
      return parts.contains("export") || query.contains("format=")
        ? nil
        : SharePage(
          service: "Google Docs", advice: "Export the document, and upload it or host it elsewhere.")
    case "photos.google.com", "photos.app.goo.gl":
      return SharePage(
        service: "Google Photos", advice: "Download the file, and upload it or host it elsewhere.")
    case "dropbox.com":
      return SharePage(
        service: "Dropbox",
        advice:
          "Even with dl=1 it redirects, which WhatsApp doesn't follow: upload the file, or host it elsewhere."
      )
    case "1drv.ms", "onedrive.live.com":
      return SharePage(service: "OneDrive", advice: "Upload the file, or host it elsewhere.")
    // The program that its pages download by, and links with a token (Microsoft Graph, "@microsoft.graph.downloadUrl").
    case _ where site.hasSuffix(".sharepoint.com"):
      if parts.last?.lowercased() == "download.aspx" || query.contains("tempauth=") { return nil }
      return SharePage(service: "SharePoint", advice: "Upload the file, or host it elsewhere.")
    case "github.com" where parts.count > 4 && (parts[2] == "blob" || parts[2] == "raw"):
      let raw = (parts[0..<2] + parts[3...]).joined(separator: "/")
      return SharePage(service: "GitHub", advice: "Use https://raw.githubusercontent.com/\(raw).")
    case "gitlab.com":
      return gitLabFile(parts).map {
        SharePage(service: "GitLab", advice: "Use https://gitlab.com/\($0.project)/-/raw/\($0.file).")
      }
    case "wetransfer.com", "we.tl":
      return SharePage(
        service: "WeTransfer", advice: "Download the file, and upload it or host it elsewhere.")
    case "imgur.com" where parts.last?.contains(".") != true:
      return SharePage(service: "Imgur", advice: "Use the address of the image itself, at i.imgur.com.")
    case "icloud.com", "share.icloud.com":
      return SharePage(service: "iCloud", advice: "Download the file, and upload it or host it elsewhere.")
    case "mediafire.com" where parts.first == "file":
      return SharePage(service: "MediaFire", advice: "Download the file, and upload it or host it elsewhere.")
    // Its links of the kind /shared/static lead to the file.
    case _ where ".\(site)".hasSuffix(".box.com") && ["s", "v", "file"].contains(parts.first):
      return SharePage(service: "Box", advice: "Download the file, and upload it or host it elsewhere.")
    case "mega.nz":
      return SharePage(service: "MEGA", advice: "Download the file, and upload it or host it elsewhere.")
    default: return nil
    }
  }

  /// The project, and the branch and path, of a page that shows a file: `/GROUP/PROJECT/-/blob/BRANCH/PATH`, in old
  /// links without the dash. A folder or a branch may be named blob as well.
  private func gitLabFile(_ parts: [String]) -> (project: String, file: String)? {
    let dash = parts.firstIndex(of: "-")
    let end = dash ?? 2
    let blob = dash == nil ? end : end + 1
    guard end >= 2, parts.count > blob + 2, parts[blob] == "blob" else { return nil }
    return (parts[..<end].joined(separator: "/"), parts[(blob + 1)...].joined(separator: "/"))
  }
}

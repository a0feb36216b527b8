# The formula for Homebrew. .ci/package fills in what stands between @ signs.
class Preflight < Formula
  desc "@SUMMARY@"
  homepage "@PAGE@"
  version "@VERSION@"
  license "MIT"

  on_macos do
    url "@PAGE@.git", tag: "v@VERSION@", revision: "@REVISION@"

    depends_on xcode: ["26.0", :build]
    depends_on "jpeg-turbo"
    depends_on "libdeflate"
    depends_on "libmagic"
    depends_on "libpng"
    depends_on "webp"
  end

  on_linux do
    depends_on arch: :x86_64

    url "@PAGE@/releases/download/v@VERSION@/@ARCHIVE@"
    sha256 "@SHA256@"
  end

  def install
    if OS.mac?
      system "swift", "build", "--disable-sandbox", "--configuration", "release", "--traits", "Network",
             "-Xcc", "-I#{HOMEBREW_PREFIX}/include", "-Xlinker", "-L#{HOMEBREW_PREFIX}/lib"
      bin.install ".build/release/preflight", ".build/release/preflight-fetch", ".build/release/preflight-encode"
    else
      bin.install Dir["bin/*"]
      man1.install Dir["share/man/man1/*"]
    end
    generate_completions_from_executable(bin/"preflight", "--generate-completion-script")
  end

  test do
    (testpath/"a.txt").write "text\n"
    assert_match "a.txt  accepted", shell_output("#{bin}/preflight check --verbose a.txt")
  end
end

"""Creates files with names that try to break out of a report."""
import os
import random
import sys

FRAGMENTS = [
    b"\n", b"\r\n", b"\t", b"\x1b[31mred", b"\x1b]0;title\x07", b"\x01", b"\x7f", b"\x08\x08\x08",
    b"'", b'"', b"`", b"```", b"``", b"|", b"\\|", b"\\", b"\\x0a", b"\\n", b"%0A", b"%25", b"%", b"&", b"&amp;", b"&#10;",
    b"]]>", b"<![CDATA[", b"<script>document.title='owned'<", b"<img src=x onerror=document.title='owned'>", b"-->", b"<!--",
    b"\"onmouseover=document.title='owned' x=\"", b"'><svg onload=document.title='owned'>", b"javascript:alert(1)",
    b"::error::owned", b"::", b",", b":", b"##[error]owned", b"##[add-mask]e", b"file=x,line=2", b"@octocat", b"#1", b"GH-1",
    b"www.example.com", b"http:example.com", b"a@example.com", b"[x](y)", b"![x](y)", b"](", b"**b**", b"_i_", b"~~s~~", b"$x$",
    b"{0}", b"{{", b"$(id)", b"${{ github.token }}", b";", b"*", b"?", b"-rf", b"  ", b" ",
    "\u202egpj.".encode(), "\u2066".encode(), "\u200f".encode(), "\u061c".encode(), "\u2028".encode(), "\x85".encode(),
    "שלום".encode(), "日本".encode(), "👩‍👩‍👧".encode(), "e\u0301".encode(), "\ufffe".encode(), "\U0010ffff".encode(),
    b"\xff", b"\xfe\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f", b"\xc0\xaf",
]
STARTS = [b"", b"::error::", b" ::error::", b"##[error]", b"-", b"=", b"#", b"> ", b"* ", b"|", b"`", b"<", b"@", b"&"]
SOURCES = [
    ("pictures/rgb.jpg", ".jpg"), ("pictures/cmyk.jpg", ".jpg"), ("pictures/sticker-7ms.webp", ".webp"),
    ("pictures/animated.png", ".png"), ("audio/stereo.opus", ".opus"), ("pictures/rgb.png", ".jpg"),
    ("pictures/exif-place.jpg", ".jpg"), ("pictures/sticker.webp", ".webp"), ("pdf/libreoffice.pdf", ".pdf"),
]


def make(folder: bytes, fixtures: bytes, count: int) -> list[bytes]:
    """Creates files and returns their paths in the folder. The same count gives the same files on any machine."""
    paths = []
    pick = random.Random(1)
    contents = [(open(os.path.join(fixtures, name.encode()), "rb").read(), end.encode()) for name, end in SOURCES]
    contents += [(b"", b".png"), (contents[0][0][:400], b".jpg")]
    for index in range(count):
        inner = b"".join(pick.choice(FRAGMENTS) for _ in range(pick.randint(1, 5)))
        content, end = contents[index % len(contents)]
        if index % 100 == 0:
            below = os.path.join(folder, b"d" + inner[:100])
            os.makedirs(below, exist_ok=True)
        name = (pick.choice(STARTS) + b"%d" % index + inner)[:250 - len(end)] + (b"" if index % 37 == 0 else end)
        path = os.path.join(below if index % 2 else folder, name)
        with open(path, "xb") as file:
            file.write(content)
        paths.append(os.path.relpath(path, folder))
    return paths


if __name__ == "__main__":
    for path in make(os.fsencode(sys.argv[1]), os.fsencode(sys.argv[2]), int(sys.argv[3])):
        sys.stdout.buffer.write(path + b"\0")

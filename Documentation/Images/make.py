"""Makes the pictures of the codes' pages. README.md says what each shows.

    python3 -m venv .venv && .venv/bin/pip install pillow==13.0.0 && .venv/bin/python Documentation/Images/make.py

A picture of a fault is made by the fault: the CMYK image is one that is read wrongly, and the broken one is cut off.
"""

import io
import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFile

FOLDER = Path(__file__).parent
INK, QUIET, GOOD, BAD, PAPER = "#1f2328", "#59636e", "#1a7f37", "#cf222e", "#ffffff"
FILL, FILL_2, FILL_3 = "#b6d7ff", "#ffd8a8", "#d8dee4"


# MARK: Drawings


class Drawing:
    """An SVG with a background of its own, so that it can be read on a dark page too."""

    def __init__(self, width, height):
        self.size = (width, height)
        self.parts = []

    def box(self, x, y, width, height, fill=FILL, label="", stroke=INK, color=INK, dashes=""):
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}" stroke="{stroke}"{dash}/>')
        if label:
            self.text(x + width / 2, y + height / 2 + 5, label, anchor="middle", color=color)

    def text(self, x, y, text, anchor="start", color=INK, size=14, weight="normal"):
        text = text.replace("&", "&amp;").replace("<", "&lt;")
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{color}" font-size="{size}" font-weight="{weight}">{text}</text>')

    def line(self, x1, y1, x2, y2, color=INK, width=1, arrow=False):
        end = ' marker-end="url(#a)"' if arrow else ""
        self.parts.append(f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke="{color}" stroke-width="{width}" fill="none"{end}/>')

    def shape(self, path, fill):
        self.parts.append(f'<path d="{path}" fill="{fill}"/>')

    def dot(self, x, y, radius, fill):
        self.parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="{radius}" fill="{fill}"/>')

    def save(self, code):
        width, height = self.size
        arrow = f'<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="{INK}"/></marker></defs>'
        body = "\n".join(([arrow] if any("url(#a)" in part for part in self.parts) else []) + self.parts)
        (FOLDER / f"{code}.svg").write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            f'font-family="system-ui, sans-serif">\n<rect width="{width}" height="{height}" fill="{PAPER}"/>\n{body}\n</svg>\n')


def not_fast_start():
    drawing = Drawing(640, 168)
    for y, verdict, color, boxes in [
        (34, "plays while it loads", GOOD, [("ftyp", 50, FILL_3), ("moov", 90, FILL_2), ("mdat: the media", 460, FILL)]),
        (114, "plays once all of it is there", BAD, [("ftyp", 50, FILL_3), ("mdat: the media", 460, FILL), ("moov", 90, FILL_2)]),
    ]:
        x = 20
        for label, width, fill in boxes:
            drawing.box(x, y, width, 34, fill, label)
            x += width
        drawing.text(20, y - 10, verdict, color=color, weight="bold")
    drawing.save("not-fast-start")


def fragmented_file():
    drawing = Drawing(640, 168)
    rows = [(34, "an ordinary MP4: one index for all of it", GOOD,
             [("ftyp", 50, FILL_3), ("moov: the index", 150, FILL_2), ("mdat: the media", 400, FILL)]),
            (114, "fragmented, as browsers record: each piece has its own", BAD,
             [("ftyp", 50, FILL_3), ("moov", 70, FILL_2)] + [("moof", 60, FILL_2), ("mdat", 100, FILL)] * 3)]
    for y, label, color, boxes in rows:
        x = 20
        for name, width, fill in boxes:
            drawing.box(x, y, width, 34, fill, name)
            x += width
        drawing.text(20, y - 10, label, color=color, weight="bold")
    drawing.save("fragmented-file")


def frame_too_short():
    drawing = Drawing(640, 150)
    drawing.text(20, 26, "An animated sticker, frame by frame", weight="bold")
    x = 20
    for milliseconds in (80, 80, 7, 80, 80):
        bad = milliseconds < 8
        width = milliseconds * 1.75 if not bad else 14
        drawing.box(x, 44, width, 44, BAD if bad else FILL, "" if bad else f"{milliseconds} ms")
        if bad:
            drawing.text(x + 7, 112, "7 ms", anchor="middle", color=BAD, weight="bold")
            drawing.text(x + 7, 132, "under 8 ms: rejected", anchor="middle", color=BAD)
        x += width
    drawing.save("frame-too-short")


def animated_image():
    drawing = Drawing(640, 156)
    drawing.text(20, 26, "sent: an animated PNG", weight="bold")
    drawing.text(620, 26, "shown: at most the first frame", anchor="end", weight="bold", color=BAD)
    for number in range(4):
        ball(drawing, 20 + number * 92, 40, number, FILL)
    drawing.line(400, 84, 430, 84, arrow=True)
    ball(drawing, 440, 40, 0, FILL)
    drawing.save("animated-image")


def ball(drawing, x, y, number, fill):
    drawing.box(x, y, 84, 88, fill)
    drawing.dot(x + 16 + number * 17, y + 30 + 36 * abs(math.cos(number * 1.2)), 11, BAD)


def trailing_data():
    drawing = Drawing(640, 124)
    drawing.box(20, 40, 380, 40, FILL, "the JPEG, as far as it says that it goes")
    drawing.box(400, 40, 220, 40, BAD, "something else", color=PAPER)
    drawing.line(400, 30, 400, 92, width=2)
    drawing.text(394, 26, "end of the image (FF D9)", anchor="end")
    drawing.text(400, 110, "the finding's offset", anchor="middle", color=QUIET)
    drawing.save("trailing-data")


def near_size_limit():
    drawing = Drawing(640, 144)
    drawing.text(20, 26, "A limit of 5 MB: 5 × 1000 × 1000 or 5 × 1024 × 1024 bytes?", weight="bold")
    drawing.box(20, 46, 330, 36, "#aceebb", "accepted")
    drawing.box(350, 46, 130, 36, "#ffe08a", "near-size-limit")
    drawing.box(480, 46, 140, 36, "#ffc1c0", "file-too-large")
    drawing.line(350, 40, 350, 94, width=2)
    drawing.line(480, 40, 480, 94, width=2)
    drawing.text(350, 112, "5,000,000", anchor="middle")
    drawing.text(480, 112, "5,242,880", anchor="middle")
    drawing.save("near-size-limit")


def pixel_format_not_allowed():
    drawing = Drawing(640, 196)
    for column, (name, note, across, down) in enumerate(
        [("4:2:0", "accepted", 2, 2), ("4:2:2", "refused", 2, 1), ("4:4:4", "refused", 1, 1)]):
        left = 30 + column * 205
        drawing.text(left, 26, name, weight="bold")
        drawing.text(left + 48, 26, note, color=GOOD if note == "accepted" else BAD)
        for y in range(4):
            for x in range(6):
                drawing.box(left + x * 27, 40 + y * 27, 27, 27, PAPER, stroke=FILL_3)
                drawing.dot(left + x * 27 + 9, 40 + y * 27 + 13, 4, INK)
                if x % across == 0 and y % down == 0:
                    drawing.dot(left + x * 27 + 19, 40 + y * 27 + 13, 4, BAD)
    drawing.dot(34, 176, 4, INK)
    drawing.text(46, 181, "a sample of brightness")
    drawing.dot(239, 176, 4, BAD)
    drawing.text(251, 181, "a sample of each of the two colors")
    drawing.save("pixel-format-not-allowed")


def voice_note_too_large():
    drawing = Drawing(640, 130)
    for left, size, has_icon in [(20, "512 KB or less: a voice note", True), (335, "more: a file to download first", False)]:
        drawing.text(left, 26, size, weight="bold", color=GOOD if has_icon else BAD)
        drawing.box(left, 42, 285, 66, "#d9fdd3", stroke=FILL_3)
        x, y = left + 36, 75
        if has_icon:
            drawing.shape(f"M{x - 9} {y - 14}L{x + 14} {y}L{x - 9} {y + 14}z", QUIET)
        else:
            drawing.line(x, y - 15, x, y + 6, QUIET, 3)
            drawing.line(x - 9, y - 3, x, y + 7, QUIET, 3)
            drawing.line(x + 9, y - 3, x, y + 7, QUIET, 3)
            drawing.line(x - 12, y + 14, x + 12, y + 14, QUIET, 3)
        for bar in range(34):
            height = 4 + 15 * abs(math.sin(bar * 0.9) * math.cos(bar * 0.23))
            drawing.line(left + 70 + bar * 6, y - height, left + 70 + bar * 6, y + height, QUIET, 3)
    drawing.save("voice-note-too-large")


def mangled_file():
    drawing = Drawing(640, 150)
    rows = [("a PNG", GOOD, ["89", "50", "4E", "47", "0D", "0A", "1A", "0A"], ()),
            ("read as text, and written again", BAD, ["EF", "BF", "BD", "50", "4E", "47", "0A", "1A", "0A"], (0, 1, 2, 6))]
    for row, (label, color, values, changed) in enumerate(rows):
        y = 38 + row * 68
        drawing.text(20, y - 12, label, weight="bold", color=color)
        for index, value in enumerate(values):
            drawing.box(20 + index * 46, y, 46, 32, BAD if index in changed else FILL, value, color=PAPER if index in changed else INK)
        drawing.text(30 + len(values) * 46, y + 21, "…")
    drawing.text(470, 127, "it can't be undone", color=QUIET)
    drawing.save("mangled-file")


# MARK: Images


def scene(width, height):
    """A landscape: sky, sun, hills and a red boat, so that wrong colors are plain to see."""
    image = Image.new("RGB", (width * 2, height * 2))
    draw = ImageDraw.Draw(image)
    w, h = image.size
    for y in range(h):
        share = min(1, y / (h * 0.6))
        draw.line((0, y, w, y), fill=(int(90 + 150 * share), int(160 + 60 * share), int(235 - 40 * share)))
    draw.ellipse((w * 0.66, h * 0.12, w * 0.66 + h * 0.24, h * 0.36), fill=(255, 214, 90))
    draw.polygon([(0, h * 0.62), (w * 0.22, h * 0.36), (w * 0.46, h * 0.62)], fill=(70, 120, 80))
    draw.polygon([(w * 0.28, h * 0.62), (w * 0.62, h * 0.42), (w, h * 0.62)], fill=(96, 150, 88))
    draw.rectangle((0, h * 0.6, w, h), fill=(40, 110, 170))
    draw.polygon([(w * 0.3, h * 0.74), (w * 0.62, h * 0.74), (w * 0.56, h * 0.86), (w * 0.36, h * 0.86)], fill=(200, 40, 40))
    draw.polygon([(w * 0.46, h * 0.44), (w * 0.46, h * 0.72), (w * 0.6, h * 0.72)], fill=(250, 250, 245))
    return image.resize((width, height), Image.LANCZOS)


def labelled(images, labels, name):
    """Images beside each other, each with a line below."""
    gap, foot = 12, 26
    width = sum(image.width for image in images) + gap * (len(images) + 1)
    height = max(image.height for image in images) + gap + foot
    sheet = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(sheet)
    x = gap
    for image, (label, color) in zip(images, labels):
        sheet.paste(image, (x, gap), image if image.mode == "RGBA" else None)
        draw.text((x, height - foot + 4), label, fill=color, font_size=14)
        x += image.width + gap
    sheet.save(FOLDER / name, "WEBP", quality=80, method=6)


def inks(red, green, blue):
    """Cyan, magenta, yellow and black, as for print."""
    black = 255 - max(red, green, blue)
    white = max(1, 255 - black)
    return tuple(255 * (255 - value - black) // white for value in (red, green, blue)) + (black,)


def color_model_not_allowed():
    """A CMYK JPEG of Adobe's kind has its inks inverted. A program that doesn't know it shows them as they are."""
    image = Image.new("CMYK", (300, 200))
    image.putdata([inks(*color) for color in scene(300, 200).get_flattened_data()])
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90)
    assert b"Adobe" in file.getvalue()
    right = Image.open(file).convert("RGB")
    wrong = Image.merge("CMYK", [band.point(lambda value: 255 - value) for band in Image.open(file).split()]).convert("RGB")
    labelled([right, wrong], [("meant", GOOD), ("shown where CMYK is misread", BAD)], "color-model-not-allowed.webp")


def damaged_file():
    """A progressive JPEG isn't used: its first scans would cover the whole area."""
    file = io.BytesIO()
    scene(300, 200).save(file, "JPEG", quality=85)
    bytes = file.getvalue()
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    cut = Image.open(io.BytesIO(bytes[: len(bytes) * 60 // 100]))
    cut.load()
    labelled([Image.open(file), cut], [("whole", GOOD), ("60% of the same file, where it is shown", BAD)],
             "damaged-file.webp")


def pixel_size_not_allowed():
    size = 190
    image = scene(300, 200)
    squares = Image.new("RGB", (size, size), "#ffffff")
    draw = ImageDraw.Draw(squares)
    for y in range(0, size, 10):
        for x in range(0, size, 10):
            if (x + y) // 10 % 2:
                draw.rectangle((x, y, x + 9, y + 9), fill="#d8dee4")
    padded = squares.copy()
    small = image.resize((size, size * 2 // 3), Image.LANCZOS)
    padded.paste(small, (0, (size - small.height) // 2))
    cropped = image.crop((50, 0, 250, 200)).resize((size, size), Image.LANCZOS)
    stretched = image.resize((size, size), Image.LANCZOS)
    labelled([padded, cropped, stretched],
             [("transparent border, as by fix", GOOD), ("cropped: the sides are lost", QUIET), ("stretched", BAD)],
             "pixel-size-not-allowed.webp")


for make in (not_fast_start, fragmented_file, frame_too_short, animated_image, trailing_data, near_size_limit,
             pixel_format_not_allowed, voice_note_too_large, mangled_file, color_model_not_allowed, damaged_file,
             pixel_size_not_allowed):
    make()
